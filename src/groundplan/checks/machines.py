"""Which machines an architecture runs on."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.kubernetes import NodeGroup


def machines(architecture: Architecture) -> Iterator[tuple[Resource, str]]:
    """Databases, caches, instances and nodes with the class of each, like ``db.t4g.micro`` or ``t3.large``."""
    for database in architecture.of(DatabaseInstance):
        yield database, database.instance_class
    for cache in architecture.of(CacheReplicationGroup):
        yield cache, cache.node_type
    for template in architecture.of(LaunchTemplate):
        yield template, template.instance_type
    for group in architecture.of(NodeGroup):
        for name in group.instance_types:
            yield group, name
