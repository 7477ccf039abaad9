"""What AWS does and its published schemas do not say, from ``beyond_schemas.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

EVERY = "*"


@dataclass(frozen=True, slots=True)
class BeyondSchema:
    """What is known of one type beside its schema; the keys of its table in the file."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What a property returns to when a template no longer has it."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Properties that stay as they are when a template no longer has them, with the reason."""
    replaces: frozenset[str] = frozenset()
    """Properties whose change replaces the resource."""
    required: Mapping[str, str] = field(default_factory=dict)
    """Properties without which the service refuses the resource, and what it says."""

    def keeps(self, name: str) -> bool:
        """Whether a property stays as it is when a template no longer has it."""
        return name not in self.defaults and (name in self.kept or EVERY in self.kept)


@lru_cache(maxsize=1)
def _all() -> Mapping[str, BeyondSchema]:
    written = tomllib.loads(files(__package__).joinpath("beyond_schemas.toml").read_text(encoding="utf-8"))
    return {
        name: BeyondSchema(**{**values, "replaces": frozenset(values.get("replaces", ()))})
        for name, values in written.items()
    }


def beyond_schema(type_name: str) -> BeyondSchema:
    """What is known of a type; empty where that is nothing."""
    return _all().get(type_name, _NOTHING)


_NOTHING = BeyondSchema()
