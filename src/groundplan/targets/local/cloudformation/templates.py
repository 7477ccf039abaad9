"""Reading templates: JSON, or YAML with CloudFormation's short forms.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from groundplan.targets.local.cloudformation.errors import StackError

LARGEST_TEMPLATE = 1_048_576
"""Bytes. Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
MOST_RESOURCES = 500

_SECTIONS = frozenset(
    [
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Mappings",
        "Conditions",
        "Transform",
        "Resources",
        "Outputs",
        "Rules",
        "Hooks",
    ]
)
_RESOURCE_KEYS = frozenset(
    [
        "Type",
        "Properties",
        "DependsOn",
        "Condition",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "Metadata",
        "CreationPolicy",
        "UpdatePolicy",
    ]
)
_MAYBE_ALIAS = re.compile(r"(^|[\s\[{,:-])\*[^\s,\]}*]")
_TRANSFORMS = frozenset({"AWS::LanguageExtensions"})
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}


@dataclass(frozen=True, slots=True)
class ResourceDefinition:
    """A resource as the template writes it."""

    type: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()
    condition: str = ""
    deletion_policy: str = ""
    update_replace_policy: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template that has been read, and its text."""

    body: str
    resources: Mapping[str, ResourceDefinition]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    description: str = ""


class TemplateLoader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: its tags, no timestamps."""


def _short_form(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", _short_form)
TemplateLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_template(body: str | None) -> Template:
    """A template from its text. Raises StackError that says what is wrong with its form."""
    if not body or not body.strip():
        raise StackError("Template format error: the template is empty")
    if len(body.encode()) > LARGEST_TEMPLATE:
        raise StackError(f"Template may not exceed {LARGEST_TEMPLATE} bytes in size.")
    document = _document(body)
    unknown = sorted(str(section) for section in document.keys() - _SECTIONS)
    if unknown:
        raise StackError(f"Invalid template property or properties [{', '.join(unknown)}]")
    transforms = document.get("Transform") or []
    for transform in transforms if isinstance(transforms, list) else [transforms]:
        if transform not in _TRANSFORMS:
            raise StackError(f"The local AWS cannot run the transform {transform}")
    if document.get("Rules"):
        raise StackError("The local AWS does not know template Rules")
    resources = document.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise StackError("Template format error: At least one Resources member must be defined.")
    if len(resources) > MOST_RESOURCES:
        raise StackError(
            f"Template format error: Number of resources, {len(resources)}, is greater than maximum allowed, "
            f"{MOST_RESOURCES}"
        )
    for section in ("Parameters", "Mappings", "Conditions", "Outputs"):
        if not isinstance(document.get(section) or {}, dict):
            raise StackError(f"Template format error: [/{section}] must be an object.")
    return Template(
        body=body,
        resources={name: _resource(str(name), written) for name, written in resources.items()},
        parameters=document.get("Parameters") or {},
        mappings=document.get("Mappings") or {},
        conditions=document.get("Conditions") or {},
        outputs=_outputs(document.get("Outputs") or {}),
        description=str(document.get("Description") or ""),
    )


def _document(body: str) -> dict[str, Any]:
    try:
        if body.lstrip().startswith("{"):
            document = json.loads(body)
        else:
            _refuse_aliases(body)
            document = yaml.load(body, TemplateLoader)  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise StackError(f"Template format error: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise StackError("Template format error: the template is not an object")
    return document


def _refuse_aliases(body: str) -> None:
    """CloudFormation has none; a few of them can also stand for gigabytes."""
    if _MAYBE_ALIAS.search(body):
        for event in yaml.parse(body, TemplateLoader):
            if isinstance(event, yaml.AliasEvent):
                raise StackError(f"Template format error: YAML aliases are not supported (*{event.anchor})")


def _resource(name: str, written: Any) -> ResourceDefinition:
    if not name.isalnum():
        raise StackError(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(written, dict) or not isinstance(written.get("Type"), str):
        raise StackError(
            f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        )
    unknown = sorted(str(key) for key in written.keys() - _RESOURCE_KEYS)
    if unknown:
        raise StackError(f"Invalid template resource property '{unknown[0]}' in {name}")
    properties = written.get("Properties") or {}
    if not isinstance(properties, dict):
        raise StackError(f"Template format error: [/Resources/{name}/Properties] must be an object.")
    depends_on = written.get("DependsOn") or []
    for key, allowed in _POLICIES.items():
        if written.get(key, "Delete") not in allowed:
            raise StackError(f"Template format error: {name}: {key} must be one of {', '.join(allowed)}")
    return ResourceDefinition(
        type=written["Type"],
        properties=properties,
        depends_on=tuple([depends_on] if isinstance(depends_on, str) else depends_on),
        condition=written.get("Condition", ""),
        deletion_policy=written.get("DeletionPolicy", ""),
        update_replace_policy=written.get("UpdateReplacePolicy", ""),
    )


def _outputs(written: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
    for name, output in written.items():
        if not isinstance(output, dict) or "Value" not in output:
            raise StackError(f"Template format error: Output {name} must have a Value")
    return written
