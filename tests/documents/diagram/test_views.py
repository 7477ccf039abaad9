"""What the views tell: it is what the model says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.documents.diagram.pictures import designed, drawn, loaded

from groundplan.cost import estimate
from groundplan.cost.report import cents
from groundplan.documents.diagram import View, draw, svg
from groundplan.documents.diagram.difference import difference
from groundplan.documents.diagram.inventory import inventory
from groundplan.documents.diagram.money import squarified
from groundplan.documents.diagram.parts import Link, Part, counted, merged
from groundplan.documents.diagram.scene import Rect, Scene
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.network import Subnet
from groundplan.resources.security import Role


def _texts(scene: Scene) -> list[str]:
    return [text.text for text in scene.all_texts()]


def test_zones_are_columns_and_tiers_are_rows() -> None:
    scene = drawn("duskspendr", "production")
    boxes = {box.alternative.partition(":")[0]: box.rect for box in scene.boxes}
    places = {text.text: text.rect for text in scene.all_texts()}
    first, second = places["ap-south-1a"], places["ap-south-1b"]
    primary, standby = boxes["main · primary"], boxes["main · standby"]
    assert primary.x < first.x < primary.right <= standby.x < second.x < standby.right
    service = boxes["api"]
    assert service.x < first.x
    assert second.right < service.right
    assert boxes["Users"].bottom < boxes["Load balancer"].y
    assert boxes["Load balancer"].bottom < service.y
    assert service.bottom < primary.y


def test_traffic_arrives_at_its_port() -> None:
    scene = drawn("duskspendr", "production")
    told = {arrow.alternative for arrow in scene.arrows}
    assert {
        "Users to Load balancer: HTTPS 443, HTTP 80",
        "Load balancer to api: 3000",
        "api to main · primary: 5432",
        "api to sessions: 6379",
        "api to the APIs of AWS services: 443",
    } <= told
    assert all(not arrow.dashed for arrow in scene.arrows if arrow.alternative.endswith("5432"))
    assert all(arrow.dashed for arrow in scene.arrows if "copies" in arrow.alternative)


def test_the_standby_region_its_failover_and_its_copies() -> None:
    texts = _texts(drawn("personal-timeline", "production"))
    told = {arrow.alternative for arrow in drawn("personal-timeline", "production").arrows}
    assert "us-west-2 · standby region" in texts
    assert "Route 53 to Load balancer: failover: secondary" in told
    assert "main · primary to main: copies" in told
    assert "media to media: copies" in told


def test_what_has_no_network_is_drawn_as_what_there_is() -> None:
    texts = _texts(drawn("personal-timeline", "shared"))
    assert "GuardDuty" in texts
    assert not any(text.startswith("VPC") for text in texts)
    assert "there is no network" in _texts(drawn("personal-timeline", "shared", View.NETWORK))


def test_the_network_names_every_subnet_and_group() -> None:
    architecture, texts = designed("duskspendr", "production"), _texts(drawn("duskspendr", "production", View.NETWORK))
    for subnet in architecture.of(Subnet):
        assert str(subnet.cidr_block) in texts
    assert "in from group api: tcp 5432" in texts
    assert sum("no way out" in text for text in texts) == 2


def test_data_flows_by_rights_and_ports() -> None:
    scene = drawn("personal-timeline", "production", View.DATA_FLOW)
    told = {arrow.alternative for arrow in scene.arrows}
    assert "static to static: reads · HTTPS 443" in told
    assert "api to main · primary: reads, writes · 5432" in told
    texts = " ".join(_texts(scene))
    assert "at rest: KMS personal-timeline-prod-media" in texts
    assert "TLS forced" in texts


def test_what_is_not_encrypted_is_told() -> None:
    environment, architecture = loaded("spontime", "poc"), designed("spontime", "poc")
    bare = architecture.changed(architecture.of(DatabaseInstance)[0], storage_encrypted=False, parameter_group=None)
    texts = " ".join(_texts(draw(environment, bare, View.DATA_FLOW)))
    assert "not encrypted at rest" in texts
    assert "TLS not forced" in texts


def test_every_role_and_what_it_may() -> None:
    scene = drawn("duskspendr", "production", View.ACCESS)
    names = {role.name.replace("_", "-") for role in designed("duskspendr", "production").of(Role)}
    assert names <= set(_texts(scene))
    assert "S3 bucket backups" in _texts(scene)
    assert any(text.startswith("s3: ") and "GetObject" in text for text in _texts(scene))


@pytest.mark.parametrize(("system", "name"), [("duskspendr", "production"), ("personal-timeline", "production")])
def test_areas_add_up_to_the_bill(system: str, name: str) -> None:
    environment, architecture = loaded(system, name), designed(system, name)
    found = estimate(architecture, environment.blueprint.usage, None)
    scene = drawn(system, name, View.COST)
    total = sum((line.monthly for line in found.lines), Decimal(0))
    assert any(text.startswith(f"{cents(total):,} USD a month") for text in _texts(scene))
    amounts = [Decimal(box.alternative.split(": ")[-1].split(" ")[0].replace(",", "")) for box in scene.boxes]
    assert abs(sum(amounts) - total) <= Decimal("0.01") * len(amounts)


def test_squares_fill_their_area_by_size() -> None:
    area, sizes = Rect(10, 20, 600, 400), [50.0, 10.0, 30.0, 5.0, 5.0]
    rects = squarified(sizes, area)
    for size, rect in zip(sizes, rects, strict=True):
        assert abs(rect.width * rect.height - size / 100 * 240_000) < 1
        assert area.grown(0.01).contains(rect)
    assert not any(one.grown(-0.01).overlaps(other) for one in rects for other in rects if one is not other)


def test_what_is_new_gone_and_changed() -> None:
    after = designed("duskspendr", "production")
    replica = after.find(DatabaseInstance, "main_replica")
    cache, service = after.of(CacheReplicationGroup)[0], after.of(EcsService)[0]
    assert replica is not None
    before = after.changed(service, desired_count=1).with_resources(
        item
        for item in after.changed(service, desired_count=1)
        if item.ref != replica.ref and replica.ref not in item.references()
    )
    found = {part.id: part.change for part in difference(before, after).parts}
    assert found[replica.address] == "new"
    assert found[service.address] == "changed"
    assert found[cache.address] is None
    back = {part.id: part.change for part in difference(after, before).parts}
    assert back[replica.address] == "gone"
    environment = loaded("duskspendr", "production")
    scene = draw(environment, before, before=after)
    assert any(text.startswith("− main-replica") for text in _texts(scene))
    assert "− gone" in _texts(scene)
    assert "stroke-dasharray" in svg(scene)
    assert all(part.change is None for part in difference(after, after).parts)
    assert difference(after, after).note == "0 resources new, 0 gone, 0 changed"


def test_many_that_are_alike_are_drawn_once() -> None:
    parts = [Part(f"s{number}", "compute", f"s{number}", ("ECS",), "private", ("a",)) for number in range(30)]
    parts.append(Part("other", "compute", "other", ("ECS",), "private", ("a",)))
    links = [Link(f"s{number}", "db", "5432") for number in range(30)]
    found, tied = merged([*parts, Part("db", "data", "db", (), "database", ("a",))], links)
    assert [part.name for part in found] == ["30 × s0, s1, s2 and 27 more", "other", "db"]
    assert found[0].count == 30
    assert tied == [Link("s0", "db", "5432")]


@pytest.mark.parametrize(
    ("number", "noun", "told"),
    [(1, "key", "1 key"), (3, "key", "3 keys"), (2, "repository", "2 repositories"), (2, "alias", "2 aliases")],
)
def test_counting(number: int, noun: str, told: str) -> None:
    assert counted(number, noun) == told


def test_everything_that_the_overview_shows_is_in_the_architecture() -> None:
    architecture = designed("solemate", "production")
    for part in inventory(architecture).parts:
        assert all(architecture.at(member) is not None for member in part.members), part
