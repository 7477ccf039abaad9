"""Plans that lose something, and what has been allowed: without an AWS."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.checks import Finding, Report
from groundplan.errors import DeploymentError, InputError
from groundplan.operations.change_sets import Action, StackChange
from groundplan.operations.changes import NOTHING, STAYS, Change, Found, Plan, with_costs
from groundplan.operations.findings import compare, keys, packed, unpacked
from groundplan.operations.guard import Allowed, Guard, refusals, require
from groundplan.operations.plan import as_changes
from groundplan.operations.protection import policies_weakened, taken_off

BUCKET = Change("replace", "bucket.files", "AWS::S3::Bucket", "s", "changes BucketName", holds_data=True)
DATABASE = Change(
    "update", "database_instance.main", "AWS::RDS::DBInstance", "s", "changes DeletionProtection", holds_data=True,
    unprotects=("deletion protection",),
)  # fmt: skip
HARMLESS = Change("update", "queue.mail", "AWS::SQS::Queue", "s", "changes VisibilityTimeout", holds_data=True)


def plan(*changes: Change) -> Plan:
    return Plan("aws", changes, Decimal(0))


def test_only_what_is_lost_is_refused() -> None:
    found = refusals(plan(BUCKET, DATABASE, HARMLESS), Allowed())
    assert [(item.resource, item.option) for item in found] == [
        ("bucket.files", "--allow-replace"),
        ("database_instance.main", "--allow-unprotect"),
    ]
    both = Allowed(frozenset({"bucket.files"}), frozenset({"database_instance.main"}))
    assert refusals(plan(BUCKET, DATABASE, HARMLESS), both) == ()
    crossed = Allowed(frozenset({"database_instance.main"}), frozenset({"bucket.files"}))
    assert len(refusals(plan(BUCKET, DATABASE), crossed)) == 2, "each is allowed by its own option"
    for told in (NOTHING, STAYS):
        assert refusals(plan(replace(BUCKET, action="delete", loses=told)), Allowed()) == ()
    gone = replace(DATABASE, action="replace")
    assert refusals(plan(gone), Allowed(frozenset({gone.resource}))) == (), "one yes for what goes and its protection"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bucket.flies", 'did you mean "bucket.files"?'),
        ("queue.mial", 'did you mean "queue.mail"?'),
        ("vpc.man", 'did you mean "vpc.main"?'),
    ],
)
def test_a_name_that_stands_for_nothing(name: str, said: str) -> None:
    with pytest.raises(InputError, match="there is no resource") as raised:
        require(plan(BUCKET, HARMLESS), Allowed(frozenset({name})), ["vpc.main"])
    assert said in str(raised.value)


def test_a_name_that_is_not_needed_any_more() -> None:
    require(plan(HARMLESS), Allowed(frozenset({"queue.mail", "vpc.main"})), ["vpc.main"])


def test_what_the_plan_could_not_know_is_stopped() -> None:
    known = {("s", "Main"): "database_instance.main"}
    surprise = StackChange("replace", "Main", "AWS::RDS::DBInstance", "changes KmsKeyId", "db-1", "ReplaceAndDelete")
    guard = Guard.of(plan(BUCKET), Allowed())
    with pytest.raises(DeploymentError, match=r"--allow-replace database_instance\.main") as raised:
        guard.check("s", [surprise], known)
    assert "stopped before it was changed" in str(raised.value)
    Guard.of(plan(), Allowed(frozenset({"database_instance.main"}))).check("s", [surprise], known)
    guard.check("s", [replace(surprise, action="update"), StackChange("delete", "G", "AWS::EC2::VPC", "")], known)
    guard.check("s", [StackChange("replace", "F", "AWS::S3::Bucket", "")], {("s", "F"): "bucket.files"})


@pytest.mark.parametrize(
    ("action", "policy", "loses"),
    [("delete", "Retain", False), ("delete", "Snapshot", True), ("delete", "Delete", True), ("delete", "", True),
     ("replace", "ReplaceAndRetain", True), ("replace", "ReplaceAndSnapshot", True), ("update", "", False)],
)  # fmt: skip
def test_what_becomes_of_data(action: str, policy: str, loses: bool) -> None:
    change = StackChange(action, "F", "AWS::S3::Bucket", "", "files", policy)  # type: ignore[arg-type]
    (told,) = as_changes("s", [change], {})
    assert told.loses_data is loses


@pytest.mark.parametrize(
    ("kind", "before", "after", "off"),
    [
        ("AWS::RDS::DBInstance", {"DeletionProtection": True}, {"DeletionProtection": False}, ("deletion protection",)),
        ("AWS::RDS::DBInstance", {"DeletionProtection": "true"}, {}, ("deletion protection",)),
        ("AWS::RDS::DBInstance", {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 0}, ("automatic backups",)),
        ("AWS::RDS::DBInstance", {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 1}, ()),
        ("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}},
         {"VersioningConfiguration": {"Status": "Suspended"}}, ("versioning",)),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer",
         {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
         {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "false"}]},
         ("deletion protection",)),
        ("AWS::RDS::DBInstance", {"DeletionProtection": False}, {"DeletionProtection": True}, ()),
        ("AWS::EC2::VPC", {"DeletionProtection": True}, {}, ()),
    ],
)  # fmt: skip
def test_protection_that_is_taken_off(
    kind: str, before: dict[str, object], after: dict[str, object], off: tuple[str, ...]
) -> None:
    assert taken_off("cloudformation", kind, before, after) == off


def test_terraform_says_it_in_its_own_words() -> None:
    table = {"point_in_time_recovery": [{"enabled": True}], "deletion_protection_enabled": True}
    assert taken_off("terraform", "aws_dynamodb_table", table, {"point_in_time_recovery": []}) == (
        "deletion protection", "point-in-time recovery",
    )  # fmt: skip
    assert taken_off("terraform", "aws_dynamodb_table", table, table) == ()


def test_policies_of_a_template() -> None:
    kept, last = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}, {"DeletionPolicy": "Snapshot"}
    assert policies_weakened(kept, last) == ("staying when its stack goes", "staying when it is replaced")
    assert policies_weakened(last, {}) == ("a last snapshot",)
    assert policies_weakened(last, kept) == ()


def test_costs_of_changes() -> None:
    now, before = {"a": Decimal(5), "b": Decimal(2)}, {"a": Decimal(3), "c": Decimal(7)}
    actions: list[tuple[str, Action]] = [
        ("a", "update"),
        ("a", "update"),
        ("b", "create"),
        ("c", "delete"),
        ("d", "update"),
    ]
    changes = [replace(HARMLESS, resource=name, action=action) for name, action in actions]
    told = [item.monthly for item in with_costs(changes, now, before)]
    assert told == [2, 0, 2, -7, 0], "each address once"
    assert [item.monthly for item in with_costs(changes, now, None)] == [None, 0, 2, None, None]
    assert [item.monthly for item in with_costs(changes[:1], now, {}, fresh=True)] == [5]


def finding(rule: str, resource: str, *, accepted: bool = False) -> Finding:
    return Finding(rule, "error", resource, "bad", "mend it", accepted)


def test_findings_that_are_new_and_gone() -> None:
    report = Report((finding("GP-SEC-001", "bucket.files"), finding("GP-SEC-002", "vpc.main", accepted=True)))
    before = Found(frozenset({"GP-SEC-002 vpc.main", "GP-SEC-003 key.main"}))
    differing = compare(report, before)
    assert [item.rule for item in differing.new] == ["GP-SEC-001"], "to accept one makes nothing new"
    assert differing.gone == ("GP-SEC-003 key.main",)
    assert differing.told == "Findings: 1 new, 1 gone"
    unknown = compare(report, Found(None, "nobody has written it down"))
    assert "1 (and 1 accepted); which of them are new is not known: nobody has written it down" in unknown.told


@settings(max_examples=30)
@given(st.frozensets(st.from_regex(r"[A-Z]{2}-\d{1,3} [a-z_.\[\]]{1,20}", fullmatch=True), max_size=40))
def test_what_was_found_is_read_back(found: frozenset[str]) -> None:
    assert unpacked(packed(found)) == found
    assert "{{" not in packed(found), "Parameter Store refuses it"


def test_too_much_and_something_else_is_not_known() -> None:
    many = frozenset(sha256(str(number).encode()).hexdigest() for number in range(200))
    assert unpacked(packed(many)) is None
    assert keys(Report(())) == frozenset()
    for text in ("", "2 abc", "1 not-base64!", "1 YWJj"):
        assert unpacked(text) is None
