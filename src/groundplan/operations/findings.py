"""What the checks found in what is deployed, kept in the account, and what differs now."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.operations.changes import Found
from groundplan.operations.journal import LONGEST, journal
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.checks import Finding, Report

_NAME = "findings"
_BETWEEN = " "


@dataclass(frozen=True)
class FindingsChange:
    """What the checks find, against what they found when the environment was deployed last."""

    new: tuple[Finding, ...]
    """What is found now and was not then; accepted ones too."""
    gone: tuple[str, ...]
    """``RULE RESOURCE`` of what was found then and is not now."""
    unknown: str = ""
    """Why it is not known what was found then; ``new`` is then everything that is found now."""

    @property
    def told(self) -> str:
        """The sentence that says what differs."""
        if self.unknown:
            return f"Findings: {_counted(self.new)}; which of them are new is not known: {self.unknown}"
        return f"Findings: {_counted(self.new)} new, {len(self.gone)} gone"


def _counted(findings: tuple[Finding, ...]) -> str:
    accepted = sum(finding.accepted for finding in findings)
    standing = len(findings) - accepted
    return f"{standing}{f' (and {accepted} accepted)' if accepted else ''}"


def keys(report: Report) -> frozenset[str]:
    """``RULE RESOURCE`` of every finding. One that is accepted is a finding all the same."""
    return frozenset(_key(finding) for finding in report.findings)


def _key(finding: Finding) -> str:
    return f"{finding.rule}{_BETWEEN}{finding.resource}"


def compare(report: Report, before: Found) -> FindingsChange:
    """What differs from what was found before."""
    if before.keys is None:
        return FindingsChange(report.findings, (), before.unknown)
    new = tuple(finding for finding in report.findings if _key(finding) not in before.keys)
    return FindingsChange(new, tuple(sorted(before.keys - keys(report))))


def read(connection: Connection, architecture: Architecture) -> Found:
    """What was found in what is deployed, by what the last deployment has written down."""
    try:
        entries = journal(connection, architecture, _NAME).read().all
    except EnvironmentalError as error:
        return Found(None, str(error))
    return found_in(entries[-1].text if entries else None)


def found_in(text: str | None) -> Found:
    """What was found, as :func:`packed` has written it; None: nobody has written anything."""
    if text is None:
        return Found(None, "no deployment has written down yet what was found")
    found = unpacked(text)
    return Found(found, "" if found is not None else "what the last deployment has written down cannot be read")


def remember(connection: Connection, architecture: Architecture, report: Report) -> None:
    """Write down what is found in what is deployed now, where it is not what is written there already.

    Raises EnvironmentalError where AWS does not take it.
    """
    place, found = journal(connection, architecture, _NAME), keys(report)
    entries = place.read().all
    if not entries or unpacked(entries[-1].text) != found:
        place.append(packed(found))


def forget(connection: Connection, architecture: Architecture) -> None:
    """Take away what is written down of what is deployed no more. Raises EnvironmentalError where AWS refuses."""
    place = journal(connection, architecture, _NAME)
    with explained(f"Deleting {place.name}"):
        connection.ssm(place.region).delete_parameters(Names=[place.name])


def packed(found: frozenset[str]) -> str:
    """As text that a parameter can hold; too much of it is written as not known."""
    text = base64.urlsafe_b64encode(zlib.compress("\n".join(sorted(found)).encode(), 9)).decode()
    return f"1 {text}" if len(text) + 2 <= LONGEST else "1 -"


def unpacked(text: str) -> frozenset[str] | None:
    """What :func:`packed` has written; None for anything else."""
    version, _, content = text.partition(" ")
    if version != "1" or content == "-":
        return None
    try:
        lines = zlib.decompress(base64.urlsafe_b64decode(content)).decode()
    except (ValueError, zlib.error):
        return None
    return frozenset(lines.splitlines())
