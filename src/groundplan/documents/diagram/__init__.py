"""Pictures of an environment: what stands where, what reaches what, who may do what, what costs how much.

::

    scene = draw(loaded, architecture, View.OVERVIEW)
    text = svg(scene, Theme.LIGHT)

Layout, routes of arrows and widths of text are computed here, from the architecture alone: the same bytes on each
machine, no program for graphs, no font needed.
"""

from groundplan.documents.diagram.raster import png
from groundplan.documents.diagram.scene import Scene
from groundplan.documents.diagram.themes import Theme
from groundplan.documents.diagram.vector import svg
from groundplan.documents.diagram.views import View, draw

__all__ = ["Scene", "Theme", "View", "draw", "png", "svg"]
