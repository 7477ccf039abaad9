"""Values of the command line (``--set services.api.image.tag=1.2.3``) as an overlay over every environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from groundplan.blueprint.overlay import merge
from groundplan.blueprint.shape import Shape
from groundplan.blueprint.tree import Node, Steps, format_path, parse_path
from groundplan.blueprint.yaml import read_scalar
from groundplan.errors import InputError, Position, Problem, suggestion

LAYER = "option --set"


class OptionPosition(Position):
    """The place of a value that an option says. It stands in no line of a file."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self.file)


PLACE = OptionPosition(Path(LAYER), 1, 1)
"""Where every setting stands; which one is meant says the path that a problem names."""


def read_settings(written: Sequence[str]) -> Node:
    """``KEY=VALUE`` texts as a tree. A value is read as YAML reads a scalar; of two for one key the later counts.

    Raises InputError with every text that is none.
    """
    tree, problems = Node({}, layer=LAYER), list[Problem]()
    for text in written:
        try:
            tree = merge(tree, _read(text))
        except ValueError as error:
            problems.append(Problem(str(error), PLACE))
    if problems:
        raise InputError(problems)
    return tree


def _read(text: str) -> Node:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ValueError(f'"{text}" is no setting; write KEY=VALUE, like owner_id=jane or services.api.image.tag=1.2.3')
    path = parse_path(key)
    if path[0] in ("environments", "shared"):
        raise ValueError(f"a setting goes over the environment that -e chooses; write the key without {path[0]}")
    node = Node(read_scalar(value), PLACE, PLACE, LAYER)
    for step in reversed(path):
        if isinstance(step, int):
            raise ValueError(f"{key} is an item of a list, and a list is written in the blueprint as a whole")
        node = Node({step: node}, PLACE, PLACE, LAYER)
    return node


def unknown_entries(settings: Node, tree: Node, shape: Shape, path: Steps = ()) -> Iterator[Problem]:
    """Settings inside of entries that the blueprint does not have, like a service that nobody wrote: a slip.

    Not so where the blueprint chooses among names that are given, like ``objectives.recovery.zone``: a wrong one of
    those is told with all others.
    """
    for key, child in settings.fields.items():
        inner = shape.child(key)
        if inner is None:
            continue  # an unknown key is told with all others
        below = tree.step(key)
        if shape.entries is not None and not shape.keys and below is None and isinstance(child.value, dict):
            known = tree.fields
            near = suggestion(key, known) if known else ""
            yield Problem(f'there is no "{key}" to set anything in{near}', child.position, format_path((*path, key)))
        else:
            yield from unknown_entries(child, below or Node({}), inner, (*path, key))


def without(settings: Node, problems: Sequence[Problem]) -> Node:
    """The settings without those that a problem is told of, so that no consequence of it is told, too."""
    for problem in problems:
        settings = _without(settings, parse_path(problem.path))
    return settings


def _without(node: Node, path: Steps) -> Node:
    key, rest = str(path[0]), path[1:]
    children = dict(node.fields)
    if rest and key in children:
        children[key] = _without(children[key], rest)
    else:
        children.pop(key, None)
    return replace(node, value=children)
