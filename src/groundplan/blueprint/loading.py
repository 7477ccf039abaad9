"""From a file to blueprints: one for each environment, checked, and every value with its origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from groundplan.blueprint.beyond import beyond, without_value
from groundplan.blueprint.hosts import shared_hosts
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.overlay import merge, pointless_nulls, without_nulls, write_out
from groundplan.blueprint.problems import NAME_RULE, explain_errors, in_order, is_name
from groundplan.blueprint.profiles import choose_profile, with_posture
from groundplan.blueprint.recovery import Standby
from groundplan.blueprint.settings import LAYER as SETTINGS
from groundplan.blueprint.settings import OptionPosition, read_settings, unknown_entries, without
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.shared import (
    FROM_BASE,
    SHARED,
    SharedZone,
    base_of,
    said_twice,
    strangers,
    unrecorded,
    without_strangers,
    zone_of_shared,
)
from groundplan.blueprint.tree import Node, Steps, format_path, parse_path
from groundplan.blueprint.validation import find_problems
from groundplan.blueprint.yaml import read_text, read_yaml
from groundplan.errors import InputError, Position, Problem, suggestion
from groundplan.record import Record, dataclass

DEFAULT_FILE = Path("groundplan.yaml")
DEFAULT_ENVIRONMENT = "production"


@dataclass(frozen=True)
class Origin(Record):
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
class LoadedEnvironment(Record):
    """One environment of a blueprint, valid as far as the blueprint alone can tell."""

    name: str
    blueprint: Blueprint
    source_file: Path
    text: str
    """The file as it is written."""
    tree: Node
    """Base, overlay and posture in one, each value with its place."""
    standby: LoadedEnvironment | None = None
    """The same environment once more in another region, where it has a standby there."""
    is_shared: bool = False
    """Whether it is the file's ``shared:``: no network, nothing that runs."""
    siblings: tuple[LoadedEnvironment, ...] = ()
    """Of ``shared:``, the environments of the file; else none."""
    shared_zone: SharedZone | None = None
    """The DNS zone of the file's ``shared:``. None: it has none, or this is it."""

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
        blueprint, renamed = self.blueprint, self.blueprint.renamed
        name, owner = renamed.environment or self.name, blueprint.owner_id
        stage = f"{name}-{owner}" if owner else name
        return blueprint.state.bucket or f"{renamed.project or blueprint.project}-{stage}-terraform-state"

    @cached_property
    def in_aws(self) -> LoadedEnvironment:
        """The same environment in the names that AWS has, where ``renamed:`` says others; else itself.

        Raises InputError where those names cannot stand together in one blueprint.
        """
        if self.blueprint.renamed.is_empty:
            return self
        from groundplan.blueprint.before import in_names_of_aws  # here, since few blueprints were renamed

        return in_names_of_aws(self)

    def position(self, path: str | Steps) -> Position | None:
        """Where a value stands, or its nearest ancestor that is written, where the value is a default."""
        return self.tree.nearest(_steps(path))

    def problem(self, path: str | Steps, message: str) -> Problem:
        """A problem at a path like ``services.api.size`` (a key with a dot: ``parameters["rds.force_ssl"]``)."""
        return Problem(message, self.position(path), path if isinstance(path, str) else format_path(path))


@dataclass(frozen=True)
class Source(Record):
    """A blueprint as it is written, before an environment is chosen."""

    file: Path
    text: str
    base: Node
    """Everything but ``environments:``."""
    overlays: Mapping[str, Node]
    settings: Node = field(default_factory=lambda: Node({}, layer=SETTINGS))
    """What goes over every environment: :meth:`with_settings`."""
    has_shared: bool = False
    """Whether the last of the overlays is ``shared:``."""
    _filed: dict[str, tuple[Node, Node, Node]] = field(default_factory=dict, compare=False, repr=False)
    """Base, overlay, and what the environment is by them: for what is made of this one by :func:`replace`, in which
    most environments stay as they are."""

    def with_settings(self, written: Sequence[str]) -> Self:
        """The same source with ``KEY=VALUE`` settings over whatever environment is chosen.

        Raises InputError for what is no setting.
        """
        return replace(self, settings=read_settings(written))

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments, as ordered in the file; ``shared`` is the last."""
        return tuple(self.overlays)

    @property
    def default(self) -> str | None:
        """The environment that is meant where none is named: the only one, ``shared:`` aside."""
        own = [name for name in self.overlays if not self._is_shared(name)]
        return own[0] if len(own) == 1 else None

    def environment(self, name: str | None = None) -> LoadedEnvironment:
        """One environment; without a name the only one, ``shared:`` aside.

        Raises InputError with everything that is wrong with it, or where there is no such environment; for ``shared:``
        also with what is wrong with those that it stands beside.
        """
        chosen = self._choose(name)
        assembled = self._assemble(chosen)
        if assembled.loaded is None:
            raise InputError(in_order(assembled.problems))
        if not self._is_shared(chosen):
            return assembled.loaded
        # What is set is meant for what was chosen: of the others' it is only what concerns the whole file.
        whole = {key: node for key, node in self.settings.fields.items() if key in FROM_BASE}
        others = replace(self, settings=replace(self.settings, value=whole)).all()
        return replace(assembled.loaded, siblings=tuple(one for one in others if not one.is_shared))

    def all(self) -> list[LoadedEnvironment]:
        """Every environment. Raises InputError with what is wrong with any of them, each thing said once."""
        assembled = {name: self._assemble(name, all_of_them=True) for name in self.environments}
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
        return [
            self._beside(one.loaded, assembled) if one.loaded.is_shared else one.loaded
            for one in assembled.values()
            if one.loaded is not None
        ]

    @staticmethod
    def _beside(shared: LoadedEnvironment, assembled: Mapping[str, _Assembled]) -> LoadedEnvironment:
        """``shared:`` with the environments that it stands beside."""
        others = (one.loaded for one in assembled.values())
        return replace(shared, siblings=tuple(one for one in others if one is not None and not one.is_shared))

    def _is_shared(self, name: str) -> bool:
        return self.has_shared and name == SHARED

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
            if self.default is not None:
                return self.default
            raise InputError(f"{self.file} has several environments; choose one with -e: {known}")
        if name not in self.overlays:
            raise InputError(f'{self.file} has no environment "{name}"{suggestion(name, self.environments)}')
        return name

    def _assemble(self, name: str, *, all_of_them: bool = False) -> _Assembled:
        shape = shape_of(Blueprint)
        base, overlay = self._layers(name)
        nulls = [*pointless_nulls(None, self.base, shape), *pointless_nulls(base, overlay, shape)]
        problems = [self._nothing_to_remove(path, node) for path, node in nulls]
        if self._is_shared(name):
            problems += strangers(self.overlays[name])
        layered = merge(write_out(base, overlay, shape), overlay)
        settings = self.settings
        if self._is_shared(name) and settings.fields:
            # Where every environment is read, what is set for the others is simply not of this one.
            problems += () if all_of_them else strangers(settings, option=True)
            settings = without_strangers(settings, option=True)
        if settings.fields:
            slips = list(unknown_entries(settings, layered, shape))
            settings = without(settings, slips)
            problems += slips
            problems += [
                self._nothing_to_remove(path, node) for path, node in pointless_nulls(layered, settings, shape)
            ]
            layered = merge(write_out(layered, settings, shape), settings)
        written = without_nulls(layered, shape)
        trees = {**self._as_filed, name: written}
        problems += shared_hosts(name, trees, SHARED if self.has_shared else None)
        problems += unrecorded(name, trees)
        if self.has_shared and not self._is_shared(name):
            problems += said_twice(written, trees[SHARED])
        node = written.step("profile")
        profile, layer = choose_profile(node.value if node and isinstance(node.value, str) else None, name)
        if node is None:
            written = replace(written, value={**written.fields, "profile": Node(profile, layer=layer)})
        tree = with_posture(written, profile)
        try:
            blueprint = Blueprint.model_validate(tree.plain())
        except ValidationError as error:
            problems += explain_errors(error.errors(include_url=False), tree, shape)
            return _Assembled(None, [*problems, *beyond(tree, problems)], readable=False, errors=problems)
        problems += find_problems(blueprint, tree)
        is_shared = self._is_shared(name)
        zone = zone_of_shared(trees[SHARED], self.settings) if self.has_shared and not is_shared else None
        loaded = (
            None
            if problems
            else LoadedEnvironment(name, blueprint, self.file, self.text, tree, is_shared=is_shared, shared_zone=zone)
        )
        if loaded is not None and blueprint.standby is not None:
            loaded, problems = self._with_standby(loaded, written, blueprint.standby)
        return _Assembled(loaded, problems, readable=True, errors=[])

    def _with_standby(
        self, primary: LoadedEnvironment, written: Node, asked: Standby
    ) -> tuple[LoadedEnvironment | None, list[Problem]]:
        """The environment with its standby, or what is wrong with the standby alone; ``written`` is without posture."""
        from groundplan.blueprint import standby  # here, since few environments have one

        shape = shape_of(Blueprint)
        problems = [self._nothing_to_remove(path, node) for path, node in standby.slips(written, shape)]
        tree = standby.tree_of(written, primary.name, asked.region, shape)
        tree = with_posture(tree, primary.blueprint.profile)
        try:
            blueprint = Blueprint.model_validate(tree.plain())
        except ValidationError as error:
            problems += explain_errors(error.errors(include_url=False), tree, shape)
        else:
            problems += [
                Problem(finding.message, primary.position(finding.path), format_path(finding.path))
                for finding in standby.check_pair(primary.blueprint, blueprint, asked)
            ]
            problems += find_problems(blueprint, tree)
        if problems:
            where = f" (in the standby in {asked.region})"
            return None, [replace(problem, message=problem.message + where) for problem in problems]
        name = standby.name_of(primary.name)
        zone = primary.shared_zone
        there = LoadedEnvironment(name, blueprint, self.file, self.text, tree, shared_zone=zone)
        return replace(primary, standby=there), []

    @cached_property
    def _as_filed(self) -> Mapping[str, Node]:
        """Each environment as the file says it: the base with the overlay, before settings and profile."""
        return {name: self._one_as_filed(name) for name in self.overlays}

    def _one_as_filed(self, name: str) -> Node:
        known = self._filed.get(name)
        if known is None or known[0] is not self.base or known[1] is not self.overlays[name]:
            shape = shape_of(Blueprint)
            base, overlay = self._layers(name)
            filed = without_nulls(merge(write_out(base, overlay, shape), overlay), shape)
            known = self._filed[name] = self.base, self.overlays[name], filed
        return known[2]

    def _layers(self, name: str) -> tuple[Node, Node]:
        """What goes under an environment, and what it says itself."""
        overlay = self.overlays[name]
        if self._is_shared(name):
            return base_of(self.base), without_strangers(overlay).on_layer(SHARED)
        return self.base, overlay.on_layer(f"environment {name}")

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


@dataclass(frozen=True)
class _Assembled(Record):
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
    """A blueprint out of its tree. Raises InputError where ``environments:`` is no mapping of names to mappings, or
    ``shared:`` none of keys to values."""
    environments, shared = root.step("environments"), root.step(SHARED)
    base = without_value(without_value(root, ("environments",)), (SHARED,))
    found = _environments_of(environments, root)
    if shared is None:
        return Source(file, text, base, found)
    problems = []
    if not isinstance(shared.value, dict | None):
        problems.append(Problem("has to be a mapping of what stands once in the account", shared.place, SHARED))
    if SHARED in found:
        problems.append(
            Problem(
                "shared: is an environment of that name already; choose another",
                found[SHARED].key,
                f"environments.{SHARED}",
            )
        )
    if problems:
        raise InputError(in_order(problems))
    own = shared if isinstance(shared.value, dict) else replace(shared, value={})
    return Source(file, text, base, {**found, SHARED: own}, has_shared=True)


def _environments_of(environments: Node | None, root: Node) -> dict[str, Node]:
    if environments is None or environments.value is None:
        return {DEFAULT_ENVIRONMENT: Node({}, root.position)}
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
    return overlays or {DEFAULT_ENVIRONMENT: Node({}, root.position)}


def load_environment(path: Path = DEFAULT_FILE, name: str | None = None) -> LoadedEnvironment:
    """One environment of a file; without a name the only one. Raises InputError, EnvironmentalError."""
    return load(path).environment(name)


def load_all(path: Path = DEFAULT_FILE) -> list[LoadedEnvironment]:
    """Every environment of a file. Raises InputError with the problems of all, each said once; EnvironmentalError."""
    return load(path).all()
