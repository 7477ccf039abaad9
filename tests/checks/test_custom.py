"""Rules of a user's own: read from their folder, and whatever is wrong with one is told and silences no other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from tests.checks.reports import NETWORK

from groundplan.blueprint.loading import source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.checks import Finding, custom, examine, run
from groundplan.checks.custom import CustomRules
from groundplan.design import design

GOOD = """
    from groundplan.checks import Fix, Rule
    from groundplan.resources.network import Vpc

    class Networks(Rule):
        id = "TEAM-001"
        title = "There is no network"
        severity = "warning"
        why = "It is only a test."
        fix = Fix(blueprint="Nothing can be done.")

        def check(self, architecture):
            for network in architecture.of(Vpc):
                yield self.violation(network, "is here")
"""
Module = Callable[[str, str], Path]


@pytest.fixture
def module(tmp_path: Path) -> Module:
    """Writes a module of the folder."""

    def write(name: str, text: str) -> Path:
        file = tmp_path / "checks" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text).lstrip(), encoding="utf-8")
        return file

    return write


def load(module: Module) -> CustomRules:
    folder = module("_.py", "").parent
    return custom.load(folder, {"GP-SEC-001"})


def failure(module: Module) -> Finding:
    (finding,) = load(module).failures
    assert (finding.rule, finding.severity, finding.resource) == ("GP-OPS-091", "error", "architecture")
    return finding


def test_no_folder_no_rules(tmp_path: Path) -> None:
    assert custom.load(tmp_path / "checks", ()) == CustomRules()


def test_a_rule_is_read_and_finds(module: Module) -> None:
    module("networks.py", GOOD)
    found = load(module)
    assert found.failures == ()
    (finding,) = run(NETWORK, rules=found.rules).findings
    assert (finding.rule, finding.severity, finding.resource, finding.message, finding.fix) == (
        "TEAM-001", "warning", "vpc.main", "vpc.main is here", "Nothing can be done."
    )  # fmt: skip


def test_nothing_is_left_behind(module: Module, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module("_facts.py", "ID = 'TEAM-007'")
    module(
        "networks.py", GOOD.replace('"TEAM-001"', "ID").replace("    from", "    from _facts import ID\n    from", 1)
    )
    module("talks.py", GOOD.replace("TEAM-001", "TEAM-008") + "\n    print('hello')\n")
    before, path = set(sys.modules), list(sys.path)
    found = load(module)
    assert [rule.id for rule in found.rules] == ["TEAM-007", "TEAM-008"]
    assert [item for item in found.failures if "print" in item.message] == []
    assert "_facts" not in sys.modules
    assert {name for name in set(sys.modules) - before if "checks_of" in name or "_facts" in name} == set()
    assert sys.path == path
    assert list(tmp_path.rglob("*.pyc")) == []
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "hello\n")


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("import nothing_of_that_name\n", "cannot be run: ModuleNotFoundError: No module named", 1),
        ("a = 1\n\ndef broken(:\n", "cannot be run: SyntaxError", 3),
        ("a = 1\nraise SystemExit(3)\n", "cannot be run: SystemExit: 3", 2),
        ("a = 1\n1 / 0\n", "cannot be run: ZeroDivisionError: division by zero", 2),
        ("\0", "cannot be run", 1),
        ("a = 1\n", "holds no rule; a helper is called _mine.py", 1),
        (GOOD.replace("Rule)", "object)"), "holds no rule", 1),
        (GOOD.replace('id = "TEAM-001"', ""), "Networks does not say its id", 4),
        (GOOD.replace("title", "titel").replace("why", "because"), "does not say its title and its why", 4),
        (GOOD.replace("TEAM-001", "team one"), "has the id 'team one'; write capitals", 4),
        (GOOD.replace('"TEAM-001"', "1"), "has the id 1;", 4),
        (GOOD.replace("TEAM-001", "GP-SEC-001"), "which is that of a rule of Groundplan's own", 4),
        (GOOD.replace("warning", "terrible"), "has the severity 'terrible'; there are error, warning, info", 4),
        (GOOD.replace("def check", "def chek"), "has no method check(self, architecture)", 4),
        (GOOD.replace('Fix(blueprint="Nothing can be done.")', '"Nothing"'), "has a fix that is none", 4),
        (GOOD.replace('"It is only a test."', "7"), "has a why that is no text", 4),
        (GOOD + "\n        source = 7\n", "has a source that is no text", 4),
        (GOOD + "\n        references = 7\n", "has references that are none", 4),
        (GOOD + "\n        def __init__(self, needed):\n            pass\n", "Networks cannot be made: TypeError", 4),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(module: Module, text: str, says: str, line: int) -> None:
    file = module("mine.py", text)
    module("other.py", GOOD.replace("TEAM-001", "TEAM-002"))
    found = failure(module)
    assert says in found.message
    assert found.message.startswith("checks/mine.py ")
    assert found.where is not None
    assert (found.where.file, found.where.line) == (file, line)
    assert [rule.id for rule in load(module).rules] == ["TEAM-002"]


def test_two_of_one_id(module: Module) -> None:
    module("a.py", GOOD)
    module("b.py", GOOD.replace("Networks", "Twins"))
    assert "Twins has the id TEAM-001, which Networks in checks/a.py has" in failure(module).message
    assert [type(rule).__name__ for rule in load(module).rules] == ["Networks"]


def test_a_base_of_several_rules_is_no_rule(module: Module) -> None:
    module(
        "networks.py",
        GOOD.replace("class Networks(Rule)", "class Base(Rule):\n        pass\n\n    class Networks(Base)"),
    )
    found = load(module)
    assert ([rule.id for rule in found.rules], found.failures) == (["TEAM-001"], ())


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("raise KeyError('no such thing')", "KeyError: 'no such thing'"),
        ("yield 7", "TypeError: check gives 7; what it yields is self.violation(resource, message)"),
        ("return None", "TypeError: 'NoneType' object is not iterable"),
        ("raise SystemExit", "SystemExit"),
        ("yield from self.check(architecture)", "RecursionError"),
    ],
)
def test_a_rule_that_raises_is_reported_and_the_others_go_on(module: Module, does: str, says: str) -> None:
    file = module("fails.py", GOOD[: GOOD.index("            for")] + f"            {does}\n")
    module("works.py", GOOD.replace("TEAM-001", "TEAM-002"))
    report = run(NETWORK, rules=load(module).rules)
    assert [(finding.rule, finding.severity, finding.failed) for finding in report.findings] == [
        ("TEAM-001", "error", True),
        ("TEAM-002", "warning", False),
    ]
    assert f"the rule TEAM-001 itself failed and is not complete: {says}" in report.findings[0].message
    place = report.findings[0].where
    assert place is not None
    assert (place.file, place.line) in ((file, 12), (file, 1))
    assert str(file) in report.findings[0].fix


def test_what_stands_beside_no_file_has_no_rules_of_its_own(
    module: Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module("networks.py", GOOD)
    text = "project: shop\nregion: eu-central-1\nprofile: poc\n"
    (tmp_path / "groundplan.yaml").write_text(text, encoding="utf-8")
    read = {}
    for name in ("groundplan.yaml", "<stdin>"):
        loaded = source_of(read_yaml(text, Path(name)), Path(name), text).environment()
        read[name] = {rule.id for rule in examine(loaded, design(loaded)).rules}
    assert read["groundplan.yaml"] - read["<stdin>"] == {"TEAM-001"}
