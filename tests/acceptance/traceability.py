"""Which tests prove which demand, and how they ended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.acceptance.rows import Row, Ticket

PROPERTY = "requirement"
"""The name under which a test's report carries the ids that the test claims."""


@dataclass
class Traceability:
    """Outcomes of tests by the demand that they prove."""

    rows: Mapping[str, Row]
    tickets: tuple[Ticket, ...]
    outcomes: dict[str, dict[str, str]] = field(default_factory=dict)
    """Row id to test to outcome."""

    def record(self, ids: tuple[str, ...], test: str, outcome: str) -> None:
        """A test ended, or a further phase of it; what went wrong in one phase is not mended by a later one."""
        for row in ids:
            tests = self.outcomes.setdefault(row, {})
            if tests.get(test) in (None, "passed"):
                tests[test] = outcome

    def verdict(self, row: Row) -> str:
        """``proven``, ``precondition holds``, ``elsewhere``, ``failed`` or ``not run``."""
        outcomes = set(self.outcomes.get(row.id, {}).values())
        if "failed" in outcomes:
            return "failed"
        if row.proof == "elsewhere":
            return "elsewhere"
        if "passed" not in outcomes:
            return "not run"
        return "proven" if row.proof == "executable" else "precondition holds"

    def unproven(self) -> list[str]:
        """Rows that claim to be verified, and of which no test ran and passed: each with its verdict."""
        return [
            f"{row.id}: {verdict}: {row.demand}"
            for row in self.rows.values()
            if (verdict := self.verdict(row)) in ("failed", "not run")
        ]

    def write(self, path: Path) -> None:
        """A table for people, or with the ending ``.json`` data for programs."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.json() if path.suffix == ".json" else self.markdown(), encoding="utf-8")

    def json(self) -> str:
        """``{counts, rows: [{id, demand, proof, reason, blocking, verdict, tests: {test: outcome}}]}``."""
        blocking = self._blocking()
        return json.dumps(
            {
                "counts": self._counts(),
                "rows": [
                    {
                        "id": row.id,
                        "demand": row.demand,
                        "proof": row.proof,
                        "reason": row.reason,
                        "blocking": row.id in blocking,
                        "verdict": self.verdict(row),
                        "tests": dict(sorted(self.outcomes.get(row.id, {}).items())),
                    }
                    for row in self.rows.values()
                ],
            },
            indent=2,
            ensure_ascii=False,
        )

    def markdown(self) -> str:
        """Counts, tickets, and a line for each row."""
        blocking = self._blocking()
        lines = ["# Traceability", "", "| verdict | rows |", "|---|---|"]
        lines += [f"| {verdict} | {number} |" for verdict, number in self._counts().items()]
        lines += ["", "| ticket | title | priority | rows | verdict |", "|---|---|---|---|---|"]
        for ticket in self.tickets:
            verdicts = Counter(self.verdict(self.rows[row]) for row in ticket.rows)
            told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))
            span = f"{ticket.rows[0]}…{ticket.rows[-1]}"
            lines.append(f"| {ticket.ticket} | {ticket.title} | {ticket.priority} | {span} | {told} |")
        lines += ["", "| id | demand | blocking | verdict | tests |", "|---|---|---|---|---|"]
        for row in self.rows.values():
            verdict = self.verdict(row)
            tests = "<br>".join(f"{test}: {outcome}" for test, outcome in sorted(self.outcomes.get(row.id, {}).items()))
            lines.append(
                f"| {row.id} | {_cell(row.demand)} | {'P0' if row.id in blocking else ''} | "
                f"{verdict}{f': {_cell(row.reason)}' if row.reason else ''} | {_cell(tests)} |"
            )
        return "\n".join(lines) + "\n"

    def _counts(self) -> dict[str, int]:
        counts = Counter(self.verdict(row) for row in self.rows.values())
        return {"rows": len(self.rows), **dict(sorted(counts.items()))}

    def _blocking(self) -> set[str]:
        """Rows of tickets with priority P0: a release waits for them."""
        return {row for ticket in self.tickets if ticket.priority == "P0" for row in (*ticket.rows, ticket.row)}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
