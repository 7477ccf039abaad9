"""The architecture: every resource of one environment, as an ordered graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Literal, TypeVar, cast

from groundplan.record import Record, dataclass, replace
from groundplan.resources.base import Resource
from groundplan.resources.off_hours import OffHours
from groundplan.resources.values import Ref, Textual
from groundplan.resources.workloads import Workload

R = TypeVar("R", bound=Resource)
T = TypeVar("T")

STANDBY = "standby_"
"""Stands before the names of the standby's resources where they stand beside the primary's."""


@dataclass(frozen=True, kw_only=True)
class Input(Record):
    """A value that is given at deployment: a Terraform variable, a CloudFormation parameter."""

    name: str
    """Lower case with underscores: ``api_image_tag``."""
    description: str
    default: str | None = None
    type: Literal["string", "bool"] = "string"
    """``bool``: ``true`` or ``false``; a switch that only Terraform has."""
    pattern: str | None = None
    """Regular expression that the value has to match as a whole."""
    pattern_hint: str = ""
    """What the pattern demands, in words."""


@dataclass(frozen=True, kw_only=True)
class Output(Record):
    """A value that a person or another system wants to know after deployment."""

    name: str
    """Lower case with underscores: ``load_balancer_address``."""
    description: str
    value: Textual


NeededFamily = Literal["databases", "caches", "buckets", "queues", "services"]


@dataclass(frozen=True, kw_only=True)
class Need(Record):
    """That a service or job needs something: the cause of whatever is opened between the two.

    Names are those of resources: with underscores, and ``standby_`` in front where both are the standby's.
    """

    by: str
    """The service or job."""
    family: NeededFamily
    """Where the blueprint has what is needed."""
    name: str
    """What is needed, in that family."""
    required: bool | None = None
    """Whether a request fails without it; None: nobody has said."""


class InOrder(tuple[Resource, ...]):
    """Resources of which each stands after what it refers to."""

    __slots__ = ()


@dataclass(frozen=True)
class Architecture(Record):
    """All resources of one environment, in an order in which each stands after what it refers to.

    Raises ValueError where two resources share an address, a reference leads nowhere, or references form a circle:
    those are mistakes of the design step, never of a blueprint.
    """

    project: str
    title: str
    environment: str
    region: str
    resources: tuple[Resource, ...]
    short_name: str = ""
    """What the environment is called in names: ``prod``."""
    name_prefix: str = ""
    """What names begin with by the blueprint's convention: ``shop-prod``."""
    owner: str | None = None
    """Whose environment it is, where several people or teams have the same one in one account."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags on everything that takes tags."""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    workloads: tuple[Workload, ...] = ()
    """What runs in the Kubernetes cluster, where there is one."""
    needs: tuple[Need, ...] = ()
    """What its services and jobs need (``needs:``). What nobody needs is nobody's to reach."""
    off_hours: OffHours | None = None
    """When it is stopped; None: never."""
    beyond: Mapping[Ref[Resource], Resource] = field(default_factory=dict)
    """What resources refer to that stands in another architecture."""
    formerly: Mapping[Ref[Resource], Ref[Resource]] = field(default_factory=dict)
    """What was renamed, and is still called in AWS by the name it had: ``renamed:`` of the blueprint."""
    standby: Architecture | None = None
    """The environment once more in another region, seen by itself: what is ``main`` there stands as ``standby_main``
    among ``resources`` here."""

    def __post_init__(self) -> None:
        if type(self.resources) is not InOrder:
            object.__setattr__(self, "resources", InOrder(_ordered(self.resources, self.beyond)))

    @cached_property
    def in_standby(self) -> frozenset[str]:
        """Addresses of what belongs to the standby."""
        if self.standby is None:
            return frozenset()
        there = {(type(item), item.key, f"{STANDBY}{item.name}") for item in self.standby.resources}
        return frozenset(item.address for item in self.resources if (type(item), item.key, item.name) in there)

    @property
    def stage(self) -> str:
        """The environment with its owner behind it, as in ``dev-jane``; without one the environment alone."""
        return f"{self.environment}-{self.owner}" if self.owner else self.environment

    @cached_property
    def _by_ref(self) -> dict[Ref[Resource], Resource]:
        return {resource.ref: resource for resource in self.resources}

    @cached_property
    def _by_kind(self) -> dict[type[Resource], tuple[Resource, ...]]:
        kinds: dict[type[Resource], list[Resource]] = {}
        for resource in self.resources:
            kinds.setdefault(type(resource), []).append(resource)
        return {kind: tuple(found) for kind, found in kinds.items()}

    @cached_property
    def _by_address(self) -> dict[str, Resource]:
        return {resource.address: resource for resource in self.resources}

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    def __len__(self) -> int:
        return len(self.resources)

    def __getitem__(self, ref: Ref[R]) -> R:
        found = self._by_ref.get(ref) or self.beyond[ref]
        assert isinstance(found, ref.kind)
        return found

    def __contains__(self, ref: object) -> bool:
        return ref in self._by_ref

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """All resources of a kind, in order."""
        return cast("tuple[R, ...]", self._by_kind.get(kind, ()))

    def find(self, kind: type[R], name: str, key: str | None = None) -> R | None:
        """The resource of that kind and name, or None."""
        ref = Ref(kind, name, key)
        return self[ref] if ref in self._by_ref else None

    def in_aws(self, ref: Ref[Resource]) -> Ref[Resource]:
        """What a resource was called when AWS made it: its name now, unless it was renamed since."""
        return self.formerly.get(ref, ref)

    def at(self, address: str) -> Resource | None:
        """The resource with an address like ``subnet.private[a]``, or None."""
        return self._by_address.get(address)

    @cached_property
    def _made(self) -> dict[Callable[[Architecture], object], object]:
        return {}

    def made_by(self, make: Callable[[Architecture], T]) -> T:
        """What is made of all of it: made once, and kept as long as the architecture, like its rights."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(T, self._made[make])

    @cached_property
    def dependents(self) -> Mapping[Ref[Resource], tuple[Resource, ...]]:
        """Who refers to a resource."""
        found: dict[Ref[Resource], dict[str, Resource]] = {}
        for resource in self.resources:
            for ref in resource.references():
                found.setdefault(ref, {})[resource.address] = resource
        return {ref: tuple(users.values()) for ref, users in found.items()}

    def changed(self, resource: Resource, **changes: object) -> Architecture:
        """The same architecture with some fields of one resource changed: for what-ifs and planted faults."""
        new = replace(resource, **changes)
        return self.with_resources(new if old.ref == resource.ref else old for old in self.resources)

    def with_resources(self, resources: Iterable[Resource]) -> Architecture:
        """The same architecture with other resources."""
        return replace(self, resources=resources if type(resources) is InOrder else tuple(resources))


def _ordered(resources: tuple[Resource, ...], beyond: Mapping[Ref[Resource], Resource]) -> tuple[Resource, ...]:
    """The given order, but with what a resource refers to in front of it: a depth-first walk."""
    by_ref = {resource.ref: resource for resource in resources}
    if len(by_ref) < len(resources):
        twice = next(item for item, count in Counter(item.address for item in resources).items() if count > 1)
        raise ValueError(f"two resources have the address {twice}")
    done: dict[Ref[Resource], Resource] = {}
    path: dict[Ref[Resource], None] = {}

    def visit(resource: Resource) -> None:
        path[resource.ref] = None
        for ref in resource.references():
            if ref in done:
                continue
            if ref in path:
                circle = " -> ".join(str(step) for step in [*list(path)[list(path).index(ref) :], ref])
                raise ValueError(f"references form a circle: {circle}")
            if ref in beyond:
                continue
            if ref not in by_ref:
                raise ValueError(f"{resource.address} refers to {ref}, which does not exist")
            visit(by_ref[ref])
        del path[resource.ref]
        done[resource.ref] = resource

    for resource in resources:
        if all(ref in done for ref in resource.references()):
            done[resource.ref] = resource  # as nearly all do: a design adds what it refers to first
        elif resource.ref not in done:
            visit(resource)
    return tuple(done.values())
