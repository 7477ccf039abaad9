"""What a module gives others goes over together: one output there, one object variable here, ``var.keys.key_arns``.

As much goes together as can: all that others need of a module, else what stands in one of its files, else what is of
one type, else what is of one resource. Whoever takes one of the values waits for all of them: where something would
then wait for itself, less goes together. What is ephemeral goes by itself, since Terraform wants that said of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.modules import nouns
from groundplan.engines.terraform.modules.groups import Member, Reference
from groundplan.engines.terraform.modules.handed import Bundles, Handed, handed
from groundplan.engines.terraform.modules.links import Group, Link
from groundplan.engines.terraform.modules.sites import Site
from groundplan.engines.terraform.modules.slots import EVERY

EVERYTHING = "resources"
"""The output with all that others need of a module."""
_IN_FILE: Mapping[str, str] = {
    "network.tf": "network", "security_groups.tf": "security_groups", "dns.tf": "dns",
    "alb.tf": "load_balancers", "waf.tf": "firewalls", "api_gateway.tf": "apis",
    "ecs.tf": "services", "eks.tf": "kubernetes", "ecr.tf": "repositories", "compute.tf": "instances",
    "autoscaling.tf": "scaling", "scheduler.tf": "schedules",
    "rds.tf": "databases", "elasticache.tf": "caches", "dynamodb.tf": "tables",
    "s3.tf": "buckets", "efs.tf": "file_systems",
    "kms.tf": "keys", "iam.tf": "roles", "secrets.tf": "secrets", "parameters.tf": "parameters",
    "cloudwatch.tf": "alarms", "budgets.tf": "budgets", "xray.tf": "traces", "events.tf": "events",
    "automation.tf": "runbooks", "cloudfront.tf": "distributions", "sqs.tf": "queues",
    "audit.tf": "trails", "security.tf": "detectors", "backup.tf": "backups",
}  # fmt: skip
"""What the resources of a file are called; what is not in here is of another cloud."""


class Parcel(NamedTuple):
    """Values that go over together."""

    name: str
    """The variable of who takes it at the same site."""
    output: str
    """The output of the module that gives it."""
    content: str
    """What it is, for people: ``networking``, ``the keys of security``."""

    def variable(self, where: str) -> str:
        """The variable of who takes it of another site: ``standby_storage``."""
        return f"{where}_{self.name}" if where else self.name


Parcels: TypeAlias = Mapping[Handed, Parcel]
"""By what is in it, as its own site calls that; what is not in here goes by itself."""


def variable_of(taken: Handed, parcels: Parcels) -> str:
    """The variable that something is taken by."""
    parcel = parcels.get(taken.here)
    return parcel.variable(taken.where) if parcel else taken.name


def code_of(taken: Handed, parcels: Parcels) -> str:
    """``var.networking.vpc_id``: how who takes something speaks of it."""
    parcel = parcels.get(taken.here)
    return f"var.{parcel.variable(taken.where)}.{taken.here.name}" if parcel else f"var.{taken.name}"


def given_code(given: Handed, parcels: Parcels) -> str:
    """``resources.vpc_id``: how a root speaks of what a module gives, behind the module's name."""
    parcel = parcels.get(given.here)
    return f"{parcel.output}.{given.here.name}" if parcel else given.here.name


def parcels(
    references: Iterable[Reference],
    outputs: Iterable[Link],
    every: Mapping[Group, Member],
    sites: Mapping[str, Site],
    bundles: Bundles,
    module: Callable[[Group], str],
) -> Parcels:
    """What goes together. ``outputs`` are what the outputs of the roots refer to: what they alone ask for goes along
    where nothing has to wait for that."""
    packing = _Packing(every, sites, bundles, module)
    packing.add(references, outputs)
    while True:
        if circle := packing.circle():
            packing.loosen(circle)
        elif alike := packing.called_alike():
            packing.loosen(dict.fromkeys(alike))
        else:
            break
    return packing.found()


_OF_ONE_TYPE = 3
_Key: TypeAlias = tuple[str, ...]
"""Module, file, type, name: as far as a parcel is restricted to them."""
_Node: TypeAlias = "tuple[str | None, Group | Handed | _Key]"


@dataclass
class _Packing:
    every: Mapping[Group, Member]
    sites: Mapping[str, Site]
    bundles: Bundles
    module: Callable[[Group], str]
    edges: list[tuple[tuple[str, Group], str | None, Group | Handed]] = field(default_factory=list)
    """What refers, the site of what it refers to, and that."""
    keys: dict[Handed, _Key] = field(default_factory=dict)
    """The parcel that each value is in."""
    for_roots: set[Handed] = field(default_factory=set)
    """What only the roots' outputs ask for."""

    def add(self, references: Iterable[Reference], outputs: Iterable[Link]) -> None:
        """Begin with one parcel for each module."""
        for one in references:
            group = one.link.group.here
            crosses = bool(one.link.group.where) or self.module(group) != self.module(one.group)
            target: Group | Handed = handed(one.link, self.bundles).here if crosses else group
            self.edges.append(((one.site, one.group), self.sites[one.site].of(one.link.group.where), target))
        taken = [target for _, _, target in self.edges if isinstance(target, Handed)]
        asked = [handed(link, self.bundles).here for link in outputs]
        self.for_roots = set(asked) - set(taken)
        self.keys = {one: self._key(one)[:1] for one in (*taken, *asked) if not one.is_ephemeral}

    def _key(self, value: Handed) -> _Key:
        group = value.groups[0]
        alone = () if value.is_map else (group.name,)
        return self.module(group), self.every[group].file, group.type, *alone

    def _contents(self) -> Mapping[_Key, Sequence[Handed]]:
        found: dict[_Key, list[Handed]] = {}
        for one, key in self.keys.items():
            found.setdefault(key, []).append(one)
        return {key: values for key, values in found.items() if len(values) > 1}

    def circle(self) -> Mapping[_Key, Group | None]:
        """The parcels in a circle of what waits for what, and what in each of them waits for the one that takes it;
        none where there is no circle."""
        contents = self._contents()
        graph: dict[_Node, dict[_Node, None]] = {}  # in order, so that the same circle is found each time
        for source, there, target in self.edges:
            if isinstance(target, Group):
                graph.setdefault(source, {})[there, target] = None
                continue
            key = self.keys.get(target, ())
            values = contents.get(key, (target,))
            node: _Node = (there, key if key in contents else target)
            graph.setdefault(source, {})[node] = None
            graph.setdefault(node, {(there, group): None for value in values for group in value.groups})
        for node, targets in graph.items():
            targets.pop(node, None)
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            # Each node is awaited by the next; the first stands at the end once more.
            nodes: list[_Node] = error.args[1]
            return {
                node[1]: inside[1] if isinstance(inside[1], Group) else None
                for inside, node in pairwise(nodes)
                if not isinstance(node[1], Group | Handed)
            }
        return {}

    def called_alike(self) -> list[_Key]:
        """Parcels that would have the same name."""
        names: dict[str, list[_Key]] = {}
        for key in self._contents():
            names.setdefault(self._parcel(key).name, []).append(key)
        return next((keys for keys in names.values() if len(keys) > 1), [])

    def loosen(self, keys: Mapping[_Key, Group | None]) -> None:
        """Put less into the parcel that holds most of its module, first without what only roots ask for. One that
        holds a single type loses no more than what waits."""
        contents = self._contents()
        widest = min(keys, key=lambda key: (len(key), -len(contents[key]), key))
        values = contents[widest]
        if len(widest) == _OF_ONE_TYPE and (waits := keys[widest]) is not None:
            for one in values:
                if waits in one.groups:
                    del self.keys[one]
            return
        without = [one for one in values if one in self.for_roots]
        if without and len(without) < len(values):
            for one in without:
                del self.keys[one]
            return
        for one in values:
            key = self._key(one)[: len(widest) + 1]
            if key == widest:
                del self.keys[one]
            else:
                self.keys[one] = key

    def found(self) -> Parcels:
        """The parcel of each value that does not go by itself."""
        return {one: self._parcel(key) for key, values in self._contents().items() for one in values}

    @staticmethod
    def _parcel(key: _Key) -> Parcel:
        match key:
            case (module,):
                return Parcel(module, EVERYTHING, module)
            case (module, file):
                name = _IN_FILE.get(file, file.removesuffix(".tf"))
                return Parcel(name, name, f"the {name.replace('_', ' ')} of {module}")
            case (module, _, type_):
                name = nouns.several(type_, EVERY)
                return Parcel(name, name, f"{type_} of {module}")
            case (module, _, type_, label):
                name = nouns.called(type_, label)
                return Parcel(name, name, f"{type_}.{label} of {module}")
        raise ValueError(f"no parcel is restricted to {key}")


def by_variable(taken: Iterable[Handed], parcels: Parcels) -> Iterator[tuple[str, Parcel | None, Sequence[Handed]]]:
    """What is taken by each variable, in the order of their names, with its parcel where it is one."""
    found: dict[str, list[Handed]] = {}
    for one in sorted(taken, key=lambda one: one.name):
        found.setdefault(variable_of(one, parcels), []).append(one)
    for name, values in sorted(found.items()):
        yield name, parcels.get(values[0].here), values
