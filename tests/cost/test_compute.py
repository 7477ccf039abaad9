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
from groundplan.cost import Estimate, estimate
from groundplan.resources import Architecture
from groundplan.resources.containers import CapacityProviderShare, EcsCluster, EcsService, TaskDefinition
from groundplan.units import DataSize

API, WORKER = "ecs_service.api", "ecs_service.worker"
ON_DEMAND = CapacityProviderShare(capacity_provider="FARGATE", weight=1, base=1)
SPOT = CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=3)


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


def test_the_range_runs_from_the_fewest_to_the_most_tasks() -> None:
    found = _estimate(sample_architecture())
    task = Decimal("18.93255")  # 730 × (0.5 × 0.04256 + 1 × 0.004655)
    assert found.range.least == found.monthly  # three are desired, and the minimum
    assert found.range.most == found.monthly + 17 * task  # twenty


def test_without_scaling_the_range_is_the_estimate() -> None:
    architecture = sample_architecture()
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
