"""The daemon: one per state folder, found again, killed and restarted without loss, clear refusals."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundplan.errors import EnvironmentalError
from groundplan.targets import local
from groundplan.targets.local.application import LocalAws
from groundplan.targets.local.snapshot import load, save
from groundplan.targets.local.state import FOLDER_VARIABLE

TEMPLATE = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}},
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}},
        "Certificate": {"Type": "AWS::CertificateManager::Certificate", "Properties": {"DomainName": "a.example.com"}},
        "Parameters": {"Type": "AWS::ElastiCache::ParameterGroup",
                       "Properties": {"CacheParameterGroupFamily": "redis7", "Description": "d"}},
    }
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "state"))
    yield tmp_path / "state"
    local.stop()


def client(running: local.Running, service: str) -> Any:
    import boto3

    make: Any = boto3.client
    return make(service, endpoint_url=running.endpoint, region_name="eu-west-1",
                aws_access_key_id="local", aws_secret_access_key="local")  # fmt: skip


def test_survives_being_killed(folder: Path) -> None:
    assert local.status() is None
    running = local.start()
    assert local.start() == running == local.status()
    cloudformation = client(running, "cloudformation")
    cloudformation.create_change_set(StackName="kept", ChangeSetName="c", ChangeSetType="CREATE",
                                     TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_IAM"])  # fmt: skip
    delay = {"Delay": 1, "MaxAttempts": 60}
    cloudformation.get_waiter("change_set_create_complete").wait(
        StackName="kept", ChangeSetName="c", WaiterConfig=delay
    )
    cloudformation.execute_change_set(StackName="kept", ChangeSetName="c")
    cloudformation.get_waiter("stack_create_complete").wait(StackName="kept", WaiterConfig=delay)
    before = cloudformation.describe_stack_resources(StackName="kept")["StackResources"]
    os.kill(running.pid, signal.SIGKILL)
    os.waitpid(running.pid, 0)
    assert local.status() is None
    again = local.start()
    after = client(again, "cloudformation").describe_stack_resources(StackName="kept")["StackResources"]
    ids = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in before}
    assert ids == {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in after}
    assert client(again, "ec2").describe_vpcs(VpcIds=[ids["Vpc"]])["Vpcs"]
    assert client(again, "kms").get_key_rotation_status(KeyId=ids["Key"])["KeyRotationEnabled"] is True
    client(again, "cloudformation").delete_stack(StackName="kept")
    client(again, "cloudformation").get_waiter("stack_delete_complete").wait(StackName="kept", WaiterConfig=delay)
    assert local.stop() is True
    assert local.stop() is False
    assert (folder / "snapshot").stat().st_mode & 0o077 == 0
    local.reset()
    assert not (folder / "snapshot").exists()


def test_two_starts_at_once_make_one(folder: Path) -> None:
    found: list[local.Running] = []
    threads = [threading.Thread(target=lambda: found.append(local.start())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 3


def test_port_in_use_and_wrong_ports(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EnvironmentalError, match=f"port {taken.getsockname()[1]}"):
            local.start(taken.getsockname()[1])
    with pytest.raises(EnvironmentalError, match="no port"):
        local.start(70000)
    assert local.status() is None


def test_malformed_requests_get_xml_errors(folder: Path) -> None:
    running = local.start()
    with pytest.raises(EnvironmentalError, match="already runs on port"):
        local.start(running.port + 1 if running.port < 65535 else 1024)
    head = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/cloudformation/aws4_request",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    for body, code in (
        (b"", "MissingAction"),
        (b"Action=Nope", "InvalidAction"),
        (b"Action=DescribeStacks&StackName.a=1&StackName=2&NextToken.x=1", "MalformedQueryString"),
        (b"Action=CreateStack", "ValidationError"),
        (b"Action=CreateStack&StackName=a&Tags.member.x=1", "MalformedQueryString"),
        (b"\xff\xfe", "MalformedQueryString"),
        (b"Action=DescribeStackRefactor&StackRefactorId=x", "NotImplemented"),
        (b"Action=DescribeStacks&StackName=nope", "ValidationError"),
    ):
        request = urllib.request.Request(running.endpoint, body, head)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=10)
        text = caught.value.read().decode()
        assert (caught.value.code, f"<Code>{code}</Code>" in text) == (400, True), (body, text)
        assert "Traceback" not in text


def test_snapshot_of_another_version_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "snapshot").write_bytes(b'{"format": "0", "groundplan": "0", "moto": "1", "python": "2"}\nxyz')
    with pytest.raises(EnvironmentalError, match=r"other versions.*reset"):
        local.start()
    (folder / "snapshot").write_bytes(b"rubbish")
    with pytest.raises(EnvironmentalError, match="reset"):
        local.start()
    local.reset()
    assert local.start().port


def test_state_folder_that_is_not_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv(FOLDER_VARIABLE, str(blocked / "state"))
    with pytest.raises(EnvironmentalError, match="not writable"):
        local.start()


def test_environment() -> None:
    values = local.environment(local.Running("http://127.0.0.1:5", 1, 5))
    assert values["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5"
    assert values["AWS_DEFAULT_REGION"]


@pytest.mark.parametrize(
    ("under_way", "expected"),
    [("CREATE_IN_PROGRESS", "CREATE_FAILED"), ("UPDATE_IN_PROGRESS", "UPDATE_FAILED"),
     ("DELETE_IN_PROGRESS", "DELETE_FAILED"), ("ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED"),
     ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_FAILED")],
)  # fmt: skip
def test_interrupted_operations_say_so_and_can_be_deleted(tmp_path: Path, under_way: str, expected: str) -> None:
    first = LocalAws()
    body = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"t-{expected}"}}}})
    change_set = first.engine.create_change_set("us-east-1", "s", "c", body, {}, "CREATE")
    first.engine.execute(change_set, wait=True)
    first.engine.stacks[change_set.stack].set_status(under_way)
    save(tmp_path / "snapshot", first)
    second = LocalAws()
    load(tmp_path / "snapshot", second)
    stack = second.engine.stacks[change_set.stack]
    assert (stack.status, stack.reason) == (expected, "the local AWS was stopped during this operation")
    second.engine.delete(stack, wait=True)
    assert stack.status == "DELETE_COMPLETE"


def test_plain_changes_are_saved_too(folder: Path) -> None:
    running = local.start()
    client(running, "sqs").create_queue(QueueName="plain")
    deadline = time.monotonic() + 20
    while not (folder / "snapshot").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(running.pid, signal.SIGKILL)
    os.waitpid(running.pid, 0)
    assert client(local.start(), "sqs").list_queues()["QueueUrls"]


def test_an_ephemeral_one_forgets_and_touches_nothing_that_is_kept(folder: Path) -> None:
    client(local.start(), "sqs").create_queue(QueueName="kept")
    with pytest.raises(EnvironmentalError, match="already runs, and keeps what it holds"):
        local.start(ephemeral=True)
    local.stop()
    kept = (folder / "snapshot").read_bytes()
    running = local.start(ephemeral=True)
    assert (running.ephemeral, local.start(), local.status()) == (True, running, running)
    assert "QueueUrls" not in client(running, "sqs").list_queues()
    client(running, "sqs").create_queue(QueueName="scratch")
    local.stop()
    assert (folder / "snapshot").read_bytes() == kept
    assert client(local.start(), "sqs").list_queues()["QueueUrls"][0].endswith("/kept")
