"""Heavy libraries are imported only by what uses them: a command that only reads must not wait for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"boto3", "botocore", "moto", "cfnlint", "matplotlib", "numpy", "rich", "typer", "jsonschema"}


@pytest.mark.parametrize(
    "module",
    [
        "groundplan.api.files",
        "groundplan.blueprint.loading",
        "groundplan.access",
        "groundplan.catalog.prices",
        "groundplan.checks",
        "groundplan.cost",
        "groundplan.design",
        "groundplan.engines.cloudformation",
        "groundplan.engines.terraform",
        "groundplan.objectives.availability",
        "groundplan.operations.deploy",
        "groundplan.targets.local",
    ],
)
def test_nothing_heavy_is_imported(module: str) -> None:
    program = f"import {module}, sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert HEAVY & set(loaded) == set()
