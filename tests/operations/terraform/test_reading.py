"""Reading what Terraform says where the stand-in cannot make it say so: recorded in Terraform's own JSON form.

Sources: https://developer.hashicorp.com/terraform/internals/json-format and …/machine-readable-ui
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from groundplan.engines.terraform import render
from groundplan.engines.terraform.rows import Row
from groundplan.engines.terraform.table import ROWS
from groundplan.errors import DeploymentError, EnvironmentalError
from groundplan.operations.changes import EVERYTHING, LAST_SNAPSHOT
from groundplan.operations.findings import packed
from groundplan.operations.terraform import drift
from groundplan.operations.terraform.engine import Engine
from groundplan.operations.terraform.failures import Diagnostic, Surroundings, explained, plain
from groundplan.operations.terraform.folder import COSTS, FOUND, MONTHLY, Root, Tags
from groundplan.operations.terraform.plan import read_plan
from groundplan.operations.terraform.run import Terraform
from groundplan.resources import Architecture, Resource
from groundplan.resources.messaging import Queue
from groundplan.resources.parameters import Parameter

AROUND = Surroundings(
    engine=Engine(("terraform",), "Terraform", "1.12.0", "/usr/bin/terraform"),
    folder="/home/jane/.groundplan/terraform/shop-live",
    environment="live",
    state_bucket="shop-live-terraform-state",
    state_key="shop/live/terraform.tfstate",
    known={"aws_sqs_queue.mail": "queue.mail", "aws_subnet.public": "subnet.public"},
)


def silent(text: str, *, passing: bool = False) -> None:
    """Nobody listens."""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    queue = Queue(name="mail", concern="messaging", queue_name="shop-live-mail", visibility_timeout=30)
    architecture = Architecture("shop", "Shop", "live", "ap-south-1", (queue,))
    return Root(architecture, render(architecture), Terraform(AROUND, tmp_path, {}, silent), Tags(Decimal("30.00")))


def change(actions: list[str], **more: Any) -> dict[str, Any]:
    """One of a plan's ``resource_changes``."""
    outside: dict[str, Any] = {key: more.pop(key) for key in ("action_reason", "previous_address") if key in more}
    return {
        "address": more.pop("address", "aws_sqs_queue.mail"),
        "mode": more.pop("mode", "managed"),
        "type": more.pop("type", "aws_sqs_queue"),
        "change": {"actions": actions, "before": {}, "after": {}, "after_unknown": {}} | more,
        **outside,
    }


def price_tag(monthly: str | None, *, empty: bool = False) -> dict[str, Any]:
    """A plan's ``prior_state``."""
    resources = [] if empty else [{"address": "aws_vpc.main", "mode": "managed", "type": "aws_vpc", "values": {}}]
    outputs = {MONTHLY: {"sensitive": False, "value": monthly}} if monthly else {}
    return {"values": {"outputs": outputs, "root_module": {"resources": resources}}}


@pytest.mark.parametrize(
    ("item", "action", "why"),
    [
        (change(["create"]), "create", "new in the blueprint"),
        (change(["create"], importing={"id": "q-1"}), "create", "takes over q-1, which exists; new in the blueprint"),
        (
            change(["delete", "create"], replace_paths=[["name"], ["redrive", 0, "arn"]]),
            "replace",
            "changes name, redrive[0].arn, which AWS cannot change in place",
        ),
        (
            change(["create", "delete"], action_reason="replace_because_tainted"),
            "replace",
            "was not made whole the last time",
        ),
        (change(["delete"]), "delete", "no longer in the blueprint"),
        (
            change(["update"], before={"a": [{"b": 1}], "c": 1}, after={"a": [{"b": 2}], "c": 1}),
            "update",
            "changes a[0].b",
        ),
        (
            change(["update"], before={"a": [1], "tags_all": {"x": "1"}}, after={"a": [1, 2], "tags_all": {}}),
            "update",
            "changes a",
        ),
        (change(["update"], before={"a": 1}, after={}, after_unknown={"a": True}), "update", "changes a"),
    ],
)
def test_changes(root: Root, item: dict[str, Any], action: str, why: str) -> None:
    plan, forgotten, applicable = read_plan(root, {"resource_changes": [item]})
    assert [(found.action, found.resource, found.why) for found in plan.changes] == [(action, "queue.mail", why)]
    assert plan.changes[0].holds_data
    assert (forgotten, applicable) == ((), True)
    assert bool(plan.dangerous) == (action in ("replace", "delete"))


def test_what_is_no_change(root: Root) -> None:
    items = [
        change(["no-op"]),
        change(["read"], mode="data", address="data.aws_region.current"),
        change(["no-op"], previous_address="aws_sqs_queue.post"),
    ]
    plan, forgotten, applicable = read_plan(root, {"resource_changes": items})
    assert (plan.changes, forgotten, applicable) == ((), (), False)
    assert plan.notes == ("aws_sqs_queue.mail: has that name now instead of aws_sqs_queue.post, and stays as it is",)


def test_what_is_forgotten_and_outputs_are_applied(root: Root) -> None:
    assert read_plan(root, {"resource_changes": [change(["forget"])]})[1:] == (("aws_sqs_queue.mail",), True)
    assert read_plan(root, {"output_changes": {"url": {"actions": ["create"]}}})[2]
    assert not read_plan(root, {"output_changes": {MONTHLY: {"actions": ["update"]}}})[2], "a price tag alone"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (price_tag("12.50"), Decimal("17.50")),
        (price_tag(None), None),
        (price_tag("much"), None),
        (price_tag(None, empty=True), Decimal("30.00")),
        ({}, Decimal("30.00")),
    ],
)
def test_monthly_change(root: Root, before: dict[str, Any], expected: Decimal | None) -> None:
    plan, _, _ = read_plan(root, {"resource_changes": [change(["create"])], "prior_state": before})
    assert plan.monthly_change == expected
    assert read_plan(root, {"prior_state": before})[0].monthly_change == 0


def test_what_is_deployed_says_costs_and_findings(root: Root) -> None:
    state = price_tag("12.50")
    tagged = replace(root, tags=Tags(Decimal(30), {"queue.mail": Decimal(5)}, frozenset({"GP-SEC-001 queue.mail"})))
    items = {"resource_changes": [change(["update"])], "prior_state": state}
    plan = read_plan(tagged, items)[0]
    assert plan.changes[0].monthly is None, "an older deployment does not say"
    assert plan.found_before.keys is None
    assert "no deployment has written down" in plan.found_before.unknown
    state["values"]["outputs"] |= {
        COSTS: {"value": '{"queue.mail":"3.5000"}'},
        FOUND: {"value": packed(frozenset({"GP-SEC-002 queue.mail"}))},
    }
    plan = read_plan(tagged, items)[0]
    assert plan.changes[0].monthly == Decimal("1.5")
    assert plan.found_before.keys == frozenset({"GP-SEC-002 queue.mail"})
    state["values"]["outputs"][COSTS]["value"] = "[much"
    assert read_plan(tagged, items)[0].changes[0].monthly is None
    first = read_plan(tagged, {"resource_changes": [change(["create"])]})[0]
    assert first.changes[0].monthly == 5
    assert first.found_before.keys == frozenset()


@pytest.mark.parametrize(
    ("kind", "before", "loses"),
    [
        ("aws_db_instance", {"skip_final_snapshot": False}, LAST_SNAPSHOT),
        ("aws_db_instance", {"skip_final_snapshot": True}, EVERYTHING),
        ("aws_elasticache_replication_group", {"final_snapshot_identifier": "last"}, LAST_SNAPSHOT),
        ("aws_s3_bucket", {"force_destroy": True}, EVERYTHING),
        ("aws_s3_bucket", {"force_destroy": False}, f"{EVERYTHING}: AWS refuses as long as there is anything"),
        (
            "aws_kms_key",
            {"deletion_window_in_days": 30},
            f"{EVERYTHING}, after 30 days, until which it can be brought back",
        ),
    ],
)
def test_what_is_lost(root: Root, kind: str, before: dict[str, Any], loses: str) -> None:
    item = change(["delete"], address=f"{kind}.old", type=kind, before=before, after=None)
    [found] = read_plan(root, {"resource_changes": [item]})[0].dangerous
    assert found.loses == loses


def test_protection_that_goes(root: Root) -> None:
    item = change(
        ["update"], address="aws_db_instance.main", type="aws_db_instance",
        before={"deletion_protection": True}, after={"deletion_protection": False},
    )  # fmt: skip
    [found] = read_plan(root, {"resource_changes": [item]})[0].unprotecting
    assert found.unprotects == ("deletion protection",)


def test_one_of_several_has_the_name_of_them_all() -> None:
    assert AROUND.name('aws_subnet.public["a"]') == "subnet.public"
    assert AROUND.name("aws_subnet.public[0]") == "subnet.public"
    assert AROUND.name("aws_subnet.other[0]") is None


def test_drift_tells_no_secret(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    item = change(
        ["update"],
        before={"password": "old", "list": ["a", "b"]},
        after={"password": "new", "list": ["a", "c"]},
        before_sensitive={"password": True, "list": [False, True]},
        after_sensitive={"password": True},
    )
    monkeypatch.setattr(drift, "make_plan", lambda *_: {"resource_drift": [item]})
    found = {each.property: (each.expected, each.actual) for each in drift.find_drift(root)}
    assert found == {"list[1]": ("(sensitive)", "c"), "password": ("(sensitive)", "(sensitive)")}


def test_what_others_own_is_no_drift(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scaling changes the number of tasks, a provider reads back what was never given as empty."""
    row = replace(ROWS[Queue], ignore_changes=("delay_seconds",))
    monkeypatch.setitem(cast("dict[type[Resource], Row[Any]]", ROWS), Queue, row)
    same = {"tags": None, "policy": "", "delay_seconds": 0}
    item = change(["update"], before=same, after={"tags": {}, "policy": None, "delay_seconds": 9})
    monkeypatch.setattr(drift, "make_plan", lambda *_: {"resource_drift": [item]})
    assert drift.find_drift(root) == ()
    assert read_plan(root, {"resource_drift": [item]})[0].notes == ()


def test_what_holds_data(root: Root) -> None:
    """Terraform has one type for parameters with secrets and for those without."""
    zone = Parameter(name="zone", concern="messaging", parameter_name="/shop/zone", description="Zone", value="Z1")
    architecture = Architecture("shop", "Shop", "live", "ap-south-1", (zone,))
    other = replace(root, architecture=architecture, rendering=render(architecture))
    assert not other.holds_data("aws_ssm_parameter.zone", "aws_ssm_parameter")
    assert other.holds_data("aws_ssm_parameter.token", "aws_ssm_parameter"), "not in the blueprint: judged by its type"
    assert root.holds_data("aws_sqs_queue.mail[0]", "aws_sqs_queue")
    assert not root.holds_data("aws_vpc.main", "aws_vpc")


def failure(*found: Diagnostic, deploying: bool = False) -> str:
    error = explained("terraform plan", found, AROUND, deploying=deploying)
    assert isinstance(error, EnvironmentalError | DeploymentError)
    return str(error)


def test_lock_in_dynamodb() -> None:
    """As Terraform 1.7 says it, from https://developer.hashicorp.com/terraform/cli/commands/force-unlock"""
    said = plain(
        "╷\n│ Error: Error acquiring the state lock\n│ \n"
        "│ Error message: ConditionalCheckFailedException: The conditional\n│ request failed\n"
        "│ Lock Info:\n│   ID:        a1b2c3d4-1234\n│   Path:      example-bucket/terraform.tfstate\n"
        "│   Operation: OperationTypePlan\n│   Who:       user@hostname\n│   Version:   1.7.0\n"
        "│   Created:   2024-01-15 10:30:45.123456789 +0000 UTC\n│   Info:      \n╵\n"
    )
    told = failure(*said)
    assert "the state is locked by user@hostname since 2024-01-15 10:30:45 UTC for plan with Terraform 1.7.0" in told
    assert "/usr/bin/terraform -chdir=/home/jane/.groundplan/terraform/shop-live force-unlock a1b2c3d4-1234" in told


def test_lock_without_particulars() -> None:
    told = failure(Diagnostic("error", "Error acquiring the state lock", "Lock Info:\n  ID: 1\n  Who: \n"))
    assert "the state is locked by somebody. Wait" in told


@pytest.mark.parametrize(
    ("summary", "detail", "said"),
    [
        (
            "Failed to get existing workspaces",
            "NoSuchBucket: The specified bucket does not exist",
            "the bucket shop-live-terraform-state, which is to keep Terraform's state, does not exist",
        ),
        (
            "state snapshot was created by Terraform v1.14.1, which is newer than current v1.12.0",
            "",
            "the state was written by Terraform 1.14.1, and Terraform 1.12.0 (/usr/bin/terraform) cannot read it",
        ),
        ("No valid credential sources found", "Please see …", "Run `aws configure sso` or `aws sso login`"),
        ("Something else", "It did\nnot work", "terraform plan: Something else: It did not work"),
    ],
)
def test_known_refusals(summary: str, detail: str, said: str) -> None:
    assert said in failure(Diagnostic("error", summary, detail))


def test_several_errors_are_told_once_each() -> None:
    first = Diagnostic("error", "creating SQS Queue", "AccessDenied", "aws_sqs_queue.mail", "sqs.tf:4")
    warning = Diagnostic("warning", "deprecated")
    told = failure(first, warning, first, Diagnostic("error", "other"), deploying=True)
    assert told == ("terraform plan: 2 errors\nqueue.mail: creating SQS Queue: AccessDenied (sqs.tf:4)\nother")
    assert failure() == "terraform plan: Terraform does not say why"


def test_a_crash_is_told_as_it_is() -> None:
    assert plain("panic: runtime error\n") == [Diagnostic("error", "panic: runtime error")]
    assert plain(" \n") == []
