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
    one = found["queue.mail", "visibility_timeout_seconds"]
    by = one.pop("by")
    assert (by["user"], "no AWS credentials were found" in by["event"]) == (None, True)
    assert one == {
        "resource": "queue.mail",
        "type": "aws_sqs_queue",
        "status": "modified",
        "property": "visibility_timeout_seconds",
        "expected": "60",
        "actual": "5",
        "physical_id": "shop-production-mail",
        "region": "ap-south-1",
        "engine_id": "aws_sqs_queue.mail",
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


def test_adopting_and_taking_back(groundplan: Command, deployed: Path, behave: Callable[[Behaviour], None]) -> None:
    """The key is the same whichever engine deploys. What cannot be taken back is named."""
    behave(Behaviour(found={"aws_sqs_queue": {"visibility_timeout_seconds": 5}}))
    adopted = groundplan("drift", "--target", "aws", "--adopt", "--only", "queue.mail", "--format", "json")
    assert adopted.code == ExitCode.FINE, adopted.err
    (one,) = adopted.json["adoptions"]
    assert (one["key"], one["before"], one["after"]) == ("queues.mail.visibility", "1m", "5s")
    wrong = groundplan("drift", "--target", "aws", "--only", "queue.male")
    assert (wrong.code, 'did you mean "queue.mail"' in wrong.err) == (ExitCode.BAD_INPUT, True)
    back = groundplan("drift", "--target", "aws", "--no-who", "--restore", "--only", "queue.mail", "--yes")
    assert "update queue.mail (aws_sqs_queue): changes visibility_timeout_seconds" in back.err
    # The stand-in goes on finding it changed: Groundplan looks once more, and does not say that it is well.
    assert back.code == ExitCode.FINDINGS, back.err
    assert "queue.mail: visibility_timeout_seconds could not be brought back" in back.out
