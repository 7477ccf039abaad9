"""Terraform: an architecture becomes one root of HCL files that reads as if a person had written it."""

from groundplan.engines.terraform.import_blocks import Import
from groundplan.engines.terraform.model import Moves, Options, Rendering, Unsupported
from groundplan.engines.terraform.rendering import addresses_of, importable, imports, moves, moves_since, render
from groundplan.engines.terraform.writing import write

__all__ = [
    "Import",
    "Moves",
    "Options",
    "Rendering",
    "Unsupported",
    "addresses_of",
    "importable",
    "imports",
    "moves",
    "moves_since",
    "render",
    "write",
]
