"""The documents that personal-timeline's specification lists among its deliverables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.acceptance.documents import section, table
from tests.acceptance.rows import requirement
from tests.documents.commands import given

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.models import Blueprint
from groundplan.cost import Estimate
from groundplan.cost.report import cents
from groundplan.documents.naming import called
from groundplan.resources import Architecture

ENVIRONMENT = "production"
MODULES = ("networking", "compute", "database", "storage", "security", "monitoring", "cdn")
ENVIRONMENTS = ("development", "staging", "production", "shared")


@pytest.fixture
def manuals(blueprint: Path) -> Path:
    """The folder with the documents."""
    return blueprint.parent / "docs"


def read(folder: Path, name: str) -> str:
    """A document, which quotes its specification and has a chapter for each environment."""
    text = (folder / name).read_text(encoding="utf-8")
    assert "Specification: Task 1.1.3, version 1.0." in text
    return text


@requirement("PT-226")
def test_infrastructure_has_every_module_and_resource(manuals: Path, architecture: Architecture) -> None:
    told = read(manuals, "INFRASTRUCTURE.md")
    modules = {row["module"] for row in table(told, "Modules of production")}
    assert {f"`modules/{name}/`" for name in MODULES} <= modules
    assert all(f"\n## {name}\n" in told for name in ENVIRONMENTS)
    assert [name for item in architecture if (name := called(item)) and f"`{name}`" not in told] == []
    counted = re.findall(r"^#### .* of production: (\d+)$", told, re.MULTILINE)
    assert sum(map(int, counted)) == len(architecture)


@requirement("PT-227")
def test_deployment_has_procedures_and_runbooks_that_can_be_carried_out(manuals: Path) -> None:
    told = read(manuals, "DEPLOYMENT.md")
    assert given(told) >= {
        "bootstrap",
        "plan",
        "deploy",
        "status",
        "release",
        "rollback",
        "promote",
        "drift",
        "destroy",
    }
    for name in ENVIRONMENTS:
        assert f"groundplan deploy -e {name} --target aws" in section(told, f"First deployment of {name}")
        assert f"groundplan status -e {name}" in section(told, f"When something is wrong in {name}")
    assert "groundplan promote --from staging --to production" in section(told, "Promoting to production")


@requirement("PT-228")
def test_disaster_recovery_states_times_steps_and_drills(manuals: Path, production: LoadedEnvironment) -> None:
    told = read(manuals, "DISASTER_RECOVERY.md")
    rows = [line for line in section(told, "production").splitlines() if line.startswith("| the region is gone")]
    assert len(rows) == 1
    required = production.blueprint.objectives.recovery["region"].time
    assert required is not None
    assert f"| {required.seconds // 60} min |" in rows[0]
    assert "| Systems Manager |" in section(told, "production: The region is gone (us-east-1)")
    way_back = section(told, "The way back of production")
    assert "&lt;ARN of personal-timeline-prod-standby-db-primary>" in way_back
    assert "groundplan drill zone-a -e staging" in section(told, "Drills in staging")
    assert {"restore", "verify", "failover", "drill"} <= given(told)


@requirement("PT-229")
def test_cost_optimization_has_strategies_with_their_worth(
    manuals: Path, costs: Estimate, production: LoadedEnvironment
) -> None:
    told = read(manuals, "COST_OPTIMIZATION.md")
    blueprint: Blueprint = production.blueprint
    assert f"**{cents(costs.monthly):,} USD a month**" in section(told, "production")
    assert str(blueprint.objectives.budget) in section(told, "Budget of production")
    strategies = {row["in the blueprint"] for row in table(told, "What keeps production cheap already")}
    assert {"`services.api.scaling`", "`kubernetes.nodes.compute.spot`", "`buckets.media.lifecycle`"} <= strategies
    assert "`off_hours`" in {row["in the blueprint"] for row in table(told, "What keeps development cheap already")}
    assert re.search(
        r"\| database main on Graviton \| \d+\.\d\d \|", section(told, "What would cost less in production")
    )


@requirement("PT-230")
def test_security_has_controls_risks_and_rights(manuals: Path, production: LoadedEnvironment) -> None:
    told = read(manuals, "SECURITY.md")
    risks = table(told, "Accepted risks of production")
    assert [row["rule"] for row in risks] == [entry.rule for entry in production.blueprint.accept]
    assert all(row["why it is accepted"] for row in risks)
    for title in ("Access", "Encryption", "Ways into production", "Secrets of production"):
        assert section(told, title if " " in title else f"{title} in production").strip()
    held = {row["rule"]: row["production"] for row in table(told, "Checklist")}
    assert len(held) > 70
    assert "open" not in "".join(held.values())
