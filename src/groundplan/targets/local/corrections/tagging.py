"""Tags: of resources of EC2, and Resource Groups Tagging API."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from types import SimpleNamespace
from typing import Any

from groundplan.targets.local.corrections.once import once


@once
def pages_can_be_saved() -> None:
    """moto keeps a generator between two pages, which no state can be saved with; a list's iterator can."""
    from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

    original = ResourceGroupsTaggingAPIBackend._get_resources_generator

    @wraps(original)
    def listed(self: Any, *arguments: Any, **named: Any) -> Iterator[Any]:
        return iter(list(original(self, *arguments, **named)))

    setattr(ResourceGroupsTaggingAPIBackend, "_get_resources_generator", listed)  # noqa: B010 - as in the others


@once
def tags_are_looked_up() -> None:
    """For the tags of one resource moto goes through those of all."""
    from moto.ec2.models.core import TaggedEC2Resource
    from moto.ec2.models.tags import TagBackend

    described: Any = TagBackend.describe_tags

    def get_tags(self: Any) -> Any:
        own = self.ec2_backend.tags.get(self.id)
        return described(SimpleNamespace(tags={self.id: own})) if self.id and own else []

    setattr(TaggedEC2Resource, "get_tags", get_tags)  # noqa: B010 - as in the others
