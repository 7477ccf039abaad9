"""The blueprint of a standby: the environment once more, with what differs in the other region over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.overlay import merge, pointless_nulls, without_nulls, write_out
from groundplan.blueprint.recovery import Standby
from groundplan.blueprint.shape import Shape
from groundplan.blueprint.tree import Node, Steps, node_of
from groundplan.blueprint.validation.base import Finding
from groundplan.blueprint.validation.standby import ONCE

LAYER = "standby"
SUFFIX = "standby"
"""What stands behind the environment in the standby's name, and in the names of everything there."""
SHORT_SUFFIX = "-dr"
"""The same in names that it would make too long."""
LONGEST_SHORT_NAME = 20
_FIXED: dict[str, dict[str, object]] = {
    # The distribution is global and reads the primary's bucket; copies go one way.
    "buckets": {"cdn": None, "replicate": None},
    # CREATE EXTENSION is refused where nothing can be written; the replica has whatever the primary has.
    "databases": {"extensions": [], "replicas": 0},
}
_DEFAULTS: dict[str, dict[str, object]] = {
    # Multi-AZ doubles the price of a copy that is a standby itself; a promotion adds it.
    "databases": {"standby": False},
    # What a job does, it does once: where its data can be written.
    "jobs": {"enabled": False},
}


def name_of(environment: str) -> str:
    """What the standby of an environment is called: ``production-standby``."""
    return f"{environment}-{SUFFIX}"


def tree_of(written: Node, environment: str, region: str, shape: Shape) -> Node:
    """What the standby's blueprint says, without posture: ``written`` (the environment's, without posture either), the
    overlay, and what differs in every standby."""
    overlay = overlay_of(written).on_layer(f"{LAYER} of {environment}")
    tree = merge(write_out(written, overlay, shape), overlay)
    tree = without_nulls(_over(tree, _DEFAULTS, beneath=overlay), shape)
    fixed: dict[str, Node] = {"region": node_of(region, layer=LAYER)}
    fixed |= {section: node_of(None, layer=LAYER) for section in ONCE}
    fixed |= {"short_name": short_name(written, overlay, environment)}
    if "objectives" in tree.fields:
        fixed["objectives"] = replace(
            tree.fields["objectives"],
            value={
                key: item
                for key, item in tree.fields["objectives"].fields.items()
                if key not in ("budget", "recovery_time", "recovery_point", "recovery")
            },
        )
    # What was measured counts for both, and how many tasks carry the load is said of the environment's own.
    kept = {key: item for key, item in tree.fields.items() if key != "reliability"}
    return _over(replace(tree, value={**kept, **fixed}), _FIXED)


def slips(written: Node, shape: Shape) -> Iterator[tuple[Steps, Node]]:
    """Nulls of the overlay that remove nothing."""
    yield from pointless_nulls(written, overlay_of(written), shape)


def overlay_of(written: Node) -> Node:
    """What an environment says of its standby; empty where it says nothing."""
    found = written.find(("standby", "overlay"))
    return found if found is not None and isinstance(found.value, dict) else Node({})


def short_name(written: Node, overlay: Node, environment: str) -> Node:
    """What the standby is called in names: as the overlay says, else as the environment with a suffix."""
    own = overlay.step("short_name")
    if own is not None:
        return own
    said = written.step("short_name")
    stem = said.value if said is not None and isinstance(said.value, str) else environment
    name = f"{stem}-{SUFFIX}"
    if len(name) > LONGEST_SHORT_NAME:
        name = stem[: LONGEST_SHORT_NAME - len(SHORT_SUFFIX)].rstrip("-_") + SHORT_SUFFIX
    return node_of(name, layer=LAYER)


def _over(tree: Node, families: dict[str, dict[str, object]], beneath: Node | None = None) -> Node:
    """The tree with values in every entry of some families; ``beneath`` an overlay that may say otherwise."""
    fields = dict(tree.fields)
    for family, values in families.items():
        entries = fields.get(family)
        if entries is None or not isinstance(entries.value, dict):
            continue
        changed = {}
        for name, entry in entries.value.items():
            own = beneath.find((family, name)) if beneath is not None else None
            said = {key: item for key, item in (own.fields if own else {}).items() if key in values}
            content = {key: said.get(key, node_of(value, layer=LAYER)) for key, value in values.items()}
            changed[name] = merge(entry, Node(content)) if isinstance(entry.value, dict) else entry
        fields[family] = replace(entries, value=changed)
    return replace(tree, value=fields)


def check_pair(primary: Blueprint, standby: Blueprint, asked: Standby) -> Iterator[Finding]:
    """What two regions may not have in common. The paths are the primary's."""
    if standby.keys == "aws" and any(database.encryption for database in standby.databases.values()):
        # Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
        yield Finding(
            ("keys",),
            "RDS encrypts a replica in another region only with a key that is named: write keys: customer, in the "
            "overlay at least",
        )
    at: Steps = ("standby", "overlay", "network", "cidr")
    if primary.network.cidr.overlaps(standby.network.cidr):
        same = "the same range as" if primary.network.cidr == standby.network.cidr else "a range that overlaps"
        yield Finding(
            at,
            f"the network in {asked.region} has {same} the primary's {primary.network.cidr}, so that the two could "
            "never be peered; write network: {cidr: ...} in the overlay, with another range (and subnets: null where "
            "the environment says subnets)",
        )
