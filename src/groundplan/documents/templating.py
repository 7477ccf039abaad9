"""Templates: text beside this module, filled with what the model says. A name that is not there is an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from groundplan.cost.report import cents

Row = Sequence[object]


def fill(template: str, values: Mapping[str, object]) -> str:
    """The text. In HTML every value is escaped; in Markdown values stand as they are, but for :func:`table`."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("groundplan.documents"),
        autoescape=select_autoescape(("html.jinja",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["money"] = money
    environment.filters["prose"] = prose
    environment.globals["table"] = table
    return environment


def money(amount: Decimal) -> str:
    """``1,234.50``: dollars and cents."""
    return f"{cents(amount):,}"


def prose(words: str) -> str:
    """Words of the model in running text: Markdown would take ``<name>`` for a tag, and show nothing."""
    return words.replace("<", "&lt;")


def table(columns: Row, rows: Iterable[Row], right: Sequence[str] = ()) -> str:
    """A table of Markdown; columns in ``right`` are aligned to the right."""
    rule = ["---:" if column in right else "---" for column in columns]
    return "\n".join([_line(columns), _line(rule), *map(_line, rows)])


def _line(cells: Row) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(value: object) -> str:
    """One cell: no bar ends it, no line break ends the row, and no angle bracket begins a tag."""
    written = prose(str(value)).replace("\\", "\\\\").replace("|", "\\|")
    return "<br>".join(written.splitlines())
