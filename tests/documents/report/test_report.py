"""The report: one file, nothing from elsewhere, readable by people and by machines for people."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.documents.shop import shop

from groundplan.cost import by_concern
from groundplan.cost.report import cents
from groundplan.documents.facts import Facts
from groundplan.documents.report import html
from groundplan.documents.report.bars import WIDTH, bars

EMPTY = {"meta", "source", "img", "br", "rect"}
MOST_BYTES = 500_000


class Page(HTMLParser):
    """Tags as they open and close, attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    source = shop(tmp_path_factory.mktemp("shop"))
    return Facts(source, source.environment("production"))


@pytest.fixture(scope="module")
def text(production: Facts) -> str:
    return html(production)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_it_is_whole_and_small(text: str, page: Page) -> None:
    assert text.startswith("<!DOCTYPE html>\n")
    assert page.open == []
    assert len(text.encode()) < MOST_BYTES


def test_nothing_comes_from_elsewhere(text: str, page: Page) -> None:
    for _, attributes in page.tags:
        for name in ("src", "href", "srcset", "action", "data"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:image/svg+xml;base64,"))
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert not page.of("script")
    assert not page.of("link")


def test_everybody_can_read_it(page: Page) -> None:
    assert page.of("html") == [{"lang": "en"}]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.of("a"):
        assert str(link["href"])[1:] in ids
    for section in page.of("section"):
        assert section["aria-labelledby"] in ids
    assert all(heading["scope"] in {"row", "col"} for heading in page.of("th"))
    levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    (image,) = page.of("img")
    assert "Shop" in str(image["alt"]) or "shop" in str(image["alt"])


def test_the_picture_is_there_for_light_dark_and_print(page: Page) -> None:
    media = {source["media"]: source["srcset"] for source in page.of("source")}
    light, dark = media["print"], media["(prefers-color-scheme: dark)"]
    assert light == page.of("img")[0]["src"]
    assert light != dark
    for image in (light, dark):
        root = ElementTree.fromstring(b64decode(str(image).partition(",")[2]))
        assert root.tag.endswith("svg")


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of ``#rrggbb``."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", range(3), ids=["light", "dark", "print"])
def test_text_stands_out(text: str, theme: int) -> None:
    """4.5 to 1 with what it stands on (WCAG 2.2, AA)."""
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", re.findall(r":root \{(.*?)\}", text, re.DOTALL)[theme]))
    pairs = [(name, ground) for name in ("ink", "quiet", "accent") for ground in ("paper", "card")]
    pairs += [(name, f"{name}-ground") for name in ("good", "bad", "care", "calm")]
    for name, ground in pairs:
        dark, light = sorted((luminance(colours[name]), luminance(colours[ground])))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground)


def test_it_says_what_the_model_says(page: Page, production: Facts) -> None:
    said = " ".join(page.words)
    assert f"{cents(production.estimate.monthly):,}" in said
    for answer in production.answers:
        assert answer.name in said
        assert answer.required.text in said
    for finding in production.report.standing:
        assert finding.message in said
    for saving in production.savings.savings:
        assert saving.change.title in said
    bars_told = page.of("rect")
    assert len(bars_told) == len(by_concern(production.architecture, production.estimate))


def test_words_of_the_blueprint_are_no_html(text: str, page: Page) -> None:
    assert "A firewall costs more | than this <b>shop</b> earns" in " ".join(page.words)
    assert "&lt;b&gt;shop&lt;/b&gt;" in text


def test_what_has_nothing_says_so(tmp_path: Path) -> None:
    source = shop(tmp_path, "project: bare\nregion: eu-west-1\nalarms: null\n")
    page = Page(html(Facts(source, source.environment())))
    said = " ".join(page.words)
    assert "None is stated" in said
    assert "no budget is stated" in said
    assert page.open == []


def test_the_longest_bar_has_all_the_room_and_none_vanishes() -> None:
    found = bars([("a", 200.0, "200"), ("b", 50.0, "50"), ("c", 0.001, "0")])
    assert [bar.width for bar in found.rows] == [WIDTH, WIDTH / 4, 1]
    assert bars([]).rows == ()
