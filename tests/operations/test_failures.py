"""What fails in the middle: it is undone, said, and the next command goes on from there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.cli.main import INTERRUPTED
from groundplan.errors import ExitCode
from groundplan.targets import local

SCRIPT = Path(sys.executable).with_name("groundplan")


def blueprint(project: str, buckets: str) -> str:
    return f"project: {project}\nregion: {REGION}\nprofile: poc\nbuckets: {{{buckets}}}\n"


@pytest.mark.parametrize("keep", ["false", "true"])
def test_a_resource_that_fails_is_named_and_all_is_undone(
    groundplan: Command, write: Write, aws: Aws, project: str, keep: str
) -> None:
    """Even what would be kept when the environment is destroyed goes when it was never finished."""
    somebodys = f"{project}-taken"
    aws.create_bucket(somebodys)
    files = f"{{encryption: s3, keep: {keep}}}"
    write(blueprint(project, f"files: {files}, others: {{encryption: s3, name: {somebodys}}}"))
    failed = groundplan("deploy", "--format", "json")
    assert (failed.code, failed.out) == (ExitCode.DEPLOYMENT_FAILED, "")
    last, todo = failed.err.splitlines()[-2:]
    assert todo.startswith("what to do: names of buckets are one for all accounts of AWS: give this one another `name`")
    assert last.startswith(f"error: {project}-production-storage: bucket.others (AWS::S3::Bucket): ")
    assert "AlreadyExists" in last, "the reason, in the words of the local AWS"
    assert last.endswith("The stack was rolled back: everything of it was removed again.")
    assert aws.buckets(project) == {somebodys}
    stacks = aws.stacks(project)
    assert stacks[f"{project}-production-storage"] == "ROLLBACK_COMPLETE"
    assert stacks[f"{project}-production-network"] == "CREATE_COMPLETE", "what stood before stays"
    assert "ROLLBACK_COMPLETE" in groundplan("status").out
    planned = groundplan("plan", "--format", "json").json["changes"]
    # In no stack: the VPC's default security group, which is closed once all stacks stand.
    assert {change["stack"] for change in planned} == {f"{project}-production-storage", ""}

    aws.s3.delete_bucket(Bucket=somebodys)
    done = groundplan("deploy", "--format", "json")
    assert done.code == ExitCode.FINE, done.err
    assert f"{project}-production-storage: found ROLLBACK_COMPLETE; " in done.err
    assert "removing what is left and starting anew" in done.err
    assert aws.buckets(project) == {somebodys, f"{project}-files-production"}
    assert groundplan("destroy", "-y").code == ExitCode.FINE


def test_a_change_that_fails_leaves_what_was(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    somebodys = f"{project}-taken"
    write(blueprint(project, "files: {encryption: s3}"))
    assert groundplan("deploy").code == ExitCode.FINE
    aws.create_bucket(somebodys)
    write(blueprint(project, f"files: {{encryption: s3}}, others: {{encryption: s3, name: {somebodys}}}"))
    failed = groundplan("deploy")
    assert failed.code == ExitCode.DEPLOYMENT_FAILED
    last, todo = failed.err.splitlines()[-2:]
    assert todo.startswith("what to do: names of buckets")
    assert "bucket.others (AWS::S3::Bucket): " in last
    assert last.endswith("The stack was rolled back: it is as it was before.")
    assert aws.stacks(project)[f"{project}-production-storage"] == "UPDATE_ROLLBACK_COMPLETE"
    assert aws.buckets(project) == {somebodys, f"{project}-files-production"}
    aws.s3.delete_bucket(Bucket=somebodys)
    assert groundplan("deploy").code == ExitCode.FINE
    assert aws.stacks(project)[f"{project}-production-storage"] == "UPDATE_COMPLETE"
    assert groundplan("destroy", "-y").code == ExitCode.FINE


def test_what_refuses_to_go_is_named(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project, "files: {encryption: s3}"))
    assert groundplan("deploy").code == ExitCode.FINE
    (vpc,) = aws.vpcs(project)
    somebodys = aws.client("ec2").create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    failed = groundplan("destroy", "-y")
    assert failed.code == ExitCode.DEPLOYMENT_FAILED
    last, todo = failed.err.splitlines()[-2:]
    assert todo == "what to do: something that this environment did not make still uses it: delete that first"
    assert last.startswith(f"error: {project}-production-network: ")
    assert "AWS::EC2::VPC" in last
    assert "DependencyViolation" in last
    assert last.endswith("The stack is in DELETE_FAILED.")
    assert "DELETE_FAILED" in groundplan("status").out
    assert aws.vpcs(project) == [vpc]
    aws.client("ec2").delete_route_table(RouteTableId=somebodys)
    gone = groundplan("destroy", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert (aws.vpcs(project), aws.stacks(project)) == ([], {})


class Started:
    """A deployment in a process of its own, which can be stopped at a certain line."""

    def __init__(self, folder: Path) -> None:
        self.told = folder / "told"
        with self.told.open("wb") as told:
            self.process = subprocess.Popen(
                [str(SCRIPT), "deploy"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=told,
                # Shells let what they start in the background ignore Ctrl-C, and whatever that starts does so as well.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    @property
    def text(self) -> str:
        return self.told.read_text()

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + 30
        while words not in self.text:
            assert time.monotonic() < deadline, self.text
            assert self.process.poll() is None, self.text
            time.sleep(0.01)

    def end(self) -> int:
        code = self.process.wait(30)
        assert "Traceback" not in self.text
        return code


def test_the_local_aws_is_killed_in_the_middle(
    groundplan: Command, write: Write, aws: Aws, project: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_STATE_DIR", str(folder / "own"))
    write(blueprint(project, "files: {encryption: s3}"))
    running = local.start()
    deployment = Started(folder)
    try:
        deployment.wait_for("vpc.main: waiting for create")
        os.kill(running.pid, signal.SIGKILL)
        assert deployment.end() == ExitCode.DEPLOYMENT_FAILED
        told = (
            f"{project}-production-network: the local AWS has stopped answering, with the stack half done. "
            "The next command says what state it finds and goes on from there"
        )
        assert told in deployment.text
        assert "network up" not in deployment.text, "the stack beside it met a closed port, not a broken network"
        status = groundplan("status")
        assert status.code == ExitCode.FINE
        assert "was stopped during this operation" in status.out
        done = groundplan("deploy")
        assert done.code == ExitCode.FINE, done.err
        assert f"{project}-production-network: found " in done.err
        assert set(aws.stacks(project).values()) == {"CREATE_COMPLETE"}
        assert len(aws.vpcs(project)) == 1, "nothing is there twice"
        assert groundplan("plan", "--format", "json").json["changes"] == []
    finally:
        deployment.process.kill()
        local.stop()


def test_a_deployment_that_was_interrupted_is_waited_for(
    groundplan: Command, write: Write, aws: Aws, project: str, folder: Path
) -> None:
    local.start()
    # So much that it is not done before the signal comes.
    write(blueprint(project, ", ".join(f"files{number}: {{encryption: s3}}" for number in range(30))))
    deployment = Started(folder)
    try:
        deployment.wait_for("vpc.main: waiting for create")
        deployment.process.send_signal(signal.SIGINT)
        assert deployment.end() == INTERRUPTED, deployment.text
    finally:
        deployment.process.kill()
    assert deployment.text.splitlines()[-1].startswith("interrupted; the next command says what state it finds")
    done = groundplan("deploy")
    assert done.code == ExitCode.FINE, done.err
    assert set(aws.stacks(project).values()) == {"CREATE_COMPLETE"}
    assert len(aws.vpcs(project)) == 1
    assert groundplan("destroy", "-y").code == ExitCode.FINE
