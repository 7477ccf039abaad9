"""Reports: what the sample gives, order, acceptances, JSON, rules that fail, speed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.planting import change, clean, together
from tests.engines.samples import sample_architecture

from groundplan.blueprint.loading import load_environment
from groundplan.blueprint.models import Accept
from groundplan.checks import Finding, Report, Rule, Violation, all_rules, as_rows, run, to_json
from groundplan.checks.acceptance import matches
from groundplan.checks.rules.security.key_rotation import KeyRotation
from groundplan.design import design
from groundplan.errors import ExitCode
from groundplan.resources import Architecture
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.network import Subnet
from groundplan.resources.storage import Bucket

EXAMPLE = Path(__file__).parents[2] / "examples" / "duskspendr" / "groundplan.yaml"
FAULTS = together(
    change(TaskDefinition, "api", memory=9),
    change(DatabaseInstance, "main", multi_az=False, publicly_accessible=True),
    change(Bucket, "uploads", lifecycle_rules=()),
    change(Subnet, "private", "a", tags={}),
)
"""Two errors, a warning and two infos."""


def accept(rule: str, resource: str = "*", reason: str = "known and taken as it is") -> Accept:
    return Accept(rule=rule, resource=resource, reason=reason)


def test_the_sample_gives_only_what_is_wrong_with_it() -> None:
    found = {(finding.rule, finding.resource) for finding in run(sample_architecture()).findings}
    assert found == {
        ("GP-COST-004", "cache_replication_group.catalogue"),
        ("GP-COST-004", "cache_replication_group.sessions"),
        ("GP-COST-004", "database_instance.elsewhere"),
        ("GP-COST-004", "database_instance.main"),
        ("GP-COST-004", "database_instance.main-replica[1]"),
        ("GP-COST-013", "secret.elsewhere"),
        ("GP-COST-014", "file_system.scratch"),
        ("GP-COST-017", "health_check.app"),
        ("GP-COST-019", "bucket.records"),
        ("GP-OPS-060", "anomaly_subscription.main"),
        ("GP-OPS-060", "event_rule.promotion"),
        ("GP-OPS-061", "anomaly_subscription.main"),
        ("GP-OPS-061", "event_rule.promotion"),
        ("GP-OPS-062", "web_acl.cdn"),
        ("GP-OPS-063", "distribution.plain"),
        ("GP-OPS-065", "bucket.records"),
        ("GP-REL-060", "database_instance.reports"),
        ("GP-REL-064", "table.counters"),
        ("GP-REL-065", "table.counters"),
        ("GP-REL-072", "ecs_service.worker"),
        ("GP-SEC-107", "distribution.plain"),
        ("GP-SEC-113", "file_system.scratch"),
        ("GP-VAL-124", "log_delivery_destination.cdn"),
        ("GP-OPS-004", "cache_replication_group.catalogue"),
        ("GP-OPS-004", "cache_replication_group.sessions"),
        ("GP-OPS-004", "database_instance.elsewhere"),
        ("GP-OPS-004", "database_instance.main"),
        ("GP-OPS-004", "database_instance.main-replica[1]"),
        ("GP-OPS-004", "database_instance.reports"),
        ("GP-OPS-005", "ecs_service.worker"),
        ("GP-OPS-010", "database_instance.elsewhere"),
        ("GP-OPS-010", "database_instance.main-replica[1]"),
        ("GP-OPS-010", "database_instance.reports"),
        ("GP-OPS-012", "database_instance.reports"),
        ("GP-OPS-080", "architecture"),
        ("GP-REL-080", "bucket.backups"),
        ("GP-REL-080", "bucket.website"),
        ("GP-SEC-084", "web_acl.cdn"),
        ("GP-SEC-085", "database_instance.main"),
        ("GP-OPS-016", "bucket.logs"),
        ("GP-OPS-016", "bucket.uploads"),
        *(
            ("GP-OPS-031", f"queue.{name}")
            for name in ("emails-dead-letters", "orders-dead-letters", "jobs-not-started")
        ),
        ("GP-REL-001", "database_instance.reports"),
        ("GP-REL-003", "database_instance.reports"),
        ("GP-REL-005", "ecs_service.worker"),
        ("GP-REL-007", "database_instance.reports"),
        ("GP-REL-008", "database_instance.reports"),
        ("GP-REL-044", "file_system.scratch"),
        ("GP-REL-015", "database_instance.reports"),
        ("GP-SEC-006", "bucket.logs"),
        # Everything in it shares a group, and nothing says what it needs; see tests/checks/reachable.py.
        *(
            ("GP-REL-091", address)
            for address in (
                "auto_scaling_group.leftovers", "auto_scaling_group.machines", "ecs_service.api", "ecs_service.worker",
                "node_group.batch", "node_group.general", "schedule.nightly", "schedule.report",
            )
        ),
        ("GP-REL-092", "listener.maintenance"),
        ("GP-REL-092", "load_balancer.main"),
        *(("GP-SEC-091", f"database_instance.{name}") for name in ("main", "main-replica[1]", "reports")),
        ("GP-SEC-023", "key.logs"),
        ("GP-SEC-027", "task_definition.worker"),
        ("GP-SEC-029", "secret.payment-key"),
        ("GP-SEC-030", "log_group.flow-logs"),
        ("GP-VAL-038", "task_definition.api"),
        ("GP-VAL-039", "role.api"),
    }  # fmt: skip


def test_a_clean_architecture_has_no_findings() -> None:
    report = run(clean())
    assert report.findings == ()
    assert report.exit_code is ExitCode.FINE
    assert to_json(report, "production") == {
        "environment": "production",
        "findings": [],
        "summary": {"error": 0, "warning": 0, "info": 0, "accepted": 0},
    }


def test_duskspendr_production_has_nothing_wrong_but_that_nobody_hears_its_alarms() -> None:
    environment = load_environment(EXAMPLE, "production")
    report = run(design(environment), environment.blueprint.accept)
    assert report.summary.error == 0
    standing = {(finding.rule, finding.resource) for finding in report.standing if finding.severity != "info"}
    # The seed names no address for alarms: the one warning is true.
    assert standing <= {("GP-OPS-008", "topic.alarms")}


def test_worst_first_then_by_rule_and_address() -> None:
    report = run(FAULTS(clean()))
    assert [(finding.severity, finding.rule, finding.resource) for finding in report.findings] == [
        ("error", "GP-SEC-001", "database_instance.main"),
        ("error", "GP-VAL-001", "task_definition.api"),
        ("warning", "GP-REL-001", "database_instance.main"),
        ("info", "GP-OPS-006", "subnet.private[a]"),
        ("info", "GP-OPS-016", "bucket.uploads"),
    ]
    assert report.exit_code is ExitCode.FINDINGS


def test_the_order_of_resources_and_rules_changes_nothing() -> None:
    planted = FAULTS(clean())
    backwards = planted.with_resources(reversed(planted.resources))
    assert run(backwards, rules=tuple(reversed(all_rules()))) == run(planted)


def test_accepted_findings_stay_in_the_report_and_do_not_fail_it() -> None:
    accepted = [accept("GP-SEC-001", "database_instance.*", "open on purpose, for a day"), accept("GP-VAL-001")]
    report = run(FAULTS(clean()), accepted)
    assert report.exit_code is ExitCode.FINE
    first = report.findings[0]
    assert (first.rule, first.accepted, first.reason) == ("GP-SEC-001", True, "open on purpose, for a day")
    assert (report.summary.error, report.summary.warning, report.summary.accepted) == (0, 1, 2)
    assert len(report.standing) == 3


def test_the_first_acceptance_gives_the_reason_and_no_second_is_called_unused() -> None:
    accepted = [accept("GP-SEC-001", reason="the first reason"), accept("GP-SEC-001", reason="the second reason")]
    report = run(FAULTS(clean()), accepted)
    assert report.findings[0].reason == "the first reason"
    assert not [finding for finding in report.findings if finding.rule == "GP-OPS-001"]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (accept("GP-SEC-001", "database_instance.other"), "no finding of that rule has such a resource"),
        (accept("GP-SEC-002"), "no finding of that rule"),
        (accept("GP-SEC-999"), "there is no rule GP-SEC-999; did you mean"),
        (accept("GP-OPS-001"), "is about acceptances themselves"),
    ],
)
def test_an_acceptance_that_accepts_nothing_is_a_warning(entry: Accept, says: str) -> None:
    report = run(clean(), [entry])
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.accepted) == ("GP-OPS-001", "warning", False)
    assert finding.resource == entry.resource
    assert f"accept[0] ({entry.rule}" in finding.message
    assert says in finding.message
    assert report.exit_code is ExitCode.FINE


def test_brackets_in_addresses_are_no_wildcards() -> None:
    assert matches(accept("GP-OPS-006", "subnet.private[a]"), "GP-OPS-006", "subnet.private[a]")
    assert not matches(accept("GP-OPS-006", "subnet.private[a]"), "GP-OPS-006", "subnet.privatea")
    assert matches(accept("GP-OPS-006", "subnet.*[a]"), "GP-OPS-006", "subnet.private[a]")
    assert not matches(accept("GP-OPS-006", "subnet.private"), "GP-OPS-006", "subnet.private[a]")
    assert not matches(accept("GP-OPS-007", "*"), "GP-OPS-006", "subnet.private[a]")


@given(st.text(alphabet="ab.[]*?+", max_size=12), st.text(alphabet="ab.[]?+", max_size=12))
def test_a_pattern_matches_what_it_spells(pattern: str, filling: str) -> None:
    assert matches(accept("GP-OPS-006", pattern), "GP-OPS-006", pattern.replace("*", filling))


def test_json_has_the_promised_shape() -> None:
    document = json.loads(json.dumps(to_json(run(FAULTS(clean()), [accept("GP-SEC-001")]), "production")))
    assert list(document) == ["environment", "findings", "summary"]
    assert document["summary"] == {"error": 1, "warning": 1, "info": 2, "accepted": 1}
    keys = ["rule", "severity", "resource", "message", "fix", "accepted", "reason", "where"]
    assert all(list(finding) == keys for finding in document["findings"])
    assert document["findings"][0]["accepted"] is True
    assert document["findings"][1] == {
        "rule": "GP-VAL-001",
        "severity": "error",
        "resource": "task_definition.api",
        "message": "task_definition.api has cpu 512 and memory 9: Fargate has no 512 CPU units with 9 MiB; with 512 "
        "goes 1024, 2048, 3072, 4096 MiB. The nearest fit is 512 CPU units with 1024 MiB",
        "fix": "Set services.<name>.size to a pair that exists, like {cpu: 512, memory: 1024}.",
        "accepted": False,
        "reason": None,
        "where": None,
    }


def test_rows_show_the_reason_instead_of_the_fix() -> None:
    rows = as_rows(run(FAULTS(clean()), [accept("GP-SEC-001", reason="only for a day")]))
    assert rows[0][0] == "accepted"
    assert rows[0][4] == "accepted: only for a day"
    assert rows[1][:3] == ("error", "GP-VAL-001", "task_definition.api")


class Failing(KeyRotation):
    """Finds something and then fails."""

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        yield Violation("key.data", "key.data is seen before the failure")
        raise KeyError("no such thing")


class Plain(Rule):
    """Of a user's own."""

    id = "GP-OPS-900"
    title = "Nothing is here"
    severity = "info"
    why = "Because."
    fix = KeyRotation.fix
    source = "https://docs.aws.amazon.com/"
    references = KeyRotation.references

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for _ in range(2):
            yield Violation("vpc.main", "vpc.main is here")


def test_a_rule_that_fails_is_reported_and_silences_no_other() -> None:
    # What a rule says twice is said once.
    report = run(clean(), rules=[Failing(), Plain()])
    assert [(finding.rule, finding.severity, finding.resource) for finding in report.findings] == [
        ("GP-SEC-013", "error", "architecture"),
        ("GP-SEC-013", "warning", "key.data"),
        ("GP-OPS-900", "info", "vpc.main"),
    ]
    assert "the rule GP-SEC-013 itself failed" in report.findings[0].message
    assert "KeyError" in report.findings[0].message
    assert report.exit_code is ExitCode.FINDINGS


def test_a_report_is_ordered_however_it_is_made() -> None:
    info = Finding("GP-OPS-006", "info", "a", "a", "a")
    error = Finding("GP-VAL-001", "error", "a", "a", "a")
    assert Report((info, error)).findings == (error, info)


def test_an_architecture_without_resources_lacks_a_budget_only() -> None:
    empty = clean().with_resources(())
    assert [finding.rule for finding in run(empty).findings] == ["GP-OPS-014"]
