"""Template rules: what must hold between parameters before anything is created.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.intrinsics import as_text


def check_rules(rules: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Raises StackError for the first assertion that does not hold, or that cannot be read."""
    for name, rule in rules.items():
        assertions = rule.get("Assertions") if isinstance(rule, dict) else None
        if not isinstance(assertions, list) or not all(isinstance(a, dict) and "Assert" in a for a in assertions):
            raise StackError(f"Template format error: [/Rules/{name}] must have a list of Assertions")
        if "RuleCondition" in rule and not _holds(rule["RuleCondition"], parameters, name):
            continue
        for assertion in assertions:
            if not _holds(assertion["Assert"], parameters, name):
                why = assertion.get("AssertDescription") or "an assertion does not hold"
                raise StackError(f"Template validation error: rule {name}: {why}")


def _holds(written: Any, parameters: Mapping[str, Any], rule: str) -> bool:
    if not isinstance(written, dict) or len(written) != 1:
        raise StackError(f"Template format error: rule {rule}: every condition must be one rule function")
    ((function, argument),) = written.items()
    arguments = argument if isinstance(argument, list) else [argument]
    match function, len(arguments):
        case "Fn::And", _:
            return all(_holds(item, parameters, rule) for item in arguments)
        case "Fn::Or", _:
            return any(_holds(item, parameters, rule) for item in arguments)
        case "Fn::Not", 1:
            return not _holds(arguments[0], parameters, rule)
        case "Fn::Equals", 2:
            left, right = (_value(item, parameters, rule) for item in arguments)
            return as_text(left) == as_text(right)
        case "Fn::Contains", 2:
            listed, wanted = (_value(item, parameters, rule) for item in arguments)
            return as_text(wanted) in [as_text(item) for item in _list(listed, rule)]
        case "Fn::EachMemberEquals", 2:
            listed, wanted = (_value(item, parameters, rule) for item in arguments)
            return all(as_text(item) == as_text(wanted) for item in _list(listed, rule))
        case "Fn::EachMemberIn", 2:
            listed, allowed = ([as_text(x) for x in _list(_value(i, parameters, rule), rule)] for i in arguments)
            return set(listed) <= set(allowed)
    raise StackError(f"Template format error: rule {rule}: the local AWS does not know {function} with these arguments")


def _value(written: Any, parameters: Mapping[str, Any], rule: str) -> Any:
    if isinstance(written, list):
        return [_value(item, parameters, rule) for item in written]
    if isinstance(written, dict):
        name = str(written.get("Ref"))
        if len(written) != 1 or name not in parameters:
            raise StackError(
                f"Template format error: rule {rule}: {next(iter(written), '{}')} cannot be evaluated; rules of the "
                "local AWS take Ref of a parameter"
            )
        return parameters[name]
    return written


def _list(value: Any, rule: str) -> list[Any]:
    if not isinstance(value, list):
        raise StackError(f"Template format error: rule {rule}: a list was expected, not {as_text(value)}")
    return value
