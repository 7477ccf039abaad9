"""What somebody has changed by hand in stacks, by the drift detection of the local CloudFormation."""

from __future__ import annotations

from tests.cli.commands import Command, Write
from tests.operations.running import Aws

from groundplan.errors import ExitCode


def test_drift_of_stacks(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(
        f"""
        project: {project}
        region: ap-south-1
        profile: poc
        queues: {{mail: {{}}}}
        """
    )
    before = groundplan("drift")
    assert (before.code, before.out) == (
        ExitCode.FINE, "production: nothing differs from what was deployed to local\n"
    )  # fmt: skip
    assert groundplan("deploy").code == ExitCode.FINE
    assert groundplan("drift", "--format", "json").json == {"target": "local", "environment": "production", "drift": []}
    sqs = aws.client("sqs")
    queue = sqs.get_queue_url(QueueName=f"{project}-production-mail")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "5"})

    found = groundplan("drift", "--format", "json")
    assert found.code == ExitCode.FINDINGS
    assert found.json["drift"] == [
        {
            "resource": "queue.mail",
            "type": "AWS::SQS::Queue",
            "status": "modified",
            "property": "VisibilityTimeout",
            "expected": "60",
            "actual": "5",
        }
    ]
    sqs.delete_queue(QueueUrl=queue)
    gone = groundplan("drift", "--format", "json").json["drift"]
    assert [(item["resource"], item["status"], item["property"]) for item in gone] == [("queue.mail", "deleted", "")]
    groundplan("destroy", "--yes")
