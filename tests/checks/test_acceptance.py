"""Acceptances that end, that nobody needs, and reasons that are none."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError
from tests.checks.reports import NETWORK, EveryNetwork, EverySubnet

from groundplan.blueprint.models import Accept
from groundplan.checks import Report, acceptance, run
from groundplan.errors import ExitCode

LAST_DAY = date(2027, 3, 1)


def checked(*accept: Accept, today: date | None = LAST_DAY) -> Report:
    return run(NETWORK, accept, rules=[EveryNetwork()], today=today)


def until(expires: str | None, resource: str = "*", reason: str = "the old network goes") -> Accept:
    return Accept(rule="TEAM-001", resource=resource, reason=reason, expires=expires)


def test_it_counts_until_its_last_day_is_over() -> None:
    entry = until("2027-03-01")
    assert checked(entry).exit_code is ExitCode.FINE
    after = checked(entry, today=date(2027, 3, 2))
    assert after.exit_code is ExitCode.FINDINGS
    (finding,) = after.findings
    assert (finding.rule, finding.accepted, finding.reason) == ("TEAM-001", False, None)
    assert finding.message == (
        "vpc.main has the range 10.0.0.0/16. It was accepted until 2027-03-01 and counts again: the old network goes"
    )


@pytest.mark.parametrize(
    ("today", "told"),
    [(date(2027, 2, 14), False), (date(2027, 2, 15), True), (date(2027, 3, 1), True), (date(2027, 3, 2), False)],
)
def test_two_weeks_before_it_is_told(today: date, told: bool) -> None:
    infos = [finding for finding in checked(until("2027-03-01"), today=today).findings if finding.severity == "info"]
    assert [(finding.rule, finding.resource, finding.path) for finding in infos] == (
        [("GP-OPS-090", "*", "accept[0].expires")] if told else []
    )
    assert all("ends on 2027-03-01" in finding.message for finding in infos)


def test_one_that_is_valid_counts_more_than_one_that_has_ended() -> None:
    report = checked(until("2026-01-01", reason="the first reason, which ended"), until(None))
    (finding,) = report.findings
    assert (finding.accepted, finding.reason) == (True, "the old network goes")


def test_one_that_has_ended_and_that_nobody_needs_is_told_once() -> None:
    report = checked(until("2026-01-01", "vpc.other"))
    assert [(finding.rule, finding.path) for finding in report.findings] == [
        ("TEAM-001", None),
        ("GP-OPS-001", "accept[0]"),
    ]


def test_without_a_day_it_asks_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptance, "clock", lambda: date(2030, 1, 1))
    assert checked(until("2029-12-31"), today=None).summary.accepted == 0
    assert checked(until("2030-01-31"), today=None).summary.accepted == 1


def test_of_a_rule_that_is_not_run_nothing_is_said() -> None:
    entry = Accept(rule="TEAM-002", reason="not looked for today")
    assert [finding.rule for finding in checked(entry).findings] == ["TEAM-001", "GP-OPS-001"]
    report = run(NETWORK, [entry], rules=[EveryNetwork()], others={EverySubnet.id})
    assert [finding.rule for finding in report.findings] == ["TEAM-001"]


def test_a_failure_of_a_rule_cannot_be_accepted() -> None:
    class Failing(EveryNetwork):
        """Gives no violations."""

        def check(self, architecture: object) -> None:  # type: ignore[override]
            return None

    report = run(NETWORK, [until(None)], rules=[Failing()])
    assert [(finding.rule, finding.failed, finding.accepted) for finding in report.findings if finding.failed] == [
        ("TEAM-001", True, False)
    ]
    assert "itself failed" in report.findings[0].message


@pytest.mark.parametrize(
    "reason", ["", "no", "two words", "and - ...", "a_b c-d", 42]
)  # fmt: skip
def test_a_reason_has_three_words(reason: object) -> None:
    with pytest.raises(ValidationError, match="three words at least"):
        Accept.model_validate({"rule": "GP-SEC-001", "reason": reason})


@pytest.mark.parametrize("reason", ["so we decided", "по просьбе заказчика", "C-75: nobody asked"])
def test_three_words_are_enough(reason: str) -> None:
    assert Accept(rule="GP-SEC-001", reason=reason).reason == reason


@pytest.mark.parametrize("rule", ["SEC-001", "GP-SEC-001", "ACME-2-PAYMENTS-17"])
def test_rules_of_others_have_ids_as_well(rule: str) -> None:
    assert Accept(rule=rule, reason="so we decided").rule == rule


@pytest.mark.parametrize("rule", ["sec-001", "GP", "001", "GP-SEC-", "GP SEC-001", "GP-SEC-00x"])
def test_what_is_no_id(rule: str) -> None:
    with pytest.raises(ValidationError):
        Accept(rule=rule, reason="so we decided")
