"""DuskSpendr: every demand of its specification is claimed by a test, its documentation says what it must, and what
the specification wants verified is. The demands themselves are in the files ``test_duskspendr_<part>.py``."""

from __future__ import annotations

import importlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.acceptance.account import Account
from tests.acceptance.conftest import Claims
from tests.acceptance.documents import section, table
from tests.acceptance.everywhere import EveryRoot
from tests.acceptance.rows import Ticket, proves, requirement, rows, tickets
from tests.acceptance.system import CommandLine, Templates, TerraformRoot

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design.tasks import check_command
from groundplan.resources import Architecture

ROWS = rows("duskspendr")


class TestAccount(Account):
    """Every demand is claimed by a test."""

    def test_there_are_all_rows(self) -> None:
        assert len(ROWS) == 185


@requirement("DS-01")
def test_documentation_names_the_specification(readme: str, production: LoadedEnvironment) -> None:
    about = production.blueprint.about
    assert (about.specification, about.version) == ("DuskSpendr-INFRA-014", "1.0")
    for quoted in (
        "Spec 14: Cloud Infrastructure - AWS/GCP, VMs & Storage", "DuskSpendr-INFRA-014", "Cloud Engineering", "1.0",
        "2026-02-04",
    ):  # fmt: skip
        assert quoted in section(readme, "Specification")


@requirement("DS-02", "DS-03")
def test_tickets_are_traced_and_sized(readme: str) -> None:
    """C-11: "ticket SS-280", since the ids look like another specification's."""
    documented = {row["ticket"]: row for row in table(readme, "Tickets")}
    assert list(documented) == [ticket.ticket for ticket in tickets("duskspendr")]
    for ticket in tickets("duskspendr"):
        row = documented[ticket.ticket]
        assert (row["title"], row["priority"], row["points"]) == (ticket.title, ticket.priority, str(ticket.points))
        assert row["rows"] == (ticket.rows[0] if len(ticket.rows) == 1 else f"{ticket.rows[0]}…{ticket.rows[-1]}")
        assert row["blocking"] == ("yes" if ticket.priority == "P0" else "no")
    assert sum(ticket.points for ticket in tickets("duskspendr")) == 73
    assert "73 points over 4 sprints" in section(readme, "Tickets")


@pytest.mark.parametrize(
    "ticket", [pytest.param(item, marks=requirement(item.row), id=item.ticket) for item in tickets("duskspendr")]
)
def test_every_row_of_a_ticket_is_proven_here(ticket: Ticket, claims: Claims) -> None:
    """The ticket stands or falls with the tests of its rows."""
    assert ticket.title in ROWS[ticket.row].demand
    assert f"Ticket {ticket.ticket}" in ROWS[ticket.row].demand
    assert f"{ticket.points} points" in ROWS[ticket.row].demand
    for row in ticket.rows:
        tests = {test for test in claims.get(row, ()) if "test_every_row_of_a_ticket" not in test}
        assert tests, row


@requirement("DS-04")
def test_compute_storage_and_code_are_covered(architecture: Architecture, root: Path, templates: Templates) -> None:
    kinds = {resource.kind_name() for resource in architecture}
    assert {"ecs_service", "task_definition"} <= kinds
    assert {"bucket", "database_instance", "cache_replication_group"} <= kinds
    assert list(root.glob("*.tf"))
    assert templates.rendering.stacks


@requirement("DS-05", "DS-06")
def test_decisions_about_gcp_and_virtual_machines(readme: str, architecture: Architecture) -> None:
    """C-07, C-30"""
    pairs = {row["AWS"]: row["Google Cloud"] for row in table(readme, "The same on Google Cloud")}
    for service in ("Amazon VPC", "Amazon ECS on AWS Fargate", "Amazon RDS for PostgreSQL", "Amazon ElastiCache",
                    "Amazon S3", "AWS KMS", "AWS Secrets Manager", "Elastic Load Balancing", "AWS IAM"):  # fmt: skip
        assert pairs[service]
    assert "Fargate instead of virtual machines" in readme
    assert not any("virtual" in resource.kind_name() or "ec2" in resource.kind_name() for resource in architecture)


CONTRADICTIONS = [1, *range(4, 8), *range(9, 32)]
"""What was found wrong, silent or dangerous in this specification, by its C- number."""


@pytest.mark.parametrize("number", CONTRADICTIONS)
def test_choice_is_documented(readme: str, number: int) -> None:
    choices = {row["id"]: row for row in table(readme, "Choices")}
    row = choices[f"C-{number:02d}"]
    assert row["specification"]
    assert row["here"]


FILES = [
    proves("DS-29", "ecs.tf", "aws_ecs_cluster"),
    proves("DS-67", "autoscaling.tf", "aws_appautoscaling_target"),
    proves("DS-79", "s3.tf", "aws_s3_bucket"),
    proves("DS-93", "rds.tf", "aws_db_instance"),
    proves("DS-128", "elasticache.tf", "aws_elasticache_replication_group"),
    proves("DS-147", "iam.tf", "aws_iam_role"),
]


@pytest.mark.parametrize(("name", "first"), FILES)
def test_file_exists_and_parses(root: Path, name: str, first: str) -> None:
    assert f'resource "{first}" "' in (root / name).read_text(encoding="utf-8")


@requirement("DS-29", "DS-67", "DS-79", "DS-93", "DS-128", "DS-147", "DS-174", "DS-178")
class TestProduction(EveryRoot):
    """Valid, planned, applied, and then left alone."""


@requirement("DS-178")
def test_the_command_writes_the_same_code(root: Path, terraform: TerraformRoot) -> None:
    assert {path.name for path in root.iterdir()} == {path.name for path in terraform.folder.iterdir()}
    for path in root.iterdir():
        if path.name != "backend.tf":  # names the bucket of the state
            assert path.read_text() == (terraform.folder / path.name).read_text()


@requirement("DS-10", "DS-180")
def test_validators_find_no_error(templates: Templates) -> None:
    validator = importlib.import_module("cloudformation_validate")
    engine = validator.CompositeEngine()
    for stack in templates.rendering.stacks:
        report = engine.validate_template(validator.TemplateContent(stack.body, stack.name))
        serious = [item for item in report.diagnostics if item.severity.name in ("ERROR", "FATAL")]
        assert [f"{item.rule_id} {item.message}" for item in serious] == []


@requirement("DS-12")
def test_validate_says_what_will_be(command_line: CommandLine, architecture: Architecture) -> None:
    report = command_line.json("validate")
    assert report["environments"] == [{"name": "production", "resources": len(architecture)}]


class _Answer(BaseHTTPRequestHandler):
    status = 200
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def application() -> Iterator[tuple[type[_Answer], int]]:
    """Something that answers HTTP, and its port."""
    answer = type("Answer", (_Answer,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield answer, server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@requirement("DS-53")
@pytest.mark.skipif(shutil.which("node") is None, reason="the image's own runtime, node, is not on this machine")
def test_health_check_tells_sick_from_well(
    production: LoadedEnvironment, application: tuple[type[_Answer], int]
) -> None:
    """C-10: no curl; what the image has by itself asks the same question."""
    answer, port = application
    health = production.blueprint.services["api"].health

    def exit_code(port: int) -> int:
        kind, command = check_command(health, port)
        assert kind == "CMD-SHELL"
        return subprocess.run(["/bin/sh", "-c", command], timeout=20, check=False).returncode

    assert exit_code(port) == 0
    answer.status = 500
    assert exit_code(port) == 1
    assert answer.asked == ["/health", "/health"]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert exit_code(unused.getsockname()[1]) == 1
