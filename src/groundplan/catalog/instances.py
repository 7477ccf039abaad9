"""Sizes of machines: RDS instance classes, ElastiCache node types, EC2 instance types.

What is not known (the memory of a node type that AWS has just brought out) is None: unknown is said as unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, floor

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.errors import suggestion
from groundplan.record import Record, dataclass

MAX_CONNECTIONS_SOURCE = Source(
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections",
    date(2026, 11, 21),
)
"""RDS sets ``max_connections`` of PostgreSQL to ``LEAST({DBInstanceClassMemory/9531392},5000)``, memory in bytes."""


OS_MEMORY = Fraction(7985, 8192)
"""How much of an instance's memory its operating system sees, in AWS's own example of an m4.large.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html (2026-11-21)"""
SYSTEM_SHARE = Fraction(5, 100)
"""How much of it AWS recommends to keep for the ECS agent and the system.
Source: https://docs.aws.amazon.com/batch/latest/userguide/ecs-reserved-memory.html (2026-11-21)"""


@dataclass(frozen=True)
class Instance(Record):
    """A size of machine. For ElastiCache, memory is what AWS publishes as the node's, not the host's."""

    name: str
    vcpu: int | None
    memory_gib: Decimal | None
    architecture: str | None
    """``x86_64`` or ``arm64``."""
    burstable: bool | None
    """Whether it runs on CPU credits (T families)."""
    engines: tuple[str, ...]
    """The RDS engines that offer this class in some region and version; empty for other kinds."""
    source: Source

    @property
    def family(self) -> str:
        """``m6g`` of ``db.m6g.large``."""
        return self.name.split(".")[-2]

    def max_connections(self) -> int | None:
        """RDS's default ``max_connections`` for PostgreSQL: ``LEAST({DBInstanceClassMemory/9531392},5000)``.

        An upper bound: DBInstanceClassMemory is the class's memory less what RDS itself takes, which AWS does not
        publish. None where the memory is not known. Source: MAX_CONNECTIONS_SOURCE.
        """
        if self.memory_gib is None:
            return None
        return min(int(self.memory_gib * 1024**3 // 9531392), 5000)

    def reserved_memory_mib(self) -> int | None:
        """Memory that an ECS agent should keep from tasks (``ECS_RESERVED_MEMORY``), in MiB: SYSTEM_SHARE of it."""
        return None if self.memory_gib is None else ceil(self._seen_mib() * SYSTEM_SHARE)

    def task_memory_mib(self) -> int | None:
        """Memory for the ECS tasks of an EC2 instance, in MiB: what the system sees less what it keeps.

        An estimate, since AWS publishes it for no type. Source: OS_MEMORY, SYSTEM_SHARE.
        """
        reserved = self.reserved_memory_mib()
        return None if reserved is None else floor(self._seen_mib()) - reserved

    def _seen_mib(self) -> Fraction:
        return Fraction(self.memory_gib or 0) * 1024 * OS_MEMORY


def _instance(row: list[str]) -> Instance:
    name, vcpu, memory, architecture, burstable, *engines, source, source_date = row
    return Instance(
        name=name,
        vcpu=int(vcpu) if vcpu else None,
        memory_gib=Decimal(memory) if memory else None,
        architecture=architecture or None,
        burstable=burstable == "yes" if burstable else None,
        engines=tuple(engines[0].split()) if engines else (),
        source=Source(source, date.fromisoformat(source_date)),
    )


class _Table(Mapping[str, Instance]):
    """The sizes of one file, in its order. One that is asked for is looked up: reading them all takes 3 ms."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[str, Instance] = {}

    def __getitem__(self, name: str) -> Instance:
        if name not in self._found:
            row = next((row for row in _data.rows_of(self._file, name) if row[0] == name), None)
            if row is None:
                raise KeyError(name)
            self._found[name] = _instance(row)
        return self._found[name]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        whole = {row[0]: _instance(row) for row in _data.rows(self._file)}
        self._found |= whole
        return tuple(whole)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def rds_classes() -> Mapping[str, Instance]:
    """Current RDS instance classes (``db.t3.medium``) by name, by family and size."""
    return _Table("rds_instance_classes")


@cache
def cache_node_types() -> Mapping[str, Instance]:
    """ElastiCache node types (``cache.t3.medium``) by name, by family and size."""
    return _Table("cache_node_types")


@cache
def ec2_types() -> Mapping[str, Instance]:
    """EC2 instance types of the common families (``t3.medium``) by name, by family and size."""
    return _Table("ec2_instance_types")


def find(name: str) -> Instance | None:
    """The class (``db.…``), node type (``cache.…``) or instance type of that name, or None."""
    return _table(name).get(name)


def suggest(name: str) -> str:
    """``'; did you mean "db.t3.medium"?'``, else the sizes of the same family, else the families there are."""
    table = _table(name)
    parts = name.split(".")
    family = parts[-2] if len(parts) > 1 else ""
    same_family = [each for each, instance in table.items() if instance.family == family]
    if same_family:
        return f"; sizes of this family: {', '.join(same_family)}"
    near = suggestion(name, table)
    if near.startswith("; did you mean"):
        return near
    return f"; families: {', '.join(sorted({instance.family for instance in table.values()}))}"


def _table(name: str) -> Mapping[str, Instance]:
    if name.startswith("db."):
        return rds_classes()
    return cache_node_types() if name.startswith("cache.") else ec2_types()
