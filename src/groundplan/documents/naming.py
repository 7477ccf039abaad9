"""What a resource is called in AWS, and what it is, as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields

from groundplan.resources import Architecture, Concern, Resource

_CALLED = re.compile(r"identifier|alias|replication_group_id|.*_name")
"""Fields that hold a name; of several the first is the resource's own."""

CONCERNS: Mapping[Concern, str] = {
    "encryption": "Encryption keys",
    "network": "Network",
    "storage": "Object and file storage",
    "databases": "Databases",
    "caches": "Caches",
    "messaging": "Queues",
    "registry": "Container images",
    "edge": "Load balancing and DNS",
    "delivery": "Content delivery and firewall",
    "services": "Services and jobs",
    "scaling": "Scaling",
    "monitoring": "Monitoring and alarms",
    "audit": "Audit",
    "security": "Threat detection",
    "backup": "Backup",
}
"""What each concern is called in headings."""


def called(resource: Resource) -> str:
    """Its name in AWS; empty where it has none of its own, or only its deployment knows it."""
    for field in fields(resource):
        if _CALLED.fullmatch(field.name):
            value = getattr(resource, field.name)
            if isinstance(value, str) and value:
                return value
    return resource.tags.get("Name", "")


def kinds(resources: Iterable[Resource]) -> list[tuple[str, list[Resource]]]:
    """Resources by what they are, the most important kinds as the architecture orders them."""
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        found.setdefault(resource.title or resource.kind_name().replace("_", " "), []).append(resource)
    return list(found.items())


def of_concern(architecture: Architecture, concern: Concern) -> tuple[Resource, ...]:
    """The resources of a concern, in order."""
    return tuple(resource for resource in architecture if resource.concern == concern)


def code(value: str) -> str:
    """As code in Markdown; nothing stays nothing."""
    return f"`{value}`" if value else ""
