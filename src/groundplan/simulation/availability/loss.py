"""What still works while something is away: ``--without zone-a``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from groundplan.errors import InputError, suggestion
from groundplan.simulation.availability.assembly import NAT
from groundplan.simulation.availability.model import YEAR, Chain, Gap
from groundplan.simulation.availability.paths import RequestPath
from groundplan.simulation.availability.study import without

REPLACED = ("task", "node", "spot")
"""What is started anew by itself, whoever took it away."""


@dataclass(frozen=True)
class Left:
    """The tasks or pods of a service when something is gone."""

    service: str
    kind: str
    before: int
    at_once: int
    """Those that are left at first."""
    later: int
    """Those that run when what can be replaced has been."""
    replaced: float
    """Seconds until then."""

    @property
    def load(self) -> float | None:
        """How much each that is left at first carries, of what each carried before; None: none is left."""
        return self.before / self.at_once if self.at_once else None


@dataclass(frozen=True)
class Loss:
    """A path of requests while something is away."""

    path: RequestPath
    without: tuple[str, ...]
    """As it was asked for."""
    away: frozenset[str]
    """The elements of the path that are gone."""
    lasting: frozenset[str]
    """Those of them that nothing replaces by itself."""
    interrupted: tuple[Gap, ...]
    """What fails at first, until others have taken over."""
    missing: tuple[str, ...]
    """Blocks that have too little left: without them nothing is answered in this region."""
    standby_after: float | None
    """Seconds until the standby has taken over what is down; None: nothing is down, or nothing takes over."""
    left: tuple[Left, ...]
    does_without: tuple[str, ...]
    """What was asked for and is not needed for an answer."""

    @property
    def works(self) -> bool:
        """Whether requests are answered, once what can take over has."""
        return not self.missing or self.standby_after is not None


def losses(request_paths: Sequence[RequestPath], asked: Sequence[str]) -> tuple[Loss, ...]:
    """What is left of every path without all that was asked for.

    Raises InputError for a name that no path knows.
    """
    known = [_names(path) for path in request_paths]
    everything = {name for names in known for name in names}
    for name in asked:
        if _slug(name) not in everything:
            raise InputError(f"--without {name}: no request crosses that{suggestion(_slug(name), everything)}")
    return tuple(_loss(path, names, asked) for path, names in zip(request_paths, known, strict=True))


def _loss(path: RequestPath, names: Mapping[str, frozenset[str]], asked: Sequence[str]) -> Loss:
    away = frozenset(element for name in asked for element in names.get(_slug(name), frozenset()))
    chain = path.chain
    services = {_slug(running.service) for running in path.running}
    for_good = {element for name in asked if _slug(name) in services for element in names.get(_slug(name), ())}
    lasting = frozenset(name for name in away if chain.elements[name].cause not in REPLACED or name in for_good)
    missing = _missing(chain, lasting)
    interrupted = [gap for gap in chain.gaps if gap.element in away and not missing]
    if not missing and not chain.works(away):
        replaced = away - lasting
        alone = [name for name in replaced if not chain.works({*lasting, name})] or replaced
        longest = max((chain.elements[name] for name in alone), key=lambda element: (element.repair, element.name))
        interrupted.append(Gap(longest.name, 1.0, longest.repair, f"{longest.name} is replaced"))
    rest = without(path, lasting)
    soft = {alias for item in path.soft for alias in _aliases(item.name)}
    return Loss(
        path=path,
        without=tuple(asked),
        away=away,
        lasting=lasting,
        interrupted=tuple(sorted(interrupted, key=lambda gap: (-gap.share, -(gap.seconds or YEAR), gap.what))),
        missing=missing,
        standby_after=rest.failover.seconds if missing and rest.failover is not None else None,
        left=tuple(_left(path, away, for_good)),
        does_without=tuple(name for name in asked if _slug(name) in soft and not names.get(_slug(name))),
    )


def _missing(chain: Chain, away: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        block.name
        for block in chain.blocks
        if sum(all(element.name not in away for element in part.elements) for part in block.parts) < block.needed
    )


def _left(path: RequestPath, away: frozenset[str], for_good: set[str]) -> Iterable[Left]:
    """Tasks by service: those of a lost zone or instance are replaced elsewhere, where there is an elsewhere."""
    region = any(element.startswith("region ") for element in away)
    zones_away = {name.removeprefix("zone ") for name in away if name.startswith("zone ")}
    for running in path.running:
        block = next(item for item in path.chain.blocks if item.name == f"{running.kind}s of {running.service}")
        at_once = sum(
            zone not in zones_away and all(element.name not in away for element in part.elements)
            for zone, part in zip(running.zones, block.parts, strict=True)
        )
        lasting = sum(zone in zones_away and zone in running.stranded for zone in running.zones)
        nowhere = region or running.possible <= zones_away
        gone = any(element.name in for_good for part in block.parts for element in part.elements)
        at_once = 0 if nowhere else at_once
        later = 0 if nowhere or gone else running.count - lasting
        yield Left(running.service, running.kind, running.count, at_once, later, running.replaced)


def _names(path: RequestPath) -> dict[str, frozenset[str]]:
    """What a person may call the things on a path, and the elements that are meant."""
    found: dict[str, set[str]] = {alias: set() for item in path.soft for alias in _aliases(item.name)}
    for element in path.chain.elements.values():
        name, words = element.name, element.name.split(" ")
        names = {name}
        if words[0] in ("zone", "region"):
            names |= {words[0] if words[0] == "region" else f"zone {words[1][-1]}"}
        elif name.startswith("NAT gateway"):
            names |= {"nat", f"nat {words[-1][-1]}"}
        elif words[0] in ("task", "pod"):
            names |= {words[1]} | ({"task", "pod", f"{words[0]} {words[1]}"} if words[-1] == "1" else set())
        elif words[0] in ("node", "instance") and words[-1] == "1" and element.cause in ("node", "spot"):
            names |= {words[0]}
        elif element.cause == "database":
            names |= {words[-1], *(("database",) if words[0] != "standby" else ())}
        elif element.cause == "cache":
            names |= {words[4], *(("cache",) if words[1] == "1" else ())}
        elif name == "Elastic Load Balancing":
            names |= {"load balancer"}
        for alias in names:
            found.setdefault(_slug(alias), set()).add(name)
    return {name: frozenset(elements) for name, elements in found.items()}


def _aliases(name: str) -> tuple[str, ...]:
    """What a person may call something that no request needs."""
    return (_slug(name), *(("nat",) if name == NAT else ()))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
