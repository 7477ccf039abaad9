"""An SVG as PNG, drawn by resvg with Roboto (extra ``pictures``): the same pixels on each machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from groundplan.errors import EnvironmentalError


def check() -> None:
    """Raises EnvironmentalError where what draws a PNG is not installed."""
    if find_spec("resvg_py") is None or find_spec("font_roboto") is None:
        raise EnvironmentalError(
            "a PNG needs resvg and a font; install them with: pip install 'groundplan[pictures]', or write an .svg"
        )


def png(svg: str, *, zoom: int = 2) -> bytes:
    """The picture as PNG, ``zoom`` pixels for each of the SVG's. Raises EnvironmentalError without resvg."""
    check()
    from resvg_py import svg_to_bytes

    package = find_spec("font_roboto")
    assert package is not None
    assert package.origin is not None
    files = Path(package.origin).parent / "files"
    return bytes(
        svg_to_bytes(
            svg_string=svg,
            zoom=zoom,
            skip_system_fonts=True,
            font_files=[str(files / "Roboto-Regular.ttf"), str(files / "Roboto-Bold.ttf")],
            font_family="Roboto",
            sans_serif_family="Roboto",
        )
    )
