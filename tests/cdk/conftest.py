"""The CDK needs node, and its Python library. Where one is missing the tests say so; on CI they fail."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
UNCHECKED = {"CDK_VALIDATION": "false"}
"""The CDK lets AWS's validator look at what it has synthesized, as a remark. That reads its rules for seven seconds in
every process, and the acceptance tests ask the same validator themselves: once is enough, in ``test_cli``."""
MISSING = ", ".join(
    what
    for what, there in {
        "node is not on PATH": shutil.which("node"),
        "aws-cdk-lib is not installed (extra cdk)": find_spec("aws_cdk"),
    }.items()
    if not there
)


QUIET = {"JSII_RUNTIME_PACKAGE_CACHE": "enabled"} | {
    f"JSII_SILENCE_WARNING_{word}_NODE_VERSION": "1" for word in ("END_OF_LIFE", "DEPRECATED", "UNTESTED")
}
"""Without jsii's remarks on the version of node; it unpacks the library of the CDK once, not in every process."""


class _Absent(pytest.Module):
    """A file of tests that cannot even be imported here."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        return [_Refusal.from_parent(self, name="surroundings")]


class _Refusal(pytest.Item):
    """Stands for all tests of a file."""

    def runtest(self) -> None:
        if os.environ.get("CI"):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """In place of a file of tests, where it cannot run, one that says why."""
    return _Absent.from_parent(parent, path=module_path) if MISSING else None


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    os.environ.update(QUIET | UNCHECKED)


@pytest.fixture(scope="session")
def cdk_cli() -> Path:
    """The real CDK CLI, in the version that package-lock.json names. It is installed once, into node_modules."""
    if shutil.which("npm") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("npm is not on PATH")
    cli = HERE / "node_modules" / ".bin" / "cdk"
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True, timeout=300)
    return cli
