"""Terraform as a team keeps it: modules that all environments share, and a root of calls for each."""

from groundplan.engines.terraform.modules.layout import Environment, SharedRendering, render_modules
from groundplan.engines.terraform.modules.tree import Tree, read_records, render_tree, write_tree

__all__ = ["Environment", "SharedRendering", "Tree", "read_records", "render_modules", "render_tree", "write_tree"]
