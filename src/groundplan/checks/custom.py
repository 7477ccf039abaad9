"""Rules of a user's own: every module of the folder ``checks`` beside the blueprint."""

from __future__ import annotations

import inspect
import re
import runpy
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from groundplan.checks.report import Finding
from groundplan.checks.rule import SEVERITIES, WHOLE_ARCHITECTURE, Described, Fix, References, Rule
from groundplan.checks.wording import described, place_of
from groundplan.errors import Position
from groundplan.record import Record, dataclass

FOLDER = "checks"
ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d+")
"""What ``accept:`` takes as the id of a rule."""


class UnreadableRule(Described):
    """Found in the folder of custom rules, not in the architecture."""

    id = "GP-OPS-091"
    title = "Rules of one's own can be read"
    severity = "error"
    why = "A rule that cannot be read finds nothing: the architecture looks better than it was ever checked to be."
    fix = Fix(
        blueprint="Mend the module in checks/ beside the blueprint, or check with --no-custom.",
        terraform="Not in Terraform: the rules stand beside the blueprint.",
        cloudformation="Not in CloudFormation: the rules stand beside the blueprint.",
    )
    source = "https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_dev_integ_test_val_chg.html"
    references = References(pillar="Operational Excellence")


@dataclass(frozen=True)
class CustomRules(Record):
    """What a folder holds."""

    rules: tuple[Rule, ...] = ()
    """By id."""
    failures: tuple[Finding, ...] = ()
    """What cannot be used, and why."""


def load(folder: Path, taken: Collection[str]) -> CustomRules:
    """The rules in the modules of a folder, none where there is no such folder. ``taken``: ids of other rules.

    The modules are run, so only folders of people who are trusted may be read. Names that begin with ``_`` are left to
    helpers, which rules import by their name. Nothing is raised: whatever cannot be used is a finding.
    """
    rules: dict[str, Rule] = {}
    failures: list[Finding] = []
    with _importing_from(folder), redirect_stdout(sys.stderr):
        for file in sorted(folder.glob("*.py")):
            if file.name.startswith("_"):
                continue
            try:
                kinds = list(_rules_in(file))
            except (Exception, SystemExit) as error:
                failures.append(_failure(file, f"cannot be run: {described(error)}", place_of(error, file)))
                continue
            if not kinds:
                failures.append(_failure(file, f"holds no rule; a helper is called _{file.name}", Position(file, 1, 1)))
            for kind in kinds:
                why = _why_unusable(kind) or _why_taken(kind, taken, rules)
                if not why:
                    try:
                        rules[kind.id] = kind()
                        continue
                    except (Exception, SystemExit) as error:
                        why = f"cannot be made: {described(error)}"
                failures.append(_failure(file, f"{kind.__name__} {why}", _place_of_class(kind, file)))
    return CustomRules(tuple(rules[key] for key in sorted(rules)), tuple(failures))


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Modules can import their neighbours; afterwards nothing of it is left in this process, nor in the folder."""
    modules, path, no_bytecode = set(sys.modules), list(sys.path), sys.dont_write_bytecode
    sys.path.append(str(folder.resolve()))
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.path[:] = path
        sys.dont_write_bytecode = no_bytecode
        for name in set(sys.modules) - modules:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).is_relative_to(folder.resolve()):
                del sys.modules[name]


def _rules_in(file: Path) -> Iterator[type[Rule]]:
    """The rules that a module defines: subclasses of Rule that say their id, or can be made."""
    name = f"checks_of_the_blueprint.{file.stem}"
    for item in runpy.run_path(str(file), run_name=name).values():
        own = isinstance(item, type) and issubclass(item, Rule) and item.__module__ == name
        # A base of several rules has no id and no check.
        if own and (hasattr(item, "id") or not inspect.isabstract(item)):
            yield item


def _why_unusable(kind: type[Rule]) -> str:
    """What a rule lacks. Empty: nothing."""
    missing = [name for name in ("id", "title", "severity", "why", "fix") if not hasattr(kind, name)]
    if missing:
        return f"does not say its {' and its '.join(missing)}"
    if not isinstance(kind.id, str) or not ID.fullmatch(kind.id):
        return f"has the id {kind.id!r}; write capitals and digits, hyphens, and a number at the end, like TEAM-001"
    if inspect.isabstract(kind):
        return "has no method check(self, architecture)"
    if kind.severity not in SEVERITIES:
        return f"has the severity {kind.severity!r}; there are {', '.join(SEVERITIES)}"
    if not isinstance(kind.fix, Fix):
        return 'has a fix that is none; write fix = Fix(blueprint="...")'
    unwritten = [name for name in ("title", "why", "source") if not isinstance(getattr(kind, name), str)]
    if unwritten:
        return f"has a {unwritten[0]} that is no text"
    if not isinstance(kind.references, References):
        return "has references that are none; write references = References(pillar=...), or nothing"
    return ""


def _why_taken(kind: type[Rule], taken: Collection[str], rules: dict[str, Rule]) -> str:
    if kind.id in taken:
        return f"has the id {kind.id}, which is that of a rule of Groundplan's own; choose another, like TEAM-001"
    if kind.id in rules:
        other = rules[kind.id]
        return f"has the id {kind.id}, which {type(other).__name__} in {_file_name(type(other))} has; choose another"
    return ""


def _file_name(kind: type[Rule]) -> str:
    return f"{FOLDER}/{kind.__module__.rpartition('.')[2]}.py"


def _place_of_class(kind: type[Rule], file: Path) -> Position:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    found = (number for number, line in enumerate(lines, 1) if re.match(rf"\s*class\s+{kind.__name__}\b", line))
    return Position(file, next(found, 1), 1)


def _failure(file: Path, message: str, place: Position) -> Finding:
    return Finding(
        rule=UnreadableRule.id,
        severity=UnreadableRule.severity,
        resource=WHOLE_ARCHITECTURE,
        message=f"{FOLDER}/{file.name} {message}",
        fix=UnreadableRule.fix.blueprint,
        failed=True,
        where=place,
    )
