"""personal-timeline: every demand of its specification is claimed by a test, its environments fit together, and each
safe switch works. What is deployed is in ``test_personal_timeline_<environment>.py``."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import IPv4Network, collapse_addresses
from pathlib import Path

import pytest
from tests.acceptance.account import Account
from tests.acceptance.conftest import Claims, Systems
from tests.acceptance.documents import table
from tests.acceptance.personal_timeline.expected import ENVIRONMENTS
from tests.acceptance.rows import requirement, rows
from tests.acceptance.system import CommandLine, System
from tests.acceptance.variants import loaded_with, overlaid

from groundplan.checks import run
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources.network import Subnet, Vpc

NAME = "personal-timeline"
ENVIRONMENT = "production"
LONGEST = 220
"""Lines that the blueprint may have, without comments and empty ones."""
EXAMPLE = Path(__file__).parents[2] / "examples" / NAME


class TestAccount(Account):
    """Every demand is claimed by a test."""

    def test_there_are_all_rows(self) -> None:
        assert len(rows(NAME)) == 264

    def test_most_rows_are_proven_here(self, claims: Claims) -> None:
        proven = {row.id for row in rows(NAME).values() if row.proof != "elsewhere"}
        assert proven - claims.keys() == set()
        assert len(proven) > 200


def test_the_blueprint_is_short(blueprint: Path) -> None:
    lines = [line.strip() for line in blueprint.read_text(encoding="utf-8").splitlines()]
    assert len([line for line in lines if line and not line.startswith("#")]) <= LONGEST


@requirement("PT-13", "PT-212", "PT-264")
def test_documented_addresses_are_the_designed_ones(readme: str, systems: Systems) -> None:
    designed: dict[str, dict[str, list[str]]] = {}
    for environment in ENVIRONMENTS:
        architecture = systems(NAME, environment).architecture
        for vpc in architecture.of(Vpc):
            title = f"standby of {environment}" if vpc.region else environment
            designed[title] = {"VPC": [str(vpc.cidr_block)]}
        for subnet in architecture.of(Subnet):
            title = f"standby of {environment}" if subnet.region else environment
            designed[title].setdefault(subnet.tier, []).append(str(subnet.cidr_block))
    told = {
        row.pop("environment"): {title: ranges.split() for title, ranges in row.items()}
        for row in table(readme, "Addresses")
    }
    assert told == designed


@requirement("PT-13", "PT-212")
def test_no_addresses_overlap(systems: Systems) -> None:
    found = [vpc.cidr_block for environment in ENVIRONMENTS for vpc in systems(NAME, environment).architecture.of(Vpc)]
    assert len(found) == 4
    assert sum(each.num_addresses for each in collapse_addresses(found)) == sum(each.num_addresses for each in found)


@requirement("PT-112")
@pytest.mark.parametrize("zones", ["ab", "abc"])
def test_ranges_of_any_number_of_zones_fit(blueprint: Path, tmp_path: Path, zones: str) -> None:
    network = {"zones": list(zones), "subnets": None}
    architecture = design(overlaid(blueprint, "staging", {"network": network}, tmp_path))
    subnets = [subnet.cidr_block for subnet in architecture.of(Subnet)]
    assert len(subnets) == 3 * len(zones)
    assert all(subnet.subnet_of(IPv4Network("10.1.0.0/16")) for subnet in subnets)
    assert not any(one.overlaps(other) for one in subnets for other in subnets if one is not other)


@requirement("PT-112")
def test_one_zone_is_refused(blueprint: Path, tmp_path: Path) -> None:
    """C-34: a control plane, a load balancer and a subnet group need two."""
    with pytest.raises(InputError, match="two"):
        design(overlaid(blueprint, "staging", {"network": {"zones": ["a"], "subnets": None}}, tmp_path))


@requirement("PT-04", "PT-10", "PT-45", "PT-153", "PT-84", "PT-85", "PT-86", "PT-149", "PT-151")
def test_each_environment_has_a_state_of_its_own(systems: Systems) -> None:
    """C-45: a root for each, without workspaces; encrypted and locked."""
    keys = set()
    for environment in (*ENVIRONMENTS, "shared"):
        text = systems(NAME, environment).root.joinpath("backend.tf").read_text(encoding="utf-8")
        found = dict(re.findall(r"^\s*(\w+)\s*=\s*(.+)$", text, re.MULTILINE))
        assert (found["encrypt"], found["use_lockfile"]) == ("true", "true")
        keys.add((found["bucket"], found["key"]))
    assert len(keys) == 4


@requirement("PT-150", "PT-152", "PT-148", "PT-245")
def test_roots_are_pinned_documented_and_hold_no_key(root: Path) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.tf")))
    assert re.search(r'required_version = ">= [\d.]+', text)
    assert re.search(r'source\s+= "hashicorp/aws"\s+version = "~> [\d.]+"', text)
    assert not re.search(r"access_key|secret_key|AKIA[A-Z0-9]{16}", text)
    for kind in ("variable", "output"):
        blocks = re.findall(rf'^{kind} "\w+" \{{\n(.*?)^\}}', text, re.MULTILINE | re.DOTALL)
        assert blocks
        assert all("description" in block for block in blocks)


@requirement("PT-05", "PT-241", "PT-248")
def test_the_same_blueprint_is_the_same_code(system: System, tmp_path: Path) -> None:
    system.command_line.run("render", "--engine", "terraform", "--out", str(tmp_path / "again"), *system.chosen)
    first = {path.name: path.read_bytes() for path in system.root.iterdir() if path.is_file()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir() if path.is_file()} == first


@requirement("PT-07", "PT-11", "PT-147")
def test_environments_come_from_one_blueprint(systems: Systems) -> None:
    """What development lacks of production is what the specification gives production alone, or takes from it."""
    kinds = {
        environment: {item.kind_name() for item in systems(NAME, environment).architecture if item.region is None}
        for environment in ENVIRONMENTS
    }
    common = set.intersection(*kinds.values())
    assert len(common) > 50
    assert common >= {
        "vpc",
        "kubernetes_cluster",
        "node_group",
        "database_instance",
        "cache_replication_group",
        "bucket",
    }


@requirement("PT-93")
def test_a_broken_blueprint_is_refused(command_line: CommandLine, example: Path, tmp_path: Path) -> None:
    command_line.run("validate", "--environment", "production")
    broken = tmp_path / "groundplan.yaml"
    text = (example / "groundplan.yaml").read_text(encoding="utf-8")
    broken.write_text(text.replace('version: "1.35"', 'version: "1.28"'), encoding="utf-8")
    with pytest.raises(AssertionError, match=r"groundplan\.yaml:\d+:\d+: .*1\.28"):
        CommandLine(broken, tmp_path / "none").run("validate", "--environment", "production")


def switches(readme: str) -> list[tuple[str, str, list[str]]]:
    """Environment, rule and settings of each line under "Accepted findings"."""
    return [
        (row["environment"], row["finding"], re.findall(r"`([^`]+)`", row["safe switch"]))
        for row in table(readme, "Accepted findings")
    ]


SWITCHES = switches((EXAMPLE / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, "shared"])
@requirement("PT-09", "PT-193", "PT-235", "PT-261")
def test_what_is_unsafe_is_accepted_with_its_reason(systems: Systems, environment: str) -> None:
    system = systems(NAME, environment)
    report = run(system.architecture, system.loaded.blueprint.accept)
    assert [finding for finding in report.standing if finding.severity != "info"] == []
    accepted = {finding.rule for finding in report.findings if finding.accepted}
    unsafe = {finding.rule for finding in report.findings if finding.accepted and finding.severity != "info"}
    switched = {rule for name, rule, _ in SWITCHES if name == environment}
    assert unsafe <= switched <= accepted
    assert {entry.rule for entry in system.loaded.blueprint.accept} == accepted


@pytest.mark.parametrize(
    ("environment", "rule", "settings"), [pytest.param(*item, id=f"{item[0]}-{item[1]}") for item in SWITCHES]
)
def test_safe_switch_removes_the_finding(environment: str, rule: str, settings: list[str]) -> None:
    assert settings
    assert [resource for found, resource in findings(environment, *settings) if found == rule] == []


@cache
def findings(environment: str, *settings: str) -> tuple[tuple[str, str], ...]:
    """Rule and resource of what is found with settings; several rules have one switch."""
    loaded = loaded_with(EXAMPLE / "groundplan.yaml", environment, *settings)
    return tuple((item.rule, item.resource) for item in run(design(loaded), loaded.blueprint.accept).findings)
