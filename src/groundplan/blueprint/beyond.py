"""What else is wrong in a blueprint of which some values cannot be read."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps, parse_path
from groundplan.blueprint.validation import find_problems
from groundplan.blueprint.validation.base import FAMILIES
from groundplan.errors import Problem


def beyond(tree: Node, problems: list[Problem]) -> list[Problem]:
    """What else is wrong in a blueprint that cannot be read as a whole.

    The broken values are left out, and the entries that cannot be without them. Of an entry with a broken value only
    ``needs:`` is looked at: what else is found there may be no more than a consequence.
    """
    left_out = {parse_path(problem.path) for problem in problems}
    doubtful = {_entry(path) for path in left_out}
    while True:
        sound = tree
        for path in left_out:
            sound = without_value(sound, path) if path else sound  # the stand-ins make up for what the root lacks
        # Stand-ins for the two keys that every blueprint has, so that the rest can be checked without them.
        sound = replace(sound, value={"project": Node("project"), "region": Node("region"), **sound.fields})
        try:
            blueprint = Blueprint.model_validate(sound.plain())
        except ValidationError as error:
            more = {_entry(tuple(one["loc"])) for one in error.errors(include_url=False)}
            if more <= left_out:
                return []
            left_out |= more
            continue
        found = [(problem, parse_path(problem.path)) for problem in find_problems(blueprint, tree)]
        return [problem for problem, path in found if _entry(path) not in doubtful or path[2:3] == ("needs",)]


def _entry(path: Steps) -> Steps:
    """The part that a problem makes doubtful: one service, one database; else a whole section."""
    return path[:2] if path and path[0] in FAMILIES else path[:1]


def without_value(tree: Node, path: Steps) -> Node:
    """The tree without one value. A list that holds it goes altogether, so that no other item moves."""
    key, rest = str(path[0]), path[1:]
    children = dict(tree.fields)
    if rest and key in children and isinstance(children[key].value, dict):
        children[key] = without_value(children[key], rest)
    else:
        children.pop(key, None)
    return replace(tree, value=children)
