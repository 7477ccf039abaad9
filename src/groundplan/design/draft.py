"""What the design steps share: the blueprint they read, the resources they add, the names they give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar, get_args

from groundplan.blueprint.models import Blueprint
from groundplan.catalog import instances, names, regions
from groundplan.design.causes import POLICIES, with_cause
from groundplan.design.deployer import with_boundary
from groundplan.design.order import with_order
from groundplan.errors import InputError, Problem
from groundplan.resources.architecture import Architecture, Input, Need, NeededFamily, Output
from groundplan.resources.base import Resource
from groundplan.resources.network import Vpc
from groundplan.resources.off_hours import OffHours
from groundplan.resources.policies import Cause
from groundplan.resources.values import Ref, Textual
from groundplan.resources.workloads import Workload
from groundplan.units import shown

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.design.keeping import Kept

R = TypeVar("R", bound=Resource)

VPC = Ref(Vpc, "main")
"""Every environment has one VPC of its own."""
STANDBY = "standby"
"""What stands behind the names of a standby whose convention does not name the environment."""
FAMILIES = ("databases", "caches", "buckets", "queues", "services", "jobs", "capacity")
"""The families of the blueprint, in the order in which the design takes them."""
NEEDED: tuple[NeededFamily, ...] = get_args(NeededFamily)


def identifier(name: str) -> str:
    """A blueprint's name as resources are called: underscores instead of hyphens."""
    return name.replace("-", "_")


@dataclass
class Draft:
    """An architecture in the making. Problems are collected, so that a person sees all of them at once."""

    loaded: LoadedEnvironment
    resources: list[Resource] = field(default_factory=list)
    refs: set[Ref[Resource]] = field(default_factory=set)
    """What is there already."""
    twice: set[str] = field(default_factory=set)
    """Places of names that make what is there already: one complaint each is enough."""
    inputs: list[Input] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    """What runs in the Kubernetes cluster."""
    off_hours: OffHours | None = None
    """When it is stopped."""
    problems: list[Problem] = field(default_factory=list)
    primary: Draft | None = None
    """The environment that this one is the standby of, in another region."""
    standby: Draft | None = None
    """Its standby in another region."""
    kept: Kept | None = None
    """The resources of designs before this one; None: this is the only one."""

    @property
    def blueprint(self) -> Blueprint:
        """What was asked for."""
        return self.loaded.blueprint

    @property
    def environment(self) -> str:
        """Name of the environment; a standby is of the same one."""
        return (self.primary or self).loaded.name

    @property
    def stage(self) -> str:
        """The environment, and behind it its owner where several share an account: for names beside the convention."""
        owner = self.blueprint.owner_id
        return f"{self.short_name}-{owner}" if owner else self.short_name

    @property
    def short_name(self) -> str:
        """What the environment is called in names."""
        return self.blueprint.short_name or self.environment

    @property
    def title(self) -> str:
        """The application's spelling in names that allow capitals."""
        return self.blueprint.display_name

    @property
    def marks(self) -> dict[str, str]:
        """The tags that tell what belongs to this environment, and to this owner of it."""
        owner = self.blueprint.owner_id
        return {"Project": self.title, "Environment": self.environment} | ({"Owner": owner} if owner else {})

    @property
    def tags(self) -> Mapping[str, str]:
        """Tags on everything."""
        common = {**self.marks, "ManagedBy": "Groundplan"}
        about = self.blueprint.about
        if about.specification:
            common["Specification"] = about.specification
        return common | self.blueprint.tags

    def add(self, resource: R, *, because: str = "") -> Ref[R]:
        """Put a resource into the architecture. Reports where the blueprint's names make two of one address.

        ``because``: the place in the blueprint that asks for the rights in its policies; else what it is named after.
        """
        ref = resource.ref
        if ref in self.refs:
            path = self.origin_of(resource.name)
            if path not in self.twice:
                what = f"{resource.kind_name().replace('_', ' ')} {resource.name}"
                self.problem(path, f"the {what} would be there twice, made from two names; choose another name")
            self.twice.add(path)
            return ref
        self.refs.add(ref)
        resource = with_boundary(resource, (self.primary or self).loaded)  # a standby is of the same environment
        causes = () if type(resource) not in POLICIES else (self.cause(because or self.origin_of(resource.name)),)
        self.resources.append(with_cause(resource, *causes) if causes else resource)
        return ref

    def take(self, step: Callable[[Draft], None]) -> None:
        """Do a step of the design, unless designs before this one know what it adds."""
        if self.kept:
            self.kept.replayed.take(step, self)
        else:
            step(self)

    def of(self, kind: type[R]) -> list[R]:
        """All resources of a kind so far."""
        return [item for item in self.resources if isinstance(item, kind)]

    def refs_of(self, kind: type[R]) -> list[Ref[R]]:
        """References to all resources of a kind so far, for who need not know more of them."""
        return [item.ref for item in self.of(kind)]

    def has(self, ref: Ref[Resource]) -> bool:
        """Whether a resource is there already."""
        return ref in self.refs

    def origin_of(self, name: str) -> str:
        """The place in the blueprint of what a resource's name was made from; of two that fit, the later one."""
        found, called = "", f"{name}_"
        for family in FAMILIES:
            for key in getattr(self.blueprint, family):
                if called.startswith(f"{identifier(key)}_"):
                    found = f"{family}.{key}"
        return found

    def output(self, name: str, description: str, value: Textual) -> None:
        """Tell people a value after deployment."""
        self.outputs.append(Output(name=name, description=description, value=value))

    def input(self, name: str, description: str, *, default: str | None, pattern: str, hint: str) -> None:
        """Ask for a value at deployment."""
        self.inputs.append(
            Input(name=name, description=description, default=default, pattern=pattern, pattern_hint=hint)
        )

    def cause(self, path: str) -> Cause:
        """The place in the blueprint that something is there because of."""
        return Cause(path, self.loaded.position(path))

    def problem(self, path: str, message: str) -> None:
        """Note that the blueprint asks for something that cannot be."""
        self.problems.append(self.loaded.problem(path, message))

    def plain(self, name: str) -> str:
        """A thing's name by the blueprint's convention, spelled as in the title: for Name tags and composed names."""
        return self._filled(self._pattern, name)

    def _filled(self, pattern: str, name: str) -> str:
        return pattern.format(name=name, **self._said)

    @cached_property
    def _said(self) -> Mapping[str, str | None]:
        """What names say, by their placeholders."""
        return {
            "title": self.title,
            "project": self.blueprint.project,
            "environment": self.short_name,
            "owner_id": self.blueprint.owner_id,
        }

    def _placed(self, pattern: str) -> str:
        """A convention that does not name the environment would give primary and standby the same names."""
        if self.primary is None or "{environment}" in pattern:
            return pattern
        return pattern.replace("{name}", f"{{name}}-{STANDBY}") if "{name}" in pattern else f"{pattern}-{STANDBY}"

    @cached_property
    def _pattern(self) -> str:
        return owned_pattern(self._placed(self.blueprint.names), owned=self.blueprint.owner_id is not None)

    def owned(self, name: str) -> str:
        """A whole name that the blueprint writes, with the owner behind it: it has to be every owner's own."""
        return f"{name}-{self.blueprint.owner_id}" if self.blueprint.owner_id else name

    def written(self, pattern: str, name: str) -> str:
        """A whole name of a thing that the blueprint writes with placeholders, and every owner's own as well."""
        pattern = self._placed(pattern)
        if "{owner_id}" not in pattern:
            return self.owned(self._filled(pattern, name))
        return self._filled(owned_pattern(pattern, owned=self.blueprint.owner_id is not None), name)

    def called(self, kind: str, name: str, path: str, *, lengthened: bool = False) -> str:
        """A thing's name by the convention, in the spelling that its service demands.

        ``path`` is the place in the blueprint that a name which is too long or illegal is reported at.
        """
        return self.legal(kind, self.plain(name), path, lengthened=lengthened)

    def legal(self, kind: str, name: str, path: str, *, lengthened: bool = False) -> str:
        """A given name in the spelling that its service demands.

        It is shortened where an ``owner_id`` makes it too long, that it is the standby's, or what Groundplan itself
        ``lengthened`` it by: who only wants an environment of their own cannot choose shorter names for everybody.
        """
        rule = names.rule(kind)
        fitted = rule.fit(name)
        if (self.blueprint.owner_id or self.primary or lengthened) and len(fitted) > rule.maximum:
            fitted = shortened(fitted, rule.maximum)
        problem = rule.problem(fitted)
        if problem:
            self.problem(path, problem)
        return fitted

    def check_class(self, name: str, prefix: str, path: str) -> None:
        """Report an instance class (``db.``) or node type (``cache.``) that AWS does not have."""
        if not name.startswith(prefix):
            self.problem(path, f'"{name}" has to begin with {prefix}, like {prefix}t4g.micro')
        elif instances.find(name) is None:
            self.problem(path, f'AWS has no "{name}"{instances.suggest(name)}')

    def name_tag(self, name: str) -> Mapping[str, str]:
        """The ``Name`` tag by the convention."""
        return {"Name": self.plain(name)}

    def elsewhere(self, region: str) -> str | None:
        """A region as resources say it: None where it is the environment's own."""
        return None if region == self.blueprint.region else region

    def zone(self, letter: str) -> str:
        """Full name of an availability zone."""
        return f"{self.blueprint.region}{letter}"

    def check(self) -> None:
        """Raises InputError with every problem that was noted."""
        if self.problems:
            raise InputError(sorted(dict.fromkeys(self.problems), key=_place))

    def _needs(self) -> Iterator[Need]:
        """What ``needs:`` of services and jobs name."""
        for family in (self.blueprint.services, self.blueprint.jobs):
            for by, workload in family.items():
                for need in workload.needs:
                    for needed in NEEDED:
                        if need.name in getattr(self.blueprint, needed):
                            name = identifier(need.name)
                            yield Need(by=identifier(by), family=needed, name=name, required=need.required)

    def finish(self, beyond: Mapping[Ref[Resource], Resource] | None = None) -> Architecture:
        """The architecture; ``beyond`` is what it refers to in another one.

        Raises InputError with every problem that was noted.
        """
        self.check()

        def whole(resources: tuple[Resource, ...]) -> Architecture:
            return Architecture(
                project=self.blueprint.project,
                title=self.title,
                environment=self.loaded.name,
                short_name=self.short_name,
                name_prefix=self.plain("\0").partition("\0")[0].rstrip("-_./"),
                owner=self.blueprint.owner_id,
                region=self.blueprint.region,
                resources=resources,
                tags=self.tags,
                inputs=tuple(self.inputs),
                outputs=tuple(self.outputs),
                workloads=tuple(self.workloads),
                needs=tuple(self._needs()),
                off_hours=self.off_hours,
                beyond=beyond or {},
            )

        resources = with_order(self.resources)
        return self.kept.in_order(resources, whole) if self.kept else whole(tuple(resources))


_OWNER = re.compile(r"/\{owner_id\}$|(?<![^/])\{owner_id\}[-_./]?|[-_.]?\{owner_id\}")


def owned_pattern(pattern: str, *, owned: bool) -> str:
    """A naming convention with the place of the owner: behind the environment, or before the name, where it does not
    say one. Without an owner, its place goes with the separator in front of it; at the beginning, or of a part of a
    path, with the one behind it."""
    if not owned:
        return _OWNER.sub("", pattern)
    if "{owner_id}" in pattern:
        return pattern
    if "{environment}" in pattern:
        return re.sub(
            r"\{environment\}([-_./]?)(?=(.?))",
            lambda match: f"{{environment}}{match[1] or '-'}{{owner_id}}{match[1] or ('-' if match[2] else '')}",
            pattern,
            count=1,
        )
    return re.sub(
        r"([-_./]?)\{name\}", lambda match: f"{match[1]}{{owner_id}}{match[1] or '-'}{{name}}", pattern, count=1
    )  # fmt: skip


def shortened(name: str, most: int) -> str:
    """A name cut to so many characters, with a mark at its end that only the whole name has. ``.fifo`` stays."""
    stem = name.removesuffix(".fifo")
    tail = f"-{sha256(name.encode()).hexdigest()[:6]}{name[len(stem) :]}"
    return stem[: most - len(tail)].rstrip("-_./") + tail


def _place(problem: Problem) -> tuple[int, int]:
    """Problems are told in the order of the file."""
    return (problem.position.line, problem.position.column) if problem.position else (0, 0)


def check_region(draft: Draft) -> None:
    """Report a region that does not exist, and zones that it lacks."""
    region = draft.blueprint.region
    known = regions.find(region)
    if known is None:
        draft.problem("region", f"there is no AWS region {shown(region)}{regions.suggest(region)}")
        return
    for letter in draft.blueprint.network.zones:
        if letter not in known.zones:
            letters = ", ".join(known.zones)
            draft.problem("network.zones", f"{region} has no zone {letter}; it has {letters}")
