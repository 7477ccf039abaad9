"""Queues, jobs and owners on the local AWS, read back with boto3."""

from __future__ import annotations

import json

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode

ACCOUNT = "123456789012"


def shop(project: str) -> str:
    """A worker, a job, two queues; as quick to deploy as can be."""
    return f"""\
project: {project}
region: {REGION}
profile: poc
keys: customer
services:
  worker:
    image: {{repository: worker, tag: '1'}}
    needs: [{{emails: read}}]
    secrets: {{TOKEN: token}}
jobs:
  nightly:
    image: {{repository: worker, tag: '1'}}
    schedule: cron(0 3 ? * MON-FRI *)
    timezone: Asia/Kolkata
    window: 15m
    needs: [{{emails: write}}, {{orders: write}}]
queues:
  emails: {{visibility: 5m}}
  orders: {{fifo: true, encryption: sqs, dead_letters: null}}
secrets:
  token: {{generate: 40}}
"""


def test_queues_and_jobs_are_there(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(shop(project))
    result = groundplan("deploy", "--format", "json")
    assert result.code == ExitCode.FINE, result.err
    outputs, sqs = result.json["outputs"], aws.client("sqs")

    def attributes(url: str) -> dict[str, str]:
        found: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return found

    emails, end = attributes(outputs["emails_queue_url"]), attributes(outputs["emails_dead_letters_url"])
    assert (emails["VisibilityTimeout"], emails["ReceiveMessageWaitTimeSeconds"]) == ("300", "20")
    assert json.loads(emails["RedrivePolicy"]) == {"deadLetterTargetArn": end["QueueArn"], "maxReceiveCount": 5}
    assert json.loads(end["RedriveAllowPolicy"]) == {
        "redrivePermission": "byQueue", "sourceQueueArns": [emails["QueueArn"]],
    }  # fmt: skip
    assert emails["KmsMasterKeyId"].startswith(f"arn:aws:kms:{REGION}:")
    assert json.loads(emails["Policy"])["Statement"][0]["Effect"] == "Deny"
    orders = attributes(outputs["orders_queue_url"])
    assert (orders["FifoQueue"], orders["SqsManagedSseEnabled"]) == ("true", "true")
    assert outputs["orders_queue_url"].endswith(f"/{project}-production-orders.fifo")

    scheduler = aws.client("scheduler")
    group = f"{project}-production-jobs"
    schedule = scheduler.get_schedule(Name=f"{project}-production-nightly", GroupName=group)
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"], schedule["State"]) == (
        "cron(0 3 ? * MON-FRI *)", "Asia/Kolkata", "ENABLED",
    )  # fmt: skip
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    target = schedule["Target"]
    family = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{project}-production-nightly"
    assert target["EcsParameters"]["TaskDefinitionArn"] == family
    network = target["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    assert (network["AssignPublicIp"], len(network["Subnets"])) == ("ENABLED", 2)
    assert target["DeadLetterConfig"]["Arn"] == attributes(outputs["jobs_not_started_url"])["QueueArn"]
    # What EventBridge Scheduler would do: the newest revision of the family runs.
    ecs = aws.client("ecs")
    found = ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
    (container,) = found["containerDefinitions"]
    assert {item["name"]: item["value"] for item in container["environment"]}["ORDERS_QUEUE_URL"]
    role = aws.client("iam").get_role(RoleName=target["RoleArn"].rpartition("/")[2])["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(f":schedule-group/{group}")

    secret = aws.client("secretsmanager").get_secret_value(SecretId=f"{project}/production/token")["SecretString"]
    assert len(secret) == 40
    assert secret.isalnum()
    assert groundplan("plan", "--format", "json").json["changes"] == []


def test_two_owners_live_side_by_side(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    text = f"project: {project}\nregion: {REGION}\nprofile: poc\nbuckets: {{files: {{encryption: s3, keep: false}}}}\n"
    write(text)
    for owner in ("jane", "bob"):
        result = groundplan("deploy", "--set", f"owner_id={owner}", "--format", "json")
        assert result.code == ExitCode.FINE, result.err
    whole = groundplan("deploy", "--format", "json")
    assert whole.code == ExitCode.FINE, whole.err
    everybody = ("production-bob", "production-jane", "production")
    assert aws.buckets(project) == {f"{project}-files-{stage}" for stage in everybody}
    assert set(aws.stacks(project)) == {
        f"{project}-{stage}-{what}" for stage in everybody for what in _stacks(whole.json)
    }

    # What one takes out of the blueprint stays with the others, and so it is with all that one has.
    write(text.partition("buckets:")[0])
    assert groundplan("deploy", "--set", "owner_id=jane").code == ExitCode.FINE
    assert f"{project}-production-jane-storage" not in aws.stacks(project)
    assert aws.buckets(project) == {f"{project}-files-production", f"{project}-files-production-bob"}
    write(text)
    gone = groundplan("destroy", "--set", "owner_id=bob", "--delete-data", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert not {name for name in aws.stacks(project) if "-bob-" in name}
    assert {name for name in aws.stacks(project) if "-jane-" in name}
    assert f"{project}-files-production" in aws.buckets(project)
    status = groundplan("status", "--format", "json").json
    assert {stack["status"] for stack in status["stacks"]} == {"CREATE_COMPLETE"}


def _stacks(deployed: dict[str, list[dict[str, str]]]) -> set[str]:
    return {stack["name"].rpartition("-")[2] for stack in deployed["stacks"]}
