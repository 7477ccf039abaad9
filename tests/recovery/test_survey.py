"""Every disruption: the steps back, how long they take, and what is lost."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.design.blueprints import designed
from tests.recovery.shop import SHOP, shop

from groundplan.blueprint.loading import load
from groundplan.blueprint.objectives import Disruption, MeasuredTime
from groundplan.catalog import recovery as catalog
from groundplan.design import design
from groundplan.recovery import Given, Point, Recovery, Seconds, Step, survey
from groundplan.recovery.wording import span
from groundplan.units import Duration

ON_CALL = Given(response=Duration(900))
ALONE: dict[str, Any] = {"standby": None, "backup": None, "objectives": None}


def recoveries(given: Given = ON_CALL, **changes: Any) -> dict[str, Recovery]:
    """Of the shop with changes, by disruption."""
    return {item.disruption: item for item in survey(shop(**changes), given)}


@cache
def usual() -> dict[str, Recovery]:
    """Of the shop as it is."""
    return recoveries()


def step(recovery: Recovery, name: str) -> Step:
    """One of its steps."""
    return next(item for item in recovery.steps if item.name == name)


def point(recovery: Recovery, store: str) -> Point:
    """What one store loses."""
    return next(item for item in recovery.points if item.store == store)


def total(recovery: Recovery) -> Seconds:
    """How long users wait."""
    assert recovery.total is not None
    return recovery.total


def test_everything_that_can_happen_is_looked_at() -> None:
    assert tuple(usual()) == get_args(Disruption)


def test_what_is_not_there_cannot_be_lost() -> None:
    found = recoveries(databases=None, services={"api": {"needs": None}}, **ALONE)
    assert set(found) == {"task", "node", "zone", "region"}
    assert "key" not in recoveries(keys="aws", **ALONE)


def test_a_lost_task_is_found_by_its_health_checks_and_the_others_go_on() -> None:
    task = usual()["task"]
    # 3 bad answers, one every 30 seconds, each waited for 5 seconds; a crash is seen at once.
    assert total(task) == Seconds(1, 90, 95)
    assert [item.name for item in task.critical] == ["api: gone"]
    assert not step(task, "api: start").waited_for
    # Another one starts, and gives two good answers.
    assert task.whole == Seconds(1 + 20 + 30, 90 + 60 + 60, 95 + 180 + 65)
    assert task.points == ()


def test_the_interval_of_the_health_checks_counts() -> None:
    quick = recoveries(services={"api": {"health": {"interval": "10s", "unhealthy": 2}}})["task"]
    assert total(quick) == Seconds(1, 20, 25)
    assert quick.remedies_of_time == ()


def test_users_wait_for_the_only_task_until_there_is_another() -> None:
    lone = recoveries(services={"api": {"tasks": {"desired": 1, "min": 1}}})["task"]
    assert lone.total == lone.whole == Seconds(51, 210, 340)
    assert "services.api.tasks: {min: 2}" in lone.remedies_of_time


def test_users_do_not_wait_for_what_they_do_not_need() -> None:
    worker = {**SHOP["services"]["api"], "public": None, "port": None, "tasks": {"desired": 1, "min": 1, "max": 2}}
    found = recoveries(services={"worker": {key: value for key, value in worker.items() if value is not None}})["zone"]
    mine = [item for item in found.steps if item.name.startswith("worker")]
    assert mine
    assert not any(item.waited_for for item in mine)


def test_multi_az_takes_over_and_loses_nothing() -> None:
    database = usual()["database"]
    assert total(database) == Seconds(60 + 1, 90 + 15, 120 + 60)
    assert point(database, "database main").lost == Seconds(0, 0, 0)


def test_a_single_instance_is_recovered_and_in_another_zone_restored_by_people() -> None:
    found = recoveries(databases={"main": {"standby": False}}, **ALONE)
    assert total(found["database"]) == Seconds(181, 615, 1860)
    assert found["database"].remedies_of_time == ("databases.main.standby: true",)
    zone = found["zone"]
    # 15 minutes until somebody acts; 20 GiB; the name; connecting.
    assert total(zone) == Seconds(0 + 300 + 120 + 1, 900 + 960 + 300 + 15, 900 + 1800 + 20 * 12 + 900 + 60)
    assert point(zone, "database main").lost == Seconds(0, 150, 300)
    assert not step(zone, "main: warm up").waited_for


def test_a_restore_takes_as_long_as_the_storage_may_become() -> None:
    small = step(usual()["table"], "main: restore").seconds
    large = step(recoveries(databases={"main": {"storage": "20..500 GB gp3"}})["table"], "main: restore").seconds
    assert small is not None
    assert large is not None
    assert (large.low, large.expected) == (small.low, small.expected)
    assert large.high - small.high == (500 - 20) * 12


def test_a_zone_leaves_some_tasks_which_is_said() -> None:
    zone = usual()["zone"]
    assert zone.where == "us-east-1a"
    assert zone.assumptions == (
        "2 of 3 tasks of api carry all requests; 1 without the zone (reliability.tasks_needed.api)",
    )
    assert total(zone) == Seconds(60 + 20 + 30, 90 + 60 + 60, 95 + 180 + 65)
    assert "services.api.tasks: {min: 4}" in zone.remedies_of_time


def test_how_many_tasks_carry_the_load_the_blueprint_says() -> None:
    zone = recoveries(given=Given(Duration(900), tasks_needed={"api": 1}))["zone"]
    assert zone.assumptions == ()
    assert not step(zone, "api: start").waited_for
    assert total(zone) == Seconds(61, 105, 180)
    task = recoveries(given=Given(tasks_needed={"api": 3}))["task"]
    assert step(task, "api: start").waited_for


def test_the_only_way_out_is_in_a_zone() -> None:
    single = recoveries(network={"nat": "single"}, standby={"overlay": {"network": {"nat": "single"}}})["zone"]
    assert not step(single, "way out").waited_for
    assert "way out" not in {item.name for item in usual()["zone"].steps}


def test_a_service_in_one_zone_waits_for_people() -> None:
    single = {"services": {"api": {"zones": ["a"], "tasks": {"desired": 1, "min": 1}}}, **ALONE}
    zone = recoveries(**single)["zone"]
    assert zone.where == "us-east-1a"
    assert step(zone, "api: move").waited_for
    unknown = recoveries(given=Given(), **single)["zone"]
    assert unknown.total is None
    assert unknown.times.least == 60 + 120 + 20 + 30


def test_without_a_standby_nothing_takes_over_from_the_region() -> None:
    region = recoveries(**ALONE)["region"]
    assert region.never == ("nothing takes over from a region that is gone",)
    assert region.total is None
    assert region.lost[0] == "all"
    copied = recoveries(standby=None, objectives=None)["region"]
    # A recovery point a day, an hour late at the most, and its copy.
    assert copied.lost == ("some", Seconds(300, 43200 + 3600, 86400 + 3600 + 14400))


def test_a_standby_has_what_reached_its_replica() -> None:
    region = usual()["region"]
    assert total(region) == Seconds(363, 748, 1230)
    assert region.lost == ("some", Seconds(1, 5, 300))


def test_versions_bring_deleted_objects_back() -> None:
    found = recoveries(buckets={"files": {}}, services={"api": {"needs": ["main", "files"]}}, **ALONE)
    assert point(found["table"], "bucket files").lost == Seconds(0, 0, 0)
    assert point(found["region"], "bucket files").fate == "all"
    without = recoveries(buckets={"files": {"versioning": False}}, **ALONE)["table"]
    assert without.never == ("bucket files keeps no versions",)
    assert without.lost[0] == "all"


def test_data_made_wrong_are_lost_from_the_mistake_on() -> None:
    assert usual()["corruption"].lost[0] == "unknown"
    hour = recoveries(given=Given(Duration(900), Duration(3600)), **ALONE)["corruption"]
    assert hour.lost == ("some", Seconds(0, 3601, 3660))
    # RDS keeps 7 days, AWS Backup 35.
    month = Given(Duration(900), Duration(30 * 86400))
    assert recoveries(given=month, **ALONE)["corruption"].lost[0] == "all"
    kept = recoveries(given=month)["corruption"]
    assert kept.lost == ("some", Seconds(0, 30 * 86400 + 43200, 31 * 86400 + 3600))


def test_a_key_comes_back_when_somebody_takes_its_deletion_back() -> None:
    key = usual()["key"]
    assert [item.name for item in key.critical] == ["notice", "act", "enable", "main: start", "reconnect"]
    assert key.lost == ("some", Seconds(0, 0, 0))


def test_nobody_is_told_without_an_alarm() -> None:
    table = recoveries(profile="poc", alarms=None, **ALONE)["table"]
    assert step(table, "notice").seconds is None
    assert table.total is None


def test_caches_may_be_lost_and_do_not_count() -> None:
    cache_ = {"engine": "redis 7.1", "class": "cache.t4g.micro"}
    lone = recoveries(caches={"sessions": {**cache_, "nodes": 1}}, **ALONE)["database"]
    assert step(lone, "sessions: recover").seconds == Seconds(180, 480, 900)
    assert point(lone, "cache sessions").lost == Seconds(0, 43200, 86400)  # its last snapshot
    assert lone.lost == ("some", Seconds(0, 0, 0))
    pair = recoveries(caches={"sessions": {**cache_, "nodes": 2}}, **ALONE)["database"]
    assert step(pair, "sessions: recover").seconds == Seconds(5, 30, 60)


def test_secrets_are_told_and_do_not_count() -> None:
    signed: dict[str, Any] = {
        "services": {"api": {"secrets": {"KEY": "signing"}}},
        "secrets": {"signing": {"generate": 32}},
    }
    found = recoveries(**signed)
    assert point(found["region"], "secret signing").how == "a copy is in us-west-2"
    assert point(found["table"], "secret signing").fate == "some"
    gone = recoveries(**signed, secret_recovery="0d")["table"]
    assert (point(gone, "secret signing").fate, gone.lost[0]) == ("all", "some")


def test_queues_are_gone_with_the_region_alone() -> None:
    found = recoveries(queues={"mail": {}}, services={"api": {"needs": ["main", "mail"]}})
    assert point(found["zone"], "queue mail").lost.high == 0
    assert point(found["region"], "queue mail").lost.high == 4 * 86400


def test_what_was_measured_goes_before_what_is_assumed() -> None:
    measured = recoveries(given=Given(measured={"restore": Duration(1200), "promotion": Duration(240)}))
    restore = step(measured["table"], "main: restore")
    assert restore.seconds == Seconds(1200, 1200, 1200)
    assert "objectives.measured.restore: 20m, measured" in restore.sources
    assert total(measured["region"]).high == 1230 - 600 + 240


def test_whatever_can_be_measured_is_in_the_catalog_and_told() -> None:
    told = (Path(__file__).parents[2] / "docs/objectives.md").read_text()
    for key in get_args(MeasuredTime):
        known = catalog.time(key)
        assumed = span(Seconds(known.low, known.expected, known.high))
        assert f"| `{key}` | {known.title} | {assumed} |" in told
    assert all(item.low <= item.expected <= item.high for item in catalog.all_times().values())


PODS = """
project: shop
region: us-east-1
platform: eks
network: {cidr: 10.0.0.0/16}
kubernetes: {nodes: {general: {instances: [t3.large], desired: 3, min: 3, max: 6},
                     heavy: {instances: [r5.large], desired: 1, min: 1, max: 2, taints: ["heavy=yes:NoSchedule"]}}}
dns: {zone: shop.com}
services:
  api: {image: {repository: api, tag: 1}, port: 80, size: {cpu: 250, memory: 256}, public: {domain: api.shop.com},
        needs: [worker], tasks: {desired: 3, min: 3, max: 6}}
  worker: {image: {repository: worker, tag: 1}, port: 80, size: {cpu: 250, memory: 256}, nodes: heavy,
           tasks: {desired: 1, min: 1, max: 2}}
  disk: {image: {repository: disk, tag: 1}, size: {cpu: 250, memory: 256}, tasks: {desired: 1, min: 1, max: 1},
         volumes: {data: {path: /data, size: 10 GB}}}
environments: {production: {}}
"""


@cache
def pods() -> dict[str, Recovery]:
    """Of services on EKS, one of them alone on its node, one bound to the zone of its volume."""
    return {item.disruption: item for item in survey(designed(PODS), ON_CALL)}


def test_pods_leave_an_unreachable_node_after_five_minutes() -> None:
    node = pods()["node"]
    evicted = step(node, "worker: evicted")
    assert evicted.seconds == Seconds(340, 350, 370)
    assert evicted.waited_for
    assert not step(node, "api: evicted").waited_for
    assert step(node, "worker: new instance").waited_for
    assert "kubernetes.nodes.heavy.desired: 2" in node.remedies_of_time


def test_a_pod_starts_again_in_its_place() -> None:
    assert step(pods()["task"], "worker: start").seconds == Seconds(1, 10, 60)


def test_a_volume_stays_in_its_zone() -> None:
    zone = pods()["zone"]
    assert step(zone, "disk: volume").after == ("disk: volume: act",)
    assert not step(zone, "disk: volume").waited_for
    assert point(zone, "volume disk-data").fate == "all"


@pytest.mark.parametrize("disruption", get_args(Disruption))
def test_a_step_follows_what_stands_before_it(disruption: str) -> None:
    for recovery in (usual()[disruption], pods().get(disruption, usual()[disruption])):
        before: set[str] = set()
        for item in recovery.steps:
            assert set(item.after) <= before
            assert item.name not in before
            assert item.seconds is None or item.seconds.low <= item.seconds.expected <= item.seconds.high
            before.add(item.name)


def test_production_is_looked_at_in_no_time() -> None:
    file = Path(__file__).parents[2] / "examples/personal-timeline/groundplan.yaml"
    architecture = design(load(file).environment("production"))
    survey(architecture, ON_CALL)
    took = []
    for _ in range(3):
        begin = time.process_time()
        for recovery in survey(architecture, ON_CALL):
            assert recovery.critical or recovery.never
        took.append(time.process_time() - begin)
    assert min(took) < 0.05
