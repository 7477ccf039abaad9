"""SoleMate: every demand of its specification is claimed by a test, its documentation says what it must, what is unsafe
in it is accepted with a reason, and each safe switch works. More demands are in ``test_solemate_<part>.py``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance.account import Account
from tests.acceptance.conftest import Claims
from tests.acceptance.documents import section, table
from tests.acceptance.environments import in_each
from tests.acceptance.everywhere import EveryEnvironment
from tests.acceptance.rows import requirement, rows
from tests.acceptance.system import CommandLine, Templates
from tests.acceptance.variants import loaded_with, with_settings

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.checks import run
from groundplan.cost import Estimate, estimate
from groundplan.cost.report import cents
from groundplan.design import design
from groundplan.resources import Architecture
from groundplan.resources.monitoring import Alarm, Budget
from groundplan.resources.network import NatGateway
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket

ENVIRONMENT = "production"
LONGEST = 130
"""Lines that the blueprint may have, without comments and empty ones."""
CONTRADICTIONS = [1, 4, 5, 6, 9, *range(51, 70)]
"""What was found wrong, silent or dangerous in this specification, by its C- number."""
both = in_each("staging", "production")


class TestAccount(Account):
    """Every demand is claimed by a test."""

    def test_there_are_all_rows(self) -> None:
        assert len(rows("solemate")) == 189

    @requirement("SM-189")
    def test_no_row_is_open(self, claims: Claims) -> None:
        proven = {row.id for row in rows("solemate").values() if row.proof != "elsewhere"}
        assert proven - claims.keys() == set()
        assert len(proven) > 170


@pytest.mark.environment("staging")
@requirement("SM-15", "SM-109", "SM-126", "SM-178")
class TestStaging(EveryEnvironment):
    """The smaller one."""


@pytest.mark.environment("production")
@requirement("SM-15", "SM-109", "SM-126", "SM-178")
class TestProduction(EveryEnvironment):
    """The larger one."""


def test_the_blueprint_is_short(blueprint: Path) -> None:
    lines = [line.strip() for line in blueprint.read_text(encoding="utf-8").splitlines()]
    assert len([line for line in lines if line and not line.startswith("#")]) <= LONGEST


@requirement("SM-01")
def test_documentation_names_the_specification(readme: str, production: LoadedEnvironment) -> None:
    assert production.blueprint.about.specification == "DEV-4.2"
    for quoted in ("PRD: AWS Infrastructure (DEV-4.2)", "AWS Infrastructure Setup", "SoleMate e-commerce platform"):
        assert quoted in section(readme, "Specification")


@requirement("SM-02", "SM-06", "SM-110", "SM-111", "SM-112", "SM-113", "SM-114")
def test_every_named_service_is_there(templates: Templates) -> None:
    types = {entry["Type"] for _, entry in templates.every()}
    assert {
        "AWS::EC2::LaunchTemplate", "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::CloudFront::Distribution",
        "AWS::ECS::Service", "AWS::EC2::VPC", "AWS::IAM::Role",
    } <= types  # fmt: skip


@pytest.mark.parametrize("number", CONTRADICTIONS)
def test_choice_is_documented(readme: str, number: int) -> None:
    row = {row["id"]: row for row in table(readme, "Choices")}[f"C-{number:02d}"]
    assert row["specification"]
    assert row["here"]


def switches(readme: str) -> list[tuple[str, str, list[str]]]:
    """Environment, rule and settings of each line under "Unsafe choices"."""
    return [
        (row["environment"], row["finding"], re.findall(r"`([^`]+)`", row["safe switch"]))
        for row in table(readme, "Unsafe choices")
    ]


SWITCHES = switches((Path(__file__).parents[2] / "examples" / "solemate" / "README.md").read_text(encoding="utf-8"))


@both
@requirement("SM-15", "SM-109", "SM-138")
def test_what_is_unsafe_is_accepted_with_its_reason(
    architecture: Architecture, production: LoadedEnvironment, readme: str, environment: str
) -> None:
    """C-67: no vulnerability is left standing: nothing of severity warning or above that nobody decided on."""
    report = run(architecture, production.blueprint.accept)
    assert [finding for finding in report.standing if finding.severity != "info"] == []
    accepted = sorted({finding.rule for finding in report.findings if finding.accepted and finding.severity != "info"})
    assert sorted(rule for name, rule, _ in switches(readme) if name == environment) == accepted
    assert {entry.rule for entry in production.blueprint.accept} == {
        finding.rule for finding in report.findings if finding.accepted
    }


@pytest.mark.parametrize(
    ("environment", "rule", "settings"), [pytest.param(*item, id=f"{item[0]}-{item[1]}") for item in SWITCHES]
)
def test_safe_switch_removes_the_finding(blueprint: Path, environment: str, rule: str, settings: list[str]) -> None:
    assert settings
    loaded = loaded_with(blueprint, environment, *settings)
    findings = run(design(loaded), loaded.blueprint.accept).findings
    assert [finding.resource for finding in findings if finding.rule == rule] == []


@both
@requirement("SM-15", "SM-126", "SM-138", "SM-187")
def test_check_ends_well(command_line: CommandLine, environment: str) -> None:
    report = command_line.json("check", "--environment", environment)
    assert (report["summary"]["error"], report["summary"]["warning"]) == (0, 0)


@both
@requirement("SM-43", "SM-109")
def test_roles_have_the_least_rights(architecture: Architecture, environment: str) -> None:
    """No wildcard for an action; for resources only where AWS knows none of the action's."""
    without_resources = {
        "ecr:GetAuthorizationToken", "logs:DescribeLogGroups", "xray:GetSamplingRules",
        "xray:GetSamplingStatisticSummaries",
        "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
        "ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage",
        "ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply",
    }  # fmt: skip
    for role in architecture.of(Role):
        for policy in role.inline_policies:
            for statement in policy.document.statements:
                assert not any("*" in action for action in statement.actions), role.address
                if "*" in statement.resources and not statement.conditions:
                    left = {action for action in statement.actions if not action.startswith(("ssm", "ecs:", "config:"))}
                    assert left <= without_resources, role.address


@both
@requirement("SM-109")
def test_secure_by_default(architecture: Architecture, environment: str) -> None:
    for bucket in architecture.of(Bucket):
        assert (bucket.block_public_acls, bucket.block_public_policy) == (True, True)
        assert (bucket.ignore_public_acls, bucket.restrict_public_buckets) == (True, True)
    for kind in ("database_instance", "secret", "log_group"):
        # In us-east-1 there is no key of this environment for logs: CloudWatch Logs encrypts those with its own.
        for resource in (item for item in architecture if item.kind_name() == kind and item.region is None):
            assert getattr(resource, "kms_key", None) or getattr(resource, "source", None), resource.address


@requirement("SM-121")
def test_boundary_of_security_is_told(readme: str, templates: Templates) -> None:
    """C-66"""
    (row,) = (row for row in table(readme, "Choices") if row["id"] == "C-66")
    assert "non-goals" in row["specification"]
    types = {entry["Type"] for _, entry in templates.every()}
    beyond = ("GuardDuty", "SecurityHub", "Macie", "Inspector", "Detective", "Shield", "NetworkFirewall")
    assert [name for name in types if any(word in name for word in beyond)] == []


@requirement("SM-120", "SM-122")
def test_nothing_custom_for_monitoring_and_backup(templates: Templates) -> None:
    """C-66: CloudWatch, X-Ray, RDS and AWS Backup; no function, no agent of somebody else."""
    types = {entry["Type"].split("::")[1] for _, entry in templates.every()}
    assert types & {"Lambda", "SSM", "Grafana", "APS", "OpenSearchService", "DLM"} == set()
    assert {"CloudWatch", "XRay", "Backup"} <= types


@requirement("SM-115")
def test_documentation_tells_the_registrar_s_part(readme: str) -> None:
    told = section(readme, "Domain registrar")
    for word in ("name servers", "registrar of", "NS record", "DelegationSet.NameServers"):
        assert word in told


QUESTIONS = {
    "SM-173": ("how many environments?", ("staging", "production")),
    "SM-174": ("what scaling strategy?", ("target tracking",)),
    "SM-175": ("what backup and disaster recovery?", ("RPO", "RTO", "us-east-2")),
    "SM-176": ("what monitoring and alerting?", ("alarms", "dashboard", "webhook")),
    "SM-177": ("what cost optimization?", ("NAT", "lifecycle", "budget")),
}


@pytest.mark.parametrize(
    ("question", "words"), [pytest.param(*item, id=row, marks=requirement(row)) for row, item in QUESTIONS.items()]
)
def test_open_question_is_answered(readme: str, question: str, words: Iterable[str]) -> None:
    answers = {row["question"]: row["answer"] for row in table(readme, "Open questions")}
    for word in words:
        assert word in answers[question]


@requirement("SM-176", "SM-186")
def test_documented_alarms_are_the_designed_ones(readme: str, architecture: Architecture) -> None:
    """C-69: each threshold, and no alarm that the table leaves out."""
    documented = {row["alarm"]: row["above"] for row in table(readme, "Alarms")}
    kinds = {
        "cpu_high": ("CPU of the service, the database and its replica", Decimal(80)),
        "memory_high": ("memory of the service", Decimal(90)),
        "errors_high": ("answers with 5xx of load balancer and CDN", Decimal(1)),
        "unhealthy_hosts": ("tasks that fail their health check", Decimal(0)),
        "lag_high": ("lag of the replica", Decimal(60)),
        "storage_low": ("storage of a database", None),
        "connections_high": ("connections of a database", None),
    }
    assert set(documented) == {name for name, _ in kinds.values()}
    for alarm in architecture.of(Alarm):
        (name, threshold) = next(value for ending, value in kinds.items() if alarm.name.endswith(ending))
        if threshold is not None:
            assert alarm.threshold == threshold
            assert documented[name].split()[0] == str(threshold)


LINES = {
    "tasks on Fargate": ("ecs_service",),
    "EC2 capacity and its volume": ("auto_scaling_group",),
    "database, its standby and replica": ("database_instance",),
    "load balancer with its public addresses": ("load_balancer",),
    "NAT gateway with its public address": ("nat_gateway", "elastic_ip"),
    "interface endpoints": ("vpc_endpoint",),
    "firewall of the CDN": ("web_acl",),
    "keys": ("key",),
    "secrets": ("secret",),
    "hosted zone": ("hosted_zone",),
    "alarms": ("alarm", "scaling_policy", "ecs_capacity_provider"),
}
FREE = {"certificate", "dashboard", "budget"}


@both
@requirement("SM-16", "SM-139", "SM-177")
def test_cost_table_is_the_estimate(readme: str, costs: Estimate, environment: str) -> None:
    """C-67: a report, without a figure to reach."""
    documented = {row["line"]: row for row in table(readme, "Cost")}
    assert set(documented) == {*LINES, "Total"}
    for name, kinds in LINES.items():
        found = sum((line.monthly for line in costs.lines if line.resource.split(".")[0] in kinds), Decimal(0))
        assert Decimal(documented[name][environment]) == cents(found), name
    assert Decimal(documented["Total"][environment]) == cents(costs.monthly)
    listed = {kind for kinds in LINES.values() for kind in kinds} | FREE
    assert {line.resource.split(".")[0] for line in costs.lines} <= listed
    assert all(line.monthly == 0 for line in costs.lines if line.resource.split(".")[0] in FREE)


@both
@requirement("SM-16", "SM-54", "SM-139")
def test_it_keeps_within_its_budget(architecture: Architecture, costs: Estimate, environment: str) -> None:
    (budget,) = architecture.of(Budget)
    assert budget.limit_usd == {"staging": 250, "production": 600}[environment]
    assert costs.monthly < budget.limit_usd
    assert budget.cost_filter_tags == {"Project": "Solemate", "Environment": environment}
    assert {item.notification_type for item in budget.notifications} == {"ACTUAL", "FORECASTED"}


def difference(blueprint: Path, costs: Estimate, *settings: str) -> Decimal:
    """What settings add to the monthly cost of production."""
    loaded = loaded_with(blueprint, "production", *settings)
    return estimate(design(loaded), loaded.blueprint.usage, None).monthly - costs.monthly


@requirement("SM-59", "SM-135")
def test_a_second_nat_gateway_is_one_line(blueprint: Path, readme: str, costs: Estimate) -> None:
    """C-65: part of what 99.9 % is computed from."""
    assert len(with_settings(blueprint, "production", "network.nat=per-zone").of(NatGateway)) == 2
    more = difference(blueprint, costs, "network.nat=per-zone")
    assert f"is a second one for {cents(more)} USD" in section(readme, "Choices")


@requirement("SM-88", "SM-89", "SM-136", "SM-137")
def test_a_larger_task_is_one_line(blueprint: Path, readme: str, costs: Estimate) -> None:
    """C-64: three of them run."""
    more = difference(blueprint, costs, "services.api.size.cpu=512", "services.api.size.memory=1024")
    assert f"doubles it, for {cents(more / 3)} USD a task" in section(readme, "Choices")
