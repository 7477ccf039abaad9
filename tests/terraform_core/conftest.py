from __future__ import annotations

from pathlib import Path

import pytest
from tests.terraform_core.harness import TerraformCore


@pytest.fixture
def core(tmp_path: Path) -> TerraformCore:
    return TerraformCore(tmp_path / "workspace")
