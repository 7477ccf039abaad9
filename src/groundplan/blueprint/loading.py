"""From a file to blueprints: one for each environment, checked, and every value with its origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from groundplan.blueprint.hosts import shared_hosts
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.overlay import merge, pointless_nulls, without_nulls, write_out
from groundplan.blueprint.problems import NAME_RULE, explain_errors, in_order, is_name
from groundplan.blueprint.profiles import choose_profile, with_posture
from groundplan.blueprint.settings import LAYER as SETTINGS
from groundplan.blueprint.settings import OptionPosition, read_settings, unknown_entries, without
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.tree import Node, Steps, format_path, parse_path
from groundplan.blueprint.validation import find_problems
from groundplan.blueprint.validation.base import FAMILIES
from groundplan.blueprint.yaml import read_text, read_yaml
from groundplan.errors import InputError, Position, Problem, suggestion

DEFAULT_FILE = Path("groundplan.yaml")
DEFAULT_ENVIRONMENT = "production"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who set a value."""

    layer: str
    """Empty for the base of the file, else ``environment dev``, ``option --set``, ``profile poc``, ``default`` or
    ``default: why``."""
    position: Position | None = None
    """Where it is written; None for profiles and defaults."""

    def __str__(self) -> str:
        if isinstance(self.position, OptionPosition):
            return self.layer
        return ", ".join(part for part in (self.layer, str(self.position or "")) if part)


@dataclass(frozen=True)
class LoadedEnvironment:
    """One environment of a blueprint, valid as far as the blueprint alone can tell."""

    name: str
    blueprint: Blueprint
    source_file: Path
    text: str
    """The file as it is written."""
    tree: Node
    """Base, overlay and posture in one, each value with its place."""

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Who set each value, by its path as :func:`format_path` writes it. What is not in here is a default."""
        return {
            format_path(path): Origin(node.layer, node.position)
            for path, node in self.tree.walk()
            if path and not isinstance(node.value, dict)
        }

    @property
    def state_bucket(self) -> str:
        """Name of the bucket that keeps Terraform's state."""
        owner = self.blueprint.owner_id
        stage = f"{self.name}-{owner}" if owner else self.name
        return self.blueprint.state.bucket or f"{self.blueprint.project}-{stage}-terraform-state"

    def position(self, path: str | Steps) -> Position | None:
        """Where a value stands, or its nearest ancestor that is written, where the value is a default."""
        return self.tree.nearest(_steps(path))

    def problem(self, path: str | Steps, message: str) -> Problem:
        """A problem at a path like ``services.api.size`` (a key with a dot: ``parameters["rds.force_ssl"]``)."""
        return Problem(message, self.position(path), path if isinstance(path, str) else format_path(path))


@dataclass(frozen=True)
class Source:
    """A blueprint as it is written, before an environment is chosen."""

    file: Path
    text: str
    base: Node
    """Everything but ``environments:``."""
    overlays: Mapping[str, Node]
    settings: Node = field(default_factory=lambda: Node({}, layer=SETTINGS))
    """What goes over every environment: :meth:`with_settings`."""

    def with_settings(self, written: Sequence[str]) -> Self:
        """The same source with ``KEY=VALUE`` settings over whatever environment is chosen.

        Raises InputError for what is no setting.
        """
        return replace(self, settings=read_settings(written))

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments, as ordered in the file."""
        return tuple(self.overlays)

    def environment(self, name: str | None = None) -> LoadedEnvironment:
        """One environment; without a name the only one.

        Raises InputError with everything that is wrong with it, or where there is no such environment.
        """
        assembled = self._assemble(self._choose(name))
        if assembled.loaded is None:
            raise InputError(in_order(assembled.problems))
        return assembled.loaded

    def all(self) -> list[LoadedEnvironment]:
        """Every environment. Raises InputError with what is wrong with any of them, each thing said once."""
        assembled = {name: self._assemble(name) for name in self.environments}
        readable = {name for name, one in assembled.items() if one.readable}
        unreadable = {problem for one in assembled.values() for problem in one.errors}
        found: dict[Problem, list[str]] = {}
        for name, one in assembled.items():
            for problem in dict.fromkeys(one.problems):
                found.setdefault(problem, []).append(name)
        if found:
            # What makes a blueprint unreadable is looked for everywhere, the rest only in what can be read as a whole.
            raise InputError(
                in_order(
                    self._named(problem, names, set(assembled) if problem in unreadable else readable)
                    for problem, names in found.items()
                )
            )
        return [one.loaded for one in assembled.values() if one.loaded is not None]

    def _named(self, problem: Problem, names: list[str], searched: set[str]) -> Problem:
        """A problem that only some of the searched environments have names them, unless its place does."""
        told = any(self._is_in(problem.position, self.overlays[name]) for name in names)
        if told or searched <= set(names):
            return problem
        return replace(problem, message=f"{problem.message} (environment {', '.join(names)})")

    @staticmethod
    def _is_in(position: Position | None, overlay: Node) -> bool:
        return any(position in (node.position, node.key) for path, node in overlay.walk() if path)

    def _choose(self, name: str | None) -> str:
        known = ", ".join(self.environments)
        if name is None:
            if len(self.environments) == 1:
                return self.environments[0]
            raise InputError(f"{self.file} has several environments; choose one with -e: {known}")
        if name not in self.overlays:
            raise InputError(f'{self.file} has no environment "{name}"{suggestion(name, self.environments)}')
        return name

    def _assemble(self, name: str) -> _Assembled:
        shape = shape_of(Blueprint)
        overlay = self.overlays[name].on_layer(f"environment {name}")
        nulls = [*pointless_nulls(None, self.base, shape), *pointless_nulls(self.base, overlay, shape)]
        problems = [self._nothing_to_remove(path, node) for path, node in nulls]
        layered = merge(write_out(self.base, overlay, shape), overlay)
        if self.settings.fields:
            slips = list(unknown_entries(self.settings, layered, shape))
            settings = without(self.settings, slips)
            problems += slips
            problems += [
                self._nothing_to_remove(path, node) for path, node in pointless_nulls(layered, settings, shape)
            ]
            layered = merge(write_out(layered, settings, shape), settings)
        written = without_nulls(layered, shape)
        problems += shared_hosts(name, {**self._as_filed, name: written})
        node = written.step("profile")
        profile, layer = choose_profile(node.value if node and isinstance(node.value, str) else None, name)
        if node is None:
            written = replace(written, value={**written.fields, "profile": Node(profile, layer=layer)})
        tree = with_posture(written, profile)
        try:
            blueprint = Blueprint.model_validate(tree.plain())
        except ValidationError as error:
            problems += explain_errors(error.errors(include_url=False), tree, shape)
            return _Assembled(None, [*problems, *_beyond(tree, problems)], readable=False, errors=problems)
        problems += find_problems(blueprint, tree)
        loaded = None if problems else LoadedEnvironment(name, blueprint, self.file, self.text, tree)
        return _Assembled(loaded, problems, readable=True, errors=[])

    @cached_property
    def _as_filed(self) -> Mapping[str, Node]:
        """Each environment as the file says it: the base with the overlay, before settings and profile."""
        shape = shape_of(Blueprint)
        overlays = {name: overlay.on_layer(f"environment {name}") for name, overlay in self.overlays.items()}
        return {
            name: without_nulls(merge(write_out(self.base, overlay, shape), overlay), shape)
            for name, overlay in overlays.items()
        }

    def _nothing_to_remove(self, path: Steps, node: Node) -> Problem:
        family, name = path[:-1], str(path[-1])
        known = self.base.find(family)
        near = suggestion(name, known.fields) if known and name not in known.fields else ""
        hint = near if "did you mean" in near else "; write {} for an entry with defaults"
        return Problem(f'null removes an entry, and the base has no "{name}"{hint}', node.place, format_path(path))


def _steps(path: str | Steps) -> Steps:
    """A path as steps. What cannot be read as a path is taken apart at its dots: a problem is told in any case."""
    if not isinstance(path, str):
        return path
    try:
        return parse_path(path)
    except ValueError:
        return tuple(path.split("."))


def _beyond(tree: Node, problems: list[Problem]) -> list[Problem]:
    """What else is wrong in a blueprint that cannot be read as a whole.

    The broken values are left out, and the entries that cannot be without them. Of an entry with a broken value only
    ``needs:`` is looked at: what else is found there may be no more than a consequence.
    """
    left_out = {parse_path(problem.path) for problem in problems}
    doubtful = {_entry(path) for path in left_out}
    while True:
        sound = tree
        for path in left_out:
            sound = _without(sound, path) if path else sound  # the stand-ins make up for what the root lacks
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


def _without(tree: Node, path: Steps) -> Node:
    """The tree without one value. A list that holds it goes altogether, so that no other item moves."""
    key, rest = str(path[0]), path[1:]
    children = dict(tree.fields)
    if rest and key in children and isinstance(children[key].value, dict):
        children[key] = _without(children[key], rest)
    else:
        children.pop(key, None)
    return replace(tree, value=children)


@dataclass(frozen=True, slots=True)
class _Assembled:
    """What became of one environment."""

    loaded: LoadedEnvironment | None
    problems: list[Problem]
    readable: bool
    """Whether its blueprint could be made at all, so that everything in it was checked."""
    errors: list[Problem]
    """Those of the problems that make it unreadable."""


def load(path: Path = DEFAULT_FILE) -> Source:
    """Read a blueprint. Raises InputError where it is no YAML mapping, EnvironmentalError where it cannot be read."""
    text = read_text(path)
    return source_of(read_yaml(text, path), path, text)


def source_of(root: Node, file: Path, text: str) -> Source:
    """A blueprint out of its tree. Raises InputError where ``environments:`` is no mapping of names to mappings."""
    environments = root.step("environments")
    base = _without(root, ("environments",))
    if environments is None or environments.value is None:
        return Source(file, text, base, {DEFAULT_ENVIRONMENT: Node({}, root.position)})
    if not isinstance(environments.value, dict):
        raise InputError(
            [Problem("has to be a mapping of names to what differs there", environments.place, "environments")]
        )
    overlays, problems = {}, []
    for name, overlay in environments.value.items():
        where = format_path(("environments", name))
        if not is_name(name):
            problems.append(Problem(f'"{name}" is not a name: {NAME_RULE}', overlay.key, where))
        elif overlay.value is None:
            overlays[name] = replace(overlay, value={})
        elif isinstance(overlay.value, dict):
            overlays[name] = overlay
        else:
            problems.append(Problem("has to be a mapping of what differs from the base", overlay.position, where))
    if problems:
        raise InputError(in_order(problems))
    return Source(file, text, base, overlays or {DEFAULT_ENVIRONMENT: Node({}, root.position)})


def load_environment(path: Path = DEFAULT_FILE, name: str | None = None) -> LoadedEnvironment:
    """One environment of a file; without a name the only one. Raises InputError, EnvironmentalError."""
    return load(path).environment(name)


def load_all(path: Path = DEFAULT_FILE) -> list[LoadedEnvironment]:
    """Every environment of a file. Raises InputError with the problems of all, each said once; EnvironmentalError."""
    return load(path).all()
