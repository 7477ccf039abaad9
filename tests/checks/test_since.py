"""What is new in comparison with before, and what is gone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.reports import EveryNetwork, EverySubnet, finding

from groundplan.checks import Finding, Report
from groundplan.errors import ExitCode

HERE = finding(EveryNetwork, "vpc.main", "has the range 10.0.0.0/16")
ACCEPTED = replace(HERE, accepted=True, reason="so we decided")


def new(before: Report, now: Report) -> Report:
    return now.new_since(before, "main")


def gone(report: Report) -> int:
    assert report.since is not None
    return report.since.gone


def test_what_was_there_is_not_new() -> None:
    report = new(Report((HERE,)), Report((HERE,)))
    assert (report.findings, gone(report), report.exit_code) == ((), 0, ExitCode.FINE)


def test_another_message_about_the_same_is_not_new() -> None:
    report = new(Report((HERE,)), Report((replace(HERE, message="has the range 10.1.0.0/16"),)))
    assert (report.findings, gone(report)) == ((), 0)


def test_a_second_one_of_the_same_resource_is_new_and_the_known_words_are_not() -> None:
    again = replace(HERE, message="and another")
    report = new(Report((HERE,)), Report((again, HERE)))
    assert (report.findings, gone(report)) == ((again,), 0)
    assert report.exit_code is ExitCode.FINDINGS


def test_what_is_mended_is_gone() -> None:
    report = new(Report((HERE, finding(EverySubnet, "subnet.a", "is here"))), Report((HERE,)))
    assert (report.findings, gone(report)) == ((), 1)


def test_what_is_accepted_now_is_gone_and_shown_as_no_new_one() -> None:
    report = new(Report((HERE,)), Report((ACCEPTED,)))
    assert (report.findings, gone(report)) == ((), 1)


def test_what_is_accepted_no_more_is_new() -> None:
    report = new(Report((ACCEPTED,)), Report((HERE,)))
    assert (report.findings, gone(report)) == ((HERE,), 0)


def test_a_new_one_that_is_accepted_at_once_is_shown() -> None:
    report = new(Report(()), Report((ACCEPTED,)))
    assert (report.findings, gone(report), report.exit_code) == ((ACCEPTED,), 0, ExitCode.FINE)


FINDINGS = st.lists(
    st.builds(
        lambda resource, message, accepted: finding(EveryNetwork, resource, message, accepted=accepted),
        st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans(),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=50)
@given(FINDINGS, FINDINGS)
def test_standing_now_is_standing_before_with_the_new_and_without_the_gone(
    before: list[Finding], now: list[Finding]
) -> None:
    earlier, later = Report(tuple(before)), Report(tuple(now))
    report = new(earlier, later)
    assert len(later.standing) == len(earlier.standing) + len(report.standing) - gone(report)
    assert set(report.findings) <= set(later.findings)
    assert new(later, later).findings == ()
    assert new(Report(()), later).findings == later.findings
