"""The real AWS CLI, as a person uses it: ``eval "$(groundplan local env)"`` and then ``aws …``."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from groundplan.targets import local
from groundplan.targets.local.state import FOLDER_VARIABLE

from .aws_cli import AwsCli

TEMPLATE = """\
Parameters:
  Days: {Type: Number, Default: 7}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref Days}}
  Queue: {Type: AWS::SQS::Queue}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}]
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: web
      Cpu: "256"
      Memory: "512"
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      ContainerDefinitions: [{Name: web, Image: "nginx:1.27"}]
  Service:
    Type: AWS::ECS::Service
    Properties:
      ServiceName: web
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      LaunchType: FARGATE
      DesiredCount: 2
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet]}}
Outputs:
  Bucket: {Value: !Ref Bucket}
"""
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Runs the AWS CLI with nothing but the variables of ``groundplan local env``."""
    folder = tmp_path_factory.mktemp("awscli")
    before = os.environ.get(FOLDER_VARIABLE)
    os.environ[FOLDER_VARIABLE] = str(folder / "state")
    variables = {
        **local.environment(local.start(ephemeral=True)),
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "AWS_PAGER": "",
    }

    def run(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = cli(*words)
        assert done.returncode == code, f"{' '.join(words)}: {done.stdout}{done.stderr}"
        return done

    with AwsCli(variables, folder) as cli:
        yield run
    local.stop()
    if before is None:
        del os.environ[FOLDER_VARIABLE]
    else:
        os.environ[FOLDER_VARIABLE] = before


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "shop.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stack(aws: Shell, template: Path) -> Iterator[str]:
    """A stack, made by ``aws cloudformation deploy``, which is told of its end without half a minute of waiting."""
    begin = time.monotonic()
    words = ("cloudformation", "deploy", "--template-file", str(template), "--stack-name", "shop")
    done = aws(*words, "--capabilities", "CAPABILITY_IAM", "--tags", "team=shop")
    assert "Successfully created/updated stack - shop" in done.stdout
    assert time.monotonic() - begin < 20
    yield "shop"
    bucket = answer(aws("cloudformation", "describe-stacks", "--stack-name", "shop"))["Stacks"][0]["Outputs"][0]
    aws("s3", "rm", f"s3://{bucket['OutputValue']}", "--recursive", "--quiet")
    aws("cloudformation", "delete-stack", "--stack-name", "shop")
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "shop")
    assert "Stack with id shop does not exist" in aws(
        "cloudformation", "describe-stacks", "--stack-name", "shop", code=255
    ).stderr  # fmt: skip


def test_stacks_are_described_and_waited_for(aws: Shell, stack: str) -> None:
    name = ("--stack-name", stack)
    aws("cloudformation", "wait", "stack-create-complete", *name)
    shown = answer(aws("cloudformation", "describe-stacks", *name))["Stacks"][0]
    assert shown["Tags"] == [{"Key": "team", "Value": "shop"}]
    resources = answer(aws("cloudformation", "describe-stack-resources", *name))["StackResources"]
    assert {item["ResourceStatus"] for item in resources} == {"CREATE_COMPLETE"}
    assert len(resources) == 9
    assert answer(aws("cloudformation", "describe-stack-events", *name))["StackEvents"]
    assert "AWS::ECS::Service" in aws("cloudformation", "get-template", *name).stdout
    assert answer(aws("cloudformation", "list-stack-resources", *name, "--max-items", "2"))["NextToken"]


def test_the_same_template_changes_nothing_and_another_one_does(aws: Shell, stack: str, template: Path) -> None:
    words = ("cloudformation", "deploy", "--template-file", str(template), "--stack-name", stack,
             "--capabilities", "CAPABILITY_IAM", "--tags", "team=shop")  # fmt: skip
    time.sleep(1)  # the CLI names its change sets by the second
    assert "No changes to deploy. Stack shop is up to date" in aws(*words, "--no-fail-on-empty-changeset").stdout
    time.sleep(1)
    aws(*words, "--parameter-overrides", "Days=14")
    groups = answer(aws("logs", "describe-log-groups"))["logGroups"]
    assert [group["retentionInDays"] for group in groups] == [14]
    change = ("--stack-name", stack, "--change-set-name", "more")
    aws("cloudformation", "create-change-set", *change, "--use-previous-template", "--capabilities", "CAPABILITY_IAM",
        "--parameters", "ParameterKey=Days,ParameterValue=30")  # fmt: skip
    aws("cloudformation", "wait", "change-set-create-complete", *change)
    [shown] = answer(aws("cloudformation", "describe-change-set", *change))["Changes"]
    assert shown["ResourceChange"]["LogicalResourceId"] == "Logs"
    aws("cloudformation", "delete-change-set", *change)


def test_a_wrong_template_is_told_in_words(aws: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("Resources: {A: {Type: AWS::Nope::Nope}}", encoding="utf-8")
    words = ("cloudformation", "deploy", "--template-file", str(wrong), "--stack-name", "wrong")
    assert "Unrecognized resource types: [AWS::Nope::Nope]" in aws(*words, code=255).stderr


def test_files_go_to_buckets_and_back(aws: Shell, stack: str, tmp_path: Path) -> None:
    shown = answer(aws("cloudformation", "describe-stacks", "--stack-name", stack))["Stacks"][0]
    bucket = shown["Outputs"][0]["OutputValue"]
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(os.urandom(10 * 1024 * 1024))  # in parts
    aws("s3", "cp", str(there), f"s3://{bucket}/folder/file", "--quiet")
    assert "folder/file" in aws("s3", "ls", f"s3://{bucket}", "--recursive").stdout
    aws("s3", "cp", f"s3://{bucket}/folder/file", str(back), "--quiet")
    assert back.read_bytes() == there.read_bytes()


def test_services_run(aws: Shell, stack: str) -> None:
    of = ("--cluster", "shop", "--services", "web")
    aws("ecs", "wait", "services-stable", *of)
    [service] = answer(aws("ecs", "describe-services", *of))["services"]
    assert (service["status"], service["runningCount"]) == ("ACTIVE", 2)
    assert answer(aws("sts", "get-caller-identity"))["Account"] == "123456789012"
    assert (
        len(answer(aws("ec2", "describe-subnets", "--filters", "Name=cidr-block,Values=10.0.0.0/24"))["Subnets"]) == 1
    )
    # The CLI (v1) sends SQS and, in us-east-1, RDS to names of their own unless the endpoint is an option.
    endpoint = local.status()
    assert endpoint
    queues = answer(aws("--endpoint-url", endpoint.endpoint, "sqs", "list-queues"))["QueueUrls"]
    assert len(queues) == 1
