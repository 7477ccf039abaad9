"""Whether answers come fast enough, and enough users and requests are served: by formula, in the steady state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.objectives.answer import Answer, Figure
from groundplan.resources import Architecture
from groundplan.simulation.traffic.demand import Demand, demand
from groundplan.simulation.traffic.facts import Subject, subjects
from groundplan.simulation.traffic.steady import FULL, most_requests, most_users, steady
from groundplan.units import Latency

MISSING = (
    "traffic: {users: ..., think_time: ...} or {requests: ...}, and services.<name>.load: {cpu_ms: ..., wait_ms: ...}"
)
METHOD = (
    "queueing formulas of the steady state (M/G/m at the CPUs of a task, a queue for the database's connections); "
    "`groundplan simulate traffic` runs a day"
)


def answers(loaded: LoadedEnvironment, architecture: Architecture) -> Iterator[Answer]:
    """The answers to ``latency``, ``users``, ``requests`` and ``utilisation``, as far as they are demanded.

    Raises InputError where a measurement that the blueprint names cannot be read.
    """
    objectives = loaded.blueprint.objectives
    found = subjects(loaded, architecture)
    asked = _asked(loaded)
    limits = {float(name[1:]): limit.seconds for name, limit in objectives.latency.items()}
    for name, limit in objectives.latency.items():
        yield _latency(f"latency.{name}", float(name[1:]), limit, found, asked)
    if objectives.users is not None:
        crowd = replace(asked, users=float(objectives.users)) if asked else None
        yield _most("users", _users(objectives.users), found, crowd, limits, _users_held, _users)
    if objectives.requests is not None:
        yield _most("requests", _rate(float(objectives.requests.per_second)), found, asked, limits, _rate_held, _rate)
    if objectives.utilisation is not None:
        yield _utilisation(float(objectives.utilisation.percent), found, asked)


def _asked(loaded: LoadedEnvironment) -> Demand | None:
    """What the objectives demand, else what is expected."""
    objectives = loaded.blueprint.objectives
    if objectives.users is not None:
        return demand(loaded, users=objectives.users)
    if objectives.requests is not None:
        return demand(loaded, requests=float(objectives.requests.per_second))
    return demand(loaded)


Case = tuple[tuple[Subject, ...], Demand]


def _cases(found: tuple[Subject, ...], asked: Demand) -> tuple[Case, Case | None, Case | None]:
    """What is taken, and where that is assumed the kindest and the hardest that it may be."""
    if not asked.think_extent and not any(subject.extent for subject in found):
        return (found, asked), None, None
    short, long = asked.think_extent or (asked.think, asked.think)
    kind = tuple(subject.at(subject.extent[0]) if subject.extent else subject for subject in found)
    hard = tuple(subject.at(subject.extent[1]) if subject.extent else subject for subject in found)
    return (found, asked), (kind, replace(asked, think=long)), (hard, replace(asked, think=short))


def _judged(
    name: str,
    required: Figure,
    figure: Callable[[float], Figure],
    value: Callable[[Case], float],
    holds: Callable[[float], bool],
    found: tuple[Subject, ...],
    asked: Demand | None,
    method: str,
) -> Answer:
    if asked is None or not found:
        missing = MISSING if found else "services.<name>.public: a service that requests reach"
        return Answer(name, required, None, None, None, METHOD, missing=missing)
    expected, kind, hard = _cases(found, asked)
    predicted = value(expected)
    met: bool | None = holds(predicted)
    interval = None
    if kind and hard:
        best, worst = value(kind), value(hard)
        met = True if holds(worst) else None if holds(best) else False
        interval = (figure(min(best, worst)), figure(max(best, worst)))
    assumptions = tuple(dict.fromkeys((*asked.assumptions, *(each for one in found for each in one.assumptions))))
    return Answer(name, required, figure(predicted), interval, met, method, assumptions)


def _latency(name: str, percentile: float, limit: Latency, found: tuple[Subject, ...], asked: Demand | None) -> Answer:
    def slowest(case: Case) -> float:
        return max(steady(subject, case[1]).latency(percentile) for subject in case[0]) * 1000

    method = METHOD
    if asked and found:
        states = [(subject, steady(subject, asked)) for subject in found]
        held = "; ".join(f"{state.tasks} tasks of {subject.name}" for subject, state in states)
        full = [subject.name for subject, state in states if state.cpu_percent > 100 * FULL or state.overloaded]
        method = f"{asked.written}: {held}{', which is too few' if full else ''}; {METHOD}"
    required = limit.milliseconds
    timeout = min((subject.timeout for subject in found), default=0) * 1000

    def figure(value: float) -> Figure:
        return Figure(value, "ms", f"none in {value:,.0f} ms") if timeout and value >= timeout else _ms(value)

    return _judged(name, _ms(required), figure, slowest, lambda value: value <= required, found, asked, method)


def _most(
    name: str,
    required: Figure,
    found: tuple[Subject, ...],
    asked: Demand | None,
    limits: dict[float, float],
    held: Callable[[Subject, Demand, dict[float, float]], float],
    figure: Callable[[float], Figure],
) -> Answer:
    def fewest(case: Case) -> float:
        return min(held(subject, case[1], limits) for subject in case[0])

    within = " and ".join(f"p{percent:g} of {seconds * 1000:g} ms" for percent, seconds in limits.items())
    tasks = "; ".join(f"{subject.most} tasks of {subject.name}" for subject in found)
    until = f"within {within}" if within else f"until {FULL * 100:.0f} % of them are in use"
    method = f"what {tasks} hold {until}; {METHOD}"
    return _judged(name, required, figure, fewest, lambda value: value >= required.value, found, asked, method)


def _users_held(subject: Subject, asked: Demand, limits: dict[float, float]) -> float:
    return most_users(subject, asked.think, limits)


def _rate_held(subject: Subject, asked: Demand, limits: dict[float, float]) -> float:
    return most_requests(subject, limits)


def _utilisation(required: float, found: tuple[Subject, ...], asked: Demand | None) -> Answer:
    def used(case: Case) -> float:
        """CPU of all tasks in use, weighted by their size; memory where it is known and more."""
        states = [(subject, steady(subject, case[1])) for subject in case[0]]
        size = sum(state.tasks * subject.cpu_units for subject, state in states)
        cpu = sum(state.cpu_percent * state.tasks * subject.cpu_units for subject, state in states) / max(size, 1)
        return max([cpu, *(subject.memory_percent for subject, _ in states if subject.memory_percent is not None)])

    method = f"CPU of the tasks that scaling holds at the busiest moment; {METHOD}"
    return _judged(
        "utilisation", _percent(required), _percent, used, lambda value: value >= required, found, asked, method
    )


def _ms(value: float) -> Figure:
    return Figure(value, "ms", f"{value:,.0f} ms")


def _users(value: float) -> Figure:
    return Figure(float(int(value)), "users", f"{int(value):,} users")


def _rate(value: float) -> Figure:
    return Figure(value, "requests/s", f"{value:,.4g} requests/s")


def _percent(value: float) -> Figure:
    return Figure(value, "%", f"{value:.3g} %")
