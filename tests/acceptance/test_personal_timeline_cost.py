"""What the environments of personal-timeline cost, against their budgets and against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Systems
from tests.acceptance.documents import section, table
from tests.acceptance.personal_timeline.expected import ENVIRONMENTS
from tests.acceptance.rows import requirement
from tests.acceptance.system import CommandLine
from tests.acceptance.variants import overlaid

from groundplan.blueprint.loading import load
from groundplan.cost import Estimate, estimate
from groundplan.cost.report import cents
from groundplan.design import design
from groundplan.savings import find

ENVIRONMENT = "production"
NAME = "personal-timeline"

LINES = {
    "cluster, nodes and their volumes": ("kubernetes_cluster", "node_group"),
    "database, its standby and replica": ("database_instance",),
    "cache": ("cache_replication_group",),
    "load balancer with its public addresses": ("load_balancer",),
    "NAT gateways with their addresses": ("nat_gateway", "elastic_ip"),
    "firewalls": ("web_acl",),
    "keys and secrets": ("key", "secret"),
    "zone, health checks and alarms": (
        "hosted_zone", "health_check", "calculated_health_check", "alarm", "composite_alarm",
    ),
}  # fmt: skip
FREE = {"certificate", "dashboard", "budget"}
COLUMNS = (*ENVIRONMENTS, "its standby", "shared")


def by_column(systems: Systems) -> dict[str, defaultdict[str, Decimal]]:
    """Monthly cost by column of the README's table and kind of resource; the standby's is its own."""
    found = {column: defaultdict[str, Decimal](Decimal) for column in COLUMNS}
    for environment in (*ENVIRONMENTS, "shared"):
        for line in systems(NAME, environment).costs.lines:
            kind, _, name = line.resource.partition(".")
            column = "its standby" if name.startswith("standby_") else environment
            found[column][kind] += line.monthly
    return found


@requirement("PT-08", "PT-14", "PT-95", "PT-211")
def test_cost_table_is_the_estimate(readme: str, systems: Systems) -> None:
    documented = {row["line"]: row for row in table(readme, "Cost")}
    assert set(documented) == {*LINES, "Total"}
    found = by_column(systems)
    for column, kinds in found.items():
        for name, counted in LINES.items():
            assert documented[name][column] == str(cents(sum((kinds[kind] for kind in counted), Decimal(0)))), name
        assert documented["Total"][column] == str(cents(sum(kinds.values(), Decimal(0)))), column
        listed = {kind for counted in LINES.values() for kind in counted}
        assert {kind for kind, amount in kinds.items() if amount} <= listed


@requirement("PT-14", "PT-63")
def test_each_environment_has_its_strategy(readme: str, systems: Systems) -> None:
    told = {row["environment"]: row["strategy"] for row in table(readme, "Strategies")}
    assert set(told) == {*ENVIRONMENTS, "shared"}
    assert "Spot" in told["development"]
    assert systems(NAME, "development").costs.monthly < 500


@requirement("PT-08", "PT-70", "PT-238", "PT-263")
def test_production_is_priced_with_and_without_its_standby(
    readme: str, costs: Estimate, command_line: CommandLine
) -> None:
    """C-49"""
    told = command_line.json("cost", "--environment", "production")
    standby = Decimal(str(told["standby"]["monthly"]))
    assert 0 < standby < costs.monthly < 5000
    text = section(readme, "Cost").replace("\n", " ")
    assert f"{costs.monthly:,.2f} USD with it" in text
    assert f"{costs.monthly - standby:,.2f} USD without the standby" in text


GENERAL = {"instances": ["t3.large"], "desired": 6, "min": 3, "max": 12, "spot": False, "zones": None}
LARGE = {"desired": 1, "min": 0, "max": 4, "spot": False}
ONE_SIZE: dict[str, Any] = {
    "kubernetes": {
        "nodes": {
            "general": GENERAL,
            "memory": {"instances": ["r5.large"], **LARGE},
            "compute": {"instances": ["c5.large"], **LARGE},
        }
    },
    "databases": {
        "main": {"class": "db.r5.large", "storage": "100..500 GB gp3", "standby": True, "zone": None, "replicas": 1}
    },
    "caches": {"sessions": {"class": "cache.r5.large", "nodes": 2, "shards": 2}},
    "network": {"nat": "per-zone"},
    "firewall": {},
    "off_hours": None,
}
"""What makes an environment as large as production, on demand and always on."""
ON_DEMAND: dict[str, dict[str, Any]] = {
    environment: {"kubernetes": {"nodes": {group: {"spot": False}}}}
    for environment, group in (("development", "general"), ("staging", "compute"), ("production", "compute"))
}


@requirement("PT-50", "PT-220", "PT-239")
def test_optimization_saves_a_fifth(blueprint: Path, readme: str, tmp_path: Path) -> None:
    """C-47: against the same environments on demand, always on and of one size. Spot, which has no price, counts on
    both sides as on demand."""
    as_it_is = sum(priced(blueprint, environment, ON_DEMAND[environment], tmp_path) for environment in ENVIRONMENTS)
    plain = sum(priced(blueprint, environment, ONE_SIZE, tmp_path) for environment in ENVIRONMENTS)
    saved = (plain - as_it_is) / plain
    assert saved > Decimal("0.20")
    told = section(readme, "Savings").replace("\n", " ")
    assert f"{plain:,.2f} USD" in told
    assert f"{saved:.0%}".replace("%", " %") in told


@requirement("PT-239")
def test_a_fifth_is_found_by_redesign(blueprint: Path, readme: str, tmp_path: Path) -> None:
    """C-47: from the same start ``groundplan savings`` saves a fifth in two of three environments already."""
    plain = sum(priced(blueprint, environment, ONE_SIZE, tmp_path) for environment in ENVIRONMENTS)
    told, saved = section(readme, "Savings").replace("\n", " "), Decimal(0)
    for environment in ("development", "staging"):
        overlaid(blueprint, environment, ONE_SIZE, tmp_path)
        best = find(load(tmp_path / blueprint.name), environment).combination
        assert not any(finding.severity == "error" for finding in best.findings)
        assert best.monthly == best.before - best.after
        assert f"{best.monthly:,.2f} USD off {environment}" in told
        saved += best.monthly
    assert saved > plain / 5
    assert f"{saved / plain:.0%}".replace("%", " %") in told


def priced(blueprint: Path, environment: str, overlay: Mapping[str, Any], folder: Path) -> Decimal:
    """What an environment with an overlay would cost a month."""
    loaded = overlaid(blueprint, environment, overlay, folder)
    return estimate(design(loaded), loaded.blueprint.usage, None).monthly


@requirement("PT-51", "PT-63")
def test_off_hours_are_documented_as_they_are_priced(readme: str, command_line: CommandLine) -> None:
    told = command_line.json("cost", "--environment", "development")["off_hours"]
    text = section(readme, "Off-hours").replace("\n", " ")
    assert f"runs {told['hours_per_week']:g} of 168 hours a week" in text
    assert f"saves {Decimal(str(told['saved'])):.2f} USD a month" in text
