"""Nothing overlaps, no arrow runs through anything, none is left out: in every view of every environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.documents.diagram.geometry import mistakes
from tests.documents.diagram.pictures import ENVIRONMENTS, designed, drawn

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.documents.diagram import View, draw
from groundplan.documents.diagram.inventory import inventory
from groundplan.documents.diagram.routing import DOWN, UP, Exit, Router
from groundplan.documents.diagram.scene import Arrow, Box, Rect, Scene, Socket, Text


@pytest.mark.parametrize(("system", "environment"), ENVIRONMENTS, ids=["-".join(each) for each in ENVIRONMENTS])
def test_everything_has_its_own_place(system: str, environment: str) -> None:
    for view in View:
        scene = drawn(system, environment, view)
        assert mistakes(scene) == [], view
        assert not [text.text for text in scene.texts if text.text.startswith("Not drawn")], view
        assert scene.width == 1200


@pytest.mark.parametrize(("system", "environment"), ENVIRONMENTS, ids=["-".join(each) for each in ENVIRONMENTS])
def test_every_part_and_every_link_is_drawn(system: str, environment: str) -> None:
    found, scene = inventory(designed(system, environment)), drawn(system, environment)
    assert {box.alternative for box in scene.boxes} == {part.alternative for part in found.parts}
    assert len(scene.boxes) == len(found.parts)
    assert len(scene.arrows) == len(found.links)
    ends = {(link.target, link.label) for link in found.links}
    assert len(scene.sockets) == len(ends) == sum(not arrow.joins for arrow in scene.arrows)


def _large() -> str:
    """Twelve services that are all different, in six zones."""
    services = "".join(
        f"""
  s{number}:
    image: {{repository: web, tag: "1"}}
    port: {3000 + number}
    needs: [main, files{number}{f", s{number + 1}" if number < 11 else ""}]"""
        for number in range(12)
    )
    buckets = ", ".join(f"files{number}: {{}}" for number in range(12))
    return f"""project: shop
region: us-east-1
network: {{zones: [a, b, c, d, e, f], nat: per-zone}}
services:{services}
databases: {{main: {{engine: postgres 16, class: db.t4g.small, standby: true, replicas: 1}}}}
buckets: {{{buckets}}}
"""


def test_six_zones_and_more_than_can_be_told_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(_large())
    environment = read_source(file).environment()
    architecture = design(environment)
    for view in View:
        assert mistakes(draw(environment, architecture, view)) == [], view
    texts = [text.text for text in draw(environment, architecture).all_texts()]
    assert texts.count("3 others") == 2  # services and buckets, of twelve each
    assert "us-east-1f" in texts
    assert not [text for text in texts if text.startswith("Not drawn")]


def _planted() -> Scene:
    scene = Scene(400, 200, "", "")
    for x, name in ((10.0, "left"), (200.0, "right")):
        rect = Rect(x, 50, 100, 40)
        scene.boxes.append(Box(rect, "data", (Text(x + 10, 70, name, "name"),), name))
    scene.sockets.append(Socket(Rect(160, 60, 40, 20), Text(180, 74, "443", "port", "middle"), "data"))
    scene.arrows.append(Arrow(((110, 70), (160, 70)), "left to right"))
    return scene


def test_the_test_finds_what_is_planted() -> None:
    assert mistakes(_planted()) == []
    through = _planted()
    through.texts.append(Text(120, 74, "a label", "small"))
    assert any("runs through 'a label'" in told for told in mistakes(through))
    overlapping = _planted()
    overlapping.boxes.append(Box(Rect(90, 60, 40, 20), "data", (), "third"))
    assert "the boxes 'left' and 'third' overlap" in mistakes(overlapping)
    twice = _planted()
    twice.arrows.append(Arrow(((120, 70), (150, 70)), "third to fourth"))
    assert "left to right and third to fourth run on top of one another" in mistakes(twice)
    wide = _planted()
    wide.boxes.append(Box(Rect(300, 50, 30, 30), "data", (Text(305, 70, "much too wide", "name"),), "wide"))
    assert "the text 'much too wide' leaves its box" in mistakes(wide)


def test_a_way_around_what_stands_between() -> None:
    router = Router(300, 300)
    router.block(Rect(100, 100, 100, 100))
    route = router.route("end", [Exit((150, 50), DOWN)], Exit((150, 250), UP))
    assert route is not None
    assert route.points[0] == (150, 50)
    assert route.points[-1] == (150, 250)
    assert not any(piece.grown(0.1).overlaps(Rect(100, 100, 100, 100)) for piece in Arrow(route.points, "").pieces())


def test_no_way_through_a_wall() -> None:
    router = Router(300, 300)
    router.block(Rect(0, 100, 300, 100))
    assert router.route("end", [Exit((150, 50), DOWN)], Exit((150, 250), UP)) is None


def test_ways_to_the_same_end_join_and_others_never_share() -> None:
    router = Router(400, 400)
    goal = Exit((200, 300), UP)
    assert router.route("end", [Exit((200, 50), DOWN)], goal) is not None
    second = router.route("end", [Exit((50, 50), DOWN)], goal)
    assert second is not None
    assert second.joins
    other = router.route("other", [Exit((190, 20), DOWN)], Exit((210, 360), UP))
    assert other is not None
    assert not any(not piece.width and piece.x == 200 for piece in Arrow(other.points, "").pieces())
