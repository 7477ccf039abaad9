"""One thing to do beside CloudFormation, found by looking at what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from groundplan.resources.account import CostAllocationTag
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

COST_EXPLORER = "us-east-1"
"""Where Cost Explorer is. Source: https://docs.aws.amazon.com/general/latest/gr/billing.html"""
MOST_TAGS = 100
"""What one request takes and answers with.
Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_ListCostAllocationTags.html"""


@dataclass(frozen=True)
class Reach:
    """Which environment is worked on, and where."""

    connection: Connection
    architecture: Architecture

    def region(self, own: str | None) -> str:
        """The region of a resource that says ``own``."""
        return own or self.architecture.region

    @cached_property
    def cost_tags(self) -> Mapping[str, str]:
        """The status of every cost allocation tag of the environment that Cost Explorer knows: one request for all."""
        keys = [tag.tag_key for tag in self.architecture.of(CostAllocationTag)]
        client = self.connection.cost_explorer(COST_EXPLORER)
        with explained("Reading the cost allocation tags"):
            answer = client.list_cost_allocation_tags(TagKeys=keys, Type="UserDefined", MaxResults=MOST_TAGS)
        return {item["TagKey"]: item["Status"] for item in answer["CostAllocationTags"]}


@dataclass(frozen=True)
class Step:
    """What brings one thing to what the blueprint says."""

    action: Literal["create", "update", "delete", "wait"]
    """``wait``: nothing can be done yet, and ``why`` says until when."""
    address: str
    type: str
    """What AWS calls it, where changes show CloudFormation's type."""
    why: str
    do: Callable[[], str] = field(repr=False)
    """Does it, and returns what was done in words. Raises EnvironmentalError where AWS refuses."""
    holds_data: bool = False


@dataclass(frozen=True)
class Made:
    """What became of one thing."""

    address: str
    told: str
    """``created``; ``nothing to change``; why it has to wait."""
    changed: bool
    waits: bool = False
    """Whether it is to be deployed again later."""


def nothing() -> str:
    """What is done where nothing can be."""
    return ""
