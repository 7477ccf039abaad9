"""Fargate tasks: how many, where they run, and between which bounds the bill moves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cost.book import line, reasons
from tests.engines.samples import sample_architecture

from groundplan.blueprint.models import Usage
from groundplan.catalog import prices
from groundplan.catalog.prices import Price
from groundplan.cost import Estimate, estimate
from groundplan.cost.model import Range
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import (
    CapacityProviderShare,
    EcsCapacityProvider,
    EcsCluster,
    EcsService,
    TaskDefinition,
)
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.values import Ref
from groundplan.units import DataSize

API, WORKER = "ecs_service.api", "ecs_service.worker"
ON_DEMAND = CapacityProviderShare(capacity_provider="FARGATE", weight=1, base=1)
SPOT = CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=3)
MACHINES = CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "machines"), weight=1)
LEFTOVERS = CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "leftovers"), weight=3)
GROUP = "auto_scaling_group.machines"


def _service(architecture: Architecture, address: str) -> EcsService:
    found = architecture.at(address)
    assert isinstance(found, EcsService)
    return found


def _with(address: str, **changes: object) -> Architecture:
    architecture = sample_architecture()
    return architecture.changed(_service(architecture, address), **changes)


def _estimate(architecture: Architecture) -> Estimate:
    return estimate(architecture, Usage(), None)


def test_no_tasks_cost_nothing_and_still_show_their_formula() -> None:
    found = _estimate(_with(API, desired_count=0))
    cpu = line(found, API, "fargate.vcpu_hour")
    assert cpu.monthly == 0
    assert cpu.formula == "0 tasks × 0.5 vCPU × 730 h × 0.04256 USD"
    assert found.monthly == _estimate(sample_architecture()).monthly - Decimal("56.79765")


def _without_nodes() -> Architecture:
    """The sample without what has a range of its own."""
    sample = sample_architecture()
    users = {group.ref for group in sample.of(NodeGroup)}
    return sample.with_resources(
        item for item in sample if not isinstance(item, NodeGroup) and not users & set(item.depends_on)
    )


def test_the_range_runs_from_the_fewest_to_the_most_tasks() -> None:
    found = _estimate(_without_nodes())
    task = Decimal("18.93255")  # 730 × (0.5 × 0.04256 + 1 × 0.004655)
    assert found.range.least == found.monthly  # three are desired, and the minimum
    assert found.range.most == found.monthly + 17 * task  # twenty


def test_without_scaling_the_range_is_the_estimate() -> None:
    architecture = _without_nodes()
    still = architecture.with_resources(resource for resource in architecture if resource.concern != "scaling")
    found = _estimate(still)
    assert found.range.least == found.monthly == found.range.most


def test_public_addresses_of_tasks_are_charged() -> None:
    address = line(_estimate(_with(API, assign_public_ip=True)), API, "public_ipv4.hour")
    assert address.monthly == Decimal("10.95")  # 3 × 730 × 0.005
    assert address.formula == "3 tasks × 1 public IPv4 address × 730 h × 0.005 USD"


def test_spot_tasks_are_split_by_base_and_weight_and_discounted() -> None:
    spot = _with(API, desired_count=6, launch_type=None, capacity_providers=(ON_DEMAND, SPOT))
    lines = [item for item in _estimate(spot).of(API) if item.sku == "fargate.vcpu_hour"]
    # One is the base; of the other five a quarter stays on demand, rounded up: 2. So 3 of 6 are Spot.
    assert [item.formula for item in lines] == [
        "3 tasks × 0.5 vCPU × 730 h × 0.04256 USD",
        "3 Spot tasks × 0.5 vCPU × 730 h × 0.04256 USD × (100 − 69) %",
    ]
    assert lines[1].monthly == Decimal("14.446992")  # 1095 × 0.04256 × 0.31
    assert "fargate.spot_discount_pct" in lines[1].source


@pytest.mark.parametrize(
    ("shares", "on_demand", "spot"),
    [
        ((), 4, 0),
        ((replace(SPOT, weight=1),), 0, 4),
        ((replace(SPOT, weight=0, base=3), replace(ON_DEMAND, base=0)), 1, 3),
        ((replace(SPOT, weight=0, base=9),), 0, 4),
        ((replace(ON_DEMAND, weight=0, base=0),), 4, 0),
    ],
)
def test_capacity_providers(shares: tuple[CapacityProviderShare, ...], on_demand: int, spot: int) -> None:
    found = _estimate(_with(API, desired_count=4, launch_type=None, capacity_providers=shares))
    counted = {"task": 0, "Spot": 0}
    for item in found.of(API):
        if item.sku == "fargate.vcpu_hour":
            number, noun, *_ = item.formula.split()
            counted["Spot" if noun == "Spot" else "task"] += int(number)
    assert counted == {"task": on_demand, "Spot": spot}


def test_a_launch_type_overrides_capacity_providers() -> None:
    found = _estimate(_with(API, launch_type="FARGATE", capacity_providers=(replace(SPOT, base=3),)))
    assert not any("Spot" in item.formula for item in found.of(API))


def test_spot_on_arm_has_no_known_price() -> None:
    found = _estimate(_with(WORKER, desired_count=5))
    assert line(found, WORKER, "fargate.arm.vcpu_hour").formula.startswith("2 tasks")
    assert reasons(found, WORKER) == ["3 Spot tasks: no Fargate Spot price of ARM64 is known"]


def test_container_insights_are_unpriced_and_off_is_free() -> None:
    architecture = sample_architecture()
    (cluster,) = architecture.of(EcsCluster)
    off = _estimate(architecture.changed(cluster, container_insights="disabled"))
    assert "Container Insights" in reasons(_estimate(architecture), "ecs_cluster.main")[0]
    assert not reasons(off, "ecs_cluster.main")
    assert any(item.resource == "ecs_cluster.main" for item in off.free)


def test_images_are_priced_where_their_size_is_stated_and_the_price_is_known() -> None:
    usage = Usage(stored={"api": DataSize.parse("30 GB")})
    mumbai = sample_architecture()
    ireland = replace(mumbai, region="eu-west-1")
    assert line(estimate(ireland, usage, None), "container_repository.api", "ecr.storage.gb_month").monthly == Decimal(
        "3.00"
    )
    assert "low-confidence" in reasons(estimate(mumbai, usage, None), "container_repository.api")[0]


@given(fewer=st.integers(0, 60), more=st.integers(0, 60), spot=st.booleans())
def test_more_tasks_never_cost_less(fewer: int, more: int, spot: bool) -> None:
    fewer, more = sorted((fewer, more))
    shares: dict[str, object] = {"launch_type": None, "capacity_providers": (ON_DEMAND, SPOT)} if spot else {}
    totals = [
        _estimate(_with(API, desired_count=tasks, assign_public_ip=True, **shares)).monthly for tasks in (fewer, more)
    ]
    assert totals[0] <= totals[1]


@given(cpu=st.sampled_from([256, 512, 1024, 4096]), memory=st.integers(512, 30720), tasks=st.integers(0, 50))
def test_the_total_is_the_sum_of_its_lines(cpu: int, memory: int, tasks: int) -> None:
    architecture = _with(API, desired_count=tasks)
    definition = architecture.at("task_definition.api")
    assert isinstance(definition, TaskDefinition)
    found = _estimate(architecture.changed(definition, cpu=cpu, memory=memory))
    assert found.monthly == sum((item.monthly for item in found.lines), Decimal(0)) == found.fixed + found.usage
    hour = Decimal(cpu) / 1024 * Decimal("0.04256") + Decimal(memory) / 1024 * Decimal("0.004655")
    assert sum(item.monthly for item in found.of(API)) == tasks * 730 * hour


def _on_instances(tasks: int, *shares: CapacityProviderShare, **group: object) -> Estimate:
    """The shop alone on instances of t3.small (2048 CPU units), its tasks of 300 CPU units and 700 MiB."""
    architecture = sample_architecture()
    kept = architecture.with_resources(
        resource for resource in architecture if "cart" not in {resource.name, resource.name.removesuffix("-rollback")}
    )
    service, machines = kept.at("ecs_service.shop"), kept.at(GROUP)
    assert isinstance(service, EcsService)
    assert isinstance(machines, AutoScalingGroup)
    kept = kept.changed(service, desired_count=tasks, capacity_providers=shares)
    return _estimate(kept.changed(machines, **{"min_size": 0, "max_size": 40, **group}))


def test_instances_and_their_volumes_are_charged_and_the_tasks_on_them_are_not() -> None:
    found = _on_instances(4, MACHINES)
    hours = line(found, GROUP, "ec2.t3_small.hour")
    # 4 × 700 MiB / 1896 MiB, and a fifth stays free: 1.85
    assert hours.formula == "2 t3.small instances × 730 h × 0.0224 USD"
    assert line(found, GROUP, "ebs.gp3.gb_month").formula == "2 gp3 volumes × 30 GB × 0.0912 USD"
    (metrics,) = reasons(found, GROUP)
    assert metrics.startswith("(2 t3.small instances × 7 metrics − 10 of 10 free per account): only a low-confidence")
    assert found.of("ecs_service.shop") == ()
    assert [item.why for item in found.free if item.resource == "ecs_service.shop"] == [
        "its tasks run on instances, which are charged with their Auto Scaling group"
    ]


@pytest.mark.parametrize(
    ("tasks", "group", "count"),
    [
        (0, {"min_size": 3}, "3 t3.small instances"),
        (0, {}, "0 t3.small instances"),
        (1, {}, "1 t3.small instance"),
        (400, {"max_size": 5}, "5 t3.small instances"),
    ],
)
def test_as_many_instances_as_tasks_need_between_the_bounds(tasks: int, group: dict[str, object], count: str) -> None:
    found = _on_instances(tasks, MACHINES, **group)
    assert line(found, GROUP, "ec2.t3_small.hour").formula.startswith(f"{count} ×")


def test_tasks_are_divided_between_groups_by_weight_and_spot_has_no_price() -> None:
    found = _on_instances(10, MACHINES, LEFTOVERS)
    # A quarter of ten stays on demand, rounded up: 3 × 700 MiB / 1896 MiB, and a fifth stays free: 1.4.
    assert line(found, GROUP, "ec2.t3_small.hour").formula.startswith("2 t3.small instances")
    assert reasons(found, "auto_scaling_group.leftovers")[0] == (
        "10 t3.small instances: Spot prices change by the hour and the zone; on demand is the most they reach, "
        "10 t3.small instances × 730 h × 0.0224 USD = 163.52 USD"
    )


def test_an_alarm_on_metric_math_is_charged_for_each_metric() -> None:
    virginia = replace(sample_architecture(), region="us-east-1")
    policy = line(_estimate(virginia), "scaling_policy.api-backlog", "cloudwatch.alarm.month")
    # Two of the ten free ones are gone to each of three charges before it.
    assert policy.formula.startswith("(2 alarms of target tracking × 2 metrics − 2 of 10 free per account)")


def test_traces_have_a_price_that_nobody_knows() -> None:
    assert any(
        "100,000 a month are free" in why for why in reasons(_estimate(sample_architecture()), "trace_group.main")
    )


def test_the_bills_of_the_range_are_made_when_somebody_asks() -> None:
    asked: list[str] = []

    def price(sku: str, region: str) -> Price | None:
        asked.append(sku)
        return prices.price(sku, region)

    found = estimate(sample_architecture(), Usage(), None, prices=price)
    once = len(asked)
    assert found.range.least <= found.range.most
    assert len(asked) == 3 * once, "one bill for each end"
    assert found.range == Range(lambda: found.range.least, lambda: found.range.most)
    assert found.range != Range(Decimal, Decimal)
    assert len(asked) == 3 * once, "each is made once"
