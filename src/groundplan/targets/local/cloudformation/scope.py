"""What a stack's values can see: its own resources, other stacks' exports, parameters and secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.cloudformation.engine_types import handler_of, row_of
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.intrinsics import Evaluator, resolve_dynamic
from groundplan.targets.local.cloudformation.nested import nested_output
from groundplan.targets.local.cloudformation.sources import read_object
from groundplan.targets.local.cloudformation.stacks import STACK, Stack
from groundplan.targets.local.types.handler import ClientFactory, Surroundings
from groundplan.targets.local.types.schemas import schema_of


class StackScope:
    """The surroundings of one stack's template."""

    def __init__(self, stack: Stack, stacks: Mapping[str, Stack], surroundings: Surroundings) -> None:
        self.stack = stack
        self.stacks = stacks
        self.surroundings = surroundings
        self.replaced: set[str] = set()
        """Resources whose present ids must not be seen, because a replacement is planned."""

    def resource_id(self, logical_id: str) -> str | None:
        record = self._record(logical_id)
        return record.state.id if record else None

    def attribute(self, logical_id: str, name: str) -> Any:
        record = self._record(logical_id)
        if record is None:
            return None
        if record.type == STACK:
            return nested_output(self.stacks, record.state.id, name)
        return handler_of(record.type, self.surroundings).attribute(record.state, name)

    def _record(self, logical_id: str) -> Any:
        return None if logical_id in self.replaced else self.stack.resources.get(logical_id)

    def exported(self, name: str) -> str:
        for stack in [*self.stacks.values()]:
            if stack.exists and stack.region == self.stack.region:
                for output in stack.outputs:
                    if output.get("ExportName") == name:
                        return output["OutputValue"]
        raise StackError(f"No export named {name} found. Rollback requested by user.")

    def zones(self, region: str) -> list[str]:
        return list(_zones(self.surroundings.clients, region))

    def evaluator(self, template: Template, parameters: Mapping[str, Any], *, preview: bool = False) -> Evaluator:
        region = self.stack.region
        pseudo = {
            "AWS::AccountId": self.surroundings.account,
            "AWS::NotificationARNs": [],
            "AWS::Partition": "aws",
            "AWS::Region": region,
            "AWS::StackId": self.stack.id,
            "AWS::StackName": self.stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        return Evaluator(template, parameters, pseudo, self, preview)

    def completed(
        self, type_name: str, properties: dict[str, Any], logical_id: str, tags: Mapping[str, str]
    ) -> dict[str, Any]:
        """Evaluated properties with the stack's tags; those of a nested stack with its template, as it is now."""
        row = row_of(type_name)
        if type_name == STACK and isinstance(properties.get("TemplateURL"), str):
            surroundings = self.surroundings
            body = read_object(surroundings.clients, surroundings.region, properties["TemplateURL"])
            properties = {**properties, "TemplateBody": body}
        return with_stack_tags(
            type_name, properties, self.stack, logical_id, tags, takes_system_tags=row.system_tags
        )  # fmt: skip

    def with_dynamic_references(self, value: dict[str, Any]) -> dict[str, Any]:
        """Properties as the API gets them."""
        resolved: dict[str, Any] = resolve_dynamic(value, self.look_up)
        return resolved

    def look_up(self, reference: str) -> str:
        """The value of ``ssm:…``, ``ssm-secure:…`` or ``secretsmanager:…``."""
        return look_up(reference, self.surroundings)


@lru_cache(maxsize=64)
def _zones(clients: ClientFactory, region: str) -> tuple[str, ...]:
    client: Any = clients("ec2", region)
    return tuple(sorted(zone["ZoneName"] for zone in client.describe_availability_zones()["AvailabilityZones"]))


def look_up(reference: str, surroundings: Surroundings) -> str:
    """Reads a dynamic reference. Raises StackError where nothing stands there.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    from botocore.exceptions import ClientError

    service, _, rest = reference.partition(":")
    try:
        if service in ("ssm", "ssm-secure"):
            client: Any = surroundings.clients("ssm", surroundings.region)
            return str(client.get_parameter(Name=rest, WithDecryption=True)["Parameter"]["Value"])
        if service == "secretsmanager":
            return _secret(rest, surroundings)
    except ClientError as error:
        raise StackError(f"Could not resolve {{{{resolve:{reference}}}}}: {error}") from error
    raise StackError(f"Invalid dynamic reference {{{{resolve:{reference}}}}}: unknown service {service}")


def _secret(rest: str, surroundings: Surroundings) -> str:
    parts = rest.split(":")
    length = 7 if rest.startswith("arn:") else 1
    name, (_, key, stage, version) = ":".join(parts[:length]), (*parts[length:], "", "", "", "")[:4]
    client: Any = surroundings.clients("secretsmanager", surroundings.region)
    chosen = {**({"VersionStage": stage} if stage else {}), **({"VersionId": version} if version else {})}
    text = str(client.get_secret_value(SecretId=name, **chosen)["SecretString"])
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise StackError(f"Could not find a value associated with JSONKey {key} in the secret {name}") from None


def with_stack_tags(type_name: str, properties: dict[str, Any], stack: Stack, logical_id: str,
                    tags: Mapping[str, str], *, takes_system_tags: bool) -> dict[str, Any]:  # fmt: skip
    """Properties with the stack's tags and CloudFormation's own, where the type has tags; the resource's own win."""
    schema = schema_of(type_name)
    if schema is None or not schema.tag_property:
        return properties
    added = dict(tags)
    if takes_system_tags and schema.system_tags:
        added |= {
            "aws:cloudformation:stack-name": stack.name,
            "aws:cloudformation:stack-id": stack.id,
            "aws:cloudformation:logical-id": logical_id,
        }
    own = properties.get(schema.tag_property)
    if isinstance(own, dict) or (own is None and schema.tags_are_a_map):
        return {**properties, schema.tag_property: {**added, **(own or {})}} if added or own else properties
    extra = {"PropagateAtLaunch": True} if type_name == "AWS::AutoScaling::AutoScalingGroup" else {}
    if not all(isinstance(tag, dict) and isinstance(tag.get("Key"), str) for tag in own or ()):
        return properties  # the check of the values says what is wrong with them
    present = {tag["Key"] for tag in own or ()}
    merged = [*(own or ()), *({"Key": k, "Value": v, **extra} for k, v in added.items() if k not in present)]
    return {**properties, schema.tag_property: merged} if merged else properties
