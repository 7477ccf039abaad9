"""A creation failed, and S3 has written logs meanwhile, with which no bucket goes: the next deployment goes on."""

from __future__ import annotations

import json
import time
from typing import Any, Literal

import pytest
from botocore.exceptions import WaiterError
from tests.cli.commands import FILE, Command, Write
from tests.operations.running import REGION, Aws

from groundplan.blueprint.loading import load_environment
from groundplan.design import design
from groundplan.engines import cloudformation
from groundplan.errors import ExitCode
from groundplan.operations.stacks import stack_tags

BLUEPRINT = """
project: {project}
region: {region}
profile: poc
network: {{nat: none}}
buckets: {{files: {{cdn: {{logs: true}}}}}}
"""


PROTECTED = """
project: {project}
region: {region}
profile: poc
network: {{nat: none}}
databases: {{main: {{engine: postgres 18.1, class: db.t4g.micro, deletion_protection: true, final_snapshot: true}}}}
"""


OnFailure = Literal["DO_NOTHING", "ROLLBACK"]


def created(
    aws: Aws, name: str, template: str, tags: dict[str, str], on_failure: OnFailure = "DO_NOTHING", **parameters: str
) -> str:
    """Creates a stack. Returns the status that it ends in."""
    client = aws.cloudformation
    client.create_stack(
        StackName=name,
        TemplateBody=template,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        OnFailure=on_failure,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    deadline = time.monotonic() + 60
    while (status := client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]).endswith("_IN_PROGRESS"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return status


@pytest.mark.parametrize("gone", [False, True])
def test_logs_of_a_creation_that_failed_keep_nothing(
    groundplan: Command, write: Write, aws: Aws, project: str, gone: bool
) -> None:
    write(BLUEPRINT.format(project=project, region=REGION))
    architecture = design(load_environment(FILE))
    storage = next(item for item in cloudformation.render(architecture).stacks if item.concern == "storage")
    template: Any = json.loads(json.dumps(storage.template))
    template["Resources"]["Fails"] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"QueueName": "no.queue.is.called.so"},
        "DependsOn": sorted(template["Resources"]),
    }
    assert created(aws, storage.name, json.dumps(template), dict(stack_tags(architecture))) == "CREATE_FAILED"
    (left,) = aws.buckets(project) - {f"{project}-files-production"}
    aws.s3.list_objects_v2(Bucket=f"{project}-files-production")
    assert aws.s3.list_object_versions(Bucket=left)["Versions"], "what is asked of one bucket is logged in the other"
    if gone:  # somebody has helped themselves
        for item in aws.s3.list_object_versions(Bucket=left)["Versions"]:
            aws.s3.delete_object(Bucket=left, Key=item["Key"], VersionId=item["VersionId"])
        aws.s3.delete_bucket(Bucket=left)
    done = groundplan("deploy")
    assert done.code == ExitCode.FINE, done.err
    assert ("left by the creation that failed: deleted with" in done.err) is not gone
    assert left in aws.buckets(project)
    assert set(aws.stacks(project).values()) == {"CREATE_COMPLETE"}
    assert groundplan("plan", "--format", "json").json["changes"] == []


def gone(aws: Aws, name: str) -> None:
    aws.cloudformation.delete_stack(StackName=name)
    aws.cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


@pytest.fixture
def failed(groundplan: Command, write: Write, aws: Aws, project: str) -> str:
    """A stack whose creation failed once its protected database was there, at which the rollback failed, too."""
    write(PROTECTED.format(project=project, region=REGION))
    assert groundplan("deploy").code == ExitCode.FINE
    (name,) = (stack for stack in aws.stacks(project) if stack.endswith("-databases"))
    template: Any = aws.cloudformation.get_template(StackName=name)["TemplateBody"]
    (whole,) = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in whole.get("Parameters", [])}
    aws.client("rds").modify_db_instance(DBInstanceIdentifier=database(aws, project), DeletionProtection=False)
    gone(aws, name)
    fails = "  Fails: {Type: AWS::SQS::Queue, DependsOn: MainDatabaseInstance, Properties: {QueueName: no.such}}\n"
    body = template.replace("Resources:\n", f"Resources:\n{fails}", 1)
    tags = {item["Key"]: item["Value"] for item in whole["Tags"]}
    assert created(aws, name, body, tags, "ROLLBACK", **parameters) == "ROLLBACK_FAILED"
    assert database(aws, project)
    return name


def database(aws: Aws, project: str) -> str:
    found = aws.client("rds").describe_db_instances()["DBInstances"]
    names: list[str] = [
        item["DBInstanceIdentifier"] for item in found if item["DBInstanceIdentifier"].startswith(project)
    ]
    return names[0] if names else ""


def snapshots(aws: Aws, project: str) -> set[str]:
    found = aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return {item["DBSnapshotIdentifier"] for item in found if item["DBInstanceIdentifier"].startswith(project)}


@pytest.mark.parametrize("tried", [False, True])
def test_a_protected_database_of_a_creation_that_failed_stops_nothing(
    groundplan: Command, aws: Aws, project: str, failed: str, tried: bool
) -> None:
    earlier = snapshots(aws, project)
    assert earlier
    if tried:  # to delete it, by somebody who did not know either
        with pytest.raises(WaiterError):
            gone(aws, failed)
        assert aws.stacks(project)[failed] == "DELETE_FAILED"
    done = groundplan("deploy")
    assert done.code == ExitCode.FINE, done.err
    assert "database_instance.main: taking deletion protection off" in done.err
    assert set(aws.stacks(project).values()) == {"CREATE_COMPLETE"}
    assert snapshots(aws, project) == earlier, "of what was never used none is kept; of what was before, all"
    assert "of a database that was never used, is deleted" in done.err
    assert groundplan("plan", "--format", "json").json["changes"] == []


def test_what_was_once_whole_keeps_its_protection(groundplan: Command, aws: Aws, project: str, failed: str) -> None:
    assert groundplan("deploy").code == ExitCode.FINE
    with pytest.raises(WaiterError):
        gone(aws, failed)
    assert aws.stacks(project)[failed] == "DELETE_FAILED"
    done = groundplan("deploy")
    assert done.code == ExitCode.DEPLOYMENT_FAILED
    assert "taking deletion protection off" not in done.err
    assert database(aws, project)


def test_a_creation_that_failed_is_destroyed(groundplan: Command, aws: Aws, project: str, failed: str) -> None:
    done = groundplan("destroy", "--yes", "--delete-protected", "database_instance.main")
    assert done.code == ExitCode.FINE, done.err
    assert "database_instance.main: taking deletion protection off" in done.err
    assert not aws.stacks(project)
    assert not database(aws, project)
