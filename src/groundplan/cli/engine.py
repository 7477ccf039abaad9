"""What deploys an environment, and what CloudFormation is given to deploy."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.cli.options import DeployingEngine, TargetOption
from groundplan.cli.output import say

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.engines.cloudformation import Rendering
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection


def prepared(loaded: LoadedEnvironment, architecture: Architecture) -> tuple[Architecture, Rendering]:
    """What CloudFormation is given, and its stacks with their prices. Raises InputError where it cannot express it."""
    from groundplan import cost
    from groundplan.engines import cloudformation
    from groundplan.errors import InputError
    from groundplan.operations.price_tags import with_price_tags

    rendering = cloudformation.render(architecture)
    if rendering.unsupported:
        gaps = "; ".join(f"{item.address}: {item.reason}" for item in rendering.unsupported)
        raise InputError(f"CloudFormation cannot express everything in this blueprint: {gaps}")
    if rendering.elsewhere:
        say(f"warning: {cloudformation.told_elsewhere(rendering.elsewhere)}")
        architecture, _ = cloudformation.of_aws(architecture)
    monthly: dict[str, Decimal] = {}
    for line in cost.estimate(architecture, loaded.blueprint.usage, None).lines:
        monthly[line.resource] = monthly.get(line.resource, Decimal(0)) + line.monthly
    return architecture, with_price_tags(rendering, monthly)


def terraform_deploys(loaded: LoadedEnvironment, target: TargetOption, engine: DeployingEngine | None) -> bool:
    """Whether Terraform is at work: where it is asked for, or where the blueprint names it for AWS."""
    from groundplan.errors import InputError

    if target is TargetOption.LOCAL:
        if engine is DeployingEngine.TERRAFORM:
            raise InputError(
                "--engine terraform is for AWS: add --target aws. The local AWS takes CloudFormation, whatever engine "
                "the blueprint names"
            )
        return False
    chosen = engine.value if engine else loaded.blueprint.engine
    if chosen != loaded.blueprint.engine:
        say(
            f"warning: {loaded.source_file} says engine: {loaded.blueprint.engine}. Neither knows what the other has "
            "made: keep to one of them for an environment"
        )
    return chosen == "terraform"


def connected(loaded: LoadedEnvironment, target: TargetOption) -> Connection:
    """The way to where an environment is or goes, with credentials of the account that it belongs into.

    Raises InputError where they are of another one, EnvironmentalError where nobody answers.
    """
    from groundplan.operations.account import require_account
    from groundplan.targets.connection import connect

    connection = connect(target.value)
    require_account(connection, loaded)
    return connection


def input_values(
    loaded: LoadedEnvironment, architecture: Architecture, target: TargetOption, given: Mapping[str, str]
) -> dict[str, str]:
    """The value of every input. Tags of images that nobody gives, the blueprint neither, are those that run.

    Raises InputError for an input that does not exist, has no value, or a value that does not fit.
    """
    from groundplan.errors import EnvironmentalError
    from groundplan.operations.parameters import resolve_inputs
    from groundplan.operations.release import running_tags, workloads

    lacking = {item.name for item in architecture.inputs if item.default is None and item.name not in given}
    running: dict[str, str] = {}
    unsaid = sorted(lacking & {item.input for item in workloads(architecture)})
    if unsaid and _may_run(target):
        try:
            running = running_tags(connected(loaded, target), architecture)
        except EnvironmentalError as error:
            told = " ".join(f"--input {name}=VALUE" for name in unsaid)
            raise EnvironmentalError(f"{error}. What runs there would say its tag; or give it with {told}") from error
    return resolve_inputs(architecture, {**{name: running[name] for name in lacking & running.keys()}, **given})


def _may_run(target: TargetOption) -> bool:
    """Whether anything may be deployed there. A local AWS that never was is not started to find out."""
    from groundplan.targets.local import status
    from groundplan.targets.local.state import StateFolder

    return target is TargetOption.AWS or status() is not None or StateFolder.default().snapshot.exists()
