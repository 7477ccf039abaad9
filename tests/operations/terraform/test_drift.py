"""What somebody has changed by hand, by the real core with a stand-in that finds it changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.commands import Command
from tests.operations.terraform.conftest import STATE, WORKS_IN
from tests.terraform_core.behaviour import GONE, Behaviour

from groundplan.errors import ExitCode


def test_none(groundplan: Command, deployed: Path) -> None:
    result = groundplan("drift", "--target", "aws")
    assert result.code == ExitCode.FINE, result.err
    assert result.out == "production: nothing differs from what was deployed to aws\n"
    assert groundplan("drift", "--target", "aws", "--format", "json").json == {
        "target": "aws",
        "environment": "production",
        "drift": [],
    }


def test_property_by_property(groundplan: Command, deployed: Path, behave: Callable[[Behaviour], None]) -> None:
    behave(
        Behaviour(
            found={
                "aws_sqs_queue": {"visibility_timeout_seconds": 5, "tags": {"Name": "other", "a.b/c": "1"}},
                "aws_s3_bucket_versioning": GONE,
            }
        )
    )
    before = STATE.read_bytes()
    result = groundplan("drift", "--target", "aws", "--format", "json")
    assert result.code == ExitCode.FINDINGS, result.err
    found = {(item["resource"], item["property"]): item for item in result.json["drift"]}
    assert found["queue.mail", "visibility_timeout_seconds"] == {
        "resource": "queue.mail",
        "type": "aws_sqs_queue",
        "status": "modified",
        "property": "visibility_timeout_seconds",
        "expected": "60",
        "actual": "5",
    }
    assert found["queue.mail", "tags.Name"]["expected"] == "shop-production-mail"
    assert found["queue.mail", "tags.Name"]["actual"] == "other"
    assert found["queue.mail", "tags.a.b/c"]["actual"] == "1"
    assert found["queue.mail", "tags.a.b/c"]["expected"] == "null"
    assert found["bucket.files", ""]["status"] == "deleted"
    assert not any(name.startswith("tags_all") for _, name in found)
    assert STATE.read_bytes() == before, "looking changes nothing, not even the state"
    assert not list(WORKS_IN.rglob("*.tfplan"))

    table = groundplan("drift", "--target", "aws")
    assert table.code == ExitCode.FINDINGS
    assert "queue.mail" in table.out
    assert "visibility_timeout_seconds" in table.out
    assert "deleted" in table.out


def test_a_plan_says_who_it_was(groundplan: Command, deployed: Path, behave: Callable[[Behaviour], None]) -> None:
    behave(Behaviour(found={"aws_sqs_queue": {"visibility_timeout_seconds": 5}, "aws_s3_bucket_versioning": GONE}))
    planned = groundplan("plan", "--target", "aws", "--format", "json").json
    assert "queue.mail: somebody has changed visibility_timeout_seconds, not Terraform" in planned["notes"]
    assert "bucket.files: somebody has deleted it, not Terraform" in planned["notes"]
    changes = {(item["resource"], item["type"]): item for item in planned["changes"]}
    assert changes["queue.mail", "aws_sqs_queue"]["why"] == "changes visibility_timeout_seconds"
    assert changes["bucket.files", "aws_s3_bucket_versioning"]["action"] == "create"
