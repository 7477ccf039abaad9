"""Small drawings, one for each tone, in a square of 16: strokes only, and nobody's trademark."""

from __future__ import annotations

from collections.abc import Mapping

from groundplan.documents.diagram.scene import Tone

PATHS: Mapping[Tone, str] = {
    # a globe
    "edge": "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zM1.5 8h13M8 1.5c-4 4-4 9 0 13M8 1.5c4 4 4 9 0 13",
    # a cube
    "compute": "M8 1.5l5.8 3.2v6.6L8 14.5l-5.8-3.2V4.7zM2.2 4.7L8 8l5.8-3.3M8 8v6.5",
    # a drum
    "data": "M2.5 4c0-3 11-3 11 0v8c0 3-11 3-11 0zM2.5 4c0 3 11 3 11 0M2.5 8c0 3 11 3 11 0",
    # what waits in a row
    "messaging": "M1.5 4.5h13v7h-13zM5.8 4.5v7M10.2 4.5v7",
    # a fork
    "network": "M8 1.5v4M3.5 14.5v-4.5c0-4.5 9-4.5 9 0v4.5M8 5.5v9M6.2 12.7L8 14.5l1.8-1.8",
    # a shield
    "security": "M8 1.5l5.5 2v4.3c0 3.4-2.3 5.6-5.5 6.7c-3.2-1.1-5.5-3.3-5.5-6.7V3.5zM5.5 8l1.8 1.8l3.3-3.5",
    # a pulse
    "watching": "M1.5 8.5h3l2-5.5l3 10l2-4.5h3",
    # a person
    "outside": "M8 2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6zM2.5 14.5c0-6.5 11-6.5 11 0",
}
SIZE = 16
"""The side of the square, in pixels."""
