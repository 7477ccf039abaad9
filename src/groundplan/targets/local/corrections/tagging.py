"""Resource Groups Tagging API."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
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
