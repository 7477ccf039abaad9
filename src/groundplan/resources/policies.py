"""IAM policy documents, typed. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from groundplan.errors import Position
from groundplan.record import Record, dataclass
from groundplan.resources.values import Textual


@dataclass(frozen=True)
class Principal(Record):
    """Who a statement speaks of."""

    type: Literal["Service", "AWS", "Federated", "*"]
    identifiers: tuple[Textual, ...]
    """``ecs-tasks.amazonaws.com``, an ARN, or ``*``."""


@dataclass(frozen=True, kw_only=True)
class Condition(Record):
    """``{operator: {key: values}}``."""

    operator: str
    key: str
    values: tuple[Textual, ...]


@dataclass(frozen=True)
class Cause(Record):
    """What a blueprint asked for, that something else is there because of."""

    path: str
    """``services.api.needs[0]``."""
    position: Position | None = None
    """Where that is written, or what it is a default of."""

    def __str__(self) -> str:
        return f"{self.path} ({self.position})" if self.position else self.path


@dataclass(frozen=True, kw_only=True)
class Statement(Record):
    """One statement of a policy."""

    sid: str = ""
    effect: Literal["Allow", "Deny"] = "Allow"
    actions: tuple[str, ...]
    resources: tuple[Textual, ...] = ()
    """Empty in a trust policy, which has no Resource element."""
    several: bool = False
    """Whether more resources may come one day: they are a list then, also while there is only one."""
    principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()
    because: tuple[Cause, ...] = field(default=(), compare=False, repr=False)
    """What asked for it. It is not rendered, and statements are equal without it."""


@dataclass(frozen=True)
class PolicyDocument(Record):
    """A policy of version 2012-10-17."""

    statements: tuple[Statement, ...]

    def json(self) -> Mapping[str, object]:
        """The document as JSON data with dynamic values left in place.

        Single values stand alone instead of in a list, as AWS's own examples and normalisation have it.
        """
        return {"Version": "2012-10-17", "Statement": [_statement(item) for item in self.statements]}


def _one_or_many(values: tuple[Textual, ...]) -> object:
    return values[0] if len(values) == 1 else list(values)


def _statement(statement: Statement) -> dict[str, object]:
    document: dict[str, object] = {}
    if statement.sid:
        document["Sid"] = statement.sid
    document["Effect"] = statement.effect
    if statement.principals:
        if any(principal.type == "*" for principal in statement.principals):
            document["Principal"] = "*"
        else:
            document["Principal"] = {item.type: _one_or_many(item.identifiers) for item in statement.principals}
    document["Action"] = _one_or_many(statement.actions)
    if statement.resources:
        document["Resource"] = list(statement.resources) if statement.several else _one_or_many(statement.resources)
    if statement.conditions:
        conditions: dict[str, dict[str, object]] = {}
        for condition in statement.conditions:
            conditions.setdefault(condition.operator, {})[condition.key] = _one_or_many(condition.values)
        document["Condition"] = conditions
    return document


@dataclass(frozen=True)
class InlinePolicy(Record):
    """A policy that lives inside a role."""

    policy_name: str
    document: PolicyDocument = field(default_factory=lambda: PolicyDocument(()))


def pod_trust(*conditions: Condition) -> PolicyDocument:
    """A trust policy that lets EKS give the role to pods of a service account.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return PolicyDocument(
        (
            Statement(
                actions=("sts:AssumeRole", "sts:TagSession"),
                principals=(Principal("Service", ("pods.eks.amazonaws.com",)),),
                conditions=conditions,
            ),
        )
    )


def service_trust(*services: str, conditions: tuple[Condition, ...] = ()) -> PolicyDocument:
    """A trust policy that lets AWS services assume the role."""
    return PolicyDocument(
        (
            Statement(
                actions=("sts:AssumeRole",), principals=(Principal("Service", tuple(services)),), conditions=conditions
            ),
        )
    )
