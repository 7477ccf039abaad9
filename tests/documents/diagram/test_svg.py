"""The document that a picture becomes: sound, accessible, readable on its ground, small, and always the same."""

from __future__ import annotations

import csv
import importlib
import itertools
import pkgutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from tests.documents.diagram.pictures import ENVIRONMENTS, EXAMPLES, PRODUCTION, drawn

from groundplan import resources
from groundplan.documents.diagram import Theme, View, metrics, svg
from groundplan.documents.diagram.glyphs import PATHS
from groundplan.documents.diagram.inventory import SERVICES
from groundplan.documents.diagram.scene import SIZES
from groundplan.documents.diagram.themes import PALETTES, Palette, between
from groundplan.resources.base import Resource

NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("view", View)
def test_a_picture_stands_alone_and_tells_what_it_shows(view: View) -> None:
    text = svg(drawn("duskspendr", "production", view))
    root = ElementTree.fromstring(text)
    title, description = root.find(f"{NAMESPACE}title"), root.find(f"{NAMESPACE}desc")
    assert root.get("role") == "img"
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "DuskSpendr · production" in (title.text or "")
    assert len(description.text or "") > 100
    assert "<script" not in text
    assert "href" not in text
    assert "url(" not in text
    assert text.count("http") == 1  # the namespace: nothing is fetched


def test_small_enough() -> None:
    sizes = [len(svg(drawn(system, name, view)).encode()) for system, name in ENVIRONMENTS for view in View]
    assert max(sizes) < 150_000


def test_nothing_is_too_small_to_read() -> None:
    assert min(SIZES.values()) >= 10.5


def test_text_of_a_person_cannot_become_markup() -> None:
    scene = drawn("spontime", "poc")
    before, scene.title = scene.title, "<script>alert(1)</script> & more"
    try:
        root = ElementTree.fromstring(svg(scene))
    finally:
        scene.title = before
    assert root.findtext(f"{NAMESPACE}title") == "<script>alert(1)</script> & more"
    assert root.find(f".//{NAMESPACE}script") is None


def test_the_same_in_another_process() -> None:
    """Hashes of strings differ there: nothing may depend on the order of a set."""
    program = (
        "import sys; from tests.documents.diagram.pictures import drawn; from groundplan.documents.diagram import svg;"
        "sys.stdout.buffer.write(svg(drawn('personal-timeline', 'production')).encode())"
    )
    root = EXAMPLES.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True, timeout=120)
    assert done.stdout.decode() == svg(drawn("personal-timeline", "production"))


@pytest.mark.parametrize("system", PRODUCTION)
def test_the_picture_in_the_readme_is_current(system: str, update_golden: bool) -> None:
    folder = EXAMPLES / system
    text = svg(drawn(system, PRODUCTION[system]))
    file = folder / "architecture.svg"
    if update_golden:
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, "write it anew with --update-golden"
    assert "](architecture.svg)" in (folder / "README.md").read_text(encoding="utf-8")


def _luminance(colour: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=[str(theme) for theme in PALETTES])
def test_contrast_is_enough(palette: Palette) -> None:
    """4.5 to 1 for text, 3 to 1 for lines and drawings that carry a meaning (WCAG 2.2, AA)."""
    tints = [*palette.tints.values(), *palette.changes.values()]
    grounds = {palette.paper, palette.card, *(tint.ground for tint in tints)}
    for text, ground in itertools.product((palette.ink, palette.quiet), grounds):
        assert _contrast(text, ground) >= 4.5, (text, ground)
    for tint in tints:
        assert _contrast(tint.text, tint.ground) >= 4.5, tint
        assert _contrast(tint.text, palette.paper) >= 4.5, tint
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        for text in (palette.ink, palette.quiet):
            assert _contrast(text, between(*palette.money, share)) >= 4.5, share
    bands = {palette.tints[tone].ground for tone in ("plain", "public", "private", "database")}
    for ground in {palette.paper, *bands}:
        assert _contrast(palette.wire, ground) >= 3
    for tone in PATHS:
        assert _contrast(palette.tints[tone].line, palette.card) >= 3, tone
    for change in palette.changes.values():
        assert _contrast(change.line, palette.paper) >= 3


def test_both_themes_have_the_same_colours_for_the_same_things() -> None:
    light, dark = PALETTES[Theme.LIGHT], PALETTES[Theme.DARK]
    assert light.tints.keys() == dark.tints.keys()
    assert light.changes.keys() == dark.changes.keys()


def test_widths_of_text() -> None:
    assert metrics.width("Helvetica", 1000) == 4112  # 722 556 222 500 556 278 222 500 556
    assert metrics.width("→", 10) == 10
    assert metrics.fitting("abcdef", 10, 1000) == "abcdef"
    short = metrics.fitting("a long name of something", 12, 60)
    assert short.endswith("…")
    assert metrics.width(short, 12) <= 60
    assert all(
        metrics.width(line, 12) <= 60 for line in metrics.lines("a long name of something, 12.345.678.90/24", 12, 60)
    )


def test_every_kind_of_resource_has_its_place() -> None:
    """A kind that nobody has thought of would be missing in the picture without a word."""
    for module in pkgutil.walk_packages(resources.__path__, "groundplan.resources."):
        importlib.import_module(module.name)
    rows = list(csv.DictReader(SERVICES.read_text(encoding="utf-8").splitlines()))
    assert sorted(row["kind"] for row in rows) == sorted({kind.kind_name() for kind in _kinds(Resource) if _ours(kind)})
    for row in rows:
        assert (row["tone"] in PATHS) == bool(row["service"]), row


def _ours(kind: type[Resource]) -> bool:
    """Other tests of the same process make kinds of their own."""
    return kind.__module__.startswith(resources.__name__)


def _kinds(kind: type[Resource]) -> list[type[Resource]]:
    return [each for child in kind.__subclasses__() for each in (child, *_kinds(child))]
