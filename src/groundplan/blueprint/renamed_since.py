"""What was renamed between two blueprints of an environment, as far as that is plain; and what a person has to say.

An entry that is gone and a new one of the same family are one that was renamed where they say the same, and no other
does. Names that both mention count as the same while those are renamed themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.renames import ENTRIES, WHOLE, Names, names_of
from groundplan.blueprint.tree import Node
from groundplan.blueprint.validation.renames import check_renames
from groundplan.errors import InputError
from groundplan.record import Record, dataclass

_ANY = "?"
"""Stands for every name that is gone or new; no name looks like it."""
_IMPLICIT = ("repositories", "secrets")
"""What is there because a workload names it."""


@dataclass(frozen=True)
class RenamedSince(Record):
    """The current environment with every rename in it."""

    loaded: LoadedEnvironment
    """With what was found added to its ``renamed:``."""
    found: Mapping[str, Mapping[str, str]]
    """New to old names by family, of what the blueprint does not say itself; those of the whole under ``""``."""
    undecided: tuple[str, ...]
    """What might be a rename, and how to decide."""


def renamed_since(previous: LoadedEnvironment, current: LoadedEnvironment) -> RenamedSince:
    """Compare the names of an earlier blueprint with those of now, beyond what ``renamed:`` says.

    Raises InputError where what was found cannot be followed.
    """
    comparison = _Comparison(previous, current)
    found = {family: pairs for family in ENTRIES if (pairs := comparison.found[family])}
    whole = dict(_whole(previous, current))
    said = current.blueprint.renamed
    merged = said.model_copy(update={family: {**said.of(family), **pairs} for family, pairs in found.items()} | whole)
    blueprint = current.blueprint.model_copy(update={"renamed": merged})
    problems = [current.problem(finding.path, finding.message) for finding in check_renames(blueprint, current.tree)]
    if problems:
        raise InputError(problems)
    told = {"": whole, **found} if whole else found
    return RenamedSince(replace(current, blueprint=blueprint), told, tuple(comparison.undecided()))


def _whole(previous: LoadedEnvironment, current: LoadedEnvironment) -> Iterator[tuple[str, str]]:
    """What stands in all names, and is another now."""
    old, new = _names_of_whole(previous), _names_of_whole(current)
    for key in WHOLE:
        if old[key] != new[key]:
            # A title that follows from the project, and a short name from the environment, are old with those.
            follows = {"title": "project", "short_name": "environment"}.get(key)
            if follows and old[key] == old[follows] and new[key] == new[follows]:
                continue
            yield key, old[key]


def _names_of_whole(loaded: LoadedEnvironment) -> dict[str, str]:
    blueprint, renamed = loaded.blueprint, loaded.blueprint.renamed
    project = renamed.project or blueprint.project
    environment = renamed.environment or loaded.name
    return {
        "project": project,
        "title": renamed.title or blueprint.title or project,
        "environment": environment,
        "short_name": renamed.short_name or blueprint.short_name or environment,
    }


class _Comparison:
    def __init__(self, previous: LoadedEnvironment, current: LoadedEnvironment) -> None:
        self._trees = previous.tree, current.tree
        before, now = names_of(previous.tree), names_of(current.tree)
        self._told = {family: current.blueprint.renamed.of(family) for family in ENTRIES}
        self.found: dict[str, dict[str, str]] = {family: {} for family in ENTRIES}
        self._gone: dict[str, list[str]] = {}
        self._new: dict[str, list[str]] = {}
        self._made_as = {
            family: {name: previous.blueprint.renamed.of(family).get(name, name) for name in before[family]}
            for family in ENTRIES
        }
        for family in ENTRIES:
            told = self._told[family]
            for name, made_as in self._made_as[family].items():
                if name in now[family] and name not in told and made_as != name:
                    self.found[family][name] = made_as  # the blueprint says no longer what it said before
            kept = {told.get(name, name) for name in now[family]} | {*self.found[family].values()}
            self._gone[family] = [name for name in before[family] if self._made_as[family][name] not in kept]
            self._new[family] = [name for name in now[family] if name not in before[family] and name not in told]
        any_name = {family: dict.fromkeys((*self._gone[family], *self._new[family]), _ANY) for family in ENTRIES}
        self._masked = Names(any_name)
        for family in (family for family in ENTRIES if family not in _IMPLICIT):
            self._match(family)
        self._renamed_by_workloads()

    def undecided(self) -> Iterator[str]:
        """What is gone while something of its family is new, and nothing says whether they are one."""
        for family in ENTRIES:
            gone, new = self._gone[family], self._new[family]
            if not gone or not new:
                continue
            alike = any(self._alike(family, old, name) for old in gone for name in new)
            why = "several are alike" if alike else "they say other things"
            yield (
                f"{family}: {', '.join(gone)} is gone and {', '.join(new)} is new, and {why}, so that what is gone is "
                f"destroyed and what is new is made. If it was renamed, write renamed: {{{family}: {{{new[0]}: "
                f"{self._made_as[family][gone[0]]}}}}}"
            )

    def _match(self, family: str) -> None:
        gone, new = self._gone[family], self._new[family]
        pairs = [(old, name) for old in gone for name in new if self._alike(family, old, name)]
        for old, name in pairs:
            if sum(pair[0] == old for pair in pairs) == sum(pair[1] == name for pair in pairs) == 1:
                self._take(family, old, name)

    def _take(self, family: str, old: str, new: str) -> None:
        self.found[family][new] = self._made_as[family][old]
        self._gone[family].remove(old)
        self._new[family].remove(new)

    def _alike(self, family: str, old: str, new: str) -> bool:
        before, now = self._entry(self._trees[0], family, old), self._entry(self._trees[1], family, new)
        return before is not None and now is not None and before.plain() == now.plain()

    def _entry(self, tree: Node, family: str, name: str) -> Node | None:
        entry = tree.find(("kubernetes", "nodes", name) if family == "nodes" else (family, name))
        return self._masked.workload(entry) if entry is not None and family in ("services", "jobs") else entry

    def _renamed_by_workloads(self) -> None:
        """Repositories and secrets that the same workload, renamed or not, names otherwise now."""
        for family in ("services", "jobs"):
            for new in names_of(self._trees[1])[family]:
                made_as = self._told[family].get(new) or self.found[family].get(new, new)
                old = next((name for name, made in self._made_as[family].items() if made == made_as), None)
                before, now = self._trees[0].find((family, old or "")), self._trees[1].find((family, new))
                if before is not None and now is not None:
                    self._compare_workloads(before, now)

    def _compare_workloads(self, before: Node, now: Node) -> None:
        secrets = (before.step("secrets") or Node({})).fields
        for family, path in (
            ("repositories", ("image", "repository")),
            *(("secrets", ("secrets", key)) for key in secrets),
        ):
            there, here = before.find(path), now.find(path)
            if there is None or here is None:
                continue
            old, new = str(there.value), str(here.value)
            if old in self._gone[family] and new in self._new[family]:
                self._take(family, old, new)
