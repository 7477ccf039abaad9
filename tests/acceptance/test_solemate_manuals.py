"""The two documents that SoleMate's specification names."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.documents import section
from tests.acceptance.rows import requirement
from tests.documents.commands import given

from groundplan.documents.naming import called
from groundplan.resources import Architecture

ENVIRONMENT = "production"


@requirement("SM-152")
def test_infrastructure_names_every_resource(blueprint: Path, architecture: Architecture) -> None:
    told = (blueprint.parent / "docs/infrastructure.md").read_text(encoding="utf-8")
    assert "Specification: DEV-4.2." in told
    assert [name for item in architecture if (name := called(item)) and f"`{name}`" not in told] == []


@requirement("SM-153")
def test_deployment_can_be_carried_out(blueprint: Path) -> None:
    told = (blueprint.parent / "docs/deployment.md").read_text(encoding="utf-8")
    assert {"plan", "deploy", "release", "rollback", "promote", "destroy"} <= given(told)
    for name in ("staging", "production"):
        assert f"groundplan deploy -e {name} --target aws" in section(told, f"First deployment of {name}")
