"""Every resource as its template resources, still symbolic, and what they need from others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from groundplan.engines.cloudformation.intrinsics import same_attribute
from groundplan.engines.cloudformation.model import Unsupported
from groundplan.engines.cloudformation.rows import Kept, Part, Row, attribute_refs, pascal, properties
from groundplan.engines.cloudformation.table import ROWS
from groundplan.resources import Architecture, Resource
from groundplan.resources.values import Attribute, InputValue, ParameterValue, Ref

LONGEST_LOGICAL_ID = 255
"""Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


@dataclass(frozen=True, eq=False)
class Piece:
    """A resource on its way into a template."""

    resource: Resource
    ref: Ref[Resource]
    """The resource's reference."""
    row: Row[Any]
    name: str
    """What it was called when it was made: a rename moves nothing from one stack to another."""
    logical_id: str
    type: str
    properties: Mapping[str, object]
    parts: tuple[Part, ...]
    kept: Kept | None
    needs: frozenset[Attribute | InputValue | ParameterValue] = field(repr=False)
    """The values it takes from other resources and from inputs."""

    @property
    def size(self) -> int:
        """How many template resources it is."""
        return 1 + len(self.parts)

    @cached_property
    def targets(self) -> tuple[Ref[Resource], ...]:
        """The other resources that have to exist first, each once."""
        needed = {need.ref: None for need in self.needs if isinstance(need, Attribute) and need.ref != self.ref}
        first = (ref for ref in self.resource.depends_on if not ref.kind.not_in_cloudformation)
        return tuple(sorted({**needed, **dict.fromkeys(first)}, key=_by_kind_and_name))


def _by_kind_and_name(ref: Ref[Resource]) -> tuple[str, str, str]:
    return ref.kind.__name__, ref.name, ref.key or ""


def pieces_of(architecture: Architecture) -> tuple[tuple[Piece, ...], tuple[Unsupported, ...]]:
    """All resources that CloudFormation can express, in the order of the table, and those that it cannot.

    What refers to a resource that cannot be expressed cannot be either. What is made beside the templates is in
    neither.
    """
    unsupported: dict[Ref[Resource], Unsupported] = {}
    expressible: list[Resource] = []
    for resource in architecture:
        if resource.not_in_cloudformation:
            continue
        reason = _why_not(resource, unsupported)
        if reason:
            unsupported[resource.ref] = Unsupported(resource.address, reason)
        else:
            expressible.append(resource)
    rank = {kind: at for at, kind in enumerate(ROWS)}
    made_as = {resource.ref: architecture.in_aws(resource.ref) for resource in expressible}
    expressible.sort(key=lambda resource: (rank[type(resource)], *_by_kind_and_name(made_as[resource.ref])))
    logical_ids = _logical_ids(expressible, made_as)
    pieces = tuple(_piece(resource, logical_ids[resource.ref], architecture) for resource in expressible)
    return pieces, tuple(unsupported.values())


def _why_not(resource: Resource, unsupported: Mapping[Ref[Resource], Unsupported]) -> str:
    if type(resource) not in ROWS:
        return f"CloudFormation templates cannot express this kind yet: {resource.title or resource.kind_name()}"
    for ref in resource.references() if unsupported else ():
        if ref in unsupported:
            return f"it refers to {ref}, which CloudFormation cannot express"
    return ""


def _piece(resource: Resource, logical_id: str, architecture: Architecture) -> Piece:
    row = ROWS[type(resource)]
    own = properties(row, resource, architecture)
    parts = tuple(row.parts(resource, architecture)) if row.parts else ()
    needs = {
        same_attribute(need) if isinstance(need, Attribute) else need
        for content in (own, *(part.properties for part in parts))
        for need in attribute_refs(content)
    }
    return Piece(
        resource=resource,
        ref=resource.ref,
        row=row,
        name=architecture.in_aws(resource.ref).name,
        logical_id=logical_id,
        type=row.type_of(resource),
        properties=own,
        parts=parts,
        kept=row.kept(resource, architecture) if row.kept else None,
        needs=frozenset(needs),
    )


def _logical_ids(
    resources: Iterable[Resource], made_as: Mapping[Ref[Resource], Ref[Resource]]
) -> dict[Ref[Resource], str]:
    """``PrivateSubnetA``: name, kind and key. It says nothing of the stack, and none depends on another. With another
    id CloudFormation would make another resource, so that what was renamed keeps its own."""
    plain = {resource.ref: _logical_id(resource, made_as[resource.ref]) for resource in resources}
    seen: dict[str, int] = {}
    for found in plain.values():
        seen[found] = seen.get(found, 0) + 1
    return {
        ref: found if seen[found] == 1 and len(found) < LONGEST_LOGICAL_ID else distinct(found, made_as[ref].address)
        for ref, found in plain.items()
    }


def _logical_id(resource: Resource, made_as: Ref[Resource]) -> str:
    joined = pascal(made_as.name) + type(resource).__name__ + pascal(made_as.key or "")
    found = re.sub(r"[^A-Za-z0-9]", "", joined)
    version = ROWS[type(resource)].version if type(resource) in ROWS else None
    return distinct(found, version(resource)) if version else found


def distinct(name: str, origin: str) -> str:
    """The name with a mark that only this origin has, short enough to be a logical id."""
    mark = sha256(origin.encode()).hexdigest()[:6].upper()
    return f"{name[: LONGEST_LOGICAL_ID // 2]}{mark}"
