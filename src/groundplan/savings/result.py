"""What was found: savings, what they cost, what was refused, and the best set of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from groundplan.checks import Finding
from groundplan.checks.acceptance import ABOUT_ACCEPTANCES
from groundplan.cost import Unpriced
from groundplan.redesign import Settings
from groundplan.savings.change import Change

_ABOUT_ACCEPTANCES = frozenset(described.id for described in ABOUT_ACCEPTANCES)


def costs(finding: Finding) -> bool:
    """Whether a new finding says that something is worse; an acceptance that has become needless does not."""
    return finding.severity != "info" and finding.rule not in _ABOUT_ACCEPTANCES


@dataclass(frozen=True, slots=True)
class Saving:
    """A change that costs less."""

    change: Change
    monthly: Decimal
    """USD a month less, of what is priced before and after alike."""
    findings: tuple[Finding, ...] = ()
    """What the checks find then, and did not find before."""
    gone: int = 0
    """Findings that stand no more."""
    objectives: tuple[str, ...] = ()
    """Objectives that were held before and are not then."""
    uncounted: tuple[Unpriced, ...] = ()
    """What has no price then, and is left out of the saving on both sides."""

    @property
    def free(self) -> bool:
        """Whether nothing is given up for it: no objective, no new warning, no choice of a person's, and no
        figure that is only the most it can be."""
        return (
            not self.objectives
            and not self.change.choice
            and not self.change.at_best
            and not any(map(costs, self.findings))
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that was tried and is none to make."""

    change: Change
    why: str


@dataclass(frozen=True, slots=True)
class Term:
    """What a commitment over years saves, on what runs all the time. It changes the contract and not the blueprint."""

    resource: str
    what: str
    years: int
    monthly: Decimal
    """USD a month less."""
    formula: str
    source: str
    source_date: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the best set, and what it adds to those before it."""

    change: Change
    monthly: Decimal


@dataclass(frozen=True, slots=True)
class Combination:
    """The best set: savings that cost no objective and no warning, made together, designed and priced again."""

    steps: tuple[Step, ...]
    monthly: Decimal
    """USD a month less: recomputed with all of them, and less than the sum where two want the same."""
    before: Decimal
    after: Decimal
    """What the environment costs then, as far as it is priced."""
    findings: tuple[Finding, ...]
    gone: int
    uncounted: tuple[Unpriced, ...]

    @property
    def settings(self) -> Settings:
        """What to write into the environment for all of them."""
        return {path: value for step in self.steps for path, value in step.change.settings.items()}

    @property
    def share(self) -> Decimal:
        """The saving as a share of what it costs now; 0 where nothing is priced."""
        return self.monthly / self.before if self.before else Decimal(0)


@dataclass(frozen=True, slots=True)
class Savings:
    """Everything that was tried for an environment."""

    environment: str
    region: str
    before: Decimal
    """What it costs now, USD a month."""
    savings: tuple[Saving, ...]
    """By saving, the largest first."""
    refused: tuple[Refusal, ...]
    combination: Combination
    terms: tuple[Term, ...]
    """On what the best set leaves."""
    without_term: tuple[Unpriced, ...]
    """What could be reserved, and why no term is quoted."""
