"""What is left after a crash in the middle of an operation, on a full disk and with a damaged snapshot."""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundplan.errors import EnvironmentalError
from groundplan.targets import local
from groundplan.targets.local.application import LocalAws
from groundplan.targets.local.emulator import ACCOUNT
from groundplan.targets.local.snapshot import load, save, versions
from groundplan.targets.local.state import FOLDER_VARIABLE

from .conftest import Aws

NO_ROOM = (2048, resource.RLIM_INFINITY)
ROOM = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "state"))
    yield tmp_path / "state"
    local.reset()


def client(running: local.Running, service: str) -> Any:
    import boto3
    from botocore.config import Config

    make: Any = boto3.client
    return make(service, endpoint_url=running.endpoint, region_name="eu-west-1", aws_access_key_id="local",
                aws_secret_access_key="local", config=Config(retries={"max_attempts": 0}))  # fmt: skip


def topics(count: int) -> str:
    return json.dumps({"Resources": {f"T{n:03}": {"Type": "AWS::SNS::Topic"} for n in range(count)}})


def settled(cloudformation: Any, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        time.sleep(0.02)
    raise AssertionError(f"{name} does not settle")


def wait_for_resources(cloudformation: Any, name: str, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_killed_in_the_middle_of_a_creation(folder: Path) -> None:
    running = local.start()
    cloudformation = client(running, "cloudformation")
    cloudformation.create_stack(StackName="big", TemplateBody=topics(400))
    wait_for_resources(cloudformation, "big", 30)
    cloudformation.create_stack(StackName="small", TemplateBody=json.dumps(
        {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}))  # fmt: skip  # its snapshot shows the big one half done
    settled(cloudformation, "small")
    os.kill(running.pid, signal.SIGKILL)
    os.waitpid(running.pid, 0)
    again = local.start()
    cloudformation, sns = client(again, "cloudformation"), client(again, "sns")
    stack = cloudformation.describe_stacks(StackName="big")["Stacks"][0]
    assert (stack["StackStatus"], stack["StackStatusReason"]) == (
        "CREATE_FAILED", "the local AWS was stopped during this operation",
    )  # fmt: skip
    recorded = {
        item["PhysicalResourceId"]
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName="big")
        for item in page["StackResourceSummaries"]
    }
    there = {item["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for item in page["Topics"]}
    assert 30 <= len(recorded) < 400
    assert there == recorded
    cloudformation.delete_stack(StackName="big")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="big", WaiterConfig={"Delay": 1})
    assert not sns.list_topics()["Topics"]
    assert settled(cloudformation, "small")["StackStatus"] == "CREATE_COMPLETE"


class WatchingGate:
    """A gate that takes a snapshot whenever it is let go: what a crash at that moment would leave."""

    def __init__(self, aws: Aws, folder: Path) -> None:
        self.aws, self.folder = aws, folder
        self.snapshots: list[Path] = []
        self._lock = threading.RLock()
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        if self._depth == 1 and len(self.snapshots) < 25:
            self.snapshots.append(self.folder / str(len(self.snapshots)))
            save(self.snapshots[-1], self.aws.local)
        self._depth -= 1
        self._lock.release()


FAR = "ap-southeast-3"
"""A region that no other test uses: moto's state is one for the whole process."""


def forget(region: str, *services: str) -> None:
    import moto.backends

    get: Any = moto.backends.get_backend
    for service in services:
        get(service)[ACCOUNT].pop(region, None)


@pytest.mark.parametrize("kind", ["create", "update", "delete"])
def test_a_crash_at_any_step_leaves_nothing_unowned(tmp_path: Path, kind: str) -> None:
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}}
    topic = {"Type": "AWS::SNS::Topic"}
    forget(FAR, "ssm", "sns")
    first = Aws(FAR)
    body = {"Resources": dict.fromkeys("ABCDEF", parameter)}
    stack = first.deploy(body) if kind != "create" else None
    gate: Any = WatchingGate(first, tmp_path)
    first.local.gate = first.engine.gate = gate
    if stack is None:
        first.deploy(body)
    elif kind == "update":
        first.update(stack, {"Resources": {**dict.fromkeys("ABC", parameter), **dict.fromkeys("XYZ", topic)}})
    else:
        first.delete(stack)
    first.local.gate = first.engine.gate = threading.RLock()  # type: ignore[assignment]  # no more snapshots
    assert len(gate.snapshots) > 6
    owners: set[str] = set()
    for path in gate.snapshots:
        forget(FAR, "ssm", "sns")
        restored = Aws(FAR)
        load(path, restored.local)
        (found,) = restored.engine.stacks.values()
        owned = {record.state.id for record in (*found.resources.values(), *found.leftovers)}
        there = {item["Name"] for item in restored.client("ssm").describe_parameters()["Parameters"]}
        there |= {item["TopicArn"] for item in restored.client("sns").list_topics()["Topics"]}
        assert there <= owned, (path, found.status)
        owners |= there
    assert len(owners) >= 5
    forget(FAR, "ssm", "sns")


def limit(running: local.Running, limits: tuple[int, int]) -> None:
    """The size that files of the daemon may have: a disk that is full, for this process only."""
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_told(folder: Path) -> None:
    running = local.start()
    cloudformation, sqs = client(running, "cloudformation"), client(running, "sqs")
    cloudformation.create_stack(StackName="before", TemplateBody=topics(1))
    assert settled(cloudformation, "before")["StackStatus"] == "CREATE_COMPLETE"
    limit(running, NO_ROOM)
    cloudformation.create_stack(StackName="full", TemplateBody=topics(1))
    stack = settled(cloudformation, "full")
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert "not begun: the state cannot be written" in stack["StackStatusReason"]
    assert "file too large" in stack["StackStatusReason"]
    assert not cloudformation.list_stack_resources(StackName="full")["StackResourceSummaries"]
    cloudformation.delete_stack(StackName="before")
    assert settled(cloudformation, "before")["StackStatus"] == "DELETE_FAILED"
    with pytest.raises(ClientError, match=r"ServiceUnavailable.*cannot be written"):
        sqs.create_queue(QueueName="refused")
    assert "QueueUrls" not in sqs.list_queues()
    with pytest.raises(ClientError, match=r"ServiceUnavailable.*cannot be written"):
        cloudformation.update_termination_protection(StackName="full", EnableTerminationProtection=False)
    with pytest.raises(EnvironmentalError, match=r"does not stop, because the state cannot be written.*reset"):
        local.stop()
    assert local.status() == running
    limit(running, ROOM)
    sqs.create_queue(QueueName="taken")
    cloudformation.delete_stack(StackName="full")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="full", WaiterConfig={"Delay": 1})
    assert local.stop() is True


def test_a_disk_that_fills_up_during_an_operation(folder: Path) -> None:
    running = local.start()
    cloudformation = client(running, "cloudformation")
    cloudformation.create_stack(StackName="big", TemplateBody=topics(300))
    wait_for_resources(cloudformation, "big", 20)
    limit(running, NO_ROOM)
    stack = settled(cloudformation, "big")
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert stack["StackStatusReason"].startswith("CREATE_COMPLETE, but the state cannot be written")
    limit(running, ROOM)
    cloudformation.delete_stack(StackName="big")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="big", WaiterConfig={"Delay": 1})
    assert not client(running, "sns").list_topics().get("Topics")


HEAD = json.dumps(versions(), sort_keys=True).encode() + b"\n"
WHOLE = HEAD + pickle.dumps({"moto": {}, "fakes": {}, "stacks": {}, "change sets": {}})
NO_VERSIONS, NO_STATE = b"\x00" * 100, HEAD + pickle.dumps([1])
DAMAGED = (b"", b"{}", NO_VERSIONS, b"[1]\n", HEAD, HEAD + b"rubbish", WHOLE[:-5], NO_STATE)


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_snapshots(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "snapshot"
    path.write_bytes(content)
    with pytest.raises(EnvironmentalError, match=r"snapshot.*`groundplan local reset`"):
        load(path, LocalAws())
    assert path.read_bytes() == content


def test_a_daemon_does_not_start_with_a_damaged_snapshot(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for content in (NO_VERSIONS, NO_STATE):
        (folder / "snapshot").write_bytes(content)
        with pytest.raises(EnvironmentalError, match=r"snapshot.*`groundplan local reset`"):
            local.start()
        assert (folder / "snapshot").read_bytes() == content
    local.reset()
    assert client(local.start(), "cloudformation").describe_stacks()["Stacks"] == []


def test_public_images_are_not_saved_and_are_there_again(tmp_path: Path) -> None:
    forget(FAR, "ec2")
    first = LocalAws()
    ec2: Any = first.clients("ec2", FAR)
    images = {image["ImageId"] for image in ec2.describe_images()["Images"]}
    volume = ec2.create_volume(AvailabilityZone=f"{FAR}a", Size=1)["VolumeId"]
    kept = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    own = ec2.register_image(Name="own")["ImageId"]
    save(tmp_path / "snapshot", first)
    written = (tmp_path / "snapshot").read_bytes()
    assert own.encode() in written
    assert len([image for image in images if image.encode() in written]) < 5  # those that other tests' instances use
    forget(FAR, "ec2")
    second = LocalAws()
    load(tmp_path / "snapshot", second)
    ec2 = second.clients("ec2", FAR)
    assert {image["ImageId"] for image in ec2.describe_images()["Images"]} == images | {own}
    assert ec2.describe_snapshots(SnapshotIds=[kept])["Snapshots"]
    assert len(images) > 100
    forget(FAR, "ec2")


def test_a_register_that_grows_while_it_is_saved_is_met_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from groundplan.targets.local import snapshot

    aws, dump, failures = LocalAws(), snapshot._Pickler.dump, [2]

    def grows(self: Any, content: object) -> None:
        if failures[0]:
            failures[0] -= 1
            raise RuntimeError("dictionary changed size during iteration")
        dump(self, content)

    monkeypatch.setattr(snapshot._Pickler, "dump", grows)
    assert save(tmp_path / "snapshot", aws) > 0
    load(tmp_path / "snapshot", LocalAws())
    failures[0] = 1000
    with pytest.raises(RuntimeError, match="changed size"):
        save(tmp_path / "snapshot", aws)
