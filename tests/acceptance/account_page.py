"""The account of what is fulfilled: ``docs/requirements.md``, every demand with what verifies it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Literal

from tests.acceptance.rows import Row

State = Literal["verified by test", "verified by document", "needs a real account", "open"]
STATES: Mapping[State, str] = {
    "verified by test": "the tests that the row names pass: on the design, the rendered files, the real Terraform core "
    "or the local AWS",
    "verified by document": "a document says it, and a test reads the document",
    "needs a real account": "only AWS itself can show it; a test shows that what it depends on is there",
    "open": "nothing verifies it yet; the row says what is missing",
}
TITLES = {
    "duskspendr": "DuskSpendr",
    "personal-timeline": "personal-timeline",
    "solemate": "SoleMate",
    "spendsense": "SpendSense",
    "spontime": "Spontime",
}
SHOWN = 3
"""Tests that a row names; the report of a test run names all."""
HEAD = """\
# What is fulfilled

Groundplan grew out of five specifications. Each of their demands is a row; nothing was left out. Where a specification
contradicts itself, `examples/<system>/README.md` says what was chosen and why (C-nn).

Generated from `tests/acceptance/requirements/*.csv` and from what the tests claim
(`@pytest.mark.requirement`), by `pytest tests/acceptance --update-golden`; a test fails where this page is stale, where
a row claims a test that does not exist, and where one that it claims did not run or did not pass.
`pytest tests/acceptance --traceability build/traceability.md` writes the same with the outcome of each test.
"""


def state_of(row: Row) -> State:
    """How a row is verified."""
    if row.proof == "elsewhere":
        return "open"
    if row.proof == "precondition":
        return "needs a real account"
    return "verified by document" if set(row.checks) <= {"DOC", "FILE"} else "verified by test"


def page(systems: Mapping[str, Mapping[str, Row]], claims: Mapping[str, Set[str]]) -> str:
    """The whole page. ``claims``: row id to the ids of the tests that claim it."""
    return "\n".join(_lines(systems, claims)) + "\n"


def _lines(systems: Mapping[str, Mapping[str, Row]], claims: Mapping[str, Set[str]]) -> Iterator[str]:
    yield HEAD
    counts = {name: Counter(map(state_of, rows.values())) for name, rows in systems.items()}
    yield f"| system | {' | '.join(STATES)} | rows |"
    yield f"|---|{'---:|' * (len(STATES) + 1)}"
    for name, found in counts.items():
        yield f"| [{TITLES[name]}](#{name}) | {_numbers(found)} | {found.total()} |"
    every = sum(counts.values(), Counter[State]())
    yield f"| all | {_numbers(every)} | {every.total()} |"
    yield ""
    yield from (f"- **{state}**: {meaning}." for state, meaning in STATES.items())
    for name, rows in systems.items():
        yield f"\n## {name}"
        section = None
        for row in rows.values():
            if row.section != section:
                section = row.section
                yield f"\n### {section}\n\n| id | demand | state | by |\n|---|---|---|---|"
            told = f"{state_of(row)}: {row.reason}" if row.reason else state_of(row)
            yield f"| {row.id} | {_cell(row.demand)} | {_cell(told)} | {_tests(claims.get(row.id, set()))} |"


def _numbers(counts: Counter[State]) -> str:
    return " | ".join(str(counts[state]) for state in STATES)


def _tests(ids: Iterable[str]) -> str:
    """The tests without the cases of parametrized ones, each once."""
    names = sorted({_name(test) for test in ids})
    more = f"<br>and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return "<br>".join(f"`{name}`" for name in names[:SHOWN]) + more


def _name(test: str) -> str:
    file, *parts = test.split("[", 1)[0].split("::")
    return "::".join((file.rpartition("/")[2].removesuffix(".py"), parts[-1]))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
