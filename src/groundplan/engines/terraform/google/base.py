"""What the rows of Google Cloud have in common: what is there only after a take-over has a count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

from groundplan.engines.terraform.context import Context, Joined
from groundplan.engines.terraform.hcl import Expression
from groundplan.engines.terraform.rows import Arguments, Beside, Blocks, Row
from groundplan.resources import Resource
from groundplan.resources.google.base import OnGoogleCloud

R = TypeVar("R", bound=Resource)

ACTIVE = "var.google_active"
SERVICES = "var.google_services || var.google_active"
"""A take-over needs the services, whatever was said before it."""


def count(resource: Resource) -> Expression | None:
    """How many there are of a resource."""
    match cast(OnGoogleCloud, resource).present:
        case "always":
            return None
        case "services":
            return Expression(f"{SERVICES} ? 1 : 0")
        case "active":
            return Expression(f"{ACTIVE} ? 1 : 0")


def row(
    kind: type[R],
    type_: str,
    file: str,
    *,
    attributes: Mapping[str, str | Beside | Joined] | None = None,
    numbers: frozenset[str] = frozenset(),
    rename: Mapping[str, str] | None = None,
    fixed: Mapping[str, object] | None = None,
    arguments: Arguments[R] | None = None,
    blocks: Blocks[R] | None = None,
    beside: Blocks[R] | None = None,
    written: frozenset[str] = frozenset(),
    waits_for: Callable[[R, Context], Iterable[str]] | None = None,
    section: int = 0,
) -> Row[R]:
    """A row of a kind on Google Cloud, which others mean by its id."""
    return Row(
        kind,
        type_,
        file,
        attributes={"id": "id", **(attributes or {})},
        numbers=numbers,
        referred=("", "id"),
        rename=rename or {},
        fixed=fixed or {},
        arguments=arguments,
        blocks=blocks,
        beside=beside,
        written=written | {"present"},
        count=count,
        waits_for=waits_for,
        section=section,
    )
