"""Symbolic values become intrinsic functions: ``!Ref``, ``!GetAtt``, ``!Sub``, dynamic references, or a parameter.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from ipaddress import IPv4Network

from groundplan.engines.cloudformation.rows import RETURNED, AtCreationOnly, Joined, LiveWeight, Piece, pascal
from groundplan.engines.cloudformation.table import ROWS
from groundplan.resources import Resource
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.values import (
    Attribute,
    Dynamic,
    InputValue,
    JsonDocument,
    ParameterValue,
    Pseudo,
    Ref,
    SecretValue,
    Text,
    Textual,
)

PSEUDO_PARAMETERS = {
    Pseudo.ACCOUNT_ID: "AWS::AccountId",
    Pseudo.REGION: "AWS::Region",
    Pseudo.PARTITION: "AWS::Partition",
}
NO_VALUE = {"Ref": "AWS::NoValue"}

INITIAL_VALUES = "InitialValues"
"""The parameter that says whether values that count at creation only are set."""
SET_INITIAL_VALUES = "SetInitialValues"
"""The condition made of it."""

_PLACEHOLDER = re.compile(r"\\u0000(\d+)\\u0000")


def same_attribute(attribute: Attribute) -> Attribute:
    """One attribute for all that are spelled alike: where ``!Ref`` returns the ARN, id and ARN are one value.

    Raises ValueError where the row of the kind does not have the attribute.
    """
    name = _same_name(attribute.ref, attribute.name)
    return attribute if name == attribute.name else Attribute(attribute.ref, name)


_NAMES: dict[tuple[type[Resource], str], str] = {}


def _same_name(ref: Ref[Resource], name: str) -> str:
    found = _NAMES.get((ref.kind, name))
    if found is None:
        spellings = ROWS[ref.kind].attributes
        if name not in spellings:
            raise ValueError(f"{ref} has no attribute {name!r} in CloudFormation")
        found = min(other for other in spellings if spellings[other] == spellings[name])
        _NAMES[ref.kind, name] = found
    return found


class Scope:
    """What one stack sees: its own resources, and parameters for everything else.

    ``local`` has the logical ids of the stack's own resources. ``parameter`` names the parameter for a value from
    elsewhere and notes that it is needed. ``beside`` spells an attribute of what no template holds.
    """

    def __init__(
        self,
        local: Mapping[Ref[Resource], str],
        parameter: Callable[[Attribute | InputValue | ParameterValue], str],
        beside: Callable[[Attribute], Textual],
    ) -> None:
        self._local = local
        self._parameter = parameter
        self._beside = beside
        self.used: set[str] = set()
        """Logical ids of the stack's own resources that were referred to since it was last cleared."""
        self.uses_initial_values = False
        self.weights: dict[str, LiveWeight] = {}
        """Parameters for weights that ECS moves."""

    def resolve(self, value: object) -> object:
        """The value as JSON data with intrinsic functions. Raises TypeError for what has no place in a template."""
        if isinstance(value, str):
            # Outside of Fn::Sub it would be literal as well, but readers and validators take it for a mistake.
            return {"Fn::Sub": self._piece(value)} if "${" in value else value
        if isinstance(value, dict):
            return {
                key: item if type(item) is str and "${" not in item else self.resolve(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.resolve(item) for item in value]
        if isinstance(value, Attribute):
            return self._attribute(value.ref, value.name)
        if isinstance(value, Ref):
            return self._attribute(value, "id")
        if isinstance(value, bool | int | float | None):
            return value
        if isinstance(value, Text):
            return self._substitution(value)
        if isinstance(value, Pseudo):
            return {"Ref": PSEUDO_PARAMETERS[value]}
        if isinstance(value, InputValue | ParameterValue):
            return {"Ref": self._parameter(value)}
        if isinstance(value, SecretValue):
            return {"Fn::Sub": self._piece(value)}
        if isinstance(value, PolicyDocument):
            return self.resolve(value.json())
        if isinstance(value, JsonDocument):
            return self._substitution(_json_text(value))
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        if isinstance(value, IPv4Network):
            return str(value)
        if isinstance(value, AtCreationOnly):
            self.uses_initial_values = True
            return {"Fn::If": [SET_INITIAL_VALUES, value.value, NO_VALUE]}
        if isinstance(value, LiveWeight):
            name = f"{self._local[value.rule]}Weight{pascal(value.target_group.name)}"
            self.weights[name] = value
            return {"Ref": name}
        if isinstance(value, Mapping):  # asked last: it takes far longer than to ask for a class
            return self.resolve(dict(value))
        raise TypeError(f"{type(value).__name__} cannot stand in a template")

    def _attribute(self, ref: Ref[Resource], name: str) -> object:
        if ref.kind.not_in_cloudformation:
            return self.resolve(self._beside(Attribute(ref, name)))
        name = _same_name(ref, name)
        logical_id = self._local.get(ref)
        if logical_id is None:
            return {"Ref": self._parameter(Attribute(ref, name))}
        spelling = ROWS[ref.kind].attributes[name]
        if not isinstance(spelling, str | Joined | Piece):
            return self.resolve(spelling(ref))
        self.used.add(logical_id)
        if isinstance(spelling, Joined):
            return {"Fn::Join": [spelling.separator, {"Fn::GetAtt": [logical_id, spelling.path]}]}
        if isinstance(spelling, Piece):
            return {"Fn::Select": [spelling.number, {"Fn::Split": [spelling.separator, {"Ref": logical_id}]}]}
        return {"Ref": logical_id} if spelling == RETURNED else {"Fn::GetAtt": [logical_id, spelling]}

    def _secret(self, value: SecretValue) -> str:
        """The ARN of a secret as ``Fn::Sub`` has it: a dynamic reference is resolved in the region of its stack."""
        if value.region is None or value.secret in self._local:  # what is in the stack is in its region
            return self._piece(Attribute(value.secret, "arn"))
        name = self._piece(Attribute(value.secret, "name_in_arn"))
        return f"arn:${{AWS::Partition}}:secretsmanager:{value.region}:${{AWS::AccountId}}:secret:{name}"

    def _substitution(self, value: Text) -> object:
        if all(isinstance(part, str) for part in value.parts):
            return self.resolve("".join(str(part) for part in value.parts))
        return {"Fn::Sub": "".join(self._piece(part) for part in value.parts)}

    def _piece(self, part: str | Dynamic) -> str:
        """A part of a text as ``Fn::Sub`` has it."""
        if isinstance(part, str):
            return part.replace("${", "${!")
        if isinstance(part, SecretValue):
            secret = self._secret(part)
            key = f":{part.json_key}" if part.json_key is not None else ""
            return f"{{{{resolve:secretsmanager:{secret}:SecretString{key}}}}}"
        resolved = self.resolve(part)
        match resolved:
            case {"Ref": str(name)}:
                return f"${{{name}}}"
            case {"Fn::GetAtt": [str(name), str(path)]}:
                return f"${{{name}.{path}}}"
            case {"Fn::Sub": str(text)}:
                return text
            case str(text):
                return self._piece(text)
        raise TypeError(f"{type(part).__name__} cannot stand in a text")


def _json_text(document: JsonDocument) -> Text:
    """The document as JSON, its dynamic values as parts; indented for readers where it is more than a line."""
    found: list[Dynamic] = []

    def plain(value: object) -> object:
        if isinstance(value, Mapping):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        if isinstance(value, Text):
            return "".join(part if isinstance(part, str) else str(plain(part)) for part in value.parts)
        if isinstance(value, Ref):
            return plain(Attribute(value, "id"))
        if isinstance(value, Attribute | Pseudo | InputValue | ParameterValue | SecretValue):
            found.append(value)
            return f"\0{len(found) - 1}\0"
        return value

    content = plain(document.content)
    written = json.dumps(content, ensure_ascii=False)
    if len(written) > 100:
        written = json.dumps(content, ensure_ascii=False, indent=2)
    pieces = _PLACEHOLDER.split(written)
    return Text(tuple(found[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces)))
