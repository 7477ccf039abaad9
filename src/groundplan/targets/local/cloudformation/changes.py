"""What a change set shows: which resources would be added, changed, replaced or removed, and by which properties."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from groundplan.targets.local.cloudformation.definitions import ResourceDefinition, Template
from groundplan.targets.local.cloudformation.engine_types import row_of
from groundplan.targets.local.cloudformation.intrinsics import NO_VALUE, Evaluator, NotYetKnownError
from groundplan.targets.local.cloudformation.references import creation_order, get_atts, references
from groundplan.targets.local.cloudformation.scope import StackScope
from groundplan.targets.local.cloudformation.stacks import Stack, StackResource
from groundplan.targets.local.types.beyond_schemas import beyond_schema
from groundplan.targets.local.types.paths import member, search
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.rows import Row
from groundplan.targets.local.types.schemas import resolve, schema_of

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"


def plan(
    stack: Stack, template: Template, parameters: Mapping[str, Any], tags: Mapping[str, str], scope: StackScope
) -> list[dict[str, Any]]:
    """The changes in the form of the API's ``ResourceChange``, in the order of their execution."""
    evaluator = scope.evaluator(template, parameters, preview=True)
    active = [name for name, item in template.resources.items() if evaluator.is_active(item.condition)]
    changes: list[dict[str, Any]] = []
    for name in creation_order(template, active):
        definition, record = template.resources[name], stack.resources.get(name)
        if record is None:
            _preview(evaluator, definition)  # finds wrong functions now rather than in the deployment
            changes.append({"Action": "Add", "LogicalResourceId": name, "ResourceType": definition.type,
                            "Scope": [], "Details": []})  # fmt: skip
            continue
        change = _modification(evaluator, definition, record, scope, tags)
        if change:
            changes.append(change)
            if change["Replacement"] == "True":
                scope.replaced.add(name)
    for name in reversed([name for name in stack.order if name in stack.resources]):
        if name not in active:
            record = stack.resources[name]
            retained = record.deletion_policy in ("Retain", "RetainExceptOnCreate")
            changes.append({"Action": "Remove", "LogicalResourceId": name, "PhysicalResourceId": record.state.id,
                            "ResourceType": record.type, "Scope": [], "Details": [],
                            "PolicyAction": "Retain" if retained else record.deletion_policy or "Delete"})  # fmt: skip
    return changes


def _preview(evaluator: Evaluator, definition: ResourceDefinition) -> tuple[dict[str, Any], set[str]]:
    """The properties that are known now, and the names of those that are not."""
    known: dict[str, Any] = {}
    dynamic: set[str] = set()
    for name, value in definition.properties.items():
        try:
            evaluated = evaluator.evaluate(value)
        except NotYetKnownError:
            dynamic.add(name)
            continue
        if evaluated is not NO_VALUE:
            known[name] = evaluated
    return known, dynamic


def changed_properties(new: Mapping[str, Any], old: Mapping[str, Any]) -> set[str]:
    """Names of the properties that differ."""
    return {name for name in {*new, *old} if new.get(name) != old.get(name)}


def defaults_of_removed(type_name: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """What the properties that go return to, as far as it is known."""
    schema = schema_of(type_name)
    known = schema.document.get("properties", {}) if schema else {}
    found = {name: resolve(known.get(name, {}), schema.document if schema else {}) for name in old if name not in new}
    beyond = beyond_schema(type_name)
    defaults = {name: written["default"] for name, written in found.items() if "default" in written}
    return {name: value for name, value in {**defaults, **beyond.defaults}.items()
            if name in found and not beyond.keeps(name)}  # fmt: skip


def kept_though_removed(
    row: Row, new: Mapping[str, Any], old: Mapping[str, Any], description: Mapping[str, Any]
) -> list[str]:  # fmt: skip
    """Properties that are gone from the template and that the API still shows as they were."""
    found: list[str] = []
    for name in old:
        shown = member(dict(description), row.rename.get(name, name))
        if name in new or beyond_schema(row.type).keeps(name):
            continue
        if shown is not None and next(differences(old[name], shown, name), None) is None:
            found.append(name)
    return found


def replacing(type_name: str, new: Mapping[str, Any], old: Mapping[str, Any], changed: set[str]) -> set[str]:
    """Those of the changed properties that cannot be changed in place."""
    schema = schema_of(type_name)
    if schema is None:
        return set()
    inside = {path.partition(".")[0] for path in schema.create_only_inside if search(path, new) != search(path, old)}
    return changed & (schema.create_only | inside)


def _modification(
    evaluator: Evaluator,
    definition: ResourceDefinition,
    record: StackResource,
    scope: StackScope,
    tags: Mapping[str, str],
) -> dict[str, Any] | None:
    known, dynamic = _preview(evaluator, definition)
    row = row_of(definition.type)
    known = scope.completed(definition.type, known, record.logical_id, tags)
    old = {name: value for name, value in record.properties.items() if name not in dynamic}
    changed = changed_properties(known, old) | dynamic
    other_type = record.type != definition.type
    if not changed and not other_type:
        return None
    schema = schema_of(definition.type)
    create_only = replacing(definition.type, known, record.properties, changed)
    conditional = schema.conditionally_create_only if schema else frozenset[str]()
    replacement = "False"
    if other_type or create_only:
        replacement = "True" if other_type or create_only - dynamic else "Conditional"
    elif changed & conditional:
        replacement = "Conditional"
    tag_property = row.tags or "Tags"
    details: list[dict[str, Any]] = []
    for name in sorted(changed):
        recreation = "Always" if name in create_only else "Conditionally" if name in conditional else "Never"
        target = {"Attribute": "Tags"} if name == tag_property else {"Attribute": "Properties", "Name": name}
        details += [
            {"Target": {**target, "RequiresRecreation": recreation, "Path": f"/Properties/{name}",
                        "BeforeValue": _text(record.properties.get(name)),
                        "AfterValue": UNKNOWN if name in dynamic else _text(known.get(name))},
             "Evaluation": "Dynamic" if name in dynamic else "Static", **cause}
            for cause in _causes(definition.properties.get(name), evaluator)
        ]  # fmt: skip
    attributes = sorted({detail["Target"]["Attribute"] for detail in details})
    return {"Action": "Modify", "LogicalResourceId": record.logical_id, "PhysicalResourceId": record.state.id,
            "ResourceType": definition.type, "Replacement": replacement, "Scope": attributes, "Details": details,
            **({"PolicyAction": f"ReplaceAnd{_of_replaced(definition)}"} if replacement == "True" else {})}  # fmt: skip


def _of_replaced(definition: ResourceDefinition) -> str:
    """What becomes of the old one: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html"""
    policy = definition.update_replace_policy
    return policy if policy in ("Retain", "Snapshot") else "Delete"


def _causes(written: Any, evaluator: Evaluator) -> list[dict[str, str]]:
    attributes = {f"{resource}.{attribute}" for resource, attribute in get_atts(written)}
    resources = evaluator.template.resources
    causes = [{"ChangeSource": "ResourceAttribute", "CausingEntity": name} for name in sorted(attributes)]
    for name in sorted(references(written)):
        if name in evaluator.template.parameters:
            causes.append({"ChangeSource": "ParameterReference", "CausingEntity": name})
        elif name in resources and not any(item.startswith(f"{name}.") for item in attributes):
            causes.append({"ChangeSource": "ResourceReference", "CausingEntity": name})
    return causes or [{"ChangeSource": "DirectModification"}]


def _text(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
