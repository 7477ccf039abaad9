"""Eight clients and two projects at the same daemon at the same time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundplan.targets import local
from groundplan.targets.local.state import FOLDER_VARIABLE

CLIENTS = 8
ROUNDS = 5
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[local.Running]:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "state"))
    yield local.start()
    local.reset()


@cache
def session() -> Any:
    """One for all: each reads the models of the services anew."""
    import boto3

    return boto3.session.Session(aws_access_key_id="local", aws_secret_access_key="local")


def clients(running: local.Running, *services: str) -> list[Any]:
    from botocore.config import Config

    config = Config(retries={"max_attempts": 0})
    return [
        session().client(name, endpoint_url=running.endpoint, region_name="us-east-1", config=config)
        for name in services
    ]


def all_at_once(work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(work, range(CLIENTS)))


def test_plain_requests(running: local.Running) -> None:
    lock = threading.Lock()

    def work(number: int) -> None:
        with lock:  # making clients is not safe for threads
            ec2, s3, sqs, iam, ssm = clients(running, "ec2", "s3", "sqs", "iam", "ssm")
        for turn in range(ROUNDS):
            ec2.delete_vpc(VpcId=ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
            bucket = f"client-{number}-{turn}"
            s3.create_bucket(Bucket=bucket)
            s3.put_object(Bucket=bucket, Key="a", Body=b"x" * 1000)
            assert len(s3.get_object(Bucket=bucket, Key="a")["Body"].read()) == 1000
            sqs.create_queue(QueueName=bucket)
            iam.create_role(RoleName=bucket, AssumeRolePolicyDocument=TRUST)
            ssm.put_parameter(Name=f"/{bucket}", Value="1", Type="String")

    all_at_once(work)
    s3, sqs, iam = clients(running, "s3", "sqs", "iam")
    assert len(s3.list_buckets()["Buckets"]) == len(sqs.list_queues()["QueueUrls"]) == CLIENTS * ROUNDS
    assert len(iam.list_roles()["Roles"]) == CLIENTS * ROUNDS


def test_stacks_of_two_projects(running: local.Running) -> None:
    lock = threading.Lock()
    resources = {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        **{f"S{n}": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": f"10.0.{n}.0/24"}}
           for n in range(6)},
        **{f"T{n}": {"Type": "AWS::SNS::Topic"} for n in range(10)},
        "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": json.loads(TRUST)}},
    }  # fmt: skip

    def work(number: int) -> str:
        with lock:
            (cloudformation,) = clients(running, "cloudformation")
        project = "one" if number % 2 else "two"
        name = f"{project}-{number}"
        for action in ("create_stack", "update_stack"):
            getattr(cloudformation, action)(
                StackName=name, TemplateBody=json.dumps({"Resources": resources}),
                Capabilities=["CAPABILITY_IAM"], Tags=[{"Key": "project", "Value": project},
                                                       {"Key": "action", "Value": action}],
            )  # fmt: skip
            while True:
                stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
                if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                    break
                time.sleep(0.05)
        return " ".join((stack["StackStatus"], stack.get("StackStatusReason", ""))).strip()

    assert all_at_once(work) == ["UPDATE_COMPLETE"] * CLIENTS
    cloudformation, ec2, sns = clients(running, "cloudformation", "ec2", "sns")
    stacks = cloudformation.describe_stacks()["Stacks"]
    owned = {tag["Value"] for stack in stacks for tag in stack["Tags"] if tag["Key"] == "project"}
    assert (len(stacks), owned) == (CLIENTS, {"one", "two"})
    assert len(sns.list_topics()["Topics"]) == CLIENTS * 10
    found = ec2.describe_vpcs(Filters=[{"Name": "tag:project", "Values": ["one"]}])["Vpcs"]
    assert len(found) == CLIENTS // 2
