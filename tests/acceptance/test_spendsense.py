"""SpendSense: every demand of its specification is claimed by a test, its documentation says what it must, and what is
unsafe in it is accepted with a reason. The demands themselves are in the files ``test_spendsense_<part>.py``."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance.account import Account
from tests.acceptance.documents import section, table
from tests.acceptance.everywhere import EveryEnvironment
from tests.acceptance.rows import proves, requirement, rows
from tests.acceptance.system import System, Templates, TerraformRoot
from tests.acceptance.variants import loaded_with, with_settings

from groundplan.blueprint.loading import LoadedEnvironment, load_environment
from groundplan.checks import Report, run
from groundplan.cost import Estimate
from groundplan.cost.report import cents
from groundplan.design import design
from groundplan.resources import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.security import Secret
from groundplan.resources.values import Ref

ENVIRONMENT = "prod"
ENVIRONMENTS = ("dev", "staging", "prod")
LONGEST = 110
"""Lines that the blueprint may have, without comments and empty ones."""
CONTRADICTIONS = [3, 4, 6, 8, 9, 10, 12, 13, *range(82, 100)]
"""What was found wrong, silent or dangerous in this specification, by its C- number."""
README = Path(__file__).parents[2] / "examples" / "spendsense" / "README.md"


class TestAccount(Account):
    """Every demand is claimed by a test."""

    def test_there_are_all_rows(self) -> None:
        assert len(rows("spendsense")) == 181


@pytest.mark.environment("dev")
class TestDev(EveryEnvironment):
    """Minimal resources, low cost."""


@pytest.mark.environment("staging")
@requirement("SS-130")
class TestStaging(EveryEnvironment):
    """Production in small."""


class TestProd(EveryEnvironment):
    """As the specification has it."""


@requirement("SS-01", "SS-02")
def test_documentation_names_the_specification(readme: str, production: LoadedEnvironment) -> None:
    """The blueprint says "and", since its word becomes a tag."""
    about = production.blueprint.about
    assert (about.specification, about.version) == ("Deployment and Infrastructure Requirements", "1.0")
    told = " ".join(section(readme, "Specification").split())
    for quoted in (
        "SpendSense Platform - Backend Layer", "Version: 1.0", "Date: 2024-01-15", "Planning", "Draft", "Product Owner",
        "Backend Lead", "DevOps Team", "Next review date: TBD",
        "Scope: containerization, ECS deployment, CI/CD pipeline, Infrastructure as Code",
    ):  # fmt: skip
        assert quoted in told


@requirement("SS-02")
def test_every_part_of_the_scope_is_here_or_named_as_later(readme: str) -> None:
    """Rows of the parts that are not infrastructure stand in the table of what no test here can show."""
    left = " ".join(row["what"] for row in table(readme, "What no test here can show"))
    named = {
        f"SS-{number:02d}"
        for first, last in re.findall(r"SS-(\d+)(?: to SS-(\d+))?", left)
        for number in range(int(first), int(last or first) + 1)
    }
    assert {row.id for row in rows("spendsense").values() if row.proof != "executable"} <= named


def test_blueprint_is_short(blueprint: Path) -> None:
    lines = [line for line in blueprint.read_text(encoding="utf-8").splitlines() if line.split("#")[0].strip()]
    assert len(lines) <= LONGEST
    assert max(len(line) for line in lines) <= 125


@requirement("SS-132")
def test_links_of_the_infrastructure_readme_lead_somewhere(readme: str, example: Path) -> None:
    """C-96"""
    headings = {re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
                for line in readme.splitlines() if line.startswith("#")}  # fmt: skip
    links = re.findall(r"\]\(([^)]+)\)", readme)
    assert links
    for link in links:
        assert link[1:] in headings if link.startswith("#") else (example / link).is_file(), link


@pytest.mark.parametrize("number", CONTRADICTIONS)
def test_choice_is_documented(readme: str, number: int) -> None:
    choices = {row["id"]: row for row in table(readme, "Choices")}
    row = choices[f"C-{number:02d}"]
    assert row["specification"]
    assert row["here"]


VARIABLES = [
    proves("SS-134", "aws_region", lambda found: found.region),
    proves("SS-135", "vpc_cidr", lambda found: found.network.cidr),
    proves("SS-136", "db_instance_class", lambda found: found.databases["main"].instance_class),
    proves("SS-137", "redis_node_type", lambda found: found.caches["sessions"].node_class),
    proves("SS-138", "ecs_cpu", lambda found: found.services["backend"].size.cpu),
    proves("SS-139", "ecs_memory", lambda found: found.services["backend"].size.memory),
    proves("SS-140", "min_capacity", lambda found: found.services["backend"].tasks.min),
    proves("SS-141", "max_capacity", lambda found: found.services["backend"].tasks.max),
]


@pytest.mark.parametrize(("variable", "value"), VARIABLES)
def test_values_of_the_specifications_variables(blueprint: Path, readme: str, variable: str, value: object) -> None:
    """They are keys of the blueprint, in each environment as the README says."""
    assert callable(value)
    (row,) = (row for row in table(readme, "Settings") if row["variable"] == variable)
    for environment in ENVIRONMENTS:
        assert str(value(load_environment(blueprint, environment).blueprint)) == row[environment]
    key, other = row["key"].strip("`"), {"aws_region": "us-west-2", "vpc_cidr": "10.9.0.0/16"}.get(variable)
    if variable == "aws_region":
        assert with_settings(blueprint, "prod", f"{key}={other}").region == other


@requirement("SS-100", "SS-144")
def test_state_is_in_s3_encrypted_and_locked(root: Path) -> None:
    """C-91: S3's own lock file; DynamoDB's is deprecated."""
    backend = (root / "backend.tf").read_text(encoding="utf-8")
    for line in ('backend "s3"', 'bucket       = "spendsense-prod-terraform-state"', "encrypt      = true",
                 "use_lockfile = true"):  # fmt: skip
        assert line in backend


@requirement("SS-09", "SS-99")
def test_versions_of_terraform_and_provider(root: Path) -> None:
    """C-13, C-91: write-only arguments, by which secrets stay out of the state, need 1.11."""
    versions = (root / "versions.tf").read_text(encoding="utf-8")
    assert 'required_version = ">= 1.11"' in versions
    assert re.search(r'required_providers \{\s+# .+\s+aws = \{\s+source  = "hashicorp/aws"', versions)


@requirement("SS-99", "SS-118", "SS-119", "SS-117", "SS-120", "SS-121", "SS-122", "SS-123")
def test_files_of_the_root(root: Path, terraform: TerraformRoot) -> None:
    """C-94: a file per concern."""
    terraform.core.validate(terraform.folder)
    for name, first in (
        ("variables.tf", 'variable "environment"'), ("outputs.tf", 'output "backend_repository"'),
        ("network.tf", 'resource "aws_vpc" "main"'), ("rds.tf", 'resource "aws_db_instance" "main"'),
        ("ecs.tf", 'resource "aws_ecs_service" "backend"'), ("alb.tf", 'resource "aws_lb" "main"'),
        ("elasticache.tf", 'resource "aws_elasticache_replication_group" "sessions"'),
        ("s3.tf", 'resource "aws_s3_bucket" "files"'), ("secrets.tf", 'resource "aws_secretsmanager_secret" "jwt"'),
    ):  # fmt: skip
        assert first in (root / name).read_text(encoding="utf-8")


@requirement("SS-118", "SS-119", "SS-133")
def test_variables_and_outputs_are_described(root: Path) -> None:
    for name, kind in (("variables.tf", "variable"), ("outputs.tf", "output")):
        text = (root / name).read_text(encoding="utf-8")
        blocks = re.findall(rf'^{kind} "\w+" \{{\n(.*?)^\}}$', text, re.M | re.S)
        assert blocks
        assert all(re.search(r'^  description = ".+"$', block, re.M) for block in blocks)


def test_state_holds_no_secret(terraform: TerraformRoot) -> None:
    """The harness itself fails an apply whose state holds what an ephemeral resource made."""
    written = [values for address, values in terraform.values.items() if "secret_version" in address]
    assert written
    assert not any(values.get("secret_string") or values.get("secret_string_wo") for values in written)
    assert not terraform.values["aws_db_instance.main"].get("password")


@requirement("SS-34")
def test_connection_string_in_one_secret_can_be_had(blueprint: Path) -> None:
    """Without a rotation, after which it would be wrong."""
    found = with_settings(blueprint, "prod", "databases.main.credentials=generated", "databases.main.rotation=null")
    container = next(item for item in found[Ref(TaskDefinition, "backend")].containers if item.name == "backend")
    assert container.secrets["DATABASE_URL"] == Ref(Secret, "main_url").arn


def report_of(blueprint: Path, environment: str, *settings: str) -> Report:
    loaded = loaded_with(blueprint, environment, *settings)
    return run(design(loaded), loaded.blueprint.accept)


ACCEPTED = [
    pytest.param(environment, row["finding"], row["safe switch"].strip("`"), id=f"{environment}-{row['finding']}")
    for row in table(README.read_text(encoding="utf-8"), "Accepted findings")
    for environment in row["environment"].split(", ")
]


@pytest.mark.parametrize(("environment", "rule", "switch"), ACCEPTED)
def test_safe_switch_removes_the_finding(blueprint: Path, environment: str, rule: str, switch: str) -> None:
    def found(*settings: str) -> list[str]:
        report = report_of(blueprint, environment, *settings)
        return [item.resource for item in report.findings if item.rule == rule]

    assert found()
    assert found(switch) == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_acceptance_is_documented_and_used(blueprint: Path, readme: str, environment: str) -> None:
    report = report_of(blueprint, environment)
    accepted = {item.rule for item in report.findings if item.accepted}
    entries = [entry.rule for entry in load_environment(blueprint, environment).blueprint.accept]
    rows = table(readme, "Accepted findings")
    documented = {row["finding"] for row in rows if environment in row["environment"].split(", ")}
    demanded = {"GP-OPS-080"} & accepted  # logs of 30 days
    assert accepted == set(entries) == documented | demanded
    assert {item.severity for item in report.standing} <= {"info"}
    hints = {"GP-OPS-010", "GP-OPS-014", "GP-OPS-080", "GP-SEC-027", "GP-SEC-083"}
    assert {item.rule for item in report.standing} <= hints


@requirement("SS-131")
def test_production_accepts_nothing_unsafe(architecture: Architecture, production: LoadedEnvironment) -> None:
    accepted = [item for item in run(architecture, production.blueprint.accept).findings if item.accepted]
    assert {item.severity for item in accepted} == {"info"}


KINDS = {
    "two Fargate tasks": "ecs_service", "database instance": "database_instance",
    "cache nodes": "cache_replication_group", "load balancer": "load_balancer", "three keys": "key",
    "alarms beyond the ten that are free": "alarm",
}  # fmt: skip
"""The README's line and the kind of resource."""


@requirement("SS-124")
@pytest.mark.parametrize(
    "environment", [pytest.param(name, marks=pytest.mark.environment(name)) for name in ENVIRONMENTS]
)
def test_bill_is_the_documented_one(costs: Estimate, readme: str, environment: str) -> None:
    documented = {row["line"]: Decimal(row[environment]) for row in table(readme, "Cost")}
    assert documented.pop("Total") == cents(costs.monthly)
    found = {
        name: cents(sum((line.monthly for line in costs.lines if line.resource.startswith(f"{kind}.")), Decimal(0)))
        for name, kind in KINDS.items()
    }
    assert found == documented
    rest = [line for line in costs.lines if line.resource.partition(".")[0] not in KINDS.values()]
    assert sum((line.monthly for line in rest), Decimal(0)) == 0
    listed = {name.strip("` ") for row in table(readme, "Not in the sum") for name in row["resource"].split(",")}
    assert {item.resource.split(".")[0] for item in costs.unpriced} <= listed


@requirement("SS-124")
def test_dev_costs_least(blueprint: Path, systems: object, readme: str) -> None:
    total = next(row for row in table(readme, "Cost") if row["line"] == "Total")
    assert Decimal(total["dev"]) * 3 < Decimal(total["prod"])
    assert Decimal(total["dev"]) < Decimal(total["staging"]) < Decimal(total["prod"])


@requirement("SS-168")
def test_rotation_by_hand_is_told(readme: str) -> None:
    told = " ".join(section(readme, "Rotation").split())
    assert "**OAuth credentials**, by a person" in told
    for step in ("1. ", "2. `aws secretsmanager put-secret-value", "3. `aws ecs update-service", "4. ", "AWSPREVIOUS"):
        assert step in told


@requirement("SS-128", "SS-142")
def test_owners_are_told(readme: str) -> None:
    told = section(readme, "Shared accounts")
    assert "--set owner_id=chuong" in told
    assert 'terraform apply -var="owner_id=chuong"' in told


def test_everything_that_takes_tags_has_them(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    expected = {"Project": "spendsense", "Environment": "prod", "ManagedBy": "Groundplan"}
    assert expected.items() <= architecture.tags.items()
    taggable = [resource for resource in architecture if resource.taggable]
    assert len(taggable) > 40
    for resource in taggable:
        assert expected.items() <= (terraform.of(resource.ref).get("tags_all") or {}).items(), resource.address
        written = templates.properties(resource.ref)["Tags"]
        found = {item["Key"]: item["Value"] for item in written} if isinstance(written, list) else written
        assert expected.items() <= found.items(), resource.address


@requirement("SS-73", "SS-84", "SS-88", "SS-90")
def test_outputs_that_a_workflow_needs(system: System) -> None:
    outputs = {output.name for output in system.architecture.outputs}
    assert {"backend_repository", "cluster", "backend_url"} <= outputs
