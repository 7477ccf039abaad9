"""What becomes of what Checkov finds; and of what it found last, with the blueprints as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.checks.planting import clean
from tests.second_opinion.document import DOCUMENT, Opinion, record, recorded, written
from tests.second_opinion.environments import Subject, subjects
from tests.second_opinion.verdicts import Exemption, Failure, Verdict, judge, read_exemptions, unused

from groundplan.checks import Finding

RECORD = Path(__file__).with_name("found.csv")
LOGS = Exemption("CKV_AWS_145", ("bucket.logs",), "written by the load balancer", "https://docs.aws.amazon.com/")
BUCKET = Failure("CKV_AWS_145", "bucket.logs")


def finding(rule: str, resource: str, reason: str | None = None) -> Finding:
    return Finding(
        rule=rule, severity="info", resource=resource, message="", fix="", accepted=reason is not None, reason=reason
    )


def verdict(failure: Failure, *findings: Finding, exemptions: tuple[Exemption, ...] = ()) -> Verdict:
    (found,) = judge([failure], findings, clean(), exemptions)
    return found


def test_an_accepted_finding_of_the_corresponding_rule_answers_for_it() -> None:
    found = verdict(BUCKET, finding("GP-SEC-026", "bucket.logs", "as demanded by all"), exemptions=(LOGS,))
    assert (found.kind, found.by, found.reason) == ("accepted", "GP-SEC-026", "as demanded by all")


def test_a_finding_that_stands_answers_for_nothing() -> None:
    found = verdict(BUCKET, finding("GP-SEC-026", "bucket.logs"))
    assert (found.kind, found.by) == ("open", "GP-SEC-026")
    assert "nobody accepted it" in found.reason


def test_outside_of_production_it_is_enough_that_a_rule_says_it() -> None:
    def found(*findings: Finding) -> str:
        return judge([BUCKET], findings, clean(), (), is_production=False)[0].kind

    assert found(finding("GP-SEC-026", "bucket.logs")) == "said"
    assert found() == "open"


def test_another_rule_or_another_resource_answers_for_nothing() -> None:
    others = (finding("GP-SEC-006", "bucket.logs", "another rule speaks"), finding("GP-SEC-026", "bucket.backups", "x"))
    assert verdict(BUCKET, *others).reason == "GP-SEC-026 finds nothing there"
    assert verdict(Failure("CKV_AWS_99999", "bucket.logs")).reason == "no rule corresponds to it"


@pytest.mark.parametrize(
    ("check", "resource", "rule", "spoken_of"),
    [
        ("CKV2_AWS_20", "load_balancer.main", "GP-SEC-008", "listener.https"),
        ("CKV2_AWS_57", "secret.database", "GP-SEC-085", "database_instance.main"),
        ("CKV_AWS_338", "log_group.api", "GP-OPS-080", "architecture"),
    ],
)
def test_what_belongs_together_answers_for_each_other(check: str, resource: str, rule: str, spoken_of: str) -> None:
    assert verdict(Failure(check, resource), finding(rule, spoken_of, "decided by the team")).kind == "accepted"


def test_the_list_speaks_of_its_resources_alone() -> None:
    assert verdict(BUCKET, exemptions=(LOGS,)).kind == "exempt"
    assert verdict(Failure("CKV_AWS_145", "bucket.logs2"), exemptions=(LOGS,)).kind == "open"
    assert verdict(Failure("CKV_AWS_144", "bucket.logs"), exemptions=(LOGS,)).kind == "open"


def test_each_pattern_of_the_list_has_to_be_about_something() -> None:
    both = Exemption("CKV_AWS_145", ("bucket.logs", "bucket.old*"), LOGS.reason, LOGS.source)
    assert unused([LOGS], [BUCKET]) == []
    assert [item.resources for item in unused([both], [BUCKET])] == [("bucket.old*",)]
    assert [item.resources for item in unused([both], [])] == [("bucket.logs", "bucket.old*")]


@pytest.mark.parametrize(
    ("reason", "source", "says"),
    [
        ("not needed", "https://docs.aws.amazon.com/", "at least three words"),
        ("it is not needed", "somebody said so", "no page that others can read"),
    ],
)
def test_an_entry_without_reason_or_source_is_refused(tmp_path: Path, reason: str, source: str, says: str) -> None:
    file = tmp_path / "exemptions.toml"
    file.write_text(f'[[CKV_AWS_1]]\nresources = ["bucket.*"]\nreason = "{reason}"\nsource = "{source}"\n')
    with pytest.raises(ValueError, match=says):
        read_exemptions(file)


def test_what_was_found_is_read_as_it_was_written() -> None:
    found = {"spendsense prod": [BUCKET, Failure("CKV2_AWS_12", "vpc.main")], "spontime poc": [BUCKET]}
    titles = {"CKV_AWS_145": "Encrypted, with KMS", "CKV2_AWS_12": "Default group"}
    assert ({name: sorted(each) for name, each in found.items()}, titles) == recorded(record(found, titles))


def test_the_page_says_what_became_of_each() -> None:
    verdicts = (
        Verdict(BUCKET, "exempt", "", LOGS.reason),
        Verdict(Failure("CKV2_AWS_12", "vpc.main"), "accepted", "GP-SEC-999", "decided by the team"),
    )
    opinion = Opinion("shop prod", True, verdicts, 3, ())
    titles = {"CKV_AWS_145": "KMS", "CKV2_AWS_12": "Default group"}
    page = written([opinion], titles, [LOGS], {"Checkov": "3"}, "2026-11-21")
    assert "| **shop prod** | 1 | 1 | 0 | 0 | 3 | 0 |" in page
    assert "| CKV2_AWS_12 | Default group | shop prod: 1 accepted (GP-SEC-999) |" in page
    assert "| shop prod | GP-SEC-999 | CKV2_AWS_12 | decided by the team |" in page
    assert "| CKV_AWS_145 | `bucket.logs` | written by the load balancer (" in page


@pytest.fixture(scope="module")
def judged() -> Mapping[str, tuple[Subject, list[Verdict]]]:
    """What Checkov found last, on the architectures of now. What is gone since needs no verdict."""
    last, _ = recorded(RECORD.read_text(encoding="utf-8"))
    found = {}
    for subject in subjects():
        there = [item for item in last[subject.name] if subject.architecture.at(item.resource)]
        found[subject.name] = (
            subject,
            judge(
                there,
                subject.report.findings,
                subject.architecture,
                read_exemptions(),
                is_production=subject.is_production,
            ),
        )
    return found


def test_nothing_that_was_found_last_is_open(judged: Mapping[str, tuple[Subject, list[Verdict]]]) -> None:
    """Where this fails, an ``accept`` is gone or a rule fell silent; ``make second-opinion`` asks Checkov anew."""
    verdicts = [(name, verdict) for name, (_, verdicts) in judged.items() for verdict in verdicts]
    assert len(verdicts) > 100
    assert [f"{name}: {item.failure} {item.reason}" for name, item in verdicts if item.kind == "open"] == []


def test_the_page_holds_every_entry_of_the_list() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    assert [item.check for item in read_exemptions() if f"{item.reason} ([source]({item.source}))" not in page] == []
