"""Claims of tests on demands, the report about them, and the one system that the tests look at from all sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from tests.acceptance.rows import Row, rows, tickets
from tests.acceptance.system import Aws, CommandLine, System, Templates, TerraformRoot
from tests.acceptance.traceability import PROPERTY, Traceability
from tests.operations.offer_files import OfferServer, serving

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.catalog import prices
from groundplan.cost import Estimate
from groundplan.resources import Architecture

pytest.register_assert_rewrite("tests.acceptance.everywhere", "tests.acceptance.personal_timeline")

SYSTEMS = ("duskspendr", "spontime", "spendsense", "solemate", "personal-timeline")
"""The examples whose specifications are kept as rows; what a test of one takes grows with its place."""
WITH_SHARED = ("personal-timeline",)
"""Those with something that stands once in the account of all their environments."""
Systems: TypeAlias = Callable[[str, str], System]
Claims: TypeAlias = dict[str, set[str]]
CLAIMS = pytest.StashKey[Claims]()
"""Row id to the tests that claim it, over all that was collected, before any was deselected."""
READING = pytest.StashKey[set[str]]()
"""Tests that look at what is deployed."""
DEPLOYED_IN = "deployed in"
"""The name under which a test's report carries how long a deployment to the local AWS took."""
COLLECTED = pytest.StashKey[set[Path]]()
"""Files of which every test was collected."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--traceability",
        type=Path,
        action="append",
        metavar="FILE",
        help="write which tests prove which demand: a table, or data with the ending .json",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(*ids): demands that the test proves")
    config.addinivalue_line("markers", "environment(name): the environment of the example that the test looks at")
    config.pluginmanager.register(_Recorder(config))


class _Recorder:
    """Collects outcomes where the reports of all processes arrive."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        every = {row.id: row for system in SYSTEMS for row in rows(system).values()}
        self._found = Traceability(every, tickets("duskspendr"))
        self._deployed: list[str] = []
        self._unproven: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = tuple(str(value) for name, value in report.user_properties if name == PROPERTY)
        if ids and (report.when == "call" or report.outcome != "passed"):
            self._found.record(ids, report.nodeid.split("/")[-1].split("@")[0], report.outcome)
        if report.when == "call":
            self._deployed += [str(value) for name, value in report.user_properties if name == DEPLOYED_IN]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._deployed:
            terminalreporter.section("deployed to a local AWS, its start included")
            for line in sorted(self._deployed):
                terminalreporter.write_line(line)

        if self._unproven:
            terminalreporter.section("rows without a test that ran and passed")
            for line in self._unproven:
                terminalreporter.write_line(line)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self._config, "workerinput"):
            return
        for path in self._config.getoption("--traceability", None) or ():
            self._found.write(path)
        if session.exitstatus == pytest.ExitCode.OK and _whole(self._config):
            self._unproven = self._found.unproven()
            if self._unproven:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _whole(config: pytest.Config) -> bool:
    """Whether every acceptance test was asked for."""
    asked = [(config.invocation_params.dir / argument).resolve() for argument in config.args]
    folder = Path(__file__).parent
    chosen = config.option.keyword or config.option.markexpr or config.getoption("--last-failed", False)
    return not chosen and any(path == folder or path in folder.parents for path in asked)


LAST = ("_recovery", "_variants", "_operations")
"""Endings of the names of files that operate on a deployed environment."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """System after system, the largest first. What operates on a deployed environment comes last in each: the other
    tests look at it as it was deployed."""
    items.sort(key=lambda item: (-_system_of(item.path.stem), item.path.stem.endswith(LAST)))


def _system_of(stem: str) -> int:
    """The number of the system that a file is about; the rest comes after all systems."""
    return next((at for at, name in enumerate(SYSTEMS) if f"{stem}_".startswith(f"{_files_of(name)}_")), len(SYSTEMS))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Before anything is deselected."""
    stash = item.config.stash
    claims = stash.setdefault(CLAIMS, {})
    if not any("::" in argument for argument in item.config.args):
        stash.setdefault(COLLECTED, set()).add(item.path)
    for mark in item.iter_markers(PROPERTY):
        for row in mark.args:
            claims.setdefault(row, set()).add(item.nodeid)
            item.user_properties.append((PROPERTY, row))
    names = getattr(item, "fixturenames", ())
    if "aws" in names or "life" in names:
        stash.setdefault(READING, set()).add(item.nodeid)


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    """Every environment of an example that a test asks for, made once in a process. Those of one example are kept
    until another is asked for: then their local AWS is stopped, and they are forgotten."""
    from groundplan.targets.local.emulator import share_service_models

    share_service_models()  # each system looks with clients of its own, and each of them would read anew what it is of
    made: dict[tuple[str, str], System] = {}

    def system(name: str, environment: str) -> System:
        key = (name, environment)
        if any(other != name for other, _ in made):
            forget()
        if key not in made:
            shared = system(name, "shared") if name in WITH_SHARED and environment != "shared" else None
            made[key] = System(name, environment, tmp_path_factory.mktemp(f"{name}-{environment}"), shared)
        return made[key]

    def forget() -> None:
        while made:
            made.popitem()[1].stop()

    yield system
    forget()


@pytest.fixture
def system(request: pytest.FixtureRequest, systems: Systems) -> System:
    """The system that the file of the test is about (``test_<system>_<part>.py``, with ``_`` for ``-``), in the
    environment that the test is marked with (``@pytest.mark.environment``), or else the file's ``ENVIRONMENT``."""
    name = SYSTEMS[_system_of(request.path.stem)]
    mark = request.node.get_closest_marker("environment")
    environment = mark.args[0] if mark else getattr(request.module, "ENVIRONMENT", "production")
    return systems(name, environment)


def _files_of(system: str) -> str:
    """What the names of a system's test files begin with."""
    return f"test_{system.replace('-', '_')}"


@pytest.fixture
def demands(system: System) -> dict[str, Row]:
    """The rows of the system that the file of the test is about."""
    return rows(system.name)


@pytest.fixture
def claims(request: pytest.FixtureRequest, system: System) -> Claims:
    """Which tests claim which row; known only where every test of the system was collected."""
    every = set(Path(__file__).parent.glob(f"{_files_of(system.name)}*.py"))
    if not every <= request.config.stash.get(COLLECTED, set()):
        pytest.skip("only a part of the system's tests was collected")
    return request.config.stash[CLAIMS]


@pytest.fixture
def example(system: System) -> Path:
    """The folder with the blueprint and its README."""
    return system.example


@pytest.fixture
def blueprint(system: System) -> Path:
    """The blueprint."""
    return system.blueprint


@pytest.fixture
def readme(system: System) -> str:
    """The description of the system."""
    return system.readme


@pytest.fixture
def production(system: System) -> LoadedEnvironment:
    """The environment as it is read."""
    return system.loaded


@pytest.fixture
def architecture(system: System) -> Architecture:
    """What the blueprint becomes."""
    return system.architecture


@pytest.fixture
def costs(system: System) -> Estimate:
    """What it costs."""
    return system.costs


@pytest.fixture
def templates(system: System) -> Templates:
    """The architecture as CloudFormation templates."""
    return system.templates


@pytest.fixture
def root(system: System) -> Path:
    """The folder that ``groundplan render --engine terraform`` writes."""
    return system.root


@pytest.fixture
def terraform(system: System) -> TerraformRoot:
    """The architecture in front of the real Terraform core, applied once."""
    return system.terraform


@pytest.fixture
def command_line(system: System) -> CommandLine:
    """The command ``groundplan`` with a local AWS of its own, which is stopped in the end."""
    return system.command_line


@pytest.fixture
def offers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OfferServer]:
    """A price list on loopback. What is refreshed from it holds in this test alone."""
    monkeypatch.setenv("GROUNDPLAN_PRICES", str(tmp_path / "prices.csv"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    prices.book.cache_clear()
    with serving() as server:
        yield server
    prices.book.cache_clear()


@pytest.fixture
def aws(system: System) -> Aws:
    """The environment, deployed to a local AWS by one command."""
    return system.aws
