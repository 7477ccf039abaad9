"""``rules``: what ``check`` looks for, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from groundplan.cli.options import Format, OutputFormat
from groundplan.cli.output import write, write_json, write_table


class FamilyOption(StrEnum):
    """A family of rules."""

    VALIDITY = "validity"
    SECURITY = "security"
    RELIABILITY = "reliability"
    OPERATIONS = "operations"
    COST = "cost"


class SeverityOption(StrEnum):
    """How bad it is where a rule is broken."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


Ids = Annotated[
    list[str] | None, typer.Argument(help="Rules to explain, like GP-REL-001. Default: a list of all.", metavar="[ID]…")
]
Family = Annotated[FamilyOption | None, typer.Option("--family", help="Only rules of this family.", show_default=False)]
Severity = Annotated[
    SeverityOption | None, typer.Option("--severity", help="Only rules of this severity.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rules)


def rules(
    ids: Ids = None, family: Family = None, severity: Severity = None, format: Format = OutputFormat.TABLE
) -> None:
    """What check looks for: a list of all rules, or why there is one and what to change."""
    from groundplan.checks import catalogue
    from groundplan.checks.reference import explanation, family_of, to_json
    from groundplan.errors import InputError, Problem, suggestion

    known = {described.id: described for described in catalogue()}
    wanted = [written.upper() for written in ids or known]
    missing = [written for written in dict.fromkeys(wanted) if written not in known]
    if missing:
        rest = "; groundplan rules lists them all"
        raise InputError(
            [Problem(f"there is no rule {written}{suggestion(written, known) or rest}") for written in missing]
        )
    chosen = [
        known[written]
        for written in dict.fromkeys(wanted)
        if family in (None, family_of(known[written])) and severity in (None, known[written].severity)
    ]
    if format is OutputFormat.JSON:
        write_json([to_json(described) for described in chosen])
    elif ids:
        write("\n\n".join(map(explanation, chosen)))
    else:
        write_table(("rule", "severity", "what has to hold"), [(item.id, item.severity, item.title) for item in chosen])
        write(f"{len(chosen)} rules; groundplan rules ID explains one")
