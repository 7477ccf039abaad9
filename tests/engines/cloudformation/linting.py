"""cfn-lint over many templates: its rules are read once in a process, which takes longer than most templates do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

from groundplan.engines.cloudformation import Stack

if TYPE_CHECKING:
    from cfnlint.rules import Rules


def found_by_lint(stacks: Iterable[Stack]) -> Iterator[tuple[Stack, str, str]]:
    """Stack, rule and message of everything that cfn-lint finds, each stack in its own region."""
    from cfnlint.api import ManualArgs
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode import decode_str
    from cfnlint.runner import run_template_by_data

    for stack in stacks:
        template, unreadable = decode_str(stack.body)
        matches = list(unreadable)
        if template is not None:
            configuration = ConfigMixIn(**ManualArgs(regions=[stack.region]))
            matches += run_template_by_data(template, configuration, _rules())
        for match in matches:
            yield stack, match.rule.id, match.message


@cache
def _rules() -> Rules:
    from cfnlint.config import ConfigMixIn
    from cfnlint.context import context
    from cfnlint.jsonschema import _filter, validators
    from cfnlint.runner import Runner

    # cfn-lint asks for the fields of its dataclasses at every value of a template.
    for module in (context, _filter, validators):
        setattr(module, "fields", cache(fields))  # noqa: B010 - mypy forbids assigning to a function
    return Runner(ConfigMixIn()).rules
