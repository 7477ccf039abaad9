"""What all tests share: the switch that writes golden files anew, and which tests run in one process."""

from __future__ import annotations

import gc
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

# Hundreds of short processes start: without bytecode on the disk each would compile all that it imports, which takes
# longer than what it is started for.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Prices that somebody has refreshed on this machine would change the bills.
os.environ["GROUNDPLAN_PRICES"] = "packaged"

# How quick a busy machine is, no test can say.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the expected outputs under tests/cases anew")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


class Together:
    """With several processes, the tests of one file run in one. So do those of all files of one acceptance system, of
    which each environment is then deployed and applied once, not once in every process; and those of some folders."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> Scheduling:
        from xdist.scheduler import LoadFileScheduling

        config.option.loadscopereorder = False  # the order of the collection is the better one
        scheduling = LoadFileScheduling(config, log)
        by_file = scheduling._split_scope
        scheduling._split_scope = lambda test: system_of(test) or folder_of(test) or by_file(test)
        return scheduling


LONG = ("acceptance", "operations", "cdk", "engines/terraform", "targets", "engines", "recovery")
"""Folders with tests that take long, the longest first: begun last, one of them would run alone in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first."""
    items.sort(key=_rank)


def pytest_collection_finish() -> None:
    """The garbage collector looks seldom: a test lets go of what it made, mostly whole architectures, and most of that
    is then gone without being looked for."""
    gc.freeze()  # what was collected stays to the end
    gc.set_threshold(2_000_000, 10, 10)


def pytest_sessionfinish() -> None:
    """On its way out pytest would look through all objects for cycles, several times over."""
    gc.freeze()


def _rank(item: pytest.Item) -> int:
    folder = item.nodeid.removeprefix("tests/")
    return next((number for number, name in enumerate(LONG) if folder.startswith(f"{name}/")), len(LONG))


def system_of(nodeid: str) -> str | None:
    """The acceptance system that a test is about; None for every other test."""
    found = re.match(r"tests/acceptance/test_([a-z]+)", nodeid)
    return found[1] if found else None


TOGETHER = ("tests/cdk/", "tests/engines/terraform/modules/")
"""Folders whose tests run in one process: CDK starts once there, and each example is made a tree of modules once."""


def folder_of(nodeid: str) -> str | None:
    """The folder of :data:`TOGETHER` that a test is in."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(Together())
