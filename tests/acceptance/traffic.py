"""The services of an example under load, and the load that its README tells of."""

from __future__ import annotations

import re
from dataclasses import replace

from groundplan.simulation.traffic import Cost, Demand, Subject

USERS = Demand(users=50_000.0, think=10.0, rate=None, shape="day", quiet=0.2, source="README")
"""What the tables are about."""


def cost_of(row: dict[str, str]) -> Cost:
    """What a request costs in a row of a table."""
    return Cost(_number(row["CPU of a request"]), _number(row["waiting"]))


def sized(subject: Subject, size: str) -> Subject:
    """A service with tasks of the size that a table says: ``256 CPU units, 512 MiB``."""
    cpu, memory = map(int, re.findall(r"\d+", size))
    hourly = subject.hourly and subject.hourly * cpu / subject.cpu_units
    return replace(subject, cpu_units=cpu, memory_mib=memory, hourly=hourly)


def _number(text: str) -> float:
    return float(text.split()[0])
