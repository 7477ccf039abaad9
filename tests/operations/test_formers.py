"""What a stack gave up, and which of it stays on purpose once the stack is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.design.blueprints import designed

from groundplan.operations.formers import Former, formers
from groundplan.operations.remains import Remains, Sweep
from groundplan.operations.stacks import DeployedStack
from groundplan.targets.connection import Connection

REGION = "eu-central-1"
LOGS = f"arn:aws:logs:{REGION}:123456789012:log-group:"


@dataclass
class Api:
    """Answers of some operations, each on one page."""

    answers: Mapping[str, Mapping[str, Any]]
    operation: str = ""

    def get_paginator(self, operation: str) -> Api:
        return Api(self.answers, operation)

    def paginate(self, **asked: object) -> Iterator[Mapping[str, Any]]:
        yield self.answers.get(self.operation, {})


@dataclass
class Index(Api):
    """The index of tagged resources."""

    tagged: list[str] = field(default_factory=list)

    def get_paginator(self, operation: str) -> Index:
        return self

    def paginate(self, **asked: object) -> Iterator[Mapping[str, Any]]:
        yield {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": []} for arn in self.tagged]}


def event(name: str, physical_id: str, status: str, kind: str = "AWS::Logs::LogGroup") -> Mapping[str, str]:
    return {
        "StackId": "arn:stack", "LogicalResourceId": name, "PhysicalResourceId": physical_id, "ResourceType": kind,
        "ResourceStatus": status,
    }  # fmt: skip


def found(events: list[Mapping[str, str]], **current: str) -> tuple[Former, ...]:
    """What a stack with these events, the newest first, has given up."""
    resources = [
        {"LogicalResourceId": name, "PhysicalResourceId": physical_id, "ResourceStatus": "CREATE_COMPLETE"}
        for name, physical_id in current.items()
    ]
    api = Api(
        {"describe_stack_events": {"StackEvents": events},
         "list_stack_resources": {"StackResourceSummaries": resources}}
    )  # fmt: skip
    connection = Connection("aws", {}, {("cloudformation", REGION): api})
    return formers(connection, [DeployedStack("shop", REGION, "UPDATE_COMPLETE")])


def test_the_newest_event_of_each_counts() -> None:
    gone = found(
        [
            event("Logs", "/new", "CREATE_COMPLETE"),
            event("Logs", "/kept", "DELETE_SKIPPED"),
            event("Logs", "/kept", "UPDATE_FAILED"),
            event("Main", "shop-main", "DELETE_COMPLETE", "AWS::RDS::DBInstance"),
            event("Main", "shop-main", "DELETE_FAILED", "AWS::RDS::DBInstance"),
            event("Group", "shop-main", "DELETE_SKIPPED", "AWS::RDS::DBParameterGroup"),
            event("Never", "", "DELETE_COMPLETE"),
        ],
        Logs="/new",
    )
    assert [(item.logical_id, item.physical_id, item.kept) for item in gone] == [
        ("Logs", "/kept", True), ("Main", "shop-main", False), ("Group", "shop-main", True),
    ]  # fmt: skip


def test_what_a_stack_has_again_was_not_given_up() -> None:
    events = [event("Logs", "/same", "DELETE_SKIPPED")]
    assert found(events, Logs="/same") == ()
    assert len(found(events, Logs="/other")) == 1


def swept(gone: tuple[Former, ...], *arns: str) -> Remains:
    """What is told of these, once everything else is gone."""
    architecture = designed(f"project: shop\nregion: {REGION}\nprofile: poc\nqueues: {{mail: {{}}}}\n")
    clients: dict[tuple[str, str], object] = {("ssm", REGION): Api({"get_parameters_by_path": {"Parameters": []}})}
    index = {REGION: Index({}, tagged=list(arns)), "us-east-1": Index({})}
    clients |= {("resourcegroupstaggingapi", region): each for region, each in index.items()}
    return Sweep(Connection("aws", {}, clients), architecture, (), {REGION}, gone).run()


def test_only_what_a_policy_kept_stays_on_purpose() -> None:
    kept, failed = f"{LOGS}/shop/kept", f"{LOGS}/shop/failed"
    told = swept(
        found([event("Kept", "/shop/kept", "DELETE_SKIPPED"), event("Failed", "/shop/failed", "DELETE_FAILED")]),
        kept, failed, f"{LOGS}/shop/kept-by-nobody",
    )  # fmt: skip
    assert [(item.what, item.id) for item in told.on_purpose] == [("Kept", kept)]
    assert "kept by its policy when another took its place" in told.on_purpose[0].why
    assert told.leftovers == (failed, f"{LOGS}/shop/kept-by-nobody")
    assert told.unseen == ()
