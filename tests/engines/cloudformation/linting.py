"""cfn-lint over many templates: its rules are read once in a process, which takes longer than most templates do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    # And it makes a dataclass anew for the properties of every resource; those with the same keywords are the same.
    setattr(validators, "create", _made_once(validators.create))  # noqa: B010 - as above
    return Runner(ConfigMixIn()).rules


def _made_once(create: Callable[..., type]) -> Callable[..., type]:
    """A function of mappings and a filter that gives the same class for the same."""
    made: dict[object, list[tuple[object, type]]] = {}

    def found(*, validators: Mapping[str, object], function_filter: object, fn_resolvers: Mapping[str, object]) -> type:
        alike = made.setdefault((frozenset(validators.items()), frozenset(fn_resolvers.items())), [])
        for other, one in alike:
            if other == function_filter:
                return one
        one = create(validators=validators, function_filter=function_filter, fn_resolvers=fn_resolvers)
        alike.append((function_filter, one))
        return one

    return found
