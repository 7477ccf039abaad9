"""What one CDK stack knows of another: template expressions as CDK tokens, and parameters that take them.

CDK hands a reference to a resource on by itself, as an export or across regions. It cannot hand on a ``Fn::Sub`` as
``CfnInclude`` reads it, nor put a token into the text of one: so the expression is built of single references here, and
a text that takes a token says so in the variables of its ``Fn::Sub``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping

import aws_cdk
from aws_cdk.cloudformation_include import CfnInclude

_SUBSTITUTED = re.compile(r"\$\{(?P<literal>!)?(?P<name>[^}]*)\}")


class Included:
    """A template inside of a CDK stack."""

    def __init__(self, include: CfnInclude, region: str, handed: Mapping[str, str]) -> None:
        self.include = include
        self._region = region
        self._handed = handed
        """The parameters whose place values of other stacks have taken."""

    def token(self, expression: object) -> str:
        """An expression of this template as a token that other stacks may use. Raises TypeError for other functions
        than those that Groundplan writes in outputs."""
        match expression:
            case str(text):
                return text
            case {"Ref": str(name)}:
                return self._reference(name)
            case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
                return self._resource(logical_id).get_att(attribute).to_string()
            case {"Fn::Sub": str(text)}:
                return aws_cdk.Fn.join("", self._parts(text))
            case {"Fn::Join": [str(separator), {"Fn::GetAtt": [str(logical_id), str(attribute)]}]}:
                found = self._resource(logical_id).get_att(attribute, aws_cdk.ResolutionTypeHint.STRING_LIST)
                return aws_cdk.Fn.join(separator, aws_cdk.Token.as_list(found))
            case {"Fn::Select": [int(number), {"Fn::Split": [str(separator), Mapping() as whole]}]}:
                return aws_cdk.Fn.select(number, aws_cdk.Fn.split(separator, self.token(whole)))
        raise TypeError(f"{expression!r} cannot be handed from stack to stack")

    def _parts(self, text: str) -> list[str]:
        parts, at = [], 0
        for match in _SUBSTITUTED.finditer(text):
            parts.append(text[at : match.start()])
            name = match["name"]
            if match["literal"]:
                parts.append(f"${{{name}}}")
            elif "." in name:
                logical_id, _, attribute = name.partition(".")
                parts.append(self._resource(logical_id).get_att(attribute).to_string())
            else:
                parts.append(self._reference(name))
            at = match.end()
        return [part for part in (*parts, text[at:]) if part]

    def _reference(self, name: str) -> str:
        if name == "AWS::Region":
            return self._region  # in the stack that takes the value it would be that stack's
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._handed:
            return self._handed[name]
        try:
            return self._resource(name).ref
        except RuntimeError:  # what jsii makes of CfnInclude's complaint that there is no such resource
            return self.include.get_parameter(name).value_as_string

    def _resource(self, logical_id: str) -> aws_cdk.CfnResource:
        return self.include.get_resource(logical_id)


_PSEUDO: Mapping[str, str] = {
    "AWS::AccountId": aws_cdk.Aws.ACCOUNT_ID,
    "AWS::Partition": aws_cdk.Aws.PARTITION,
}


def with_variables(value: object, names: Collection[str]) -> object:
    """A template in which every ``Fn::Sub`` names the parameters that it takes as variables of its own."""
    match value:
        case {"Fn::Sub": str(text)} if taken := [name for name in names if f"${{{name}}}" in text]:
            return {"Fn::Sub": [text, {name: {"Ref": name} for name in taken}]}
        case Mapping():
            return {key: with_variables(item, names) for key, item in value.items()}
        case list() | tuple():
            return [with_variables(item, names) for item in value]
    return value


_DOCUMENTS: Mapping[str, str] = {"AWS::Config::ConfigRule": "InputParameters"}
"""Properties that CloudFormation takes as an object or as its JSON text, and CDK's class as an object only.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-config-configrule.html"""


def with_documents(value: object) -> object:
    """A template in which such properties are objects."""
    if not isinstance(value, Mapping):
        return value
    document = _DOCUMENTS.get(value.get("Type", ""))
    properties = value.get("Properties")
    if document and isinstance(properties, Mapping) and isinstance(properties.get(document), str):
        return {**value, "Properties": {**properties, document: json.loads(properties[document])}}
    return {key: with_documents(item) for key, item in value.items()}
