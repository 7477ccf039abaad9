"""What exists in a cloud: one typed class per kind, references between them, and the ordered graph of all."""

from groundplan.resources.architecture import Architecture, Input, Need, Output
from groundplan.resources.base import CONCERNS, Concern, Resource

__all__ = ["CONCERNS", "Architecture", "Concern", "Input", "Need", "Output", "Resource"]
