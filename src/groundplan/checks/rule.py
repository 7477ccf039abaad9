"""What a rule is: a class whose attributes are its documentation and whose ``check`` finds what breaks it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Literal, get_args

from groundplan.record import Record, dataclass
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource

Severity = Literal["error", "warning", "info"]
"""``error``: AWS refuses it, or it must not go to production; ``warning``: a risk someone should decide on;
``info``: worth knowing."""
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first."""

Pillar = Literal[
    "Operational Excellence", "Security", "Reliability", "Performance Efficiency", "Cost Optimization", "Sustainability"
]
"""A pillar of the AWS Well-Architected Framework."""

BY_DESIGN = (
    "Nothing to write in the blueprint: Groundplan sets this by itself. "
    "Where this is found, it is a mistake of Groundplan or of a changed architecture; please report it."
)
"""The blueprint's fix of a rule that no blueprint can break."""

WHOLE_ARCHITECTURE = "architecture"
"""The resource of a finding that concerns no single resource."""


@dataclass(frozen=True, kw_only=True)
class Fix(Record):
    """What to change, in each place where a person could change it."""

    blueprint: str
    terraform: str = ""
    """Of a rule of Groundplan's own never empty."""
    cloudformation: str = ""
    """Of a rule of Groundplan's own never empty."""


@dataclass(frozen=True, kw_only=True)
class References(Record):
    """What a rule corresponds to elsewhere."""

    pillar: Pillar = "Operational Excellence"
    security_hub: tuple[str, ...] = ()
    """Controls of AWS Security Hub (AWS Foundational Security Best Practices): ``RDS.2``."""
    cis: tuple[str, ...] = ()
    """Recommendations of the CIS AWS Foundations Benchmark 3.0.0: ``2.3.3``."""
    checkov: tuple[str, ...] = ()
    """Checkov's policies: ``CKV_AWS_17``."""


@dataclass(frozen=True)
class Violation(Record):
    """One place where a rule is broken."""

    resource: str
    """Address of the resource, like ``database_instance.main``."""
    message: str
    """Resource, value found, value that would be right."""
    fix: str | None = None
    """What to change here; None: what the rule says in general."""


class Described:
    """The documentation of a rule. ``docs/rules.md`` and ``groundplan rules`` are made from it."""

    id: ClassVar[str]
    """``GP-VAL-001``: family (VAL, SEC, REL, OPS, COST) and number. Never given to another rule."""
    title: ClassVar[str]
    """What has to hold, as a sentence without a full stop."""
    severity: ClassVar[Severity]
    why: ClassVar[str]
    """What happens otherwise."""
    fix: ClassVar[Fix]
    source: ClassVar[str] = ""
    """AWS's page that says so. A rule of Groundplan's own has one."""
    references: ClassVar[References] = References()


class Rule(Described, ABC):
    """The base of all rules. A rule keeps nothing between two checks."""

    @abstractmethod
    def check(self, architecture: Architecture) -> Iterator[Violation]:
        """Every place where the architecture breaks this rule."""

    def violation(self, resource: Resource, message: str, *, fix: str | None = None) -> Violation:
        """This rule is broken by a resource. The message goes on from the resource's address: ``has no …``."""
        return Violation(resource.address, f"{resource.address} {message}", fix)
