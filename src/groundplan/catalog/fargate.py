"""The sizes that a Fargate task can have: CPU in units (1024 are one vCPU), memory in MiB."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from groundplan.catalog import _data
from groundplan.catalog._data import Source
from groundplan.record import Record, dataclass


@dataclass(frozen=True, order=True)
class FargateSize(Record):
    """CPU units and MiB of memory that Fargate runs together."""

    cpu: int
    memory_mib: int

    def __str__(self) -> str:
        return f"{self.cpu} CPU units with {self.memory_mib} MiB"


@cache
def _table() -> tuple[MappingProxyType[int, tuple[int, ...]], Source]:
    table = _data.toml("fargate")
    memories = {size["cpu"]: tuple(size["memory_mib"]) for size in table["sizes"]}
    return MappingProxyType(memories), _data.source_of(table)


def source() -> Source:
    """Where AWS publishes the sizes."""
    return _table()[1]


def cpus() -> tuple[int, ...]:
    """Every CPU size in CPU units, smallest first."""
    return tuple(_table()[0])


def memories_for(cpu: int) -> tuple[int, ...]:
    """The memory sizes in MiB that go with a CPU size, smallest first; empty where there is no such CPU size."""
    return _table()[0].get(cpu, ())


def valid_sizes() -> tuple[FargateSize, ...]:
    """Every size, smallest first."""
    return tuple(FargateSize(cpu, memory) for cpu in cpus() for memory in memories_for(cpu))


def is_valid(cpu: int, memory_mib: int) -> bool:
    """Whether Fargate runs a task of that size."""
    return memory_mib in memories_for(cpu)


def nearest(cpu: int, memory_mib: int) -> FargateSize:
    """The smallest size that has at least this much of both; the largest of all where none has."""
    for size in valid_sizes():
        if size.cpu >= cpu and size.memory_mib >= memory_mib:
            return size
    return valid_sizes()[-1]


def problem(cpu: int, memory_mib: int) -> str | None:
    """What is wrong with a size and what would be right, or None where Fargate runs it."""
    if is_valid(cpu, memory_mib):
        return None
    memories = memories_for(cpu)
    near = nearest(cpu, memory_mib)
    if not memories:
        known = ", ".join(map(str, cpus()))
        return f"Fargate has no size of {cpu} CPU units; it has {known}. The nearest fit is {near}"
    known = ", ".join(map(str, memories))
    return (
        f"Fargate has no {cpu} CPU units with {memory_mib} MiB; with {cpu} goes {known} MiB. The nearest fit is {near}"
    )
