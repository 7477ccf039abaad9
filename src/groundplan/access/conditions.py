"""Conditions of statements, as far as a request is known: three-valued.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from groundplan.access.patterns import covers, match_resource, without_variables
from groundplan.access.truth import Truth
from groundplan.record import Record, dataclass

Context = Mapping[str, tuple[str, ...] | None]
"""What is known of a request: condition keys in lower case with their values; None: the request has no such key.
What is not in it is not known."""


@dataclass(frozen=True)
class Restriction(Record):
    """One condition with its values in plain text; braces stand around what is known at deployment only."""

    operator: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {' or '.join(self.values)}"


def _text(value: str, asked: str) -> bool:
    return value == asked


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda value, asked: compare(float(asked), float(value))


def _moment(text: str) -> datetime:
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda value, asked: compare(_moment(asked), _moment(value))


COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "stringequals": _text,
    "stringequalsignorecase": lambda value, asked: value.lower() == asked.lower(),
    "stringlike": covers,
    "numericequals": _number(lambda asked, value: asked == value),
    "numericlessthan": _number(lambda asked, value: asked < value),
    "numericlessthanequals": _number(lambda asked, value: asked <= value),
    "numericgreaterthan": _number(lambda asked, value: asked > value),
    "numericgreaterthanequals": _number(lambda asked, value: asked >= value),
    "dateequals": _date(lambda asked, value: asked == value),
    "datelessthan": _date(lambda asked, value: asked < value),
    "datelessthanequals": _date(lambda asked, value: asked <= value),
    "dategreaterthan": _date(lambda asked, value: asked > value),
    "dategreaterthanequals": _date(lambda asked, value: asked >= value),
    "bool": lambda value, asked: value.lower() == asked.lower(),
    "binaryequals": _text,
    "ipaddress": lambda value, asked: ip_address(asked) in ip_network(value, strict=False),
    "arnequals": lambda value, asked: match_resource(value, asked) is Truth.TRUE,
    "arnlike": lambda value, asked: match_resource(value, asked) is Truth.TRUE,
}
"""How the value of a policy and that of a request are compared, by operator in lower case."""
NEGATED: Mapping[str, str] = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
"""Operators that hold where another does not."""


def parts_of(operator: str) -> tuple[str, str, bool]:
    """``forallvalues``, ``foranyvalue`` or nothing; the operator itself; whether it is ``…IfExists``. In lower case."""
    each, colon, name = operator.lower().rpartition(":")
    exists = name.endswith("ifexists")
    return each if colon else "", name.removesuffix("ifexists"), exists


def is_operator(operator: str) -> bool:
    """Whether IAM knows it."""
    each, name, _ = parts_of(operator)
    known = name in COMPARISONS or name in NEGATED or name == "null"
    return known and each in ("", "forallvalues", "foranyvalue")


def evaluate(test: Restriction, context: Context) -> Truth:
    """Whether a condition holds for a request. An operator that IAM does not know holds never."""
    if not is_operator(test.operator):
        return Truth.FALSE
    each, name, if_exists = parts_of(test.operator)
    key = test.key.lower()
    if key not in context:
        return Truth.DEPENDS
    asked = context[key]
    if name == "null":
        return Truth.TRUE if ("true" in test.values) is (asked is None) else Truth.FALSE
    if asked is None:
        return Truth.TRUE if if_exists or each == "forallvalues" or name in NEGATED else Truth.FALSE
    found = [_one(name, test.values, value) for value in asked]
    return min(found, default=Truth.TRUE) if each == "forallvalues" else max(found, default=Truth.FALSE)


def _one(name: str, values: tuple[str, ...], asked: str) -> Truth:
    """One value of the request against all of the policy: one that fits is enough, of a negated operator none may."""
    if name in NEGATED:
        return _one(NEGATED[name], values, asked).opposite
    return max((_compared(COMPARISONS[name], value, asked) for value in values), default=Truth.FALSE)


def _compared(compare: Callable[[str, str], bool], value: str, asked: str) -> Truth:
    try:
        if compare(value, asked):
            return Truth.TRUE
        wide = without_variables(value)
        if wide != value:
            return Truth.DEPENDS if covers(wide, asked) else Truth.FALSE
    except ValueError:  # what is no number, date or address fits nothing, unless it is known later
        pass
    return Truth.DEPENDS if "{" in value or "{" in asked else Truth.FALSE
