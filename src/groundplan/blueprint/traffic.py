"""Who asks how often, and what a request costs: what traffic is simulated from."""

from math import isfinite
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from groundplan.blueprint.base import Part
from groundplan.units import DataSize, Duration, Percentage, RequestRate, shown


def read_number(value: object) -> object:
    """Check a number: ``true``, which Python takes for 1, is none, nor is what has no end."""
    try:
        found = None if isinstance(value, bool) or not isinstance(value, int | float | str) else float(value)
    except ValueError:
        found = None
    if found is None or not isfinite(found):
        raise ValueError(f"{shown(value)} is not a number")
    return found


Number = Annotated[float, BeforeValidator(read_number)]
Shape = Literal["day", "constant", "spike", "ramp"]


class Traffic(Part):
    """What is asked of the environment at its busiest: by ``users`` who wait for answers and think, or as ``requests``
    that come whether or not others are answered. Neither: what ``objectives`` demand."""

    users: int | None = Field(default=None, ge=1, le=100_000_000)
    """People at the busiest moment (closed workload): each asks, waits for the answer, thinks, and asks again."""
    think_time: Duration | None = None
    """Time between an answer and the next request of the same user. ``null``: an assumption, which every result
    names."""
    requests: RequestRate | None = None
    """Requests at the busiest moment, like ``200/s`` (open workload)."""
    shape: Shape = "day"
    """How the load runs. ``day``: a curve with its quietest hour at 04:00 and its busiest at 16:00; ``constant``;
    ``spike``: ``quiet`` of it, and in the middle all at once for half an hour; ``ramp``: from ``quiet`` of it evenly to
    all of it."""
    quiet: Percentage = Percentage.parse("20%")
    """Load of the quietest moment, as a share of the busiest."""


class Load(Part):
    """What a request costs a service, from a measurement (``file``) or as figures. What is left out is assumed, and
    every result names it."""

    cpu_ms: Number | None = Field(default=None, ge=0.001, le=3_600_000)
    """Milliseconds of one whole vCPU that a request takes, on average: on a task with a quarter of a vCPU it takes four
    times as long."""
    wait_ms: Number | None = Field(default=None, ge=0, le=3_600_000)
    """Milliseconds that a request waits for others, on average: databases, caches, other services. Where the service
    needs a database it holds one of the task's connections meanwhile."""
    deviation: Number = Field(default=1.0, ge=0, le=10)
    """How much requests differ: standard deviation of ``cpu_ms`` and ``wait_ms`` as a multiple of the mean. 0: all are
    alike; 1: as exponential times."""
    concurrency: int | None = Field(default=None, ge=1, le=1000)
    """Requests that a task works on at a time, like the number of workers; others wait for one to end. ``null``: as
    many as come, as with asynchronous servers."""
    connections: int | None = Field(default=None, ge=1, le=1000)
    """Connections that a task opens to its database. Default: what an environment variable like ``DB_POOL_SIZE`` says,
    else 10."""
    memory: DataSize | None = None
    """Memory that a task uses. ``null``: it stays below what scaling holds."""
    visits: Number | None = Field(default=None, ge=0, le=1000)
    """Requests to this service for each request of ``traffic``. Default: 1 for a public service, 0 for others."""
    file: str | None = Field(default=None, min_length=1)
    """A measurement instead of ``cpu_ms`` and ``wait_ms``: a CSV beside the blueprint with a line for each step of a
    load test and the columns ``requests_per_second``, ``cpu_percent`` (of the tasks' size), ``latency_ms`` (mean) and,
    unless it was one, ``tasks``."""
