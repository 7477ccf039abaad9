"""What refers to what in a template, and the order that follows."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Mapping
from typing import Any

from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.cloudformation.errors import StackError

PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in ["AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix"]
)
PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")


def sub_parts(argument: Any) -> tuple[str, Mapping[str, Any]]:
    """Text and variables of ``Fn::Sub``. Raises StackError."""
    if isinstance(argument, str):
        return argument, {}
    if isinstance(argument, list) and len(argument) == 2:
        text, names = argument
        if isinstance(text, str) and isinstance(names, dict):
            return text, names
    raise StackError(
        "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as "
        "first argument, and an optional second argument to specify a mapping of values to replace in the string"
    )


def get_att_parts(argument: Any) -> tuple[Any, list[Any]]:
    """Resource and attribute of ``Fn::GetAtt``; a function may stand for either. Raises StackError."""
    if isinstance(argument, str) and "." in argument:
        argument = argument.split(".", 1)
    if isinstance(argument, list) and len(argument) >= 2:
        return argument[0], argument[1:]
    raise StackError("Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name "
                     "and the resource attribute")  # fmt: skip


def references(value: Any) -> set[str]:
    """The names that ``Ref``, ``Fn::GetAtt`` and ``Fn::Sub`` inside a value mention."""
    found: set[str] = set()
    _collect(value, found)
    return found


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, found)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref" and isinstance(item, str):
            found.add(item)
        elif key == "Fn::GetAtt":
            resource, attribute = get_att_parts(item)
            if isinstance(resource, str):
                found.add(resource)
            _collect([resource, *attribute], found)
        elif key == "Fn::Sub":
            text, names = sub_parts(item)
            found |= {name.strip().split(".", 1)[0] for name in PLACEHOLDER.findall(text) if name.strip() not in names}
            _collect(names, found)
        else:
            _collect(item, found)


def get_atts(value: Any) -> set[tuple[str, str]]:
    """Resource and attribute of each ``Fn::GetAtt`` (and ``${A.B}``) inside a value whose attribute is plain text."""
    found: set[tuple[str, str]] = set()
    if isinstance(value, list):
        for item in value:
            found |= get_atts(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Fn::GetAtt":
                resource, attribute = get_att_parts(item)
                if isinstance(resource, str) and all(isinstance(part, str) for part in attribute):
                    found.add((resource, ".".join(attribute)))
            elif key == "Fn::Sub":
                text, names = sub_parts(item)
                for name in PLACEHOLDER.findall(text):
                    owner, dot, member = name.strip().partition(".")
                    if dot and name.strip() not in names:
                        found.add((owner, member))
                found |= get_atts(names)
            else:
                found |= get_atts(item)
    return found


def creation_order(template: Template, active: Iterable[str]) -> list[str]:
    """The active resources, each after what it needs; the template's order where that is free.

    Raises StackError for a name that does not exist and for a circle.
    """
    return _sorted_by_need(needs(template, active))


def needs(template: Template, active: Iterable[str]) -> dict[str, set[str]]:
    """What each active resource needs of the others. Raises StackError for a name that does not exist."""
    wanted = list(active)
    waiting: dict[str, set[str]] = {}
    for name in wanted:
        definition = template.resources[name]
        needed = references(definition.properties) | set(definition.depends_on)
        for other in sorted(needed):
            if other not in template.resources and other not in template.parameters and other not in PSEUDO_PARAMETERS:
                raise StackError(
                    "Template format error: Unresolved resource dependencies "
                    f"[{other}] in the Resources block of the template (resource {name})"
                )
        waiting[name] = {other for other in needed if other in template.resources and other != name} & set(wanted)
        if name in needed:
            raise StackError(f"Circular dependency between resources: [{name}]")
    for name in wanted:
        first = UNSAID_NEEDS.get(template.resources[name].type)
        waiting[name] |= {
            other
            for other in wanted
            if template.resources[other].type == first and name not in needed_by(template, other)
        }
    return waiting


UNSAID_NEEDS = {"AWS::Config::DeliveryChannel": "AWS::Config::ConfigurationRecorder"}
"""Types that CloudFormation itself makes after another, whatever a template says.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-config-configurationrecorder.html
"""


def _sorted_by_need(waiting: Mapping[str, set[str]]) -> list[str]:
    position = {name: index for index, name in enumerate(waiting)}
    followers: dict[str, list[str]] = {name: [] for name in waiting}
    missing = {name: len(needed) for name, needed in waiting.items()}
    for name, needed in waiting.items():
        for other in needed:
            followers[other].append(name)
    ready = [position[name] for name, count in missing.items() if not count]
    heapq.heapify(ready)
    names = list(waiting)
    order: list[str] = []
    while ready:
        name = names[heapq.heappop(ready)]
        order.append(name)
        for follower in followers[name]:
            missing[follower] -= 1
            if not missing[follower]:
                heapq.heappush(ready, position[follower])
    if len(order) < len(names):
        circle = ", ".join(sorted(set(names) - set(order)))
        raise StackError(f"Circular dependency between resources: [{circle}]")
    return order


def needed_by(template: Template, name: str) -> set[str]:
    """Everything that a resource stands on, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        definition = template.resources.get(waiting.pop())
        if definition is None:
            continue
        needed = (references(definition.properties) | set(definition.depends_on)) & template.resources.keys()
        waiting += needed - found
        found |= needed
    return found - {name}
