"""What a request crosses, read from the architecture: hard and soft, zone by zone."""

from __future__ import annotations

import pytest
from tests.simulation.availability.shop import STANDBY, api, network, path

from groundplan.simulation.availability.model import Block, Gap
from groundplan.simulation.availability.paths import RequestPath


def block(found: RequestPath, name: str) -> Block:
    return next(item for item in found.chain.blocks if item.name == name)


def parts(found: RequestPath, name: str) -> list[list[str]]:
    return [[element.name for element in part.elements] for part in block(found, name).parts]


def gaps(found: RequestPath, element: str) -> set[tuple[float, float | None]]:
    return {(round(gap.share, 3), gap.seconds) for gap in found.chain.gaps_of.get(element, ())}


def soft(found: RequestPath) -> set[str]:
    return {item.name for item in found.soft}


def test_the_way_of_a_request() -> None:
    found = path()
    assert [item.name for item in found.chain.blocks] == [
        "region us-east-1",
        "Elastic Load Balancing",
        "zones of the load balancer",
        "tasks of api",
        "release of api",
        "engine of main",
        "database main",
        "patches of main",
        "S3",
        "KMS",
    ]
    assert parts(found, "database main") == [
        ["primary of main", "zone us-east-1a"],
        ["standby of main", "zone us-east-1b"],
    ]
    assert found.chain.works(()) is True
    assert soft(found) >= {"DNS", "sessions", "images, secrets and parameters", "logs, metrics, alarms and traces"}


def test_tasks_are_spread_over_zones_and_replaced_in_others() -> None:
    found = path()
    running = found.running[0]
    assert running.zones == ("us-east-1a", "us-east-1b", "us-east-1a")
    assert (running.needed, running.count) == (2, 3)
    # Health checks: 3 of 30 s until it is noticed, a minute to start, 2 of 30 s until requests come.
    assert running.replaced == 90 + 60 + 60
    # Zone a takes two of three along: one carries less than is needed, until the others run in zone b.
    assert (1.0, 210.0) in gaps(found, "zone us-east-1a")
    assert (0.333, 90.0) in gaps(found, "zone us-east-1b")
    assert {name for name in found.chain.elements if not found.chain.works({name})} >= {"release of api"}
    assert found.chain.works({"zone us-east-1a"})


def test_how_many_carry_the_load_can_be_said() -> None:
    found = path({"reliability": {"tasks_needed": {"api": 1}}})
    assert found.running[0].needed == 1
    assert all(share < 1 or seconds == 90 for share, seconds in gaps(found, "zone us-east-1a"))
    assert not any("carry the load" in text for text in found.assumptions)
    assert any("2 of 3 tasks carry the load" in text for text in path().assumptions)


def test_a_database_without_standby_falls_with_its_zone() -> None:
    found = path({"databases": {"main": {"standby": False, "zone": "b"}}})
    assert parts(found, "database main") == [["instance of main", "zone us-east-1b"]]
    assert not found.chain.works({"zone us-east-1b"})
    assert found.chain.works({"zone us-east-1a"})
    assert found.chain.elements["patch of main"].repair > path().chain.elements["patch of main"].repair == 90


@pytest.mark.parametrize(
    ("required", "needed"), [(True, True), (False, False), (None, False)], ids=["required", "optional", "unsaid"]
)
def test_a_cache_is_needed_where_somebody_says_so(required: bool | None, needed: bool) -> None:
    need = {"name": "sessions"} if required is None else {"name": "sessions", "required": required}
    found = path(api(needs=["main", need]))
    assert any(item.name == "cache sessions" for item in found.chain.blocks) is needed
    assert ("sessions" in soft(found)) is not needed
    if needed:
        assert len(block(found, "cache sessions").parts) == 2
        assert (1.0, 30.0) in gaps(found, "node 1 of cache sessions")


def test_a_database_can_be_done_without_where_somebody_says_so() -> None:
    found = path(api(needs=[{"name": "main", "required": False}]))
    assert "main" in soft(found)
    assert not any("main" in name for name in found.chain.elements)


def test_one_gateway_on_the_way_to_a_bucket_takes_all_down_with_its_zone() -> None:
    found = path(network(nat="single", endpoints=[]))
    assert parts(found, "way out by us-east-1a") == [["NAT gateway us-east-1a", "zone us-east-1a"]]
    assert not found.chain.works({"NAT gateway us-east-1a"})
    # What stood in zone a cannot start in zone b either: images come by the gateway.
    assert found.running[0].stranded == frozenset({"us-east-1a"})
    assert ["task api 1", "zone us-east-1a"] in parts(found, "tasks of api")


def test_a_gateway_of_each_zone_takes_its_zone_s_requests_along() -> None:
    found = path(network(nat="per-zone", endpoints=[]))
    assert found.chain.works({"NAT gateway us-east-1a", "NAT gateway us-east-1b"})
    assert gaps(found, "NAT gateway us-east-1a") == {(0.667, None)}
    assert gaps(found, "NAT gateway us-east-1b") == {(0.333, None)}


def test_an_endpoint_keeps_gateways_out_of_the_way() -> None:
    found = path(network(nat="single", endpoints=["s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager"]))
    assert not any(name.startswith("NAT") for name in found.chain.elements)
    assert found.running[0].stranded == frozenset()
    assert "NAT gateways" in soft(found)


def test_a_key_is_needed_for_what_it_encrypts() -> None:
    assert "KMS" not in path({"buckets": {"files": {"encryption": "s3"}}}).chain.elements


def test_one_task_is_down_until_the_next_answers() -> None:
    found = path(api(tasks={"desired": 1, "min": 1, "max": 2}))
    assert not found.chain.works({"task api 1"})
    assert found.chain.elements["task api 1"].repair == 210
    assert gaps(found, "task api 1") == set()
    assert (1.0, 210.0) in gaps(found, "zone us-east-1a")


def test_what_a_needed_service_needs_is_in_the_chain_once() -> None:
    worker = {
        "image": {"repository": "worker", "tag": "1"}, "port": 9000, "needs": ["main"],
        "tasks": {"desired": 2, "min": 2, "max": 2},
    }  # fmt: skip
    found = path({"services": {"api": {"needs": ["main", "worker"]}, "worker": worker}})
    assert [item.service for item in found.running] == ["api", "worker"]
    assert sum(item.name == "database main" for item in found.chain.blocks) == 1


def test_spot_is_taken_back_more_often() -> None:
    found = path(api(capacity={"fargate": {"base": 1, "weight": 1}, "fargate-spot": 1}))
    spot = [item for item in found.chain.elements.values() if item.cause == "spot"]
    assert len(spot) == 1
    assert spot[0].failures > 1


def test_tasks_on_instances_share_them() -> None:
    capacity = {"machines": {"instance": "t3.medium", "min": 2, "max": 4}}
    found = path({"capacity": capacity}, api(capacity="machines"))
    assert [names[1] for names in parts(found, "tasks of api")] == [
        "instance machines 1",
        "instance machines 2",
        "instance machines 1",
    ]
    assert (0.667, 90.0) in gaps(found, "instance machines 1")


def test_a_standby_has_its_own_chain_and_the_same_releases() -> None:
    found = path(STANDBY)
    assert found.address == "api.shop.com"
    assert found.failover is not None
    assert 300 < found.failover.seconds < 3600
    common = set(found.chain.elements) & set(found.failover.chain.elements)
    assert common == {"Route 53", "release of api"}
    assert "us-west-2 instance of main" in found.failover.chain.elements
    worst = path(STANDBY, case="high").failover
    assert worst is not None
    assert worst.seconds > found.failover.seconds


def test_what_is_said_of_tasks_holds_where_the_standby_has_fewer() -> None:
    found = path(STANDBY, {"reliability": {"tasks_needed": {"api": 3}, "causes": {"task": {"failures": "1/day"}}}})
    assert found.running[0].needed == 3
    assert found.failover is not None
    (tasks,) = [item for item in found.failover.chain.blocks if item.name == "tasks of api"]
    assert (tasks.needed, len(tasks.parts)) == (1, 1)
    assert found.failover.chain.elements["us-west-2 task api 1"].failures == 365


def test_a_standby_that_waits_for_a_person_is_not_counted() -> None:
    found = path(STANDBY, {"standby": {"promote": False}})
    assert found.failover is None
    assert any("somebody has to lead requests to it" in text for text in found.assumptions)


def test_measurements_replace_assumptions() -> None:
    changes = {
        "reliability": {"causes": {"zone": {"failures": "1/month", "repair": "2h"}, "task": {"failures": "0/year"}}},
        "objectives": {"measured": {"multi_az_failover": "33s"}},
    }
    found, before = path(changes), path()
    zone = found.chain.elements["zone us-east-1a"]
    assert (zone.failures, zone.repair) == (12, 7200)
    assert found.chain.elements["task api 1"].failures == 0
    assert found.chain.elements["task api 1"].repair == 210
    assert Gap("primary of main", 1.0, 33.0, "main fails over") in found.chain.gaps
    for replaced in ("reliability.causes.zone", "reliability.causes.task", "objectives.measured.multi_az_failover"):
        assert any(replaced in text for text in before.assumptions), replaced
        assert not any(replaced in text for text in found.assumptions), replaced


def test_every_rate_has_a_page_and_says_what_replaces_it() -> None:
    rates = [text for text in path(STANDBY).assumptions if "a year (" in text]
    assert len(rates) >= 7
    assert all("https://" in text and "replaces it" in text for text in rates)


def test_a_distribution_is_a_path_of_its_own() -> None:
    found = path(
        {"buckets": {"files": {"cdn": {"domains": ["www.shop.com"]}}}, "dns": {"zone": "shop.com"}}, name="files"
    )
    assert {"CloudFront", "Route 53", "S3", "region us-east-1"} <= set(found.chain.elements)
    assert found.running == ()


def test_what_is_beside_the_path_is_told() -> None:
    found = path(api(public={"domain": "api.shop.com", "gateway": {}}))
    assert "API Gateway" in soft(found)
    night = {"off_hours": {"stop": "20:00", "start": "07:00", "timezone": "Europe/Berlin"}}
    found = path({**night, "databases": None, "caches": None}, api(needs=[{"files": "read"}]))
    assert any("only the hours count in which it runs" in text for text in found.assumptions)
