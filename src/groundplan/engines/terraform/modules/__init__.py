"""Modules that several environments share, derived from their architectures."""

from groundplan.engines.terraform.modules.layout import Environment, SharedRendering, render_modules

__all__ = ["Environment", "SharedRendering", "render_modules"]
