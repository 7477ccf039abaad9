"""Can this reach that? Yes, with the path hop by hop, or no, with everything that stops it."""

from __future__ import annotations

from functools import cached_property

from groundplan.reachability.ends import Environments, find, label_of
from groundplan.reachability.gates import Hop
from groundplan.reachability.network import Asked, network_of
from groundplan.reachability.packets import ALL, PROTOCOLS, Ports, Protocol, merged
from groundplan.reachability.walks import Walk, walk, whole
from groundplan.reachability.ways import NO_WAY, paths
from groundplan.record import Record, dataclass
from groundplan.resources.architecture import Architecture


@dataclass(frozen=True)
class Question(Record):
    """What is asked for: one port of a protocol, or all of them."""

    source: str
    target: str
    protocol: Protocol | None = None
    """None: TCP where a port is asked for, every protocol otherwise."""
    port: int | None = None

    @property
    def asked(self) -> Asked:
        """The protocols and ports in numbers."""
        protocol = self.protocol or ("tcp" if self.port is not None else None)
        protocols = PROTOCOLS[protocol] if protocol else ALL
        return Asked(protocols) if self.port is None else Asked(protocols, (self.port, self.port))


@dataclass(frozen=True, eq=False)
class Answer(Record):
    """What comes of every way from a source to a target."""

    question: Question
    source: str
    target: str
    walks: tuple[Walk, ...]

    @property
    def reachable(self) -> bool:
        """Whether anything that was asked for gets through on any way."""
        return any(found.arrives for found in self.walks)

    @cached_property
    def best(self) -> Walk:
        """The way that lets through, the most complete one of several; or the one with the least in its way."""
        through = [found for found in self.walks if found.arrives]
        if through:
            return next((found for found in through if found.complete), through[0])
        return min(self.walks, key=lambda found: len(found.blocked_by))

    @property
    def path(self) -> tuple[Hop, ...]:
        """Each hop of the best way; empty where there is none."""
        return self.best.hops() if self.reachable else ()

    @property
    def blocked_by(self) -> tuple[Hop, ...]:
        """What stops it: the first thing, then all others that would. Empty where it is reachable."""
        return () if self.reachable else self.best.blocked_by

    @cached_property
    def ports(self) -> tuple[Ports, ...]:
        """Every port that is reachable on any way, as the source sees it."""
        found: dict[Protocol, list[tuple[int, int]]] = {}
        for each in self.walks:
            for ports in each.ports:
                found.setdefault(ports.protocol, []).append((ports.first, ports.last))
        return tuple(
            Ports(protocol, first, last) for protocol in PROTOCOLS for first, last in merged(found.get(protocol, ()))
        )

    @cached_property
    def exceptions(self) -> tuple[str, ...]:
        """From where or whereto it does not get through although it does elsewhere, and why."""
        if not self.reachable:
            return ()
        by_ends: dict[tuple[str, str], list[Walk]] = {}
        for each in self.walks:
            if each.path.way == NO_WAY:
                continue
            by_ends.setdefault((each.path.legs[0].start.says, each.path.ends.says), []).append(each)
        found = []
        for (begin, end), walks in by_ends.items():
            if not any(each.arrives for each in walks):
                why = min(walks, key=lambda each: len(each.blocked_by)).blocked_by[0]
                ends = f"not from {begin.removeprefix('in ')} to {end.removeprefix('is there, in ')}"
                found.append(f"{ends}: {why.resource} {why.says}")
            elif self.question.port is not None and not whole(walks):
                found.append(
                    f"from {begin.removeprefix('in ')}: only from some addresses or client ports, or to some addresses"
                )
        return tuple(found)


def ask(architecture: Architecture, question: Question, environments: Environments | None = None) -> Answer:
    """Answer a question. Names are those of the blueprint; see :func:`groundplan.reachability.ends.find`.

    Raises InputError where a name is nobody's.
    """
    others = environments or {}
    source = find(question.source, architecture, others, "--from")
    target = find(question.target, architecture, others, "--to")
    network = network_of(architecture)
    walks = tuple(walk(path) for path in paths(network, source, target, question.asked))
    return Answer(question, label_of(source), label_of(target), walks)
