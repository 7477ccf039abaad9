"""Templates of blueprints: YAML files with ``<placeholders>`` and lines that stand only under a condition."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from groundplan.documents.starting.answers import NO_DATABASE, Answers
from groundplan.errors import InputError, suggestion

_FOLDER = Path(__file__).parent / "templates"
_PLACEHOLDER = re.compile(r"<([a-z]+)>")
_CONDITION = re.compile(r"\s*#: (if database|else|end)")


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of application to begin with."""

    name: str
    about: str
    asks: frozenset[str]
    """What it has to know beside name, region and database: ``domain``, ``email``."""

    @property
    def text(self) -> str:
        """The template as it is written."""
        return (_FOLDER / f"{self.name}.yaml").read_text(encoding="utf-8")


@cache
def templates() -> Mapping[str, Template]:
    """Every template by name, the usual one first."""
    table = tomllib.loads((_FOLDER / "templates.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {name: Template(name, item["about"], frozenset(item["asks"])) for name, item in table.items()}
    )


def find(name: str) -> Template:
    """The template of that name. Raises InputError with the nearest one."""
    if name not in templates():
        raise InputError(f'there is no template "{name}"{suggestion(name, templates())}')
    return templates()[name]


def render(template: Template, answers: Answers) -> str:
    """The blueprint as YAML with comments. What the template asks has to be answered."""
    values = {
        "name": answers.name,
        "region": answers.region,
        "zones": f"[{', '.join(answers.zones)}]",
        "zone": answers.zones[0],
        "database": answers.database,
        "domain": answers.domain,
        "email": answers.email,
    }
    text = _conditioned(template.text, database=answers.database != NO_DATABASE)
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _conditioned(text: str, *, database: bool) -> str:
    """Without the lines that stand under a condition that does not hold. Conditions do not nest."""
    kept, holds = [], True
    for line in text.splitlines():
        condition = _CONDITION.fullmatch(line)
        if condition is None:
            kept += [line] if holds else []
        elif condition[1] == "end":
            holds = True
        else:
            holds = database if condition[1] == "if database" else not holds
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)) + "\n"
