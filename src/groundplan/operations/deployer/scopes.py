"""What of an account is an environment's own, as ARNs with wildcards.

Names that begin as the environment's names do, and as those of no other environment of the file, stand with that
beginning alone: what is added later is covered. Any other name stands by itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib.resources import files

from groundplan.access.arns import Arns
from groundplan.access.patterns import overlapping_arns
from groundplan.catalog import iam
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.values import Pseudo, Ref, Text, Textual, text

ACCOUNT = "{account_id}"
"""Stands for the account in the patterns here, until :func:`textual`."""
_NAMED = re.compile(r"\{(\w+)\}")
_MADE_UP = re.compile(r"\{[^}]*\}")
_SIGNS = "[-_./]"


@cache
def _formats() -> Mapping[str, list[str]]:
    kinds: Mapping[str, list[str]] = tomllib.loads(
        files(__package__).joinpath("scopes.toml").read_text(encoding="utf-8")
    )["kinds"]
    return kinds


class Scopes:
    """The ARNs of an environment, by the service whose actions they limit."""

    def __init__(self, architecture: Architecture, others: Sequence[Architecture]) -> None:
        """``others``: the other environments that may stand in the same account."""
        self._architecture = architecture
        self._arns = Arns(architecture)
        self._beginning = _beginning(architecture, others)
        found: dict[str, dict[str, None]] = {}
        for resource in architecture:
            for service, arn in self._of(resource):
                found.setdefault(service, {})[arn] = None
        self.by_service: Mapping[str, tuple[str, ...]] = {
            service: _without_covered(arns) for service, arns in sorted(found.items())
        }

    def add(self, service: str, *arns: str) -> None:
        """Patterns that are not of a resource."""
        known = dict.fromkeys((*self.by_service.get(service, ()), *arns))
        self.by_service = {**self.by_service, service: _without_covered(known)}

    def arn(self, service: str, rest: str, region: str | None = None, *, account: str = ACCOUNT) -> str:
        """An ARN of the environment's account; ``region``: the environment's own where it is None."""
        return f"arn:*:{service}:{self._architecture.region if region is None else region}:{account}:{rest}"

    def _of(self, resource: Resource) -> Iterator[tuple[str, str]]:
        region = resource.region or self._architecture.region
        for written in _formats().get(resource.kind_name(), ()):
            service, where, rest = written.split(":", 2) if ":region:" in written else _global(written)
            for_service, at, service = service.rpartition("@")
            filled = _NAMED.sub(lambda found: self._name(resource, found[1]), rest)
            account = "" if service == "s3" else ACCOUNT
            shortened = self._shortened(_MADE_UP.sub("*", filled))
            yield for_service if at else service, self.arn(service, shortened, where and region, account=account)

    def _name(self, resource: Resource, field: str) -> str:
        value = getattr(resource, field)
        if isinstance(value, Ref):
            target = self._architecture[value]
            value = getattr(target, next(item.name for item in fields(target) if item.name.endswith("_name")))
            return self._arns.text(value, target)
        return self._arns.text(value, resource)

    def _shortened(self, rest: str) -> str:
        """What stands behind the account, with ``*`` for what follows the beginning of the environment's names."""
        found = self._beginning.search(rest) if self._beginning is not None else None
        return f"{rest[: found.end()]}*" if found else rest

    def widened(self, arn: str) -> str:
        """An ARN of the environment as a pattern: ``*`` for the partition, and for what follows the beginning of the
        environment's names. What is no ARN stays."""
        parts = arn.split(":", 5)
        if len(parts) < 6:
            return arn
        return ":".join(("arn", "*", *parts[2:5], self._shortened(parts[5])))

    @property
    def roles(self) -> tuple[str, ...]:
        """The environment's roles."""
        return tuple(arn for arn in self.by_service.get("iam", ()) if ":role/" in arn)

    def known(self, action: iam.Action) -> tuple[str, ...]:
        """The patterns that an action is limited by: of the resource types that it takes. Empty: it cannot be."""
        patterns = self.by_service.get(action.service, ())
        service = iam.service(action.service)
        if service is None or not patterns:
            return ()
        kinds = [service.arns[kind] for kind in action.types if kind in service.arns]
        return tuple(pattern for pattern in patterns if any(overlapping_arns(kind, pattern) for kind in kinds))

    def unnamed(self, action: iam.Action) -> tuple[str, ...]:
        """Patterns of the types that an action demands beside those of :meth:`known`: all of such a type."""
        patterns = self.by_service.get(action.service, ())
        service = iam.service(action.service)
        if service is None:
            return ()
        return tuple(
            service.arns[kind]
            for kind in action.types
            if kind in action.demanded and not any(overlapping_arns(service.arns[kind], one) for one in patterns)
        )


def _global(written: str) -> tuple[str, str, str]:
    service, _, rest = written.partition("::")
    return service, "", rest


def _beginning(architecture: Architecture, others: Sequence[Architecture]) -> re.Pattern[str] | None:
    """What finds the beginning of the environment's names in an ARN, with the sign behind it. None: it has none, or
    another environment's names begin so too."""
    words = _words(architecture)
    if not words or any(_words(other)[: len(words)] == words for other in others):
        return None
    return re.compile(rf"(?<![A-Za-z0-9]){f'{_SIGNS}?'.join(map(re.escape, words))}{_SIGNS}", re.IGNORECASE)


def _words(architecture: Architecture) -> list[str]:
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", architecture.name_prefix) if word]


def _without_covered(arns: Mapping[str, None]) -> tuple[str, ...]:
    """Sorted, without those that another pattern covers which ends with ``*``."""
    wide = [arn[:-1] for arn in arns if arn.endswith("*")]
    return tuple(sorted(arn for arn in arns if not any(arn.startswith(front) and arn != f"{front}*" for front in wide)))


def textual(arn: str) -> Textual:
    """A pattern as a policy has it: the partition and the account are those it is deployed in."""
    if arn == "*":
        return arn
    parts: list[str | Pseudo] = ["arn:", Pseudo.PARTITION]
    before, account, rest = arn.removeprefix("arn:*").partition(ACCOUNT)
    parts.append(before)
    if account:
        parts += [Pseudo.ACCOUNT_ID, rest]
    return text(*parts)


def resolved(value: Textual) -> str:
    """As long as a text of these can get: with the longest partition and an account."""
    parts = value.parts if isinstance(value, Text) else (value,)
    long = {Pseudo.PARTITION: "aws-us-gov", Pseudo.ACCOUNT_ID: "0" * 12}
    return "".join(part if isinstance(part, str) else long[part] for part in parts if isinstance(part, str | Pseudo))
