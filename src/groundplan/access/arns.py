"""Which ARN each resource will have, as far as that is known before it exists.

The account stands as ``{account_id}``; where AWS makes up an id, the resource's address stands in braces. Formats:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from string import Formatter

from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.values import (
    Attribute,
    Dynamic,
    InputValue,
    ParameterValue,
    Pseudo,
    Ref,
    SecretValue,
    Text,
    Textual,
)

ACCOUNT = "{account_id}"
"""The account that everything is in."""
FORMATS: Mapping[str, str] = {
    "access_point": "elasticfilesystem:access-point/{id}",
    "alarm": "cloudwatch:alarm:{alarm_name}",
    "auto_scaling_group": "autoscaling:autoScalingGroup:{id}:autoScalingGroupName/{auto_scaling_group_name}",
    "backup_plan": "backup:backup-plan:{id}",
    "backup_vault": "backup:backup-vault:{vault_name}",
    "bucket": "s3:::{bucket_name}",
    "cache_replication_group": "elasticache:replicationgroup:{id}",
    "certificate": "acm:certificate/{id}",
    "composite_alarm": "cloudwatch:alarm:{alarm_name}",
    "container_repository": "ecr:repository/{repository_name}",
    "database_instance": "rds:db:{identifier}",
    "distribution": "cloudfront::{account}:distribution/{id}",
    "ecs_cluster": "ecs:cluster/{cluster_name}",
    "ecs_service": "ecs:service/{cluster}/{service_name}",
    "event_rule": "events:rule/{rule_name}",
    "file_system": "elasticfilesystem:file-system/{id}",
    "instance_profile": "iam::{account}:instance-profile/{instance_profile_name}",
    "key": "kms:key/{id}",
    "kubernetes_cluster": "eks:cluster/{cluster_name}",
    "listener": "elasticloadbalancing:listener/app/{id}/{id}/{id}",
    "listener_rule": "elasticloadbalancing:listener-rule/app/{id}/{id}/{id}/{id}",
    "load_balancer": "elasticloadbalancing:loadbalancer/app/{load_balancer_name}/{id}",
    "log_group": "logs:log-group:{log_group_name}",
    "node_group": "eks:nodegroup/{cluster}/{nodegroup_name}/{id}",
    "queue": "sqs:{queue_name}",
    "role": "iam::{account}:role/{role_name}",
    "sampling_rule": "xray:sampling-rule/{rule_name}",
    "schedule_group": "scheduler:schedule-group/{group_name}",
    "secret": "secretsmanager:secret:{secret_name}-AbCdEf",
    "secure_parameter": "ssm:parameter{parameter_name}",
    "service_namespace": "servicediscovery:namespace/{id}",
    "table": "dynamodb:table/{table_name}",
    "target_group": "elasticloadbalancing:targetgroup/{target_group_name}/{id}",
    "task_definition": "ecs:task-definition/{family}:1",
    "topic": "sns:{topic_name}",
    "trace_group": "xray:group/{group_name}/{id}",
    "trail": "cloudtrail:trail/{trail_name}",
    "web_acl": "wafv2:regional/webacl/{acl_name}/{id}",
}
"""The service and what stands behind region and account, by kind; ``{id}`` is made up by AWS. Secrets end in six
characters that AWS makes up too."""


@cache
def _parsed(written: str) -> tuple[str, str, tuple[str, ...]]:
    """The service, what stands behind it, and the fields of the resource that are named in it."""
    service, _, rest = written.partition(":")
    named = [name for _, name, _, _ in Formatter().parse(rest) if name and name not in ("id", "account")]
    return service, rest, tuple(named)


class Arns:
    """The ARNs of an architecture, and its values as plain text."""

    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._known: dict[Ref[Resource], str] = {}

    def partition(self, region: str) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""
        if region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if region.startswith("us-gov-") else "aws"

    def of(self, resource: Resource) -> str:
        """The ARN of a resource. A kind whose format is not known here has one that no policy can write."""
        found = self._known.get(resource.ref)
        if found is None:
            found = self._known[resource.ref] = self._made(resource)
        return found

    def _made(self, resource: Resource) -> str:
        kind = resource.kind_name()
        region = resource.region or self._architecture.region
        written = FORMATS.get(kind)
        if written is None:
            return f"{{{resource.address}.arn}}"
        service, rest, names = _parsed(written)
        where = "" if rest.startswith(":") else f"{region}:{ACCOUNT}:"
        values = {"id": f"{{{resource.address}}}", "account": ACCOUNT}
        for name in names:
            value = getattr(resource, name)
            values[name] = self._name_of(value) if isinstance(value, Ref) else self.text(value, resource)
        return f"arn:{self.partition(region)}:{service}:{where}{rest.format_map(values)}"

    def _name_of(self, ref: Ref[Resource]) -> str:
        found = self._architecture[ref]
        for item in fields(found):
            if item.name == f"{ref.kind.kind_name().rpartition('_')[2]}_name":
                return self.text(getattr(found, item.name), found)
        return f"{{{ref.address}}}"

    def text(self, value: Textual, within: Resource) -> str:
        """A value of a resource in plain text; braces stand around what is known at deployment only."""
        if isinstance(value, str):
            return value
        if isinstance(value, Text):
            return "".join(part if isinstance(part, str) else self._dynamic(part, within) for part in value.parts)
        return self._dynamic(value, within)

    def _dynamic(self, value: Dynamic, within: Resource) -> str:
        if isinstance(value, Attribute):
            return self._attribute(value)
        if isinstance(value, Pseudo):
            region = within.region or self._architecture.region
            if value is Pseudo.ACCOUNT_ID:
                return ACCOUNT
            return region if value is Pseudo.REGION else self.partition(region)
        if isinstance(value, SecretValue):
            return f"{{{value.secret.address}}}"
        assert isinstance(value, InputValue | ParameterValue)
        return f"{{{value.name}}}"

    def _attribute(self, value: Attribute) -> str:
        if value.name == "arn":
            return self.of(self._architecture[value.ref])
        if value.name == "master_user_secret_arn":
            found = self._architecture[value.ref]
            region = found.region or self._architecture.region
            return f"arn:{self.partition(region)}:secretsmanager:{region}:{ACCOUNT}:secret:rds!{{{value.ref.address}}}"
        return f"{{{value.ref.address}.{value.name}}}"
