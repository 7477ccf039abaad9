"""From the architectures of several environments to the modules that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from groundplan.engines.terraform.hcl import Argument, Block, Call, Conditional, Expression, Item, Row, Value
from groundplan.engines.terraform.modules import nouns
from groundplan.engines.terraform.modules.bodies import body_of
from groundplan.engines.terraform.modules.features import Features
from groundplan.engines.terraform.modules.folded import Folding
from groundplan.engines.terraform.modules.groups import Member, links_in
from groundplan.engines.terraform.modules.handed import Bundles, Handed, handed
from groundplan.engines.terraform.modules.links import Group, Link, Normal
from groundplan.engines.terraform.modules.parcels import Parcels, code_of
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.repeated import once
from groundplan.engines.terraform.modules.slots import EVERY, CannotShareError, Slot, plural
from groundplan.engines.terraform.modules.unify import Description
from groundplan.engines.terraform.modules.variables import Interface, object_type

MODULES: Mapping[str, str] = {
    "network.tf": "networking", "security_groups.tf": "networking", "dns.tf": "networking",
    "alb.tf": "load_balancing", "waf.tf": "load_balancing", "api_gateway.tf": "load_balancing",
    "ecs.tf": "compute", "eks.tf": "compute", "ecr.tf": "compute", "compute.tf": "compute",
    "autoscaling.tf": "compute", "scheduler.tf": "compute",
    "rds.tf": "database", "elasticache.tf": "database", "dynamodb.tf": "database",
    "s3.tf": "storage", "efs.tf": "storage",
    "kms.tf": "security", "iam.tf": "security", "secrets.tf": "security", "parameters.tf": "security",
    "cloudwatch.tf": "monitoring", "budgets.tf": "monitoring", "xray.tf": "monitoring", "events.tf": "monitoring",
    "automation.tf": "recovery",
    "cloudfront.tf": "cdn",
    "sqs.tf": "messaging",
    "audit.tf": "audit", "security.tf": "audit",
    "backup.tf": "backup",
}  # fmt: skip
"""The module of each file of the flat rendering; what is not in here is of another cloud."""
ANOTHER_CLOUD = "google"
CONTENTS: Mapping[str, str] = {
    "networking": "VPC, subnets, routes, gateways, network ACLs, security groups and DNS",
    "load_balancing": "Load balancer, its certificates, listeners and target groups, firewall and APIs",
    "compute": "What runs: clusters, tasks, services, nodes, images, schedules",
    "database": "Databases, caches and tables",
    "storage": "Buckets and shared files",
    "security": "Keys, roles, secrets and parameters",
    "monitoring": "Logs, alarms and whom they tell, dashboards, budgets, traces and events",
    "recovery": "Runbooks that Systems Manager carries out",
    "cdn": "Content delivery",
    "messaging": "Queues",
    "audit": "Who did what, and what is configured against the rules",
    "backup": "Backup vaults and plans",
    ANOTHER_CLOUD: "What stands by in Google Cloud",
}
"""What each module makes."""


def modules() -> Iterable[str]:
    """The names of all modules, in order."""
    return dict.fromkeys((*MODULES.values(), ANOTHER_CLOUD))


def module_of(file: str) -> str:
    """The module that a file of the flat rendering belongs to."""
    return MODULES.get(file, ANOTHER_CLOUD)


class NotAlikeError(Exception):
    """A group of a module whose instances cannot be described together."""

    def __init__(self, reason: str, keyed: Group | None) -> None:
        super().__init__(reason)
        self.keyed = keyed
        """The group, where it has keys and could be taken apart."""


@dataclass
class Module:
    """One module in the making."""

    name: str
    members: Mapping[Group, Member]
    environments: tuple[str, ...]
    """The environments that call it."""
    interface: Interface
    items: dict[str, list[Item]] = field(default_factory=dict)
    """By file of the flat rendering."""
    takes: dict[str, Handed] = field(default_factory=dict)


@dataclass
class Sharing:
    """All modules of one set of environments."""

    readings: Mapping[str, Reading]
    members: Mapping[Group, Member]
    names: Mapping[str, Mapping[str, str]]
    features: Features
    bundles: Bundles
    parcels: Parcels

    @property
    def environments(self) -> tuple[str, ...]:
        return tuple(self.readings)

    def module(self, name: str, environments: tuple[str, ...]) -> Module:
        """One module, for these environments. Raises CannotShareError."""
        inside = {
            group: Member(
                group,
                member.file,
                member.place,
                {slot: block for slot, block in member.instances.items() if slot.environment in environments},
            )
            for group, member in self.members.items()
            if module_of(member.file) == name and set(member.environments) & set(environments)
        }
        callers = tuple(
            environment for environment in environments if any(environment in m.environments for m in inside.values())
        )
        module = Module(name, inside, callers, Interface(callers, self.features))
        writer = _Writer(self, module)
        for group in inside:
            module.items.setdefault(inside[group].file, []).extend(writer.blocks(group))
        module.items = once(module.items)
        return module


@dataclass
class _Writer:
    """Writes the groups of one module."""

    sharing: Sharing
    module: Module
    maps: dict[_Pattern, dict[Group, str]] = field(default_factory=dict)
    """The code of the map that a group exists for, by the map's keys."""
    zones: dict[_Pattern, str] = field(default_factory=dict)
    """The code of lists of zones."""
    conditions: dict[Group, str] = field(default_factory=dict)
    locals: set[str] = field(default_factory=set)
    """Names of local values."""

    def __post_init__(self) -> None:
        self._find_conditions()
        self.locals |= {group.name for group in self.module.members if group.block == "local"}

    def blocks(self, group: Group) -> list[Block]:
        """A group as one block, behind the table of what differs by name, where there is one."""
        member = self.module.members[group]
        slots = tuple(member.instances)
        description = Description(
            group=group,
            label=group.name,
            slots=slots,
            readings=self.sharing.readings,
            interface=self.module.interface,
            refer=lambda link, key: self.refer(group, link, key),
            names=self.sharing.names,
            keyed=member.keyed,
            is_one_of_several=self._is_one_of_several(group),
            by_name=member.by_name,
        )
        try:
            body = body_of(description, {slot: block.body for slot, block in member.instances.items()})
        except CannotShareError as reason:
            raise NotAlikeError(str(reason), group if member.keyed else None) from reason
        if group.block == "local":
            return [Block("locals", (), self._local(group, body))]
        meta: list[Item] = []
        table: list[Block] = []
        if member.by_name:
            meta.append(Argument("for_each", self._named(group, member, description, table)))
        elif member.keyed:
            meta.append(Argument("for_each", Expression(self._each(group, member, description))))
        elif group in self.conditions and (own := _own_for_each(body)) is not None:
            wanted = Conditional(self.conditions[group], own.value, {})
            body = tuple(Argument("for_each", wanted) if item is own else item for item in body)
        elif group in self.conditions:
            meta.append(Argument("count", Expression(f"{self.conditions[group]} ? 1 : 0")))
        if group not in self.conditions:
            folding = Folding(nouns.called(group.type, group.name), taken=self.locals)
            body = folding.body(body)
            table += folding.blocks
        return [*table, Block(group.block, (group.type, group.name), (*meta, *body))]

    def _is_one_of_several(self, group: Group) -> bool:
        """Whether the label is that of one: what is called ``main`` may be the only one."""
        if group.name != nouns.MAIN:
            return group.name != EVERY
        return sum(other.type == group.type for other in self.module.members) > 1

    def _local(self, group: Group, body: tuple[Item, ...]) -> tuple[Item, ...]:
        (item,) = body
        assert isinstance(item, Argument)
        if group not in self.conditions:
            return (item,)
        return (Argument(item.name, Conditional(self.conditions[group], item.value, None)),)

    def _named(self, group: Group, member: Member, description: Description, table: list[Block]) -> Value:
        """The table of what differs by name, as a local value, and of it what the environment has."""
        pattern = {name: member.keys(name) for name in self.module.environments}
        every = sorted({key for keys in pattern.values() for key in keys})
        some = {key for key in every if not all(key in keys for keys in pattern.values())}
        if not description.columns and not some:
            return Call("toset", list(every))
        wanted = {key: self.module.interface.switch(self.sharing.features.by_group[group.row(key)]) for key in some}
        rows: dict[str, Value] = {}
        for key in every:
            row = Row({name: column.get(key) for name, column in description.columns.items()})
            rows[key] = Conditional(wanted[key], row, None) if key in some else row
            if not description.columns:
                rows[key] = Expression(wanted[key]) if key in some else True
        local = plural(nouns.called(group.type, group.name, main=True))
        if local in self.locals:
            local = plural(nouns.called_by_type(group.type, group.name))
        self.locals.add(local)
        table.append(Block("locals", (), (Argument(local, rows),)))
        if not some:
            return Expression(f"local.{local}")
        there = "item != null" if description.columns else "item"
        return Expression(f"{{ for name, item in local.{local} : name => item if {there} }}")

    def _each(self, group: Group, member: Member, description: Description) -> str:
        """What the group exists for: a map of what differs by key, or the zones."""
        pattern = self._pattern(member)
        if not description.fields:
            return self._zones(group, member, pattern)
        rows = {
            environment: {
                key: {
                    name: values[Slot(environment, key)]
                    for name, values in description.fields.items()
                    if values.get(Slot(environment, key)) is not None
                }
                for key in member.keys(environment)
            }
            for environment in self.module.environments
        }
        names = nouns.several(group.type, group.name), plural(nouns.called_by_type(group.type, group.name))
        values: dict[str, Normal] = dict(rows.items())
        code = self.module.interface.variable(names, "", f"{group.address} by zone", values)
        every = [row for table in rows.values() for row in table.values()]
        self.module.interface.retype(code, f"map({object_type(every)})")
        self.maps.setdefault(pattern, {})[group] = code
        return code

    def _zones(self, group: Group, member: Member, pattern: _Pattern) -> str:
        """The map of the same keys that the group belongs to, by its name or since it refers to that: the private
        subnets for their route tables. Else the zones alone."""
        known = self.maps.get(pattern, {})
        slot, block = next(iter(member.instances.items()))
        of_its_zone = [
            link.group for link in links_in(block.body, self.sharing.readings[slot.environment]) if link.key == slot.key
        ]
        for one in (*(one for one in known if one.name == group.name), *of_its_zone):
            if one in known:
                return known[one]
        if pattern in self.zones:
            return self.zones[pattern]
        label = group.name if group.name != nouns.MAIN else nouns.noun(group.type)
        names = ["zones"] if pattern == self._all_zones else []
        names += [f"{label}_zones", f"{nouns.called_by_type(group.type, group.name)}_zones"]
        code = self.module.interface.variable(names, "zones", group.address, dict(pattern))
        return self.zones.setdefault(pattern, f"toset({code})")

    def _pattern(self, member: Member) -> _Pattern:
        return tuple((name, member.keys(name)) for name in self.module.environments)

    @cached_property
    def _all_zones(self) -> _Pattern:
        """The keys of most that has keys."""
        keyed = (one for one in self.module.members.values() if one.keyed and not one.by_name)
        return Counter(map(self._pattern, keyed)).most_common(1)[0][0]

    def refer(self, source: Group, link: Link, key: str) -> str:
        """The code of a link from a group of this module."""
        target = self.sharing.members[link.group.here]
        if link.group.where or module_of(target.file) != self.module.name:
            taken = handed(link, self.sharing.bundles)
            if key == "*" and taken.is_map:
                return ""  # there are others in it
            self.module.takes[taken.name] = taken
            code = code_of(taken, self.sharing.parcels)
            if taken.is_map and not link.group.table:
                return f'{code}["{link.group.name}"]'
            if key == "*":
                return f"values({code})"
            return f"{code}[{key}]" if key else code
        if target.keyed:
            if not link.attribute and not key:
                return link.group.address
            if key == "*":
                return f"values({link.group.address})[*]{link.attribute}"
            return f"{link.group.address}[{key}]{link.attribute}"
        condition = self.conditions.get(link.group)
        if condition is None or not link.attribute:
            return f"{link.group.address}{link.attribute}"
        if link.group.block == "local":
            same = self.conditions.get(source) == condition
            code = f"{link.group.address}{link.attribute}"
            return code if same else f"try({code}, null)"
        if self.conditions.get(source) == condition:
            return f"{link.group.address}[0]{link.attribute}"
        return f"one({link.group.address}[*]{link.attribute})"

    def _find_conditions(self) -> None:
        """What only some of the callers have is counted by its feature; what does no harm anywhere has none."""
        for group, member in self.module.members.items():
            feature = self.sharing.features.by_group.get(group)
            if feature and not member.keyed and set(member.environments) != set(self.module.environments):
                self.conditions[group] = self.module.interface.switch(feature)


_Pattern: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""The keys that a group has in every environment."""


def _own_for_each(body: Iterable[Item]) -> Argument | None:
    return next((item for item in body if isinstance(item, Argument) and item.name == "for_each"), None)
