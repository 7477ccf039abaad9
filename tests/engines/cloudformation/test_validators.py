"""AWS's own validator and cfn-lint find no error and no warning, save those that are accepted here with a reason."""

from __future__ import annotations

import copy
import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines.cloudformation.linting import found_by_lint
from tests.engines.samples import sample_architecture

from groundplan.blueprint.loading import load_all
from groundplan.design import design
from groundplan.engines.cloudformation import Stack, render
from groundplan.engines.cloudformation.yaml import dump
from groundplan.resources import Architecture

EXAMPLES = Path(__file__).parents[3] / "examples"

ACCEPTED_BY_VALIDATE = {
    "W9002": (
        r"Property '(PrincipalArn|StandardsArn)' has a hardcoded ARN",
        "people of other accounts may use a cluster, too; the standards of Security Hub are AWS's",
    ),
    "W9013": (r"Hardcoded account ID in ARN", "the same"),
    "W9009": (r"Property 'EncryptionConfig\.\*\.Resources' is deprecated", "EKS itself still asks what to encrypt"),
    "W2509": (
        r"Parameter '\w+Secret(NameIn)?Arn' appears to be a password",
        "it is the ARN of a secret, or its name in that, which is none itself",
    ),
}
ACCEPTED_BY_LINT = {
    "W1020": (
        r"'Fn::Sub' isn't needed because there are no variables",
        "a literal ${…}: without Fn::Sub cfn-lint and cloudformation-validate both take it for a forgotten one",
    ),
}


def architectures(name: str) -> list[Architecture]:
    """The sample, or an example in each of its environments."""
    if name == "sample":
        return [sample_architecture()]
    return [design(loaded) for loaded in load_all(EXAMPLES / name / "groundplan.yaml")]


def stacks(name: str) -> list[Stack]:
    return [stack for architecture in architectures(name) for stack in render(architecture).stacks]


NAMES = ("sample", "duskspendr")


def unaccepted(found: Iterator[tuple[Stack, str, str]], accepted: dict[str, tuple[str, str]]) -> list[str]:
    return [
        f"{stack.name}: {rule} {message}"
        for stack, rule, message in found
        if rule not in accepted or not re.match(accepted[rule][0], message)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_cloudformation_validate(name: str) -> None:
    # Loaded by name: the package has no type hints.
    validator = importlib.import_module("cloudformation_validate")
    engine = validator.CompositeEngine()

    def found() -> Iterator[tuple[Stack, str, str]]:
        for stack in stacks(name):
            report = engine.validate_template(validator.TemplateContent(stack.body, stack.name))
            for diagnostic in report.diagnostics:
                if diagnostic.severity.name != "INFO":
                    yield stack, diagnostic.rule_id, diagnostic.message

    assert unaccepted(found(), ACCEPTED_BY_VALIDATE) == []


@pytest.mark.parametrize("name", NAMES)
def test_cfn_lint(name: str) -> None:
    assert unaccepted(found_by_lint(stacks(name)), ACCEPTED_BY_LINT) == []


def test_a_mistake_is_found_by_both() -> None:
    """The two tests above would notice: a template with an unknown property fails in both validators."""
    validator = importlib.import_module("cloudformation_validate")
    stack = stacks("sample")[0]
    wrong: Any = copy.deepcopy(stack.template)
    wrong["Resources"]["Wrong"] = {"Type": "AWS::SNS::Topic", "Properties": {"Nonsense": True}}
    mistaken = replace(stack, template=wrong, body=dump(wrong))
    report = validator.CompositeEngine().validate_template(validator.TemplateContent(mistaken.body, "wrong"))
    assert any(diagnostic.severity.name in ("ERROR", "FATAL") for diagnostic in report.diagnostics)
    assert any(rule.startswith("E") and "Nonsense" in message for _, rule, message in found_by_lint([mistaken]))
