"""``groundplan plan --offline``: the engine plans without provider, network or account, and leaves nothing behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from textwrap import dedent

import pytest
from tests.cli.commands import CHANGE_KEYS, FILE, PLAN_KEYS, Command
from tests.operations.terraform.conftest import SHOP

from groundplan.errors import ExitCode
from groundplan.operations.terraform.engine import ENGINE_VARIABLE, PACKAGE
from groundplan.operations.terraform.folder import Root
from groundplan.operations.terraform.offline import installation, root

OFFLINE = ("plan", "--engine", "terraform", "--offline")
IN_S3 = SHOP.replace("state: {backend: local}", "state: {backend: s3}")


@pytest.fixture(autouse=True)
def surroundings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Nothing of this machine leads to AWS or to a provider, and the place of temporary folders is empty."""
    for name in [name for name in os.environ if name.startswith(("TF_", "AWS_"))]:
        monkeypatch.delenv(name)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv(ENGINE_VARIABLE, PACKAGE)
    place = folder / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == [], "what was needed to plan is gone"


def write(content: str) -> None:
    """Write the blueprint of the working folder."""
    FILE.write_text(dedent(content).removeprefix("\n"))


def test_plan_as_json(groundplan: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(SHOP)
    # What a person has set for other work must not lead astray, nor be touched.
    cache = folder / "cache"
    cache.mkdir()
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", str(cache))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(folder / "nowhere"))
    monkeypatch.setenv("TF_CLI_ARGS", "-no-such-argument")
    monkeypatch.setenv("TF_CLI_ARGS_init", "-backend-config=bucket=theirs")
    monkeypatch.setenv("TF_WORKSPACE", "theirs")

    planned = groundplan(*OFFLINE, "--format", "json")

    assert planned.code == ExitCode.FINE, planned.err
    document = planned.json
    assert set(document) == PLAN_KEYS
    assert (document["target"], document["offline"]) == ("aws", True)
    assert {change["action"] for change in document["changes"]} == {"create"}
    assert all(set(change) == CHANGE_KEYS for change in document["changes"])
    assert {"aws_s3_bucket", "aws_sqs_queue"} <= {change["type"] for change in document["changes"]}
    first, second = document["notes"]
    assert "with the schemas of hashicorp/aws 6.62.0 alone" in first
    assert "Values that AWS computes are unknown; existing infrastructure was not read" in first
    assert "the state in its file was neither read nor locked" in second
    assert list(cache.iterdir()) == []
    assert {path.name for path in folder.iterdir()} <= {FILE.name, "cache", "temporary", "state"}


def test_plan_as_a_table_with_the_state_in_s3(groundplan: Command) -> None:
    write(IN_S3)

    planned = groundplan(*OFFLINE)

    assert planned.code == ExitCode.FINE, planned.err
    assert "aws (offline): " in planned.out
    assert " to create" in planned.out
    assert "offline: the state in s3://shop-production-terraform-state/" in planned.err
    assert "a local, empty one stood in for it" in planned.err


def test_an_interruption_leaves_nothing_behind(
    groundplan: Command, surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(SHOP)
    seen: list[str] = []

    def interrupted(opened: Root) -> None:
        seen.extend(str(path.relative_to(surroundings)) for path in surroundings.rglob("*"))
        raise KeyboardInterrupt

    monkeypatch.setattr(root, "open_folder", interrupted)

    assert groundplan(*OFFLINE).code == 130
    assert any(name.endswith("certificate.json") for name in seen)


def test_other_engines_have_no_plan_offline(groundplan: Command) -> None:
    write(SHOP)

    refused = groundplan("plan", "--engine", "cloudformation", "--offline")

    assert refused.code == ExitCode.BAD_INPUT
    assert "--offline is for Terraform" in refused.err
    assert "--target local" in refused.err


def test_missing_packages_are_named(groundplan: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write(SHOP)
    found = util.find_spec
    monkeypatch.setattr(installation, "find_spec", lambda name: None if name in ("grpc", "tf") else found(name))

    refused = groundplan(*OFFLINE)

    assert refused.code == ExitCode.BAD_INPUT
    assert "grpcio, tf, which are not installed: pip install 'groundplan[offline]'" in refused.err


def test_no_engine_is_said(groundplan: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write(SHOP)
    monkeypatch.setenv(ENGINE_VARIABLE, "/no/such/terraform")

    refused = groundplan(*OFFLINE)

    assert refused.code == ExitCode.BAD_INPUT
    assert "/no/such/terraform, which is no program" in refused.err
