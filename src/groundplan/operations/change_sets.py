"""CloudFormation change sets: what AWS would do, before it does it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from groundplan.catalog import regions
from groundplan.errors import EnvironmentalError, InputError
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ChangeTypeDef, ResourceChangeTypeDef

    from groundplan.engines.cloudformation import Stack

Action = Literal["create", "update", "may replace", "replace", "delete"]
"""``may replace``: AWS finds out while it deploys whether the change can be made in place."""
INLINE_LIMIT = 51_200
"""Bytes of a template that the API takes inline; larger ones are read from S3.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class StackChange:
    """What happens to one resource of a stack."""

    action: Action
    logical_id: str
    type: str
    why: str
    physical_id: str = ""
    policy: str = ""
    """What becomes of what was there: ``Delete``, ``Retain``, ``Snapshot``, and the same with ``ReplaceAnd`` before it.
    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html"""


@dataclass(frozen=True)
class ChangeSet:
    """A change set that AWS has worked out and is ready to execute."""

    arn: str
    stack: str
    region: str
    changes: tuple[StackChange, ...]


def create(
    connection: Connection,
    stack: Stack,
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
    *,
    update: bool,
    template_bucket: str | None = None,
) -> ChangeSet | None:
    """Have AWS work out what the template changes. None: nothing.

    Raises EnvironmentalError with AWS's own words where it refuses the template.
    """
    client = connection.cloudformation(stack.region)
    name = f"groundplan-{uuid4().hex[:12]}"
    with explained(f"Planning the stack {stack.name}"):
        created = client.create_change_set(
            StackName=stack.name,
            ChangeSetName=name,
            ChangeSetType="UPDATE" if update else "CREATE",
            Capabilities=["CAPABILITY_NAMED_IAM"] if stack.capabilities else [],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            Description="Made by Groundplan",
            **_template(connection, stack, template_bucket),  # type: ignore[arg-type]  # one of two optional strings
        )
        arn = created["Id"]
        changes = worked_out(connection, stack.region, arn, f"Planning the stack {stack.name}")
    return None if changes is None else ChangeSet(arn, stack.name, stack.region, tuple(map(_change, changes)))


def worked_out(connection: Connection, region: str, arn: str, doing: str) -> list[ChangeTypeDef] | None:
    """The changes of a change set, once CloudFormation knows them. None: there are none, and it is deleted again.

    Raises EnvironmentalError, with what was being done and CloudFormation's reason, where there can be none.
    """
    client = connection.cloudformation(region)
    while True:
        found = client.describe_change_set(ChangeSetName=arn)
        if not found["Status"].endswith(("IN_PROGRESS", "PENDING")):
            break
        time.sleep(connection.poll_seconds)
    if found["Status"] == "FAILED":
        client.delete_change_set(ChangeSetName=arn)
        reason = found.get("StatusReason", "")
        if any(words in reason for words in NO_CHANGES):
            return None
        raise EnvironmentalError(f"{doing}: {reason}")
    changes, token = list(found.get("Changes", [])), found.get("NextToken")
    while token:
        page = client.describe_change_set(ChangeSetName=arn, NextToken=token)
        changes += page.get("Changes", [])
        token = page.get("NextToken")
    return changes


def discard(connection: Connection, change_set: ChangeSet) -> None:
    """Forget a change set that will not be executed."""
    with explained(f"Discarding a change set of {change_set.stack}"):
        connection.cloudformation(change_set.region).delete_change_set(ChangeSetName=change_set.arn)


def _template(connection: Connection, stack: Stack, bucket: str | None) -> dict[str, str]:
    size = len(stack.body.encode())
    if size <= INLINE_LIMIT or connection.target == "local":
        return {"TemplateBody": stack.body}
    if bucket is None:
        raise InputError(
            f"the template of {stack.name} has {size:,} bytes; AWS takes up to {INLINE_LIMIT:,} inline and larger "
            "ones from a bucket: name one with --template-bucket"
        )
    key, region = f"groundplan/{stack.name}.yaml", _region_of(connection, bucket, stack.region)
    connection.s3(region).put_object(Bucket=bucket, Key=key, Body=stack.body.encode())
    known = regions.find(region)
    domain = known.partition.dns_suffix if known else "amazonaws.com"
    return {"TemplateURL": f"https://{bucket}.s3.{region}.{domain}/{key}"}


def _region_of(connection: Connection, bucket: str, asked_from: str) -> str:
    """Where a bucket is, which may serve stacks of every region.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    """
    found = connection.s3(asked_from).get_bucket_location(Bucket=bucket)["LocationConstraint"]
    return _OLD_LOCATIONS.get(found, found or "us-east-1")


_OLD_LOCATIONS = {"EU": "eu-west-1"}
"""What S3 answers for buckets that were made when it had two locations."""


_IN_PLACE = {
    "AWS::RDS::DBInstance": frozenset(
        {
            "AutoMinorVersionUpgrade", "BackupRetentionPeriod", "DBParameterGroupName", "EngineVersion", "MultiAZ",
            "PerformanceInsightsKMSKeyId", "PreferredMaintenanceWindow", "StorageType",
        }
    ),
}  # fmt: skip
"""Properties that a change set calls conditional, and whose documentation says "Update requires: Some interruptions":
these are never replaced.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"""


def replacement(change: ResourceChangeTypeDef) -> Literal["never", "perhaps", "always"]:
    """Whether a change to a resource makes a new one in its place. What CloudFormation calls conditional never does
    where all of it is known to be made in place."""
    match change.get("Replacement"):
        case "True":
            return "always"
        case "Conditional" if not _stays(change):
            return "perhaps"
    return "never"


def _stays(change: ResourceChangeTypeDef) -> bool:
    """Whether everything that is conditional in a change is known to be made in place."""
    known = _IN_PLACE.get(change.get("ResourceType", ""), frozenset())
    targets = [detail.get("Target", {}) for detail in change.get("Details", [])]
    conditional = [target for target in targets if target.get("RequiresRecreation") != "Never"]
    return bool(conditional) and all(target.get("Name") in known for target in conditional)


def _change(item: ChangeTypeDef) -> StackChange:
    change = item.get("ResourceChange", {})
    named = sorted(
        {
            target.get("Name") or target.get("Attribute", "")
            for detail in change.get("Details", [])
            for target in [detail.get("Target", {})]
        }
    )
    kind: Action
    match change.get("Action"):
        case "Add":
            kind, why = "create", "new in the blueprint"
        case "Remove":
            kind, why = "delete", "no longer in the blueprint"
        case _ if replacement(change) == "always":
            kind, why = "replace", f"changes {', '.join(named)}, which AWS cannot change in place"
        case _ if replacement(change) == "perhaps":
            kind, why = "may replace", f"changes {', '.join(named)}, which AWS can change in place in some cases only"
        case _ if change.get("Replacement") == "Conditional":
            kind, why = "update", f"changes {', '.join(named)}, in place and perhaps with an interruption"
        case _:
            kind, why = "update", f"changes {', '.join(named) or 'tags'}"
    return StackChange(
        kind,
        change.get("LogicalResourceId", ""),
        change.get("ResourceType", ""),
        why,
        change.get("PhysicalResourceId", ""),
        change.get("PolicyAction", ""),
    )
