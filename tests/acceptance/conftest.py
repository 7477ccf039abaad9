"""Claims of tests on demands, the report about them, and the one system that the tests look at from all sides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.rows import rows, tickets
from tests.acceptance.system import Aws, CommandLine, Templates, TerraformRoot
from tests.acceptance.traceability import PROPERTY, Traceability

from groundplan.blueprint.loading import LoadedEnvironment, load_environment
from groundplan.cost import Estimate, estimate
from groundplan.design import design
from groundplan.resources import Architecture

CLAIMS = pytest.StashKey[dict[str, set[str]]]()
"""Row id to the tests that claim it, over all that was collected, before any was deselected."""
READING = pytest.StashKey[set[str]]()
"""Tests that look at what is deployed."""
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
    config.pluginmanager.register(_Recorder(config))


class _Recorder:
    """Collects outcomes where the reports of all processes arrive."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._found = Traceability(rows("duskspendr"), tickets("duskspendr"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = tuple(str(value) for name, value in report.user_properties if name == PROPERTY)
        if ids and (report.when == "call" or report.outcome != "passed"):
            self._found.record(ids, report.nodeid.split("/")[-1].split("@")[0], report.outcome)

    def pytest_sessionfinish(self) -> None:
        if not hasattr(self._config, "workerinput"):
            for path in self._config.getoption("--traceability", None) or ():
                self._found.write(path)


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
def example() -> Path:
    """The folder with the blueprint and its README."""
    return Path(__file__).parents[2] / "examples/duskspendr"


@pytest.fixture(scope="session")
def blueprint(example: Path) -> Path:
    """The blueprint."""
    return example / "groundplan.yaml"


@pytest.fixture(scope="session")
def readme(example: Path) -> str:
    """The description of the system."""
    return (example / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def production(blueprint: Path) -> LoadedEnvironment:
    """The blueprint's only environment."""
    return load_environment(blueprint, "production")


@pytest.fixture(scope="session")
def architecture(production: LoadedEnvironment) -> Architecture:
    """What the blueprint becomes."""
    return design(production)


@pytest.fixture(scope="session")
def costs(production: LoadedEnvironment, architecture: Architecture) -> Estimate:
    """What it costs."""
    return estimate(architecture, production.blueprint.usage, production.blueprint.objectives.budget)


@pytest.fixture(scope="session")
def templates(architecture: Architecture) -> Templates:
    """The architecture as CloudFormation templates."""
    from groundplan.engines import cloudformation

    return Templates(cloudformation.render(architecture))


@pytest.fixture(scope="session")
def root(architecture: Architecture, blueprint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``groundplan render --engine terraform`` writes."""
    out = tmp_path_factory.mktemp("terraform")
    CommandLine(blueprint, tmp_path_factory.mktemp("none")).run("render", "--engine", "terraform", "--out", str(out))
    return out


@pytest.fixture(scope="session")
def terraform(architecture: Architecture, tmp_path_factory: pytest.TempPathFactory) -> TerraformRoot:
    """The architecture in front of the real Terraform core, applied once."""
    from groundplan.engines import terraform as engine

    rendering = engine.render(architecture, engine.Options(state_bucket="duskspendr-terraform-state"))
    folder = tmp_path_factory.mktemp("root")
    engine.write(rendering, folder)
    return TerraformRoot.applied(folder, tmp_path_factory.mktemp("terraform-core"), rendering.addresses)


@pytest.fixture(scope="session")
def command_line(blueprint: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """The command ``groundplan`` with a local AWS of its own, which is stopped in the end."""
    found = CommandLine(blueprint, tmp_path_factory.mktemp("local-aws"))
    yield found
    found.stop()


@pytest.fixture(scope="session")
def aws(command_line: CommandLine) -> Aws:
    """DuskSpendr's production, deployed to a local AWS by one command."""
    command_line.run("deploy", "--target", "local")
    return Aws(command_line.json("local", "env"), region="ap-south-1")
