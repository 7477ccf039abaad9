"""Spontime: every demand of its specification is claimed by a test, its documentation says what it must, what is unsafe
in it is accepted with a reason, and each safe switch works. More demands are in ``test_spontime_<part>.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.acceptance.account import Account
from tests.acceptance.documents import section, table
from tests.acceptance.everywhere import EveryEnvironment
from tests.acceptance.rows import requirement, rows
from tests.acceptance.system import CommandLine, Templates, TerraformRoot

from groundplan.blueprint.loading import LoadedEnvironment, load_all, load_environment
from groundplan.checks import Report, run
from groundplan.cost import Estimate, estimate
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.edge import Certificate, Listener, Redirect
from groundplan.resources.monitoring import Alarm
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.values import Ref

ENVIRONMENT = "poc"
LONGEST = 42
"""Lines that the blueprint may have, without comments and empty ones."""
CONTRADICTIONS = [2, 4, 5, 6, 8, 9, *range(70, 82)]
"""What was found wrong, silent or dangerous in this specification, by its C- number."""
KINDS = {
    "vpc", "subnet", "internet_gateway", "route_table", "route", "route_table_association", "security_group",
    "security_group_rule", "load_balancer", "listener", "target_group", "ecs_cluster", "cluster_capacity_providers",
    "ecs_service", "task_definition", "container_repository", "database_instance", "database_subnet_group",
    "database_parameter_group", "secret", "role", "log_group", "oidc_provider",
}  # fmt: skip
"""All that the specification names, and what that cannot be without."""


class TestAccount(Account):
    """Every demand is claimed by a test."""

    def test_there_are_all_rows(self) -> None:
        assert len(rows("spontime")) == 77


class TestPoc(EveryEnvironment):
    """The one environment."""


@dataclass(frozen=True)
class Switch:
    """A line of a table of the README: a rule, and the values in the blueprint with which it finds nothing (or, of the
    specification's own way, something)."""

    rule: str
    values: dict[str, Any]
    """By their path in the blueprint."""


def switches(readme: str, title: str = "Unsafe choices", column: str = "safe switch") -> list[Switch]:
    """What the README promises of switches."""
    return [
        Switch(row["finding"], dict(map(_assignment, re.findall(r"`([^`]+)`", row[column]))))
        for row in table(readme, title)
    ]


def _assignment(text: str) -> tuple[str, Any]:
    path, value = text.split(": ", 1)
    return path, yaml.safe_load(value)


def with_values(blueprint: Path, values: dict[str, Any], folder: Path) -> Path:
    """A copy of a blueprint with values at paths like ``network.nat``."""
    content: dict[str, Any] = yaml.safe_load(blueprint.read_text(encoding="utf-8"))
    for path, value in values.items():
        *parents, last = path.split(".")
        part = content
        for step in parents:
            part = part.setdefault(step, {})
        part[last] = value
    copy = folder / "groundplan.yaml"
    copy.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return copy


def checked(blueprint: Path) -> Report:
    """What the checks say of a blueprint."""
    loaded = load_environment(blueprint, ENVIRONMENT)
    return run(design(loaded), loaded.blueprint.accept)


def standing(report: Report, rule: str) -> list[str]:
    return [finding.resource for finding in report.findings if finding.rule == rule]


@requirement("SP-01", "SP-07")
def test_documentation_names_the_specification_and_warns(readme: str) -> None:
    assert "AWS Infrastructure Design Document" in section(readme, "Specification")
    assert "ultra-cost-optimized" in section(readme, "Specification")
    first = section(readme, "Spontime")
    assert "**Not for production.**" in first
    assert "development and demonstrations" in first


@requirement("SP-02")
def test_blueprint_is_short(blueprint: Path) -> None:
    lines = [line for line in blueprint.read_text(encoding="utf-8").splitlines() if line.split("#")[0].strip()]
    assert len(lines) <= LONGEST
    assert max(len(line) for line in lines) <= 120


@requirement("SP-02", "SP-03", "SP-05", "SP-20", "SP-46", "SP-63", "SP-67")
def test_there_is_nothing_that_is_not_needed(architecture: Architecture) -> None:
    assert {resource.kind_name() for resource in architecture} == KINDS


@requirement("SP-22")
def test_there_is_one_environment(blueprint: Path) -> None:
    assert [loaded.name for loaded in load_all(blueprint)] == ["poc"]


@pytest.mark.parametrize("number", CONTRADICTIONS)
def test_choice_is_documented(readme: str, number: int) -> None:
    choices = {row["id"]: row for row in table(readme, "Choices")}
    row = choices[f"C-{number:02d}"]
    assert row["specification"]
    assert row["here"]


@requirement("SP-08", "SP-49", "SP-63")
def test_every_unsafe_choice_is_accepted_with_its_reason_and_has_a_switch(
    blueprint: Path, production: LoadedEnvironment, readme: str
) -> None:
    """C-71 to C-80: nothing dangerous is taken silently, and nothing is accepted that is not there."""
    report = checked(blueprint)
    assert {finding.rule for finding in report.standing} & {"GP-OPS-001"} == set()
    accepted = {finding.rule for finding in report.findings if finding.accepted}
    assert accepted == {entry.rule for entry in production.blueprint.accept}
    assert sorted(switch.rule for switch in switches(readme)) == sorted(accepted)
    assert [finding.rule for finding in report.standing if finding.severity != "info"] == []


SWITCHES = switches((Path(__file__).parents[2] / "examples" / "spontime" / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("switch", [pytest.param(switch, id=switch.rule) for switch in SWITCHES])
def test_safe_switch_removes_the_finding(blueprint: Path, tmp_path: Path, switch: Switch) -> None:
    assert standing(checked(blueprint), switch.rule)
    safe = checked(with_values(blueprint, switch.values, tmp_path))
    assert standing(safe, switch.rule) == []
    left = [finding for finding in safe.standing if finding.rule == "GP-OPS-001"]
    assert any(switch.rule in finding.message for finding in left)  # what is no longer there need not be accepted


def test_all_safe_switches_together(blueprint: Path, tmp_path: Path) -> None:
    """The way to something that is more than a demonstration: no contradiction between them, and nothing left."""
    values = {path: value for switch in SWITCHES for path, value in switch.values.items()} | {"accept": []}
    report = checked(with_values(blueprint, values, tmp_path))
    assert [f"{item.rule} {item.message}" for item in report.standing if item.severity != "info"] == []


CERTIFICATE = "arn:aws:acm:us-east-1:210987654321:certificate/0f7c3a52-9b1e-4c56-8f3d-6a1b2c3d4e5f"


@requirement("SP-08", "SP-29", "SP-46")
@pytest.mark.parametrize("certificate", [None, CERTIFICATE], ids=["requested", "existing"])
def test_tls_and_an_allow_list_can_be_switched_on(blueprint: Path, tmp_path: Path, certificate: str | None) -> None:
    """C-75"""
    values = {
        "services.api.public.tls": True,
        "services.api.public.domain": "poc.spontime.app",
        "services.api.public.allow": ["203.0.113.0/24"],
    } | ({"services.api.public.certificate": certificate} if certificate else {})
    found = design(load_environment(with_values(blueprint, values, tmp_path), ENVIRONMENT))
    listeners = {listener.port: listener for listener in found.of(Listener)}
    assert sorted(listeners) == [80, 443]
    assert listeners[443].certificate == (certificate or Ref(Certificate, "api"))
    assert listeners[80].default_action == Redirect()
    balancer = Ref(SecurityGroup, "alb")
    let_in = [rule for rule in found.of(SecurityGroupRule)
              if rule.security_group == balancer and rule.direction == "ingress"]  # fmt: skip
    assert {str(rule.peer) for rule in let_in} == {"203.0.113.0/24"}


@requirement("SP-21", "SP-49", "SP-63", "SP-67")
def test_what_is_left_out_to_avoid_costs_is_free(blueprint: Path, costs: Estimate, tmp_path: Path) -> None:
    """C-76: scanning, the first alarms and a budget."""
    values = {
        "services.api.image.scan": True,
        "alarms.email": "you@spontime.app",
        "objectives.budget": "60 USD/month",
    }
    loaded = load_environment(with_values(blueprint, values, tmp_path), ENVIRONMENT)
    found = design(loaded)
    more = {resource.kind_name() for resource in found} - KINDS
    assert {"alarm", "budget", "topic"} <= more
    assert len(found.of(Alarm)) == 7
    usage, budget = loaded.blueprint.usage, loaded.blueprint.objectives.budget
    assert estimate(found, usage, budget).monthly == costs.monthly


@requirement("SP-38", "SP-55", "SP-56")
def test_the_dangerous_ways_of_the_specification_are_findings(blueprint: Path, readme: str, tmp_path: Path) -> None:
    """C-71, C-72, C-73: what is not taken can be had, and does not go unnoticed; a secret in the open cannot."""
    ways = switches(readme, "Not taken", "switch")
    assert [way.rule for way in ways] == ["GP-SEC-002", "GP-SEC-049"]
    for way in ways:
        assert standing(checked(blueprint), way.rule) == []
        assert standing(checked(with_values(blueprint, way.values, tmp_path)), way.rule)
    plain = {"services.api.environment.SECRET_KEY": "insecure", "services.api.secrets": {}, "secrets": {}}
    with pytest.raises(InputError, match="SECRET_KEY looks like a secret"):
        checked(with_values(blueprint, plain, tmp_path))


@requirement("SP-56")
def test_debugging_is_for_a_few_addresses(blueprint: Path, readme: str, tmp_path: Path) -> None:
    """C-72"""
    told = dict(map(_assignment, re.findall(r"`(services[^`]+)`", section(readme, "DEBUG"))))
    assert told["services.api.environment.DEBUG"] == "True"
    report = checked(with_values(blueprint, told, tmp_path))
    assert standing(report, "GP-SEC-049") == []
    assert [finding.rule for finding in report.standing if finding.severity == "error"] == []


@requirement("SP-24", "SP-60", "SP-65", "SP-70")
def test_documentation_tells_what_a_person_does(readme: str) -> None:
    commands = {row["what"]: row["command"] for row in table(readme, "By hand")}
    assert "--desired-count 2" in commands["scale to two tasks"]
    assert "--task-definition spontime-poc-api:1" in commands["go back to an earlier revision"]
    running = section(readme, "Running it")
    assert "nothing is promoted from one to another" in running
    for command in (
        "terraform init",
        "terraform validate",
        "terraform plan -out poc.tfplan",
        "terraform apply poc.tfplan",
    ):
        assert command in running


@requirement("SP-19", "SP-24")
def test_the_first_image_can_be_pushed_before_the_service_needs_it(readme: str, terraform: TerraformRoot) -> None:
    running = section(readme, "Running it")
    (target,) = re.findall(r"-target=(\S+)", running)
    assert target in terraform.values
    (output,) = set(re.findall(r"terraform output -raw (\w+)", running))
    assert output in terraform.plan["planned_values"]["outputs"]


@requirement("SP-67")
def test_nobody_is_told_of_cost(architecture: Architecture, terraform: TerraformRoot, readme: str) -> None:
    assert not any("budget" in resource.kind_name() for resource in architecture)
    assert not any("aws_budgets" in address for address in terraform.values)
    assert "Cost Explorer" in section(readme, "By hand")


@requirement("SP-68")
def test_everything_that_takes_tags_has_them(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    expected = {"Project": "spontime", "Environment": "poc", "ManagedBy": "Groundplan"}
    assert dict(architecture.tags) == expected
    taggable = [resource for resource in architecture if resource.taggable]
    assert len(taggable) > 20
    for resource in taggable:
        values = terraform.of(resource.ref)
        assert expected.items() <= (values.get("tags_all") or {}).items(), resource.address
        written = templates.properties(resource.ref)["Tags"]
        found = {item["Key"]: item["Value"] for item in written} if isinstance(written, list) else written
        assert expected.items() <= found.items(), resource.address


@requirement("SP-64", "SP-65")
def test_terraform_validates_and_its_plan_can_be_kept(terraform: TerraformRoot) -> None:
    terraform.core.validate(terraform.folder)
    assert terraform.plan["applyable"] is True
    assert {change["change"]["actions"][0] for change in terraform.plan["resource_changes"]} == {"create"}


@requirement("SP-02", "SP-13", "SP-19", "SP-52")
def test_values_of_the_specifications_variables(
    root: Path, terraform: TerraformRoot, production: LoadedEnvironment, architecture: Architecture
) -> None:
    """Names and region, which a module of Terraform will have as variables, are those of the specification."""
    assert production.blueprint.region == "us-east-1"
    assert 'region      = "us-east-1"' in (root / "terraform.tfvars").read_text(encoding="utf-8")
    names = {
        values[key]
        for address, values in terraform.values.items()
        for key in ("identifier", "family", "cluster_name")
        if isinstance(values.get(key), str) and "parameter_group" not in address
    }
    assert names
    assert all(name.startswith("spontime-poc-") for name in names)
    repository = next(item for item in architecture if item.kind_name() == "container_repository")
    assert terraform.of(Ref(type(repository), repository.name))["name"] == "spontime-poc-api"


@requirement("SP-06", "SP-50")
def test_state_is_local_and_git_ignores_it(root: Path, readme: str) -> None:
    """C-77"""
    backend = (root / "backend.tf").read_text(encoding="utf-8")
    assert 'backend "s3"' not in backend
    assert "dynamodb" not in backend
    assert '"terraform.tfstate"' in backend
    ignored = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"*.tfstate", "*.tfstate.*", ".terraform/", "*.tfplan"} <= set(ignored)
    state = section(readme, "State")
    for told in ("terraform import", "get-resources", "Keep copies", "apply anew"):
        assert told in state


@requirement("SP-06")
def test_state_holds_no_password(terraform: TerraformRoot) -> None:
    """C-73, C-77: the harness itself fails an apply whose state holds what an ephemeral resource made."""
    secrets = [values for address, values in terraform.values.items() if "secret_version" in address]
    assert secrets
    for values in secrets:
        assert not values.get("secret_string")
        assert not values.get("secret_string_wo")
    database = next(values for address, values in terraform.values.items() if address.startswith("aws_db_instance."))
    assert not database.get("password")


@requirement("SP-66")
def test_no_scanner_is_part_of_it(command_line: CommandLine, architecture: Architecture) -> None:
    """The workflow without a scanner belongs to the documents; the infrastructure has none either."""
    assert not any("firewall" in item.kind_name() or "guard" in item.kind_name() for item in architecture)
    assert command_line.json("check", "--environment", "poc")["summary"]["error"] == 0
