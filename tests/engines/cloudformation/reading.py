"""Templates read back the way CloudFormation reads them: YAML 1.1 with its short tags."""

from __future__ import annotations

from typing import Any

import yaml


class TemplateLoader(yaml.CSafeLoader):
    """PyYAML's reader with CloudFormation's tags in their long form."""


def _tag(function: str) -> None:
    def construct(loader: yaml.CSafeLoader, node: yaml.Node) -> Any:
        if isinstance(node, yaml.SequenceNode):
            value: Any = loader.construct_sequence(node, deep=True)
        elif isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        else:
            raise TypeError(f"{function} of a mapping")
        if function == "Fn::GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {function: value}

    TemplateLoader.add_constructor("!Ref" if function == "Ref" else f"!{function.removeprefix('Fn::')}", construct)


for _function in ("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::Equals"):
    _tag(_function)


def read(text: str) -> Any:
    """The template as JSON data."""
    return yaml.load(text, TemplateLoader)  # the loader is a safe one
