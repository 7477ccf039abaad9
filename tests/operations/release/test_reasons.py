"""What AWS says of tasks that stopped: the local AWS runs no containers, so ECS's answers are written down here."""

from __future__ import annotations

from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber
from tests.cli.commands import write_blueprint
from tests.operations.release.conftest import PROJECT, blueprint

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.operations.release import named
from groundplan.operations.release.rollout import _stopped
from groundplan.targets.connection import Connection

DEFINITION = f"arn:aws:ecs:ap-south-1:123456789012:task-definition/{PROJECT}-production-api:7"
TASKS = [f"arn:aws:ecs:ap-south-1:123456789012:task/{PROJECT}-production-cluster/{number}" for number in "123"]


class Elsewhere:
    """A connection whose ECS answers what the test says."""

    target = "aws"

    def __init__(self, client: Any) -> None:
        self.client = client

    def ecs(self, region: str) -> Any:
        assert region == "ap-south-1"
        return self.client


@pytest.mark.parametrize(
    ("containers", "reason"),
    [
        (
            [{"name": "api", "reason": "CannotPullContainerError: not found"}],
            "api: CannotPullContainerError: not found",
        ),
        ([{"name": "router", "exitCode": 0}, {"name": "api", "exitCode": 137}], "api: exit code 137"),
        ([{"name": "api", "exitCode": 0}], "Essential container in task exited"),
    ],
)
def test_why_a_task_stopped(containers: list[dict[str, Any]], reason: str) -> None:
    [workload] = named(design(read_source(write_blueprint(blueprint())).environment(None)), "api")
    client: Any = boto3.client("ecs", region_name="ap-south-1", aws_access_key_id="-", aws_secret_access_key="-")
    where = {"cluster": f"{PROJECT}-production-cluster"}
    tasks = [
        {"taskArn": TASKS[0], "taskDefinitionArn": DEFINITION[:-1] + "6", "stoppedReason": "Scaling activity"},
        {
            "taskArn": TASKS[1],
            "taskDefinitionArn": DEFINITION,
            "stoppedReason": "Essential container in task exited",
            "containers": containers,
        },
    ]
    with Stubber(client) as stub:
        listed = {**where, "serviceName": f"{PROJECT}-production-api", "desiredStatus": "STOPPED"}
        stub.add_response("list_tasks", {"taskArns": TASKS[:2]}, listed)
        stub.add_response("describe_tasks", {"tasks": tasks}, {**where, "tasks": TASKS[:2]})
        assert _stopped(cast("Connection", Elsewhere(client)), workload, DEFINITION) == reason
