"""The templates of roles that deploy: without a complaint of cfn-lint, and as short as AWS wants them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engines.cloudformation.linting import found_by_lint

from groundplan.api.files import read_source
from groundplan.operations.change_sets import INLINE_LIMIT
from groundplan.operations.deployer import environments, templates

PERSONAL_TIMELINE = Path(__file__).parents[3] / "examples" / "personal-timeline" / "groundplan.yaml"


def test_cfn_lint_is_content_and_long_templates_are_json() -> None:
    """What is too long as YAML is the same as JSON, which AWS takes without a bucket."""
    stacks = {
        stack.name.split("-")[-2]: stack for stack in templates(environments(read_source(PERSONAL_TIMELINE).all()))
    }
    assert {*stacks} == {"dev", "staging", "prod"}
    assert list(found_by_lint([stacks["staging"]])) == []
    for stack in stacks.values():
        whole = json.loads(stack.body) if stack.body.startswith("{") else None
        assert whole is None or whole == stack.template
    assert stacks["staging"].body.startswith("{")
    assert len(stacks["staging"].body.encode()) <= INLINE_LIMIT
    assert stacks["prod"].capabilities == ("CAPABILITY_NAMED_IAM",)
