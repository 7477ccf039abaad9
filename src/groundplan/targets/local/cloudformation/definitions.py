"""A template after reading, and what it defines."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class ResourceDefinition:
    """A resource as the template writes it."""

    type: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()
    condition: str = ""
    deletion_policy: str = ""
    update_replace_policy: str = ""


@dataclass(frozen=True)
class Template:
    """A template that has been read, and its text."""

    body: str
    resources: Mapping[str, ResourceDefinition]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    description: str = ""
    rules: Mapping[str, Any] = field(default_factory=dict)
    transforms: tuple[str, ...] = ()

    @cached_property
    def pickled(self) -> bytes:
        """Itself for snapshots, of which one is written after the other while no template ever changes."""
        return pickle.dumps(self, pickle.HIGHEST_PROTOCOL)
