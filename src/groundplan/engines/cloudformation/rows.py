"""The language of the tables: how a kind of resource becomes CloudFormation.

A row says what cannot be derived. Derived is: every field becomes the property of the same name in PascalCase;
references become ids, so that ``vpc`` is written to ``VpcId`` and ``subnets`` to ``SubnetIds``; what is None or empty
is left out; tags are a list of ``Key`` and ``Value``.

The values of properties stay symbolic here (references, attributes, text): which of them is a ``!Ref`` and which a
parameter is known only when resources are assigned to stacks, see :mod:`.intrinsics`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, fields
from decimal import Decimal
from functools import cache
from ipaddress import IPv4Network
from typing import Generic, Literal, TypeVar

from groundplan.record import Record, dataclass
from groundplan.resources import Architecture, Resource
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.values import (
    Attribute,
    InputValue,
    JsonDocument,
    ParameterValue,
    Pseudo,
    Ref,
    SecretValue,
    Text,
    Textual,
    dynamic_values,
)

R = TypeVar("R", bound=Resource)

Scalar = None | bool | int | float | str
Symbolic = (
    Scalar
    | Decimal
    | IPv4Network
    | Ref[Resource]
    | Attribute
    | Pseudo
    | InputValue
    | ParameterValue
    | SecretValue
    | Text
    | JsonDocument
    | PolicyDocument
    | list["Symbolic"]
    | tuple["Symbolic", ...]
    | Mapping[str, "Symbolic"]
)
"""What a property may hold before it is known which resource stands in which stack."""

Keep = Literal["Retain", "RetainExceptOnCreate", "Snapshot", "Delete"]
"""What CloudFormation does with the thing itself when its resource leaves the template."""


@dataclass(frozen=True)
class AtCreationOnly(Record):
    """A value that is given when the stack is created and left to others afterwards."""

    value: Scalar


@dataclass(frozen=True)
class LiveWeight(Record):
    """The share of a target group in a rule. ECS moves it with every deployment that shifts requests, so that it is a
    parameter: an update of the rule gets what is there at the moment, not what counted at creation."""

    rule: Ref[Resource]
    target_group: Ref[Resource]
    initial: int


@dataclass(frozen=True)
class Kept(Record):
    """DeletionPolicy and UpdateReplacePolicy of a resource."""

    on_deletion: Keep
    on_replacement: Keep


@dataclass(frozen=True)
class Part(Record):
    """A further template resource that stands beside a resource's own."""

    suffix: str
    """What its logical id has behind the resource's own."""
    type: str
    properties: Mapping[str, Symbolic]


@dataclass(frozen=True)
class Joined(Record):
    """The path of a ``!GetAtt`` that is a list, as one text."""

    path: str
    separator: str = ", "


@dataclass(frozen=True)
class Piece(Record):
    """One piece of what ``!Ref`` returns, counted from 0."""

    separator: str
    number: int


Spelling = str | Joined | Piece | Callable[[Ref[Resource]], Textual]
"""``RETURNED``, the path of a ``!GetAtt``, a list joined to one text, a piece of what is returned, or text made from
other attributes."""

RETURNED = ""
"""The attribute is what ``!Ref`` returns."""

Writer = Callable[[R, Architecture], Mapping[str, object]]
"""Properties made from several fields, or shaped unlike the field."""


@dataclass(frozen=True)
class Row(Record, Generic[R]):
    """How one kind becomes CloudFormation."""

    kind: type[R]
    type: str | Callable[[R], str]
    """``AWS::EC2::VPC``."""
    attributes: Mapping[str, Spelling] = field(default_factory=dict)
    """How each attribute of the kind is had."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Field to property, where PascalCase is not it."""
    arns: frozenset[str] = frozenset()
    """Fields with references that are written as ARNs, not as ids."""
    strings: frozenset[str] = frozenset()
    """Fields with numbers that CloudFormation takes as strings."""
    fixed: Mapping[str, Symbolic] = field(default_factory=dict)
    """Properties that are always the same."""
    write: Writer[R] | None = None
    written: frozenset[str] = frozenset()
    """The fields that ``write``, ``parts`` and ``kept`` read; they are not mapped by name."""
    not_rendered: Mapping[str, str] = field(default_factory=dict)
    """Field to the reason why it is in no template."""
    parts: Callable[[R, Architecture], Iterable[Part]] | None = None
    version: Callable[[R], str] | None = None
    """For what never changes: the text that its logical id follows, so that another text is another resource."""
    ready: tuple[str, ...] = ()
    """Suffixes of the parts that have to exist before the resource is of use to those that refer to it."""
    tag_property: str = "Tags"
    tag_form: Literal["list", "map"] | Callable[[Mapping[str, str]], object] = "list"
    """A list of keys and values, one mapping, or a form of its own."""
    update_policy: Callable[[R], Mapping[str, Symbolic]] | None = None
    """How CloudFormation replaces what the resource consists of.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
    """
    kept: Callable[[R, Architecture], Kept] | None = None
    """For what holds data; without it, deletion deletes."""
    parameter_types: Mapping[str, str] = field(default_factory=dict)
    """Attribute to the AWS-specific type of a parameter that carries it; else it is a ``String``.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
    """

    def type_of(self, resource: R) -> str:
        """The CloudFormation type of the resource itself."""
        return self.type if isinstance(self.type, str) else self.type(resource)


_BASE_FIELDS = frozenset(item.name for item in fields(Resource))
_OWN_FIELDS: dict[type[Resource], tuple[str, ...]] = {}


@cache
def pascal(name: str) -> str:
    """``cidr_block`` as ``CidrBlock``."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))


def own_fields(kind: type[Resource]) -> tuple[str, ...]:
    """The fields that a kind has beside those of every resource."""
    found = _OWN_FIELDS.get(kind)
    if found is None:
        found = _OWN_FIELDS[kind] = tuple(item.name for item in fields(kind) if item.name not in _BASE_FIELDS)
    return found


def properties(row: Row[R], resource: R, architecture: Architecture) -> dict[str, object]:
    """The symbolic properties of the resource's own template resource, in the order of its fields."""
    found: dict[str, object] = {}
    for name in own_fields(type(resource)):
        if name in row.written or name in row.not_rendered:
            continue
        value = getattr(resource, name)
        if value is None or value == () or value == {}:
            continue
        if name in row.arns:
            value = [item.arn for item in value] if isinstance(value, tuple) else value.arn
        elif name in row.strings:
            value = str(value)
        found[row.rename.get(name) or _property(name, value)] = value
    found.update(row.fixed)
    if row.write:
        found.update({name: value for name, value in row.write(resource, architecture).items() if value is not None})
    if row.kind.taggable:
        tags = {**architecture.tags, **resource.tags}
        if tags:
            found[row.tag_property] = _written_tags(tags, row.tag_form)
    return found


def _written_tags(
    tags: Mapping[str, str], form: Literal["list", "map"] | Callable[[Mapping[str, str]], object]
) -> object:
    if callable(form):
        return form(tags)
    return tags if form == "map" else key_values(tags)


def _property(name: str, value: object) -> str:
    if isinstance(value, Ref):
        return pascal(name) + "Id"
    if isinstance(value, tuple) and value and isinstance(value[0], Ref):
        return pascal(name.removesuffix("s")) + "Ids"
    return pascal(name)


def key_values(items: Mapping[str, object]) -> list[dict[str, object]]:
    """``[{Key: …, Value: …}]``, the form that most of CloudFormation's tags and attributes have."""
    return [{"Key": key, "Value": value} for key, value in items.items()]


def present(**items: object) -> dict[str, object]:
    """The items that are not None, in order."""
    return {name: value for name, value in items.items() if value is not None}


_NEEDING_NOTHING = frozenset(
    {str, bool, int, float, type(None), Pseudo, Decimal, IPv4Network, AtCreationOnly, LiveWeight}
)


def attribute_refs(value: object) -> list[Attribute | InputValue | ParameterValue]:
    """Every attribute, input and parameter that a symbolic value needs; a bare reference counts as the id. What speaks
    of something that no template can hold needs nothing: it is spelled out, see :mod:`.beside`."""
    found: list[Attribute | InputValue | ParameterValue] = []
    _collect_each((value,), found)
    return found


def _collect(value: object, found: list[Attribute | InputValue | ParameterValue]) -> None:
    if isinstance(value, dict):
        _collect_each(value.values(), found)
    elif isinstance(value, list | tuple):
        _collect_each(value, found)
    elif isinstance(value, Attribute):
        if not value.ref.kind.not_in_cloudformation:
            found.append(value)
    elif isinstance(value, Ref):
        if not value.kind.not_in_cloudformation:
            found.append(Attribute(value, "id"))
    elif isinstance(value, InputValue | ParameterValue):
        found.append(value)
    elif isinstance(value, SecretValue):
        found.append(Attribute(value.secret, "name_in_arn" if value.region else "arn"))
    elif isinstance(value, Text):
        _collect_each(value.parts, found)
    elif isinstance(value, JsonDocument):
        _collect(value.content, found)
    elif isinstance(value, PolicyDocument):
        _collect_each(dynamic_values(value), found)
    elif isinstance(value, Mapping):  # asked last: it takes far longer than to ask for a class
        _collect_each(value.values(), found)
    elif not isinstance(value, str):  # of a class of its own
        raise TypeError(f"{type(value).__name__} cannot stand in a template")


def _collect_each(values: Iterable[object], found: list[Attribute | InputValue | ParameterValue]) -> None:
    for value in values:
        if type(value) not in _NEEDING_NOTHING:
            _collect(value, found)
