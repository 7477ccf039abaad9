"""What the documentation of personal-timeline has to say, and that it is true."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.acceptance.documents import section, table
from tests.acceptance.rows import requirement
from tests.acceptance.variants import with_settings

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.resources import Architecture

ENVIRONMENT = "production"
CONTRADICTIONS = [2, 5, 6, 7, *range(32, 51)]
"""What was found wrong, silent or dangerous in this specification, by its C- number."""


@requirement("PT-01", "PT-02", "PT-255")
def test_documentation_names_the_specification(readme: str, production: LoadedEnvironment) -> None:
    about = production.blueprint.about
    assert (about.specification, about.version) == ("Task 1.1.3", "1.0")
    told = section(readme, "Specification").replace("\n", " ")
    for quoted in (
        "Task 1.1.3: Infrastructure as Code", "Epic 1.1 Development Environment & DevOps", "Priority High",
        "Phase 1 - Foundation & Core Infrastructure", "version 1.0 of 2024-12-18", "1 + 1 + 1 = 3", "Task 1.1.1",
    ):  # fmt: skip
        assert quoted in told


@requirement("PT-03")
def test_documentation_names_who_is_who(readme: str) -> None:
    roles = {row["who"]: row["what"] for row in table(readme, "Ownership")}
    assert roles["DevOps Engineer"].startswith("owner")
    for reviewer in ("Infrastructure Specialist", "Security Engineer", "Technical Lead"):
        assert "reviewer" in roles[reviewer]
    for team in ("Development Team", "Security Team", "Finance Team"):
        assert roles[team].startswith("stakeholder")


@pytest.mark.parametrize("number", CONTRADICTIONS)
def test_choice_is_documented(readme: str, number: int) -> None:
    row = {row["id"]: row for row in table(readme, "Choices")}[f"C-{number:02d}"]
    assert row["specification"]
    assert row["here"]


@requirement("PT-194", "PT-200", "PT-206")
def test_documentation_says_what_each_environment_is_for(readme: str) -> None:
    told = {row["environment"]: row["purpose"] for row in table(readme, "Environments")}
    assert told["development"] == "developer testing and feature development"
    assert told["staging"] == "pre-production testing and validation"
    assert told["production"] == "live user-facing application"


DOCUMENTED: dict[str, tuple[str, Iterable[str]]] = {
    "PT-41": ("Capacity", ("Sharding of the database", "replicas")),
    "PT-44": ("Capacity", ("pods of the api", "general nodes", "storage of the database")),
    "PT-53": ("Monthly review", ("groundplan cost", "VPA", "accept:")),
    "PT-49": ("Monthly review", ("recommendations", "classes")),
    "PT-225": ("Monthly review", ("Trusted Advisor",)),
    "PT-223": ("Backup and restore", ("incremental", "kept once")),
    "PT-222": ("Backup and restore", ("gzip", "compresses")),
    "PT-240": ("Utilisation", ("request against CPU that nodes can allocate", "70 × 3/2 = 105 %", "baseline")),
    "PT-250": ("By hand", ("once a year", "no one alone")),
    "PT-252": ("Reviews", ("every quarter", "Security Hub", "accept:")),
    "PT-261": ("Reviews", ("Before the first deployment", "Security Engineer")),
    "PT-254": ("Portability", ("PostgreSQL", "OpenTelemetry", "Kubernetes manifests")),
    "PT-55": ("Google Cloud", ("secondary.google", "off here (C-07)", "never tried")),
    "PT-262": ("Assumptions", ("port 8000", "Sizes are guesses")),
}


@pytest.mark.parametrize(
    ("title", "words"), [pytest.param(*item, id=row, marks=requirement(row)) for row, item in DOCUMENTED.items()]
)
def test_documentation_tells(readme: str, title: str, words: Iterable[str]) -> None:
    told = section(readme, title).replace("\n", " ")
    assert [word for word in words if word not in told] == []


@requirement("PT-219")
def test_documentation_maps_controls(readme: str) -> None:
    controls = table(readme, "Compliance")
    assert len(controls) >= 8
    assert all(re.search(r"(CC|A|C)\d", row["SOC 2"]) and "Art. " in row["GDPR"] and row["here"] for row in controls)
    assert any(all(region in row["here"] for region in ("us-east-1", "us-west-2", "eu-west-1")) for row in controls)


@requirement("PT-216")
def test_documentation_lists_what_each_endpoint_enforces(readme: str) -> None:
    """C-39"""
    told = {row["endpoint"] for row in table(readme, "TLS")}
    assert {"load balancer", "CloudFront", "PostgreSQL", "Redis"} <= told


@requirement("PT-251")
def test_each_automation_has_a_way_by_hand(readme: str) -> None:
    assert all(row["by hand"] for row in table(readme, "By hand"))
    assert len(table(readme, "By hand")) >= 6


@requirement("PT-256", "PT-257", "PT-259")
def test_documentation_lists_what_a_person_brings(readme: str, production: LoadedEnvironment) -> None:
    told = " ".join(f"{row['what']} {row['where']}" for row in table(readme, "Prerequisites"))
    for word in ("billing", "vCPUs", "Elastic IPs", "shared.dns.zone", "alarms.email", "state"):
        assert word in told
    assert production.blueprint.alarms is not None
    assert production.blueprint.alarms.email == "operations@personal-timeline.com"


@requirement("PT-257", "PT-259")
def test_domain_and_recipient_are_settings(blueprint: Path) -> None:
    architecture = with_settings(
        blueprint,
        "staging",
        "services.api.public.domain=api.staging.personal-timeline.com",
        "alarms.email=me@example.com",
    )
    assert "me@example.com" in {getattr(item, "endpoint", None) for item in architecture}


@requirement("PT-55")
def test_google_cloud_is_off_and_can_be_switched_on(blueprint: Path, architecture: Architecture) -> None:
    """C-07"""
    assert not any(item.kind_name().startswith("google") for item in architecture)
    switched = with_settings(blueprint, "production", "secondary.google.project=personal-timeline-1")
    assert len(switched) > len(architecture) + 10


@requirement("PT-56", "PT-06", "PT-255")
def test_it_runs_on_a_machine_of_ones_own(readme: str) -> None:
    """Each environment's own file deploys it there."""
    told = section(readme, "Running it")
    for environment in ("shared", "development"):
        assert f"groundplan deploy -e {environment} --target local" in told
