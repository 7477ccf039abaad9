"""What keeps the rollback of a failed creation from ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.operations import stacks
from groundplan.operations.deletion_protection import lift
from groundplan.operations.events import Report
from groundplan.operations.holdings import Holding, delete_kept
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.storage import Bucket
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering

NEVER_CREATED = frozenset({"CREATE_FAILED", "ROLLBACK_FAILED"})
"""States of a stack whose creation has not come to its end, nor its rollback.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


def make_way(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    failed: stacks.DeployedStack,
    report: Report,
) -> None:
    """Take out of the way what keeps a stack from being deleted whose creation failed: deletion protection of what was
    made before the failure, which the rollback stops at, and logs that AWS wrote meanwhile.

    A stack that was once whole is left alone: it may hold data. Raises EnvironmentalError where AWS refuses.
    """
    if _never_whole(connection, failed):
        lift(connection, architecture, rendering, failed, report)
        _delete_log_buckets(connection, architecture, rendering, failed, report)


def _never_whole(connection: Connection, failed: stacks.DeployedStack) -> bool:
    """Whether the creation of a stack has never come to its end: nothing can have been kept in it.

    Of a stack whose deletion failed its events tell.
    """
    if failed.status != "DELETE_FAILED":
        return failed.status in NEVER_CREATED
    with explained(f"Reading the events of the stack {failed.name}"):
        pages = connection.cloudformation(failed.region).get_paginator("describe_stack_events")
        told = {
            event.get("ResourceStatus")
            for page in pages.paginate(StackName=failed.name)
            for event in page["StackEvents"]
            if event.get("PhysicalResourceId") == event["StackId"]
        }
    return not told & {"CREATE_COMPLETE", "IMPORT_COMPLETE"}


def _delete_log_buckets(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    failed: stacks.DeployedStack,
    report: Report,
) -> None:
    """Delete the buckets for access logs that the failed creation of a stack has left, with the logs in them.

    S3 deletes no bucket with anything in it, so that the rollback fails. CloudFormation then keeps the bucket when the
    stack is deleted (``RetainExceptOnCreate``), and the next creation would find its name taken. Only logs of the
    failed creation can be in it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    receivers = {item.access_log_bucket for item in architecture.of(Bucket)}
    receivers |= {item.access_log_bucket for item in architecture.of(LoadBalancer)}
    physical = stacks.physical_ids(connection, failed.name, failed.region)
    for ref in sorted((ref for ref in receivers if ref is not None), key=str):
        for place in rendering.locations.get(ref, ()):
            if place.stack == failed.name and place.logical_id in physical:
                name = physical[place.logical_id]
                if not _exists(connection, name, failed.region):
                    continue
                told = delete_kept(connection, Holding(ref.address, place.type, name, failed.region, "goes"))
                report(f"{ref.address} ({name}), left by the creation that failed: {told}")


def _exists(connection: Connection, bucket: str, region: str) -> bool:
    from botocore.exceptions import ClientError

    with explained(f"Looking at the bucket {bucket}"):
        try:
            connection.s3(region).head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise
    return True
