"""The IAM actions that deploying each CloudFormation type needs of who deploys.

``scripts/deployment_actions.py`` writes ``data/deployment_actions.csv`` anew: a row for each type and action, with the
handlers that call it and where that is known from.

Source: the registry schemas of resource types, as cfn-lint 1.58.0 carries them, read on 2026-11-21, and where the
column ``source`` says so AWS's documentation or the AWS provider of Terraform.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, cast, get_args

from groundplan.catalog import _data
from groundplan.record import Record, dataclass

ActionSource = Literal["schema", "documentation", "terraform"]


@dataclass(frozen=True)
class DeploymentAction(Record):
    """What deploying one type calls."""

    action: str
    """``rds:CreateDBInstance``."""
    handlers: str
    """Letters of what calls it: C reate, R ead, U pdate, D elete, L ist."""
    source: ActionSource
    """``terraform``: only Terraform calls it, CloudFormation does not."""


@cache
def _by_type() -> Mapping[str, tuple[DeploymentAction, ...]]:
    found: dict[str, list[DeploymentAction]] = {}
    for kind, action, handlers, source in _data.rows("deployment_actions"):
        if source not in get_args(ActionSource):
            raise ValueError(f"deployment_actions.csv: {kind} {action} is from {source!r}, which is no source")
        found.setdefault(kind, []).append(DeploymentAction(action, handlers, cast(ActionSource, source)))
    return MappingProxyType({kind: tuple(actions) for kind, actions in found.items()})


def deployment_types() -> tuple[str, ...]:
    """The types that are known, in order: ``AWS::EC2::VPC``."""
    return tuple(_by_type())


def deployment_actions(kind: str) -> tuple[DeploymentAction, ...]:
    """What deploying a type calls, in order. Raises KeyError for a type that is not known."""
    return _by_type()[kind]
