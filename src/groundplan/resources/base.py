"""What every resource is: a frozen record with a stable name, found by its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import cache, cached_property
from typing import ClassVar, Literal, Self

from groundplan.record import Record, dataclass
from groundplan.resources.values import Attribute, Ref, SecretValue, dynamic_values

Concern = Literal[
    "encryption", "network", "storage", "databases", "caches", "messaging", "registry", "edge", "delivery", "services",
    "scaling", "monitoring", "audit", "security", "backup",
]  # fmt: skip
"""What a resource is there for. A concern becomes a CloudFormation stack; each uses only concerns before it."""

CONCERNS: tuple[Concern, ...] = (
    "encryption", "network", "storage", "databases", "caches", "messaging", "registry", "edge", "delivery", "services",
    "scaling", "monitoring", "audit", "security", "backup",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Resource(Record):
    """One thing in a cloud.

    ``name`` is stable and unique within its kind, together with ``key`` where it is one of many (the zone letter).
    Fields carry AWS's own terms and units; numbers are in the unit that the field's name or docstring says.
    """

    name: str
    key: str | None = None
    concern: Concern
    region: str | None = None
    """AWS region where it is not the environment's."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags beside the environment's common ones; ``Name`` above all."""
    depends_on: tuple[Ref[Resource], ...] = ()
    """What has to exist first although no field refers to it."""

    attributes: ClassVar[frozenset[str]] = frozenset({"id"})
    """What AWS says of it once it exists, and others may refer to."""
    taggable: ClassVar[bool] = True
    """Whether AWS takes tags on it."""
    holds_data: ClassVar[bool] = False
    """Whether replacing or deleting it loses data."""
    title: ClassVar[str] = ""
    """What AWS's documentation calls it."""
    cloud: ClassVar[Literal["aws", "google"]] = "aws"
    """Where it is. CloudFormation leaves out what is elsewhere, and says so."""
    not_in_cloudformation: ClassVar[str] = ""
    """Why no template can hold it. ``groundplan deploy`` then makes it through the service's own API
    (:mod:`groundplan.operations.direct`), and ``render`` says that it is left out."""

    def __hash__(self) -> int:
        return hash((type(self), self.name, self.key))

    @classmethod
    def kind_name(cls) -> str:
        """``database_instance`` for ``DatabaseInstance``: the kind in addresses and reports."""
        return _kind_name(cls.__name__)

    @cached_property
    def ref(self) -> Ref[Self]:
        """A reference to this resource."""
        return Ref(type(self), self.name, self.key)

    @cached_property
    def address(self) -> str:
        """``subnet.private[a]``."""
        return self.ref.address

    def references(self) -> tuple[Ref[Resource], ...]:
        """Every resource that this one refers to, with repetitions."""
        return self._references

    @cached_property
    def _references(self) -> tuple[Ref[Resource], ...]:
        found: list[Ref[Resource]] = []
        for value in dynamic_values(self):
            if isinstance(value, Ref):
                found.append(value)
            elif isinstance(value, Attribute):
                found.append(value.ref)
            elif isinstance(value, SecretValue):
                found.append(value.secret)
        return tuple(found)


@cache
def _kind_name(class_name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", class_name).lower()
