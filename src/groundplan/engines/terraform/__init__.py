"""Terraform: an architecture becomes one root of HCL files that reads as if a person had written it."""

from groundplan.engines.terraform.model import Options, Rendering, Unsupported
from groundplan.engines.terraform.rendering import render
from groundplan.engines.terraform.writing import write

__all__ = ["Options", "Rendering", "Unsupported", "render", "write"]
