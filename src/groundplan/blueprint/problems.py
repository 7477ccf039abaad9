"""What pydantic finds wrong, in the words and at the places of the blueprint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from groundplan.blueprint import builds, pipelines
from groundplan.blueprint.base import NAME_PATTERN, Part
from groundplan.blueprint.jobs import SCHEDULE_PATTERN
from groundplan.blueprint.settings import OptionPosition
from groundplan.blueprint.shape import Shape, fields
from groundplan.blueprint.tree import Node, Steps, format_path
from groundplan.errors import Position, Problem, suggestion
from groundplan.units import counted, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

NAME_RULE = "lower-case letters and digits, in between single hyphens or underscores, starting with a letter"

PATTERN_RULES: Mapping[str, str] = {
    NAME_PATTERN: f"is not a name: {NAME_RULE}",
    r"^[a-z]$": "is not the letter of a zone, like a or b",
    r"^[A-Za-z_][A-Za-z0-9_]{0,62}$": "is not a name of a database: letters, digits and _, no digit first, 63 at most",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "is not an e-mail address",
    r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d+$": "is not the id of a rule, like GP-SEC-001",
    r"^[A-Za-z][A-Za-z0-9-]*$": "is not a title: letters, digits and hyphens, starting with a letter",
    r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$": "is not a tag: letters, digits, _, . and -, 128 at most",
    r"^/": "is not a path; it starts with /",
    r"^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$": "is not a domain, like api.example.com in lower case",
    r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/": "is not the ARN of a certificate, like "
    "arn:aws:acm:eu-west-1:123456789012:certificate/...",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "is not an owner id: lower-case letters and digits, in between single hyphens",
    r"^Z[A-Z0-9]+$": "is not the id of a hosted zone, like Z0123456789ABC",
    r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$": "is not an instance type, like t3.small",
    SCHEDULE_PATTERN: "is no schedule, like cron(0 3 * * ? *), rate(6 hours) or at(2027-01-01T00:00:00)",
    r"^cron\(.+\)$": "is not a schedule, like cron(0 5 ? * * *)",
    r"^[A-Z0-9_]{3,100}$": "is not the identifier of a managed rule of AWS Config, like RDS_STORAGE_ENCRYPTED",
    r"^/?[A-Za-z0-9_#.{}-]+(/[A-Za-z0-9_#.{}-]+)*$": "is not the name of a log group, like /ecs/api",
    r"^[A-Za-z0-9][A-Za-z0-9_. -]*$": "is not the id of a rule: letters, digits, _, ., - and spaces, no sign first",
    r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+$": "is not the ARN of an IAM role or user, like "
    "arn:aws:iam::123456789012:role/ops",
    r"^[a-z0-9./-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$": "is not a taint, like "
    "dedicated=batch:NoSchedule; the effects are NoSchedule, PreferNoSchedule and NoExecute",
    r"^([01]\d|2[0-3]):[0-5]\d$": "is not a time of day, like 20:00",
    r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$": "is not the id of a Google Cloud project: 6 to 30 lower-case letters, digits "
    "and hyphens, starting with a letter and not ending with a hyphen",
    r"^db-(f1-micro|g1-small|custom-\d+-\d+)$": "is not a machine type of Cloud SQL that Groundplan makes; write it "
    "like db-custom-2-7680 (CPUs and MB), db-g1-small or db-f1-micro",
    r"^([A-Za-z0-9-]+/[A-Za-z0-9._-]+|arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9_+=,.@-]+)$": "is neither a GitHub "
    "repository, like example/shop, nor the ARN of an IAM role without a path",
    r"^https://[^\s]+$": "is not the address of a webhook; it starts with https://",
    builds.FOLDER_PATTERN: "is no folder of the repository, like . or services/api",
    builds.COMMAND_PATTERN: "is no command of one line",
    builds.VERSION_PATTERN: "is no version to the patch, like 3.11.7",
    pipelines.REPOSITORY_PATTERN: "is no repository of GitHub, like owner/name, or owner@123456/name@456789",
    pipelines.BRANCH_PATTERN: "is no branch: letters, digits, _, ., - and /, no sign first",
    pipelines.TITLE_PATTERN: "is no title of a workflow: letters, digits, _, ., - and spaces, no sign first",
    pipelines.USER_PATTERN: "is no name of an IAM user: letters, digits and + = , . @ _ -, 64 at most",
    pipelines.ROLE_PATTERN: "is neither the ARN nor the name of an IAM role, like deployer",
    pipelines.POLICY_PATTERN: "is neither the ARN nor the name of a managed policy, like boundary",
    r"^\d{12}$": "is no AWS account id; those have 12 digits",
}
"""What each pattern of the models means in words."""


def is_name(text: str) -> bool:
    """Whether a text may name an entry or an environment."""
    return re.fullmatch(NAME_PATTERN, text) is not None and len(text) <= 40


def _mapping(value: object) -> str:
    if value is None:
        return "is empty; write what belongs there, or {}"
    return f"has to be a mapping of keys to values, and is {shown(value)}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return f'has to be a text; put it in quotes: "{shown(value)}"'
    return f"has to be a text, and is {shown(value)}"


_SENTENCES: Mapping[str, Callable[[object, Mapping[str, object]], str]] = {
    "string_type": lambda value, _: _text(value),
    "int_type": lambda value, _: f"{shown(value)} is not a whole number",
    "int_parsing": lambda value, _: f"{shown(value)} is not a whole number",
    "int_parsing_size": lambda value, _: f"{shown(value)} is too large a number",
    "int_from_float": lambda value, _: f"{shown(value)} is not a whole number",
    "bool_type": lambda value, _: f"{shown(value)} is neither true nor false",
    "bool_parsing": lambda value, _: f"{shown(value)} is neither true nor false",
    "dict_type": lambda value, _: _mapping(value),
    "model_type": lambda value, _: _mapping(value),
    "model_attributes_type": lambda value, _: _mapping(value),
    "list_type": lambda value, _: f"has to be a list, and is {shown(value)}",
    "greater_than_equal": lambda value, facts: f"{shown(value)} is too little; the least is {facts['ge']}",
    "less_than_equal": lambda value, facts: f"{shown(value)} is too much; the most is {facts['le']}",
    "string_too_short": lambda value, facts: (
        f"{shown(value)} is too short; write {counted(facts['min_length'], 'character')} at least"
    ),
    "string_too_long": lambda value, facts: (
        f"{shown(value)} is too long; it may have {counted(facts['max_length'], 'character')}"
    ),
    "too_short": lambda _, facts: f"has too few entries; {facts['min_length']} at least",
    "too_long": lambda _, facts: f"has {facts['actual_length']} entries; {facts['max_length']} at most",
    "string_pattern_mismatch": lambda value, facts: f"{shown(value)} {PATTERN_RULES[str(facts['pattern'])]}",
    "value_error": lambda _, facts: str(facts["error"]),
}
"""A sentence for each of pydantic's error types that the models can raise, from the value and pydantic's facts."""

_OF_MAPPINGS = ("dict_type", "model_type", "model_attributes_type")
_BY_KEY = "; --set takes single values: set its keys one by one"
_BEYOND_SETTINGS: Mapping[str, str] = {
    "list_type": "; --set takes single values: write a list in the blueprint",
    **dict.fromkeys(_OF_MAPPINGS, _BY_KEY),
}
"""What to do instead where an option cannot say what is demanded."""


def sentence(kind: str, value: object, facts: Mapping[str, object]) -> str | None:
    """What an error of pydantic says, from its type, the value and pydantic's facts; None for a type without words."""
    return _SENTENCES[kind](value, facts) if kind in _SENTENCES else None


def explain_errors(errors: Sequence[ErrorDetails], tree: Node, shape: Shape) -> list[Problem]:
    """Problems with path and place. A missing key whose misspelling stands beside it is told once."""
    problems = [(error["type"], explain_error(error, tree, shape)) for error in errors]
    meant = {
        (problem.path.rpartition(".")[0], match[1])
        for kind, problem in problems
        if kind == "extra_forbidden" and (match := re.search(r'did you mean "(.*)"', problem.message))
    }
    told = []
    for error, (kind, problem) in zip(errors, problems, strict=True):
        if kind != "missing" or (problem.path, str(error["loc"][-1])) not in meant:
            told.append(problem)
    return told


def explain_error(error: ErrorDetails, tree: Node, shape: Shape) -> Problem:
    """One error as a problem. Its place is the value; for an unknown key the key; for a missing one the parent."""
    kind, value, facts = error["type"], error["input"], error.get("ctx", {})
    path: Steps = error["loc"]
    of_key = bool(path) and path[-1] == "[key]"
    if of_key:
        path = path[:-1]
    path = _as_written(tree, path)
    node = tree.find(path)
    if kind == "missing":
        parent = path[:-1]
        return Problem(f'"{path[-1]}" is missing', tree.nearest(parent), format_path(parent))
    if kind == "extra_forbidden":
        message = _unknown_key(str(path[-1]), shape.at(path[:-1]))
        return Problem(message, node.key if node else tree.nearest(path), format_path(path))
    if kind == "literal_error":
        around = shape.at(path[:-1] if of_key else path)
        message = not_allowed(value, (around.keys if of_key else around.allowed) if around else ())
    else:
        message = sentence(kind, value, facts) or f"{shown(value)} cannot stand here: {error['msg']}"
    place = (node.key if node and of_key else None) or _place(tree, path)
    message += (
        _BEYOND_SETTINGS.get(kind, "") if isinstance(place, OptionPosition) else _instead(kind, value, shape.at(path))
    )
    return Problem(message + _said_by(node), place, format_path(path))


_MOST_KEYS, _LONGEST = 6, 40
"""Mappings with more keys, and longer texts, are not written out in a message."""


def _instead(kind: str, value: object, shape: Shape | None) -> str:
    """How a value has to be written whose form is wrong, where that is short."""
    if kind == "list_type" and isinstance(value, str | int) and not isinstance(value, bool):
        return f"; write [{value}]" if len(str(value)) <= _LONGEST else ""
    if kind in _OF_MAPPINGS and shape is not None and value is not None:
        keys = list(fields(shape.model)) if shape.model else []
        if 0 < len(keys) <= _MOST_KEYS:
            return f"; write {{{', '.join(f'{key}: ...' for key in keys)}}}"
        if shape.entries is not None and isinstance(value, list) and value and isinstance(value[0], str):
            return f"; write each as a key with a colon, like {value[0]}: ..." if len(value[0]) <= _LONGEST else ""
    return ""


def _as_written(tree: Node, path: Steps) -> Steps:
    """The path as far as it is written: of a short form (``logs: 5``) the part that was read from it is not."""
    for length in range(len(path)):
        node = tree.find(path[:length])
        if node is not None and not isinstance(node.value, dict | list):
            return path[:length]
    return path


def _unknown_key(key: str, parent: Shape | None) -> str:
    model = parent.model if parent else None
    known: dict[str, str] = {}
    if model is not None:
        known = {info.alias or name: name for name, info in model.model_fields.items()}
    for written, name in known.items():
        if name == key:  # the model's own name for a key that people write otherwise, like instance_class
            return f'unknown key "{key}"; did you mean "{written}"?'
    return f'unknown key "{key}"{suggestion(key, _keys_of(model))}'


def _keys_of(model: type[Part] | None) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def not_allowed(value: object, allowed: tuple[str, ...]) -> str:
    """That a value is none of the texts that may stand in its place, and the nearest of them."""
    near = suggestion(value, allowed) if isinstance(value, str) else ""
    hint = near if "did you mean" in near else ""
    listed = ", ".join(allowed[:-1]) + (" or " if len(allowed) > 1 else "") + allowed[-1] if allowed else "allowed here"
    return f"{shown(value)} is not {listed}{hint}"


def _place(tree: Node, path: Steps) -> Position | None:
    """The place of a value. What is wrong between the keys of a mapping stands where an overlay touched one of them."""
    node = tree.find(path)
    for child in node.fields.values() if node else ():
        if child.layer.startswith(("environment", "option", "shared")) and node and node.layer != child.layer:
            return child.place
    return tree.nearest(path)


def _said_by(node: Node | None) -> str:
    """Names the profile or default behind a value that nobody wrote."""
    return f" (set by {node.layer})" if node and node.layer.startswith(("profile", "default")) else ""


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, in the order of the file."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda problem: (
            (problem.position.line, problem.position.column) if problem.position else (0, 0),
            problem.path,
            problem.message,
        ),
    )
