"""Answers as data for programs and as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from groundplan.reachability.answers import Answer
from groundplan.reachability.gates import Hop
from groundplan.reachability.matrix import Pair
from groundplan.reachability.needs import Requirement
from groundplan.reachability.packets import Ports


def to_json(answer: Answer) -> dict[str, object]:
    """An answer: what ``groundplan reach --format json`` prints. Scripts depend on its shape."""
    question = answer.question
    return {
        "from": answer.source,
        "to": answer.target,
        "protocol": question.protocol or ("tcp" if question.port is not None else None),
        "port": question.port,
        "reachable": answer.reachable,
        "way": answer.best.path.way if answer.reachable else None,
        "path": [_hop(hop) for hop in answer.path],
        "blocked_by": [_hop(hop) for hop in answer.blocked_by],
        "ports": [_ports(item) for item in answer.ports],
        "exceptions": list(answer.exceptions),
    }


def _hop(hop: Hop) -> dict[str, object]:
    return {"resource": hop.resource, "rule": hop.rule, "says": hop.says}


def _ports(ports: Ports) -> dict[str, object]:
    return {"protocol": ports.protocol, "first": ports.first, "last": ports.last}


def lines(answer: Answer) -> Iterator[str]:
    """An answer for people: the verdict, then a line for each hop, or for each thing in the way."""
    question = answer.question
    asked = f" on {question.protocol or 'tcp'} {question.port}" if question.port is not None else ""
    asked = asked or (f" on {question.protocol}" if question.protocol else "")
    if answer.reachable:
        found = "" if question.port is not None else f" on {', '.join(map(str, answer.ports))}"
        yield f"yes: {answer.source} reaches {answer.target}{asked or found}, {answer.best.path.way}"
        if asked and found:
            yield f"open: {', '.join(map(str, answer.ports))}"
        yield from (f"  {number:>2}  {_line(hop)}" for number, hop in enumerate(answer.path, 1))
        yield from (f"but {exception}" for exception in answer.exceptions)
        return
    yield f"no: {answer.source} does not reach {answer.target}{asked}"
    first, *others = answer.blocked_by
    yield f"  blocked by      {_line(first)}"
    yield from (f"  and would by    {_line(hop)}" for hop in others)


def _line(hop: Hop) -> str:
    return f"{hop.resource}{f' [{hop.rule}]' if hop.rule else ''} {hop.says}".rstrip()


def pairs_to_json(pairs: Iterable[Pair]) -> list[dict[str, object]]:
    """Every pair: what ``groundplan reach --all --format json`` prints."""
    return [
        {"from": pair.source, "to": pair.target, "ports": [_ports(item) for item in pair.ports], "by": pair.by}
        for pair in pairs
    ]


def pair_rows(pairs: Iterable[Pair]) -> list[tuple[str, str, str, str]]:
    """Every pair as a row for a table: from, to, ports, by."""
    return [(pair.source, pair.target, ", ".join(map(str, pair.ports)), pair.by or "") for pair in pairs]


def requirements_to_json(requirements: Iterable[Requirement]) -> list[dict[str, object]]:
    """What has to be reached: what ``groundplan reach --needs --format json`` prints."""
    return [
        {
            "from": item.source.address,
            "to": item.label,
            "port": item.port,
            "why": item.why,
            "reachable": item.failing is None,
            "ways": list(item.ways),
            "problem": item.problem or None,
        }
        for item in requirements
    ]


def requirement_rows(requirements: Iterable[Requirement]) -> list[tuple[str, str, str, str, str]]:
    """What has to be reached as rows for a table: from, to, port, why, by which ways or why not."""
    return [
        (item.source.address, item.label, str(item.port), item.why, item.problem or ", ".join(item.ways))
        for item in requirements
    ]
