"""A Compose file as a blueprint: what it says is taken over, what has no counterpart on AWS is listed with its place.

Source of the format: https://github.com/compose-spec/compose-spec/blob/main/spec.md
"""

from groundplan.documents.starting.compose.converting import Conversion, convert, is_public
from groundplan.documents.starting.compose.reading import ComposeFile, read_compose

__all__ = ["ComposeFile", "Conversion", "convert", "is_public", "read_compose"]
