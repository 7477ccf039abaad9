"""Stacks in several regions: who needs whom, in which order, and what is handed over."""

from __future__ import annotations

import pytest
from tests.design.blueprints import designed
from tests.engines.terraform.test_regions import BLUEPRINT

from groundplan.engines.cloudformation import Rendering, Stack, StackOutput, render

HOME, COPIES, BACKUPS = "eu-west-1", "eu-central-1", "us-east-1"


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    return render(designed(BLUEPRINT))


def named(rendering: Rendering, name: str) -> Stack:
    return next(stack for stack in rendering.stacks if stack.name == f"shop-production-{name}")


def test_every_stack_comes_after_those_it_needs(rendering: Rendering) -> None:
    assert rendering.unsupported == ()
    done: set[str] = set()
    for stack in rendering.stacks:
        assert set(stack.depends_on) <= done
        done.add(stack.name)
    regions = {stack.name.removeprefix("shop-production-"): stack.region for stack in rendering.stacks}
    assert (
        regions.items()
        >= {
            f"storage-{COPIES}": COPIES,
            f"storage-{BACKUPS}": BACKUPS,
            f"backup-{BACKUPS}": BACKUPS,
            f"encryption-{BACKUPS}": BACKUPS,
            "storage": HOME,
            "backup": HOME,
            "audit": HOME,
        }.items()
    )


def test_values_are_handed_from_region_to_region(rendering: Rendering) -> None:
    given = {
        source.stack for source in named(rendering, "storage").parameters.values() if isinstance(source, StackOutput)
    }
    assert {f"shop-production-storage-{COPIES}", f"shop-production-storage-{BACKUPS}"} <= given
    for stack in rendering.stacks:
        declared = stack.template.get("Parameters", {})
        assert isinstance(declared, dict)
        for name, source in stack.parameters.items():
            if isinstance(source, StackOutput):
                giver = next(other for other in rendering.stacks if other.name == source.stack)
                outputs = giver.template["Outputs"]
                assert isinstance(outputs, dict)
                assert source.output in outputs
                # CloudFormation looks up values of the special types in the stack's own region.
                assert giver.region == stack.region or declared[name]["Type"] == "String"


def test_recorder_and_channel_wait_for_neither(rendering: Rendering) -> None:
    """CloudFormation starts the recorder once the channel is there: neither can wait for the other."""
    resources = named(rendering, "audit").template["Resources"]
    assert isinstance(resources, dict)
    for first, second in (("Recorder", "Channel"), ("Channel", "Recorder")):
        entry = next(item for name, item in resources.items() if name.endswith(first))
        assert second not in str(entry.get("DependsOn", "")) + str(entry["Properties"])
    rule = resources["RdsStorageEncryptedConfigRule"]
    assert "MainConfigurationRecorder" in rule["DependsOn"]


def test_cfn_lint_knows_everything_in_its_region(rendering: Rendering) -> None:
    from cfnlint.api import ManualArgs, lint

    found = [
        f"{stack.name}: {match.rule.id} {match.message}"
        for stack in rendering.stacks
        if stack.concern in ("audit", "backup", "encryption", "monitoring", "storage")
        for match in lint(stack.body, config=ManualArgs(regions=[stack.region]))
    ]
    assert found == []
