"""Finding the rules: every module in a folder below ``rules`` holds one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache

from groundplan.checks import rules as rule_package
from groundplan.checks.acceptance import ABOUT_ACCEPTANCES
from groundplan.checks.custom import UnreadableRule
from groundplan.checks.rule import Described, Rule


def _modules(package: str, paths: list[str]) -> Iterator[str]:
    for found in pkgutil.iter_modules(paths):
        name = f"{package}.{found.name}"
        if found.ispkg:
            yield from _modules(name, [f"{path}/{found.name}" for path in paths])
        else:
            yield name


def rules_in(module: str) -> list[type[Rule]]:
    """The rules that a module itself defines."""
    return [
        item
        for item in vars(importlib.import_module(module)).values()
        # Its module first: whether a class is no Rule, an ABC asks all other rules, which takes 25 ms for all modules.
        if isinstance(item, type)
        and item.__module__ == module
        and issubclass(item, Rule)
        and not inspect.isabstract(item)
    ]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id. They are imported when first asked for.

    Raises ValueError where two have the same id: a mistake of whoever added the second.
    """
    found: dict[str, Rule] = {}
    for module in _modules(rule_package.__name__, list(rule_package.__path__)):
        for kind in rules_in(module):
            if kind.id in found:
                raise ValueError(f"{kind.__module__} and {type(found[kind.id]).__module__} are both {kind.id}")
            found[kind.id] = kind()
    return tuple(found[key] for key in sorted(found))


def catalogue() -> tuple[type[Described], ...]:
    """The description of everything that a report can hold, by id: the rules, and what is found about acceptances and
    about rules of a user's own. Those themselves are not in it."""
    found = (*map(type, all_rules()), *ABOUT_ACCEPTANCES, UnreadableRule)
    return tuple(sorted(found, key=lambda described: described.id))
