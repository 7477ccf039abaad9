"""Long values that several resources of a site have alike stand once, under a name: ``local.trusted_by_pods``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Item, Template, Value
from groundplan.engines.terraform.modules.groups import Piece
from groundplan.engines.terraform.modules.links import Group
from groundplan.engines.terraform.modules.sites import PRIMARY_SITE, Site
from groundplan.engines.terraform.modules.slots import identifier, overlapping
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import STANDBY

_ATTACHMENT = "aws_iam_role_policy_attachment"
_VENDOR = re.compile("^(?:Amazon|AWS)(?=[A-Z])")
_WORD_BEGINS = re.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TRUST, _BOUNDARY = "assume_role_policy", "permissions_boundary"
_ROLE = "aws_iam_role"
LEAST = 2
"""How many have to say the same."""


def with_names(found: Mapping[str, Sequence[Piece]], sites: Mapping[str, Site]) -> dict[str, list[Piece]]:
    """The pieces of each site, those with such a value referring to a local value, which has a piece of its own."""
    values = {name: [_Value.of(piece, item) for piece, item in _arguments(pieces)] for name, pieces in found.items()}
    common = {value.name for own in values.values() for value in _repeated(own)}
    return {name: _named(pieces, _most(values[name], common), sites[name]) for name, pieces in found.items()}


def with_policy_words(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the words of AWS's policies in the names of what attaches them to roles:
    ``nodes_ssm_managed_instance_core`` instead of ``nodes_amazonssmmanagedinstancecore``."""
    taken = {piece.group for piece in pieces if piece.group.type == _ATTACHMENT}
    found: list[Piece] = []
    for piece in pieces:
        group = piece.group
        if group.type == _ATTACHMENT and (worded := group._replace(name=_worded(piece))) not in taken:
            taken.add(worded)
            group = worded
        found.append(piece if group == piece.group else replace(piece, group=group))
    return found


def _worded(piece: Piece) -> str:
    """The name of an attachment in words, where it ends in the name of its policy."""
    name = piece.group.name
    for item in piece.block.body:
        if isinstance(item, Argument) and item.name == "policy_arn" and isinstance(item.value, str | Template):
            arn = item.value if isinstance(item.value, str) else item.value.source
            policy = arn.rpartition("/")[2]
            if (role := name.removesuffix(f"_{policy.lower()}")) != name:
                words = _WORD_BEGINS.sub("_", _VENDOR.sub("", policy))
                return overlapping(role, identifier(words))
    return name


@dataclass(frozen=True)
class _Value(Record):
    """A value that may get a name."""

    name: str
    code: str
    """As HCL writes it: what is compared."""

    @classmethod
    def of(cls, piece: Piece, item: Argument) -> _Value:
        return cls(_name_of(item), hcl.render([item]))


def _arguments(pieces: Iterable[Piece]) -> Iterable[tuple[Piece, Argument]]:
    for piece in pieces:
        if piece.group.type == _ROLE and piece.group.block == "resource":
            for item in piece.block.body:
                if isinstance(item, Argument) and item.name in (_TRUST, _BOUNDARY):
                    yield piece, item


def _name_of(item: Argument) -> str:
    """``trusted_by_pods_eks``: after the services that may take the role."""
    if item.name == _BOUNDARY:
        return _BOUNDARY
    services = [service.removesuffix(".amazonaws.com") for service in _services(item.value)]
    return identifier(f"trusted by {' and '.join(services) or 'others'}")


def _services(value: Value) -> Iterable[str]:
    """The services that a trust policy names."""
    if not isinstance(value, Call) or not isinstance(value.arguments[0], Mapping):
        return
    statements = value.arguments[0].get("Statement")
    for statement in statements if isinstance(statements, Sequence) else ():
        principal = statement.get("Principal") if isinstance(statement, Mapping) else None
        service = principal.get("Service") if isinstance(principal, Mapping) else None
        yield from [service] if isinstance(service, str) else ()


def _repeated(values: Iterable[_Value]) -> Iterable[_Value]:
    return (value for value, times in Counter(values).items() if times >= LEAST)


def _most(values: Iterable[_Value], names: set[str]) -> Mapping[str, _Value]:
    """The value that most have, for each of the names."""
    found: dict[str, _Value] = {}
    for value, _ in Counter(values).most_common():
        if value.name in names:
            found.setdefault(value.name, value)
    return found


def _named(pieces: Sequence[Piece], known: Mapping[str, _Value], site: Site) -> list[Piece]:
    prefix = "" if site.where == PRIMARY_SITE else STANDBY
    named: dict[str, Piece] = {}
    changed: list[Piece] = []
    for piece in pieces:
        if piece.group.type != _ROLE:
            changed.append(piece)
            continue
        body: list[Item] = list(piece.block.body)
        for place, item in enumerate(piece.block.body):
            if not isinstance(item, Argument) or item.name not in (_TRUST, _BOUNDARY):
                continue
            value = _Value.of(piece, item)
            if known.get(value.name) != value:
                continue
            group = Group("local", "", value.name)
            address = f"local.{prefix}{value.name}"
            body[place] = Argument(item.name, Expression(address))
            block = Block("locals", (), (Argument(value.name, item.value),))
            named.setdefault(value.name, Piece(group, None, block, address, piece.file, piece.place))
        changed.append(replace(piece, block=replace(piece.block, body=tuple(body))))
    return [*named.values(), *changed]
