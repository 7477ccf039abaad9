"""From a finding to the line of the blueprint that it comes from."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from groundplan.blueprint.tree import Node, Steps, format_path, parse_path
from groundplan.checks.report import Finding, Report
from groundplan.errors import Position
from groundplan.record import replace
from groundplan.resources.architecture import STANDBY, Architecture

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

ENTRY = "<name>"
"""What stands in a rule's fix for the name of an entry: ``services.<name>.size``."""
_PATH = re.compile(rf"(?<![\w.])[a-z_]+(?:\.(?:[A-Za-z0-9_]+|{ENTRY}))+")

FAMILIES: dict[str, tuple[str, ...]] = {
    "encryption": ("databases", "buckets", "caches", "queues", "services"),
    "storage": ("buckets", "services", "jobs"),
    "databases": ("databases",),
    "caches": ("caches",),
    "messaging": ("queues",),
    "registry": ("services", "jobs"),
    "edge": ("services",),
    "delivery": ("buckets", "services"),
    "services": ("services", "jobs", "secrets", "capacity", "kubernetes.nodes"),
    "scaling": ("services", "jobs"),
    "monitoring": ("databases", "caches", "services", "jobs", "queues", "buckets"),
    "backup": ("databases", "buckets"),
}
"""The families whose entries the resources of a concern are called after. A resource of the network is called ``main``
without being the database's of that name, save for the security groups."""
KINDS: dict[str, tuple[str, ...]] = {
    "security_group": ("services", "jobs", "databases", "caches"),
    "security_group_rule": ("services", "jobs", "databases", "caches"),
}
"""Families of kinds, where they are not those of the concern."""
SETTINGS: dict[str, str] = {
    "encryption": "keys",
    "network": "network",
    "delivery": "firewall",
    "monitoring": "alarms",
    "audit": "audit",
    "security": "security",
    "backup": "backup",
}
"""What a concern comes from where it is no entry's."""


def located(report: Report, loaded: LoadedEnvironment, architecture: Architecture) -> Report:
    """The report with the place in the blueprint that each finding comes from, as near as can be told.

    That is the setting which the rule's fix names, where it is written; else the entry (service, database, …) that the
    resource belongs to; else what the resource is there for, like ``network``; else the file's beginning.
    """
    return replace(report, findings=tuple(_located(finding, loaded, architecture) for finding in report.findings))


def _located(finding: Finding, loaded: LoadedEnvironment, architecture: Architecture) -> Finding:
    if finding.where is not None:
        return finding
    wanted = parse_path(finding.path) if finding.path else _path_of(finding, loaded.tree, architecture)
    path, place = _written(loaded.tree, wanted)
    return replace(finding, path=format_path(path) or None, where=place or Position(loaded.source_file, 1, 1))


def _path_of(finding: Finding, tree: Node, architecture: Architecture) -> Steps:
    """The path in the blueprint that a finding comes from, written or not."""
    resource = architecture.at(finding.resource)
    concern, kind, name = "", "", ""
    if resource is not None:
        concern, kind = resource.concern, resource.kind_name()
        name = resource.name.removeprefix(STANDBY)
    for written in _paths_in(finding.fix):
        if (path := _with_entry(written, name, tree)) is not None:
            return path
    for family in KINDS.get(kind, FAMILIES.get(concern, ())):
        if (path := _with_entry((*family.split("."), ENTRY), name, tree)) is not None:
            return path
    if concern == "edge":
        return _public_service(tree)
    return (SETTINGS[concern],) if concern in SETTINGS else ()


def _public_service(tree: Node) -> Steps:
    """What load balancer and listeners are there for: the first service that is ``public``."""
    services = tree.step("services") or Node({})
    return next((("services", name, "public") for name, node in services.fields.items() if node.step("public")), ())


@cache
def _paths_in(fix: str) -> tuple[Steps, ...]:
    """The paths that a fix names."""
    return tuple(tuple(found.split(".")) for found in _PATH.findall(fix))


def _with_entry(path: Steps, name: str, tree: Node) -> Steps | None:
    """The path with the entry that a resource is called after. None: it is called after none, or nothing of the path is
    written."""
    if ENTRY not in path:
        return path if tree.step(path[0]) is not None else None
    at = path.index(ENTRY)
    family = tree.find(path[:at])
    if family is None:
        return None
    called = f"{name.replace('-', '_')}_"
    entries = [entry for entry in family.fields if called.startswith(f"{entry.replace('-', '_')}_")]
    return (*path[:at], max(entries, key=len), *path[at + 1 :]) if entries else None


def _written(tree: Node, path: Steps) -> tuple[Steps, Position | None]:
    """As much of a path as stands in a file, and where. What an option or a profile says stands in none."""
    from groundplan.blueprint.settings import OptionPosition  # here, since pydantic comes with it

    node, found, place = tree, 0, tree.place
    for number, step in enumerate(path, 1):
        child = node.step(step)
        if child is None:
            break
        node = child
        here = node.key or node.position
        if here is not None and not isinstance(here, OptionPosition):
            found, place = number, here
    return path[:found], place
