"""What AWS's agreements commit to, multiplied along the path: a contract, not a prediction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from groundplan.simulation.availability.assembly import Term
from groundplan.simulation.availability.paths import RequestPath

GLOBAL = ("Route 53", "CloudFront", "WAF at the edge")
"""What both regions have in common."""


@dataclass(frozen=True)
class Floor:
    """The availability below which AWS would owe credits, if every agreement were just kept."""

    availability: Fraction
    """Exact product of the percentages of the path in its region."""
    with_standby: Fraction | None
    """The same with the standby's region in parallel, its takeover not counted: no agreement speaks of it."""
    without_sla: tuple[str, ...]
    """Links for which AWS commits to nothing, or the agreement is not known: counted as always there."""


def floor(path: RequestPath) -> Floor:
    """The contract floor of a path: links in series are multiplied, regions in parallel fail only together."""
    everywhere = [term for term in path.terms if term.name in GLOBAL]
    here = [term for term in path.terms if term.name not in GLOBAL]
    there = [term for term in path.standby_terms if term.name not in GLOBAL]
    both = None
    if path.failover is not None:
        both = _product(everywhere) * (1 - (1 - _product(here)) * (1 - _product(there)))
    without = [term.name for term in (*path.terms, *path.standby_terms) if term.sla is None]
    return Floor(_product(everywhere) * _product(here), both, tuple(dict.fromkeys(without)))


def _product(terms: Iterable[Term]) -> Fraction:
    return math.prod((Fraction(term.sla.availability) for term in terms if term.sla is not None), start=Fraction(1))


def pages(terms: Sequence[Term]) -> tuple[str, ...]:
    """Each link with its commitment, page and date."""
    return tuple(
        f"{term.name}: {term.sla.percent} % for {term.sla.condition}; {term.sla.source.page} ({term.sla.source.date})"
        if term.sla
        else f"{term.name}: no agreement known"
        for term in terms
    )
