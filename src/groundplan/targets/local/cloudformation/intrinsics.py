"""Intrinsic functions, conditions and dynamic references.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol

from groundplan.targets.local.cloudformation.definitions import Template
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.references import get_att_parts, sub_parts

NO_VALUE: Final = object()
DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:([^}]+)\}\}")
_CONDITIONS = frozenset({"Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or", "Condition"})


class NotYetKnownError(Exception):
    """A value that only the deployment will show: the attribute of something that does not exist yet."""


class Surroundings(Protocol):
    """What functions read outside of the template."""

    def resource_id(self, logical_id: str) -> str | None:
        """The physical id, or None while it does not exist."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """The value of an attribute, or None while the resource does not exist."""

    def exported(self, name: str) -> str:
        """The value of an export. Raises StackError."""

    def zones(self, region: str) -> list[str]:
        """The availability zones of a region."""


@dataclass(slots=True)
class Evaluator:
    """Evaluates the values of one template for one stack.

    With ``preview`` an unknown resource raises NotYetKnownError instead of failing.
    """

    template: Template
    parameters: Mapping[str, Any]
    pseudo: Mapping[str, Any]
    surroundings: Surroundings
    preview: bool = False
    imports: set[str] = field(default_factory=set)
    _conditions: dict[str, bool] = field(default_factory=dict)
    _evaluating: set[str] = field(default_factory=set)

    def evaluate(self, value: Any) -> Any:
        """A value with its functions done. ``AWS::NoValue`` leaves its place out."""
        if isinstance(value, list):
            return [item for item in map(self.evaluate, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((key, argument),) = value.items()
            if key == "Ref":
                return self._ref(str(self.evaluate(argument)))
            if key in _CONDITIONS and key != "Condition":
                return self._condition_value(value)
            if isinstance(key, str) and key.startswith("Fn::"):
                function = _FUNCTIONS.get(key)
                if function is None:
                    raise StackError(f"Template error: the local AWS does not know the function {key}")
                try:
                    return function(self, argument)
                except (TypeError, ValueError, IndexError, AttributeError, KeyError) as error:
                    raise StackError(f"Template error: {key} cannot be evaluated: {error}") from error
        pairs = ((key, self.evaluate(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not NO_VALUE}

    def is_active(self, condition: str) -> bool:
        """Whether something with this condition (or none) exists."""
        return self.condition(condition) if condition else True

    def condition(self, name: str) -> bool:
        """A named condition. Raises StackError where it does not exist or refers to itself."""
        if name not in self._conditions:
            if name not in self.template.conditions:
                raise StackError(f"Template error: unresolved condition dependency {name}")
            if name in self._evaluating:
                raise StackError(f"Template format error: Circular dependency between conditions: [{name}]")
            self._evaluating.add(name)
            try:
                self._conditions[name] = self._condition_value(self.template.conditions[name])
            except NotYetKnownError as error:
                raise StackError(
                    f"Template format error: Unresolved dependencies [{error}]. Cannot reference resources in the "
                    f"Conditions block of the template ({name})"
                ) from error
            finally:
                self._evaluating.discard(name)
        return self._conditions[name]

    def settle_conditions(self) -> None:
        """Evaluates all conditions, so that threads may share this evaluator afterwards."""
        for name in self.template.conditions:
            self.condition(name)

    def _condition_value(self, written: Any) -> bool:
        if not isinstance(written, dict) or len(written) != 1:
            raise StackError("Template error: every Conditions member must be one condition function")
        ((function, argument),) = written.items()
        match function:
            case "Condition":
                return self.condition(str(argument))
            case "Fn::Equals" if isinstance(argument, list) and len(argument) == 2:
                left, right = (self.evaluate(item) for item in argument)
                return as_text(left) == as_text(right)
            case "Fn::Not" if isinstance(argument, list) and len(argument) == 1:
                return not self._condition_value(argument[0])
            case "Fn::And" if isinstance(argument, list):
                return all(self._condition_value(item) for item in argument)
            case "Fn::Or" if isinstance(argument, list):
                return any(self._condition_value(item) for item in argument)
        raise StackError(f"Template error: {function} is no condition function, or its arguments are wrong")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        identifier = self.surroundings.resource_id(name)
        if identifier is not None:
            return identifier
        return self._unknown(name)

    def _get_att(self, resource: str, attribute: str) -> Any:
        value = self.surroundings.attribute(resource, attribute)
        return value if value is not None else self._unknown(f"{resource}.{attribute}")

    def _unknown(self, name: str) -> Any:
        if self.preview:
            raise NotYetKnownError(name)
        raise StackError(f"Template format error: Unresolved resource dependencies [{name}]")


def _sub(evaluator: Evaluator, argument: Any) -> str:
    text, written = sub_parts(argument)
    names = {name: evaluator.evaluate(value) for name, value in written.items()}

    def replace(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in names:
            return as_text(names[name])
        if "." in name:
            return as_text(evaluator._get_att(*name.split(".", 1)))
        return as_text(evaluator._ref(name))

    return re.sub(r"\$\{([^}]+)\}", replace, text)


def _get_att(evaluator: Evaluator, argument: Any) -> Any:
    resource, attribute = get_att_parts(argument)
    return evaluator._get_att(
        str(evaluator.evaluate(resource)), ".".join(str(evaluator.evaluate(part)) for part in attribute)
    )


def _join(evaluator: Evaluator, argument: Any) -> str:
    items = evaluator.evaluate(argument[1])
    if not isinstance(items, list):
        raise StackError("Template error: every Fn::Join object requires two parameters, a delimiter and a list")
    return str(argument[0]).join(as_text(item) for item in items)


def _split(evaluator: Evaluator, argument: Any) -> list[str]:
    return str(evaluator.evaluate(argument[1])).split(str(argument[0]))


def _select(evaluator: Evaluator, argument: Any) -> Any:
    index, items = int(evaluator.evaluate(argument[0])), evaluator.evaluate(argument[1])
    if not isinstance(items, list) or not 0 <= index < len(items):
        raise StackError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return items[index]


def _if(evaluator: Evaluator, argument: Any) -> Any:
    name, then, otherwise = argument
    return evaluator.evaluate(then if evaluator.condition(str(name)) else otherwise)


def _find_in_map(evaluator: Evaluator, argument: Any) -> Any:
    keys = [str(evaluator.evaluate(part)) for part in argument[:3]]
    found: Any = evaluator.template.mappings
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if found is None and len(argument) > 3 and "DefaultValue" in argument[3]:
        found = argument[3]["DefaultValue"]
    if found is None:
        raise StackError(f"Template error: Unable to get mapping for {'::'.join(keys)}")
    return evaluator.evaluate(found)


def _zones(evaluator: Evaluator, argument: Any) -> list[str]:
    return evaluator.surroundings.zones(str(evaluator.evaluate(argument) or evaluator.pseudo["AWS::Region"]))


def _cidr(evaluator: Evaluator, argument: Any) -> list[str]:
    block, count, *bits = (evaluator.evaluate(part) for part in argument)
    network = ipaddress.ip_network(block)
    length = network.max_prefixlen - int(bits[0] if bits else 8)
    found = [str(subnet) for subnet in islice(network.subnets(new_prefix=length), int(count))]
    if len(found) < int(count):
        raise StackError(f"Template error: Fn::Cidr: {block} does not hold {count} blocks of /{length}")
    return found


def _import_value(evaluator: Evaluator, argument: Any) -> str:
    name = str(evaluator.evaluate(argument))
    evaluator.imports.add(name)
    return evaluator.surroundings.exported(name)


_FUNCTIONS: Mapping[str, Callable[[Evaluator, Any], Any]] = {
    "Fn::Base64": lambda evaluator, value: base64.b64encode(str(evaluator.evaluate(value)).encode()).decode(),
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::GetAZs": _zones,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": lambda evaluator, value: len(evaluator.evaluate(value)),
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": lambda evaluator, value: json.dumps(evaluator.evaluate(value), separators=(",", ":")),
}


def as_text(value: Any) -> str:
    """A value as CloudFormation writes it into a text: booleans in small letters, lists with commas."""
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def resolve_dynamic(value: Any, look_up: Callable[[str], str]) -> Any:
    """A value with each ``{{resolve:…}}`` replaced; ``look_up`` takes what stands after ``resolve:``."""
    if isinstance(value, str):
        return DYNAMIC_REFERENCE.sub(lambda match: look_up(match[1]), value) if "{{resolve:" in value else value
    if isinstance(value, list):
        return [resolve_dynamic(item, look_up) for item in value]
    if isinstance(value, dict):
        return {key: resolve_dynamic(item, look_up) for key, item in value.items()}
    return value
