"""Reading templates: JSON, or YAML with CloudFormation's short forms.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

import json
import pickle
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml

from groundplan.targets.local.cloudformation.definitions import ResourceDefinition, Template
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.extensions import LANGUAGE_EXTENSIONS, expand, refuse_extensions

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
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}


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


def read_template(body: str | None, values: Mapping[str, str] | None = None) -> Template:
    """A template from its text.

    ``values``: parameters that are known; loops of ``AWS::LanguageExtensions`` may run over them.
    Raises StackError that says what is wrong with its form.
    """
    if not body or not body.strip():
        raise StackError("Template format error: the template is empty")
    if len(body.encode(errors="replace")) > LARGEST_TEMPLATE:
        raise StackError(f"Template may not exceed {LARGEST_TEMPLATE} bytes in size.")
    document = _document(body)
    unknown = sorted(str(section) for section in document.keys() - _SECTIONS)
    if unknown:
        raise StackError(f"Invalid template property or properties [{', '.join(unknown)}]")
    if document.get("Hooks"):
        raise StackError("The local AWS does not know template Hooks (blue/green deployments by CodeDeploy)")
    for section in ("Parameters", "Mappings", "Conditions", "Outputs", "Rules"):
        if not isinstance(document.get(section) or {}, dict):
            raise StackError(f"Template format error: [/{section}] must be an object.")
    for name, slot in (document.get("Parameters") or {}).items():
        _check_parameter(str(name), slot)
    if not isinstance(document.get("Resources"), dict) or not document["Resources"]:
        raise StackError("Template format error: At least one Resources member must be defined.")
    transforms = _transforms(document.get("Transform"))
    if LANGUAGE_EXTENSIONS in transforms:
        document = expand(document, values or {})
    else:
        refuse_extensions({name: document.get(name) for name in ("Conditions", "Resources", "Outputs")})
    resources: dict[str, Any] = document["Resources"]
    if len(resources) > MOST_RESOURCES:
        raise StackError(
            f"Template format error: Number of resources, {len(resources)}, is greater than maximum allowed, "
            f"{MOST_RESOURCES}"
        )
    return Template(
        body=body,
        resources={name: _resource(str(name), written) for name, written in resources.items()},
        parameters=document.get("Parameters") or {},
        mappings=document.get("Mappings") or {},
        conditions=document.get("Conditions") or {},
        outputs=_outputs(document.get("Outputs") or {}),
        description=str(document.get("Description") or ""),
        rules=document.get("Rules") or {},
        transforms=transforms,
    )


def _check_parameter(name: str, slot: Any) -> None:
    where = f"Template format error: [/Parameters/{name}]"
    if not isinstance(slot, dict) or not isinstance(slot.get("Type"), str):
        raise StackError(f"{where} Every Parameters object must contain a Type member.")
    for key in ("MinLength", "MaxLength", "MinValue", "MaxValue"):
        if key in slot and not re.fullmatch(r"-?\d+(\.\d+)?", str(slot[key])):
            raise StackError(f"{where} {key} must be a number.")
    allowed, default = slot.get("AllowedValues", []), slot.get("Default", "")
    if not isinstance(allowed, list) or any(isinstance(item, dict | list) for item in allowed):
        raise StackError(f"{where} AllowedValues must be a list of plain values.")
    if default is None or isinstance(default, dict) or any(
        isinstance(item, dict | list) for item in (default if isinstance(default, list) else ())
    ):  # fmt: skip
        raise StackError(f"{where} Every Default member must be a string.")
    try:
        with warnings.catch_warnings(action="ignore"):  # Python warns of patterns that may mean something else one day
            re.compile(str(slot.get("AllowedPattern", "")))
    except re.error as error:
        raise StackError(f"{where} AllowedPattern is no regular expression: {error}") from error


def _transforms(written: Any) -> tuple[str, ...]:
    transforms = written if isinstance(written, list) else [written] if written else []
    for transform in transforms:
        if transform != LANGUAGE_EXTENSIONS:
            name = transform.get("Name") if isinstance(transform, dict) else transform
            raise StackError(
                f"The local AWS cannot run the transform {name}; process the template first (`sam package`, "
                f"`aws cloudformation package`), or use {LANGUAGE_EXTENSIONS}"
            )
    return tuple(map(str, transforms))


def _document(body: str) -> dict[str, Any]:
    document: dict[str, Any] = pickle.loads(_read(body))  # noqa: S301 - written by ourselves
    return document


@lru_cache(maxsize=64)
def _read(body: str) -> bytes:
    """A document, pickled: the same template comes again with every change set, and YAML takes ten times as long."""
    try:
        if body.lstrip().startswith("{"):
            document = json.loads(body)
        else:
            _refuse_aliases(body)
            document = yaml.load(body, TemplateLoader)  # noqa: S506 - it is a safe loader
        kept = pickle.dumps(document)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise StackError(f"Template format error: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise StackError("Template format error: the template is not an object")
    return kept


def _refuse_aliases(body: str) -> None:
    """CloudFormation has none; a few of them can also stand for gigabytes."""
    if _MAYBE_ALIAS.search(body):
        for event in yaml.parse(body, TemplateLoader):
            if isinstance(event, yaml.AliasEvent):
                raise StackError(f"Template format error: YAML aliases are not supported (*{event.anchor})")


def _resource(name: str, written: Any) -> ResourceDefinition:
    if name.startswith("Fn::"):
        raise StackError(f"Template format error: {name} needs the transform {LANGUAGE_EXTENSIONS}")
    if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
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
    if not (isinstance(depends_on, str) or _is_text_list(depends_on)):
        raise StackError(f"Template format error: [/Resources/{name}/DependsOn] must be a name or a list of names.")
    if not isinstance(written.get("Condition", ""), str):
        raise StackError(f"Template format error: [/Resources/{name}/Condition] must be the name of a condition.")
    for key, allowed in _POLICIES.items():
        if str(written.get(key, "Delete")) not in allowed:
            raise StackError(f"Template format error: {name}: {key} must be one of {', '.join(allowed)}")
    return ResourceDefinition(
        type=written["Type"],
        properties=properties,
        depends_on=tuple([depends_on] if isinstance(depends_on, str) else depends_on),
        condition=written.get("Condition", ""),
        deletion_policy=written.get("DeletionPolicy", ""),
        update_replace_policy=written.get("UpdateReplacePolicy", ""),
    )


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _outputs(written: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
    for name, output in written.items():
        if not isinstance(output, dict) or "Value" not in output:
            raise StackError(f"Template format error: Output {name} must have a Value")
        export = output.get("Export")
        if export is not None and not (isinstance(export, dict) and "Name" in export):
            raise StackError(f"Template format error: Output {name}: every Export member must contain a Name")
        if not isinstance(output.get("Condition", ""), str):
            raise StackError(f"Template format error: Output {name}: Condition must be the name of a condition")
    return written
