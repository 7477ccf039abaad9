"""Deployed templates: what a stack was made from, and the prices that are written into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from groundplan.operations.price_tags import BY_RESOURCE, TAGS, TOTAL
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from yaml import CSafeLoader, Node, SafeLoader


@dataclass(frozen=True)
class DeployedTemplate:
    """What a stack was made from."""

    resources: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Logical id to what the template says of the resource."""
    monthly: Decimal | None = None
    """USD a month; None where the template does not say."""
    costs: dict[str, Decimal] | None = None
    """The same by address; None where the template does not say."""


def deployed_template(connection: Connection, name: str, region: str) -> DeployedTemplate:
    """What the stack was made from. One that is not Groundplan's says nothing of costs."""
    with explained(f"Reading the template of {name}"):
        body: object = connection.cloudformation(region).get_template(StackName=name)["TemplateBody"]
    return read(body)


def read(body: object) -> DeployedTemplate:
    """A template: its text, or JSON that the API has taken apart already."""
    content = _parsed(body) if isinstance(body, str) else body
    tags = _mapping(_mapping(_mapping(content).get("Metadata")).get(TAGS))
    resources = {name: _mapping(item) for name, item in _mapping(_mapping(content).get("Resources")).items()}
    by_resource = tags.get(BY_RESOURCE)
    try:
        monthly = Decimal(str(tags[TOTAL])) if TOTAL in tags else None
        costs = {name: Decimal(str(item)) for name, item in _mapping(by_resource).items()}
    except InvalidOperation:  # somebody else's Metadata, or edited by hand
        return DeployedTemplate(resources)
    return DeployedTemplate(resources, monthly, costs if isinstance(by_resource, Mapping) else None)


def _parsed(text: str) -> object:
    """YAML as CloudFormation has it, short functions in no particular form. Nothing where somebody else wrote what
    this cannot read."""
    import yaml

    loader: type[CSafeLoader | SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(loader):  # type: ignore[valid-type,misc]  # libyaml's, where PyYAML was built with it
        pass

    def function(made: CSafeLoader | SafeLoader, suffix: str, node: Node) -> Mapping[str, object]:
        if isinstance(node, yaml.ScalarNode):
            return {suffix: made.construct_scalar(node)}
        if isinstance(node, yaml.SequenceNode):
            return {suffix: made.construct_sequence(node, deep=True)}
        return {suffix: made.construct_mapping(node, deep=True)} if isinstance(node, yaml.MappingNode) else {}

    Loader.add_multi_constructor("!", function)
    try:
        return yaml.load(text, Loader)  # noqa: S506 - a safe loader, with functions added
    except yaml.YAMLError:
        return {}


def _mapping(content: object) -> Mapping[str, object]:
    return content if isinstance(content, Mapping) else {}
