"""The script that asks a provider what it takes, run by the real core against the stand-in."""

from __future__ import annotations

import datetime
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from scripts.terraform_schemas import asked, compressed, shortened
from tests.terraform_core import harness

from groundplan.catalog.terraform_providers import provider, select
from groundplan.operations.terraform.engine import ENGINE_VARIABLE, PACKAGE
from groundplan.operations.terraform.offline import installation

TYPES = (
    ("resource", "aws_vpc"),
    ("resource", "aws_lb_listener"),
    ("resource", "aws_secretsmanager_secret_version"),
    ("data", "aws_caller_identity"),
    ("ephemeral", "aws_secretsmanager_random_password"),
)
NESTED: dict[str, Any] = {
    "attributes": {
        "settings": {
            "optional": True,
            "nested_type": {"nesting_mode": "list", "attributes": {"name": {"type": "string", "required": True}}},
        }
    }
}


def test_what_is_asked_is_what_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = tmp_path / "schema.json"
    chosen = select(TYPES)
    chosen["aws"]["resource"]["aws_nested"] = NESTED
    served.write_text(json.dumps(chosen))
    for name, value in installation.surroundings(harness._installation(), served).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GROUNDPLAN_STAND_IN_SECRETS", str(tmp_path / "secrets.json"))
    monkeypatch.setenv(ENGINE_VARIABLE, PACKAGE)
    known = provider("aws")

    written = compressed("aws", known.version, datetime.date(2026, 11, 21), asked("aws", known.version))

    heading, *lines = gzip.decompress(written).decode().splitlines()
    assert json.loads(heading) == {"provider": "aws", "version": known.version, "date": "2026-11-21"}
    blocks = {}
    for line in lines:
        sort, name, block = line.split(" ", 2)
        blocks[sort, name] = json.loads(block)
    assert set(blocks) == {("provider", "aws"), ("resource", "aws_nested"), *TYPES}
    assert all(blocks[sort, name] == known.block(sort, name) for sort, name in TYPES)
    assert blocks["resource", "aws_nested"] == NESTED, "attributes with attributes in them are kept"


def test_what_nobody_asks_for_is_left_out() -> None:
    block = {
        "attributes": {"a": {"type": "string", "description": "A", "description_kind": "plain", "computed": True}},
        "block_types": {
            "b": {"nesting_mode": "list", "min_items": 2, "block": {"description": "B", "deprecated": True}}
        },
    }

    assert shortened(block) == {
        "attributes": {"a": {"type": "string", "computed": True}},
        "block_types": {"b": {"nesting_mode": "list", "min_items": 2, "block": {"attributes": {}}}},
    }
