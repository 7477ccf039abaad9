"""Environments as overlays: what an environment says goes over the base, and every value remembers who said it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import is_

from groundplan.blueprint.shape import Shape
from groundplan.blueprint.tree import Node, Steps, node_of


def merge(base: Node, over: Node) -> Node:
    """Mappings merge key by key, everything else is replaced. ``null`` stays, so that it can remove later.

    A mapping keeps the place of the base: that is where its entry is introduced.
    """
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    merged = dict(base.value)
    for key, child in over.value.items():
        merged[key] = merge(merged[key], child) if key in merged else child
    return Node(merged, base.position, base.key, base.layer, base.size)


def fill(node: Node, beneath: Node) -> Node:
    """What is written, and beneath it what fills the gaps: ``merge(beneath, node)`` that keeps the written places."""
    if not isinstance(node.value, dict) or not isinstance(beneath.value, dict):
        return node
    filled = dict(node.value)
    for key, child in beneath.value.items():
        filled[key] = fill(filled[key], child) if key in filled else child
    return Node(filled, node.position, node.key, node.layer, node.size)


def without_nulls(node: Node, shape: Shape | None) -> Node:
    """Carry out what ``null`` says: the key is as if never written, unless ``null`` is itself a value there.

    An entry of a family (a service, a tag) goes altogether; a field returns to its posture or default; and a field
    that may be empty (``alarms``, ``flow_logs``) keeps its ``null``. What has no shape here is an overlay of its own
    (``standby.overlay``), or a mistake: its nulls stay. Without any shape every ``null`` removes.
    """
    if not isinstance(node.value, dict):
        return node
    kept = {}
    for key, child in node.value.items():
        inner = shape.child(key) if shape else None
        unknown = shape is not None and inner is None
        if child.value is not None or unknown or (inner is not None and inner.nullable):
            kept[key] = child if unknown else without_nulls(child, inner)
    if len(kept) == len(node.value) and all(map(is_, kept.values(), node.value.values())):
        return node
    return replace(node, value=kept)


def pointless_nulls(base: Node | None, over: Node, shape: Shape, path: Steps = ()) -> Iterator[tuple[Steps, Node]]:
    """The nulls of ``over`` that would remove an entry which ``base`` does not have: a slip, or an empty entry."""
    if not isinstance(over.value, dict):
        return
    for key, child in over.value.items():
        if child.value is not None and not isinstance(child.value, dict):
            continue
        inner = shape.child(key)
        if inner is None:
            continue
        below = base.step(key) if base else None
        if child.value is None and shape.entries is not None and not inner.nullable:
            if below is None or below.value is None:
                yield (*path, key), child
        else:
            yield from pointless_nulls(below, child, inner, (*path, key))


def write_out(base: Node, over: Node, shape: Shape | None) -> Node:
    """The base with short forms (``100..500 GB gp3``) written out wherever the overlay changes a part of them."""
    if shape is None or not isinstance(over.value, dict):
        return base
    if shape.short is not None and base.value is not None and not isinstance(base.value, dict):
        try:
            long = shape.short.read(base.plain())
        except ValueError:
            return base
        return replace(node_of(long, layer=base.layer, position=base.position), key=base.key)
    if not isinstance(base.value, dict):
        return base
    children = {
        key: write_out(child, over.value[key], shape.child(key)) if key in over.value else child
        for key, child in base.value.items()
    }
    return base if all(map(is_, children.values(), base.value.values())) else replace(base, value=children)
