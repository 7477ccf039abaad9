"""The demands of a specification as rows, its tickets, and how tests claim them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import pytest

FOLDER = Path(__file__).parent / "requirements"
Proof = Literal["executable", "precondition", "elsewhere"]
_PROOFS: dict[str, Proof] = {proof: proof for proof in get_args(Proof)}
PARTS = ("Terraform modules", "Checks", "Cost", "Objectives", "Operations", "Documents")
"""The parts of Groundplan that a row may be left to."""


@dataclass(frozen=True, slots=True)
class Row:
    """One demand."""

    id: str
    section: str
    demand: str
    kind: str
    checks: tuple[str, ...]
    verification: str
    lines: str
    proof: Proof
    reason: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of the specification and the rows that it stands for."""

    ticket: str
    row: str
    title: str
    priority: str
    points: int
    rows: tuple[str, ...]


@cache
def rows(system: str) -> dict[str, Row]:
    """All demands of a system by id. Raises ValueError where the file contradicts itself."""
    found: dict[str, Row] = {}
    for line in _lines(f"{system}.csv"):
        proof = _PROOFS.get(line["proof"])
        if proof is None:
            raise ValueError(f"{line['id']}: {line['proof']!r} is no proof")
        if line["id"] in found:
            raise ValueError(f"{line['id']} stands twice in {system}.csv")
        if (proof == "executable") == bool(line["reason"]):
            raise ValueError(f"{line['id']}: a reason belongs to what is not executable, and only there")
        if proof == "elsewhere" and not line["reason"].startswith(tuple(f"{part}: " for part in PARTS)):
            raise ValueError(f"{line['id']}: no part of Groundplan is named")
        found[line["id"]] = Row(
            id=line["id"],
            section=line["section"],
            demand=line["demand"],
            kind=line["kind"],
            checks=tuple(line["checks"].split()),
            verification=line["verification"],
            lines=line["lines"],
            proof=proof,
            reason=line["reason"],
        )
    return found


@cache
def tickets(system: str) -> tuple[Ticket, ...]:
    """The tickets of a system's specification."""
    return tuple(
        Ticket(
            ticket=line["ticket"],
            row=line["row"],
            title=line["title"],
            priority=line["priority"],
            points=int(line["points"]),
            rows=tuple(between(line["first"], line["last"])),
        )
        for line in _lines(f"{system}_tickets.csv")
    )


def between(first: str, last: str) -> Iterable[str]:
    """``DS-15, DS-16, … DS-18`` for ``DS-15`` and ``DS-18``: both ends included."""
    prefix, start = first.split("-")
    end = last.removeprefix(f"{prefix}-")
    return (f"{prefix}-{number:02d}" for number in range(int(start), int(end) + 1))


def requirement(*ids: str) -> pytest.MarkDecorator:
    """Marks a test, or a case of one, as proof of demands."""
    return pytest.mark.requirement(*ids)


def proves(ids: str, *values: object) -> object:
    """A case of a parametrized test that proves the demands ``ids`` ("DS-15 DS-16")."""
    return pytest.param(*values, marks=requirement(*ids.split()), id=ids.replace(" ", "+"))


def _lines(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
