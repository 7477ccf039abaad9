"""The copies of states in another region, and the stacks that they are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from groundplan.design.state import COPY_REGION, StateBucket
from groundplan.operations import stacks
from groundplan.operations.events import Report, delete_stack
from groundplan.resources.state import LOCK_SUFFIX
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering


def copy_present(connection: Connection, bucket: StateBucket, outputs: Mapping[str, str], report: Report) -> None:
    """S3 copies what is written from now on, and nothing that is there already.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
    """
    source, there = connection.s3(bucket.region), connection.s3(outputs[COPY_REGION])
    copied = 0
    with explained(f"Copying the states of {bucket.name} to {outputs['state_copy_bucket']}"):
        for page in source.get_paginator("list_objects_v2").paginate(Bucket=bucket.name):
            for item in page.get("Contents", []):
                if item["Key"].endswith(LOCK_SUFFIX):
                    continue
                there.copy_object(
                    Bucket=outputs["state_copy_bucket"],
                    Key=item["Key"],
                    CopySource={"Bucket": bucket.name, "Key": item["Key"]},
                )
                copied += 1
    if copied:
        report(f"{outputs['state_copy_bucket']}: {copied} objects copied that were there already")


def elsewhere(connection: Connection, rendering: Rendering, bucket: StateBucket) -> tuple[stacks.DeployedStack, ...]:
    """The stacks of copies that are there."""
    away = [stack for stack in rendering.stacks if stack.region != bucket.region]
    found = (stacks.look_at(connection, stack.name, stack.region) for stack in away)
    return tuple(stack for stack in found if stack.exists)


def delete_copies(connection: Connection, going: Sequence[stacks.DeployedStack], report: Report) -> None:
    """Delete stacks of copies. The buckets stay, with what is in them."""
    for stack in going:
        protect(connection, stack.name, stack.region, protected=False)
        delete_stack(connection, stack.name, stack.region, report)


def protect(connection: Connection, stack: str, region: str, *, protected: bool) -> None:
    """Termination protection of a stack.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
    """
    with explained(f"Protecting the stack {stack} from deletion"):
        connection.cloudformation(region).update_termination_protection(
            StackName=stack, EnableTerminationProtection=protected
        )
