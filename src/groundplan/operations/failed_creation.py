"""What keeps the rollback of a failed creation from ending."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from groundplan.operations import stacks
from groundplan.operations.deletion_protection import lift
from groundplan.operations.events import Report
from groundplan.operations.holdings import Holding, delete_kept
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.storage import Bucket
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering

NEVER_CREATED = frozenset({"CREATE_FAILED", "ROLLBACK_FAILED"})
"""States of a stack whose creation has not come to its end, nor its rollback.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


@contextmanager
def way_made(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    failed: stacks.DeployedStack,
    report: Report,
) -> Iterator[None]:
    """While a stack is deleted whose creation failed: take out of the way what keeps it from being deleted, and leave
    nothing of it behind.

    In the way are deletion protection of what was made before the failure, at which the rollback stops, and logs that
    AWS wrote meanwhile. Behind stay last snapshots of databases, which nobody has used yet. A stack that was once whole
    is left alone: it may hold data. Raises EnvironmentalError where AWS refuses.
    """
    if not _never_whole(connection, failed):
        yield
        return
    lift(connection, architecture, rendering, failed, report)
    _delete_log_buckets(connection, architecture, rendering, failed, report)
    databases = [item.ref for item in architecture.of(DatabaseInstance)]
    inside = stacks.parts_of(connection, rendering, failed, databases)
    before = {(address, name) for address, id, _ in inside for name in _snapshots(connection, id, failed.region)}
    yield
    for address, id, _ in inside:
        for name in _snapshots(connection, id, failed.region):
            if (address, name) not in before:
                with explained(f"Deleting the snapshot {name}"):
                    connection.rds(failed.region).delete_db_snapshot(DBSnapshotIdentifier=name)
                report(f"{address}: its last snapshot {name}, of a database that was never used, is deleted")


def _snapshots(connection: Connection, database: str, region: str) -> list[str]:
    with explained(f"Listing the snapshots of {database}"):
        pages = connection.rds(region).get_paginator("describe_db_snapshots")
        listed = pages.paginate(DBInstanceIdentifier=database, SnapshotType="manual")
        return [item["DBSnapshotIdentifier"] for page in listed for item in page["DBSnapshots"]]


def _never_whole(connection: Connection, failed: stacks.DeployedStack) -> bool:
    """Whether the creation of a stack has never come to its end: nothing can have been kept in it.

    Of a stack whose deletion failed its events tell, as long as AWS keeps them (90 days). Where the beginning is not
    among them any more it counts as once whole.
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
    return "CREATE_IN_PROGRESS" in told and not told & {"CREATE_COMPLETE", "IMPORT_COMPLETE"}


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
    buckets = stacks.parts_of(
        connection, rendering, failed, sorted((ref for ref in receivers if ref is not None), key=str)
    )
    for address, name, type in buckets:
        if _exists(connection, name, failed.region):
            told = delete_kept(connection, Holding(address, type, name, failed.region, "goes"))
            report(f"{address} ({name}), left by the creation that failed: {told}")


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
