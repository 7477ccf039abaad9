"""``moved`` blocks: what Terraform has under one address and finds under another from now on.

Without them Terraform destroys the one and creates the other.
Source: https://developer.hashicorp.com/terraform/language/moved
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from groundplan.engines.terraform.context import label
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Comment, Expression, Item
from groundplan.engines.terraform.model import Moves
from groundplan.resources import Architecture, Resource
from groundplan.resources.values import Ref

FILE = "moved.tf"
Addresses = Mapping[Ref[Resource], Sequence[str]]
"""The Terraform addresses of every resource, the resource's own first."""
_NAMES = (
    "identifier", "bucket_name", "cluster_name", "parameter_name", "queue_name", "replication_group_id",
    "repository_name", "secret_name", "table_name", "vault_name",
)  # fmt: skip
"""Fields with the name that AWS knows a resource by for all of its life."""


def compare(previous: Architecture, current: Architecture, before: Addresses, now: Addresses) -> Moves:
    """What of an earlier architecture is at another address in the current one.

    ``before`` and ``now`` are their addresses. A resource is the same where AWS has it under the same name of the
    blueprint (``renamed:``); what is of another Terraform type is never the same.
    """
    same = {current.in_aws(resource.ref): resource for resource in current}
    pairs: list[tuple[str, str]] = []
    remarks: list[str] = []
    for resource in previous:
        successor = same.get(previous.in_aws(resource.ref))
        old, new = before.get(resource.ref, ()), now.get(successor.ref, ()) if successor else ()
        if resource.holds_data and old:
            remarks += _losses(resource, successor, old[0], new)
        if successor is None or successor.ref == resource.ref:
            continue
        pairs += _pairs(old, label(resource.ref), new, label(successor.ref))
    still = {address for addresses in now.values() for address in addresses}
    return Moves(tuple(pair for pair in pairs if pair[0] not in still), tuple(remarks))


def _pairs(old: Sequence[str], old_label: str, new: Sequence[str], new_label: str) -> Iterator[tuple[str, str]]:
    """The blocks of a resource: those of one type whose labels differ as the resource's own do, then the only ones of
    a type."""
    left, found = list(new), []
    for address in old:
        type_, _, written = address.partition(".")
        wanted = f"{type_}.{new_label}{written[len(old_label) :]}" if written.startswith(old_label) else None
        if wanted in left:
            left.remove(wanted)
            found.append((address, wanted))
    matched = {address for address, _ in found}
    for address in old:
        type_ = address.partition(".")[0]
        same = [other for other in left if other.partition(".")[0] == type_]
        lonely = [other for other in old if other not in matched and other.partition(".")[0] == type_]
        if address not in matched and len(same) == len(lonely) == 1:
            found.append((address, same[0]))
    order = {address: number for number, address in enumerate(old)}
    for source, target in sorted(found, key=lambda pair: order[pair[0]]):
        if source != target:
            yield source, target


def _losses(old: Resource, new: Resource | None, address: str, now: Sequence[str]) -> Iterator[str]:
    what = f"{old.title or old.kind_name().replace('_', ' ')} {old.name} ({address})"
    if new is None:
        yield f"{what} holds data and is no longer in the blueprint: the next plan destroys it"
        return
    if not now or now[0].partition(".")[0] != address.partition(".")[0]:
        yield f"{what} holds data and is of another type now: the next plan destroys it"
        return
    for name in (item.name for item in fields(old) if item.name in _NAMES):
        before, after = getattr(old, name), getattr(new, name, None)
        if before != after:
            yield (
                f"{what} holds data, and AWS cannot change its {name.replace('_', ' ')} from {before} to {after}: the "
                "next plan replaces it"
            )


def blocks(pairs: Iterable[tuple[str, str]]) -> tuple[Item, ...]:
    """``moved.tf``"""
    items: list[Item] = []
    for source, target in pairs:
        items += [
            Blank(),
            Block("moved", (), (Argument("from", Expression(source)), Argument("to", Expression(target)))),
        ]
    if not items:
        return ()
    return (Comment("Names of the blueprint have changed, and nothing of AWS changes with them."), *items)
