"""The diagram in a page: a light and a dark one inside of the file, each apart from the page's own styles."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.documents.diagram import Theme, View, draw, svg

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources import Architecture


@dataclass(frozen=True, slots=True)
class Picture:
    """Two images as ``data:`` addresses, and what they show in words."""

    light: str
    dark: str
    text: str


def picture(loaded: LoadedEnvironment, architecture: Architecture) -> Picture:
    """The overview of an environment."""
    scene = draw(loaded, architecture, View.OVERVIEW)
    light, dark = (_address(svg(scene, theme)) for theme in (Theme.LIGHT, Theme.DARK))
    return Picture(light, dark, f"{scene.title}. {scene.description}")


def _address(image: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(image.encode()).decode()}"
