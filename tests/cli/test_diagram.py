"""``groundplan diagram``: what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cli.commands import DUSKSPENDR, Command, Write
from tests.cli.test_check import commit

from groundplan.documents.diagram import raster
from groundplan.errors import ExitCode

SHOP = """
    project: shop
    region: ap-south-1
    network: {nat: single}
    services:
      web: {image: {repository: web, tag: "1"}}
    environments: {staging: {}, production: {}}
    """


def test_svg_on_the_standard_output(groundplan: Command) -> None:
    result = groundplan("diagram", "--file", DUSKSPENDR)
    assert result.code == ExitCode.FINE
    assert ElementTree.fromstring(result.out).tag == "{http://www.w3.org/2000/svg}svg"
    assert result.err == ""


def test_every_view_and_both_themes(groundplan: Command, tmp_path: Path) -> None:
    written = set()
    for view in ("overview", "network", "data-flow", "access", "cost"):
        for theme in ("light", "dark"):
            out = tmp_path / f"{view}-{theme}.svg"
            assert groundplan("diagram", "-f", DUSKSPENDR, "--view", view, "--theme", theme, "-o", out).code == 0
            written.add(out.read_bytes())
    assert len(written) == 10


def test_png(groundplan: Command, tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    result = groundplan("diagram", "-f", DUSKSPENDR, "--out", out)
    assert result.code == ExitCode.FINE
    content = out.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20]) == 2400
    assert "overview in" in result.err


def test_since_a_revision(groundplan: Command, write: Write) -> None:
    write(SHOP)
    commit("first")
    write(SHOP.replace("services:", "databases: {main: {engine: postgres 16, class: db.t4g.small}}\n    services:"))
    result = groundplan("diagram", "-e", "production", "--since", "HEAD")
    assert result.code == ExitCode.FINE
    texts = [text.text for text in ElementTree.fromstring(result.out).iter("{http://www.w3.org/2000/svg}text")]
    assert "+ new" in texts
    assert any(text and text.startswith("+ main") for text in texts)
    assert "What has changed" in texts
    write(SHOP.replace("production: {}", "live: {}"))
    missing = groundplan("diagram", "-e", "live", "--since", "HEAD")
    assert missing.code == ExitCode.BAD_INPUT
    assert "the revision HEAD has no environment live" in missing.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--view", "everything"], '--view: "everything" is not overview, network, data-flow, access or cost; see '),
        (["--theme", "sepia"], '"sepia" is not '),
        (["--out", "picture.pdf"], "let its name end in .svg or .png"),
        (["--out", "nowhere/picture.svg"], "there is no folder nowhere"),
        (["--out", "folder.svg"], "folder.svg cannot be written"),
        (["--view", "cost", "--since", "HEAD"], "--since compares overviews; leave --view cost out"),
        (["-e", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_drawn(groundplan: Command, write: Write, arguments: list[str], told: str) -> None:
    write(SHOP)
    Path("folder.svg").mkdir()
    environment = [] if "-e" in arguments else ["-e", "production"]
    result = groundplan("diagram", *environment, *arguments)
    assert result.code == ExitCode.BAD_INPUT
    assert told in result.err


def test_png_without_what_draws_it(groundplan: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(raster, "find_spec", lambda _: None)
    result = groundplan("diagram", "-f", DUSKSPENDR, "--out", tmp_path / "picture.png")
    assert result.code == ExitCode.BAD_INPUT
    assert "pip install 'groundplan[pictures]'" in result.err
    assert not (tmp_path / "picture.png").exists()
