"""Where AWS differs from what was deployed, property by property; by CloudFormation's own drift detection."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from groundplan.errors import EnvironmentalError
from groundplan.operations.plan import addresses
from groundplan.operations.release.kept import moved_by_releases
from groundplan.operations.stacks import look_at
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import DescribeStackResourceDriftsOutputTypeDef

    from groundplan.engines.cloudformation import Rendering


@dataclass(frozen=True, slots=True)
class Drift:
    """One property that somebody has changed, or one resource that somebody has deleted."""

    resource: str
    """Address in the architecture, or the engine's own where the architecture does not have it."""
    type: str
    status: Literal["modified", "deleted"]
    property: str = ""
    """Path of the property; empty where the resource is gone."""
    expected: str = ""
    """What the last deployment made."""
    actual: str = ""
    physical_id: str = ""
    """What AWS calls the resource."""
    region: str = ""
    engine_id: str = ""
    """Stack and logical id (``shop-production-messaging/MailQueue``), or Terraform's address."""


def find_drift(connection: Connection, rendering: Rendering) -> tuple[Drift, ...]:
    """Have CloudFormation compare every stack that is deployed with what is there. It does so for most types.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    Raises EnvironmentalError where AWS refuses.
    """
    known = addresses(rendering)
    found = [
        drift
        for stack in rendering.stacks
        if look_at(connection, stack.name, stack.region).updatable
        for drift in _of_stack(connection, stack.name, stack.region, known)
    ]
    return tuple(sorted(found, key=lambda item: (item.resource, item.type, item.property)))


def is_deployed(connection: Connection, rendering: Rendering) -> bool:
    """Whether there is anything that could differ. Raises EnvironmentalError where AWS refuses."""
    return any(look_at(connection, stack.name, stack.region).updatable for stack in rendering.stacks)


def _of_stack(connection: Connection, stack: str, region: str, known: Mapping[tuple[str, str], str]) -> Iterator[Drift]:
    client = connection.cloudformation(region)
    with explained(f"Detecting drift of the stack {stack}"):
        detection = client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
        while True:
            state = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            if state["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                break
            time.sleep(connection.poll_seconds)
        if state["DetectionStatus"] == "DETECTION_FAILED" and not state.get("DriftedStackResourceCount"):
            reason = state.get("DetectionStatusReason", "no reason is given")
            raise EnvironmentalError(f"Detecting drift of the stack {stack}: {reason}")
        for page in _pages(client, stack):
            for item in page["StackResourceDrifts"]:
                name = known.get((stack, item["LogicalResourceId"]), item["LogicalResourceId"])
                found = Drift(
                    name,
                    item["ResourceType"],
                    "deleted" if item["StackResourceDriftStatus"] == "DELETED" else "modified",
                    physical_id=item.get("PhysicalResourceId", ""),
                    region=region,
                    engine_id=f"{stack}/{item['LogicalResourceId']}",
                )
                if found.status == "deleted":
                    yield found
                for each in item.get("PropertyDifferences", ()):
                    path = each["PropertyPath"].removeprefix("/")
                    if moved_by_releases(item["ResourceType"], path, each["ExpectedValue"], each["ActualValue"]):
                        continue
                    yield replace(found, property=path, expected=each["ExpectedValue"], actual=each["ActualValue"])


def _pages(client: CloudFormationClient, stack: str) -> Iterator[DescribeStackResourceDriftsOutputTypeDef]:
    """boto3 has no paginator for this call."""
    page = client.describe_stack_resource_drifts(
        StackName=stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )
    yield page
    while token := page.get("NextToken"):
        page = client.describe_stack_resource_drifts(
            StackName=stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], NextToken=token
        )
        yield page
