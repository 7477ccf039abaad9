"""Stacks that a blueprint no longer asks for, wherever they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from groundplan.catalog import regions
from groundplan.engines.cloudformation import Stack
from groundplan.errors import EnvironmentalError
from groundplan.operations.stacks import survey
from groundplan.resources import Architecture
from groundplan.targets.connection import Connection

HOME = "eu-central-1"
TAGS = {"Project": "shop", "Environment": "production", "ManagedBy": "Groundplan"}
CLOSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "explicit deny"}}, "DescribeStacks")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://cloudformation.ap-east-9.amazonaws.com")


@dataclass
class Api:
    """The stacks of one region, or why they cannot be listed."""

    stacks: list[Mapping[str, Any]] = field(default_factory=list)
    error: Exception | None = None
    asked: int = 0

    def get_paginator(self, operation: str) -> Api:
        assert operation == "describe_stacks"
        return self

    def paginate(self) -> Iterator[Mapping[str, Any]]:
        self.asked += 1
        if self.error:
            raise self.error
        yield {"Stacks": self.stacks}


def deployed(name: str, hour: int, status: str = "CREATE_COMPLETE", **tags: str) -> Mapping[str, Any]:
    return {
        "StackName": name,
        "StackStatus": status,
        "CreationTime": datetime(2026, 1, 1, hour, tzinfo=UTC),
        "Tags": [{"Key": key, "Value": value} for key, value in (TAGS | tags).items()],
    }


def architecture(owner: str | None = None) -> Architecture:
    tags = TAGS | ({"Owner": owner} if owner else {})
    return Architecture(
        project="shop", title="shop", environment="production", region=HOME, resources=(), owner=owner, tags=tags
    )


def wanted(name: str, region: str = HOME) -> Stack:
    return Stack(
        name=name, concern="storage", region=region, template={"Resources": {}}, body="", parameters={}, depends_on=()
    )


def found(apis: Mapping[str, Api], *stacks: Stack, owner: str | None = None) -> list[tuple[str, str]]:
    """What is left over. Regions that are not named have no stacks."""
    clients: dict[tuple[str, str], object] = {
        ("cloudformation", name): apis.get(name, Api()) for name in regions.all_regions()
    }
    listed = survey(Connection("aws", {}, clients), architecture(owner), stacks).leftover
    return [(stack.name, stack.region) for stack in listed]


def test_a_region_that_nothing_asks_for_any_more_is_looked_at() -> None:
    apis = {HOME: Api([deployed("shop-storage", 1)]), "us-east-1": Api([deployed("shop-storage-us-east-1", 0)])}
    assert found(apis, wanted("shop-storage")) == [("shop-storage-us-east-1", "us-east-1")]


def test_what_was_made_last_goes_first_over_all_regions() -> None:
    apis = {
        HOME: Api([deployed("c", 3), deployed("a", 1)]),
        "us-east-1": Api([deployed("d", 4), deployed("b", 2)]),
    }
    assert [name for name, _ in found(apis)] == ["d", "c", "b", "a"]


def test_what_is_somebody_elses_stays() -> None:
    apis = {
        HOME: Api(
            [
                deployed("other-project", 1, Project="other"),
                deployed("other-environment", 2, Environment="staging"),
                deployed("gone", 3, "DELETE_COMPLETE"),
                deployed("janes", 4, Owner="jane"),
            ]
        )
    }
    assert found(apis) == []
    assert found(apis, owner="jane") == [("janes", HOME)]


@pytest.mark.parametrize("error", [CLOSED, UNREACHABLE])
def test_a_region_that_is_closed_to_the_account_holds_nothing_of_it(error: Exception) -> None:
    assert found({"ap-south-1": Api(error=error), HOME: Api([deployed("old", 1)])}) == [("old", HOME)]


def test_a_region_that_is_used_has_to_answer() -> None:
    with pytest.raises(EnvironmentalError, match="Listing stacks: AWS says AccessDenied: explicit deny"):
        found({HOME: Api(error=CLOSED)})
    with pytest.raises(EnvironmentalError, match="Listing stacks"):
        found({"us-east-1": Api(error=CLOSED)}, wanted("shop-edge", "us-east-1"))


def test_regions_that_an_account_has_to_enable_are_asked_only_where_they_are_used() -> None:
    enabled, optional = Api(), Api()
    found({"us-west-2": enabled, "af-south-1": optional})
    assert (enabled.asked, optional.asked) == (1, 0)
    found({"af-south-1": optional}, wanted("shop-storage-af-south-1", "af-south-1"))
    assert optional.asked == 1
