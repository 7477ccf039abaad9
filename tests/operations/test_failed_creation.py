"""A creation failed, and S3 has written logs meanwhile, with which no bucket goes: the next deployment goes on."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
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


def created(aws: Aws, name: str, template: dict[str, Any], tags: dict[str, str]) -> str:
    """Creates a stack. Returns the status that it ends in."""
    client = aws.cloudformation
    client.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        OnFailure="DO_NOTHING",
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
    assert created(aws, storage.name, template, dict(stack_tags(architecture))) == "CREATE_FAILED"
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
