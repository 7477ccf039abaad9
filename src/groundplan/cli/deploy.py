"""``plan``, ``deploy``, ``status``, ``drift``, ``destroy``: to a running environment, and back.

What Terraform deploys goes to ``cli.terraform``; the rest of this module is CloudFormation.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from groundplan.cli.options import (
    DEFAULT_FILE,
    Deploying,
    DeployingEngine,
    Environment,
    File,
    Format,
    Inputs,
    Offline,
    OutputFormat,
    Settings,
    Tags,
    Target,
    TargetOption,
    TemplateBucket,
    Yes,
    confirm,
    designed,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.engines.cloudformation import Rendering
    from groundplan.operations.deploy import Deployment
    from groundplan.operations.plan import Plan
    from groundplan.resources.architecture import Architecture


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(plan)
    app.command()(deploy)
    app.command()(status)
    app.command()(drift)
    app.command()(destroy)


def _prepared(loaded: LoadedEnvironment, architecture: Architecture) -> tuple[Architecture, Rendering]:
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


def _terraform_deploys(loaded: LoadedEnvironment, target: TargetOption, engine: DeployingEngine | None) -> bool:
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


def plan(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    template_bucket: TemplateBucket = None,
    offline: Offline = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """What a deployment would change."""
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.operations.plan import plan as planned
    from groundplan.targets.connection import connect

    loaded, architecture = designed(file, environment, settings)
    if offline:
        _tell_plan(_planned_offline(loaded, architecture, engine, inputs), TargetOption.AWS, format)
        return
    if _terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        result = terraform.plan(loaded, architecture, inputs)
        _tell_plan(result, target, format)
        return
    architecture, rendering = _prepared(loaded, architecture)
    values = resolve_inputs(architecture, parse_inputs(inputs or []))
    result = planned(connect(target.value), architecture, rendering, values, template_bucket=template_bucket)
    _tell_plan(result, target, format)


def _planned_offline(
    loaded: LoadedEnvironment, architecture: Architecture, engine: DeployingEngine | None, inputs: list[str] | None
) -> Plan:
    from groundplan.cli import terraform
    from groundplan.errors import InputError

    if (engine.value if engine else loaded.blueprint.engine) != "terraform":
        raise InputError(
            "--offline is for Terraform, which plans by the schemas of its providers: add --engine terraform. "
            "CloudFormation is planned without an account on the local AWS: --target local"
        )
    return terraform.plan_offline(loaded, architecture, inputs)


def _tell_plan(result: Plan, target: TargetOption, format: OutputFormat) -> None:
    if format is OutputFormat.JSON:
        changes = [
            {"action": c.action, "resource": c.resource, "type": c.type, "stack": c.stack, "why": c.why}
            for c in result.changes
        ]
        write_json(
            {
                "target": target.value,
                "changes": changes,
                "monthly_change": result.monthly_change,
                "notes": list(result.notes),
                "offline": result.offline,
            }
        )
        return
    _show(result)
    if result.changes:
        write(result.cost_change)


def _show(plan: Plan) -> None:
    for note in plan.notes:
        say(note)
    if not plan.changes:
        write(f"{plan.target}: nothing to change")
        return
    from groundplan.operations.change_sets import Action

    rows = [(change.action, change.resource, change.type, change.why) for change in plan.changes]
    write_table(("action", "resource", "type", "why"), rows)
    counts = {action: sum(c.action == action for c in plan.changes) for action in get_args(Action)}
    told = (
        f"{number} that AWS may replace" if action == "may replace" else f"{number} to {action}"
        for action, number in counts.items()
        if number
    )
    write(f"{plan.target}{' (offline)' if plan.offline else ''}: " + ", ".join(told))


def confirm_plan(ahead: Plan, *, yes: bool) -> None:
    """Show what a deployment to AWS would change, and ask. What loses data is named."""
    for change in ahead.changes:
        say(f"  {change.action} {change.resource} ({change.type}): {change.why}")
    for note in ahead.notes:
        say(f"  {note}")
    if ahead.changes:
        say(ahead.cost_change)
    if ahead.dangerous:
        lost = ", ".join(change.resource for change in ahead.dangerous if change.action != "may replace")
        perhaps = ", ".join(change.resource for change in ahead.dangerous if change.action == "may replace")
        told = [f"Data is lost with {lost}"] * bool(lost) + [f"AWS may replace {perhaps}"] * bool(perhaps)
        confirm(f"{'. '.join(told)}. Go on?", yes=yes)
    elif ahead.changes:
        confirm(f"Deploy {len(ahead.changes)} changes to AWS?", yes=yes)


def deploy(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    template_bucket: TemplateBucket = None,
    tags: Tags = None,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Deploy an environment. On AWS the plan is shown and confirmed first."""
    from groundplan.operations.deploy import Deployer
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.operations.plan import plan as planned
    from groundplan.targets.connection import connect

    started = time.monotonic()
    loaded, architecture = designed(file, environment, settings)
    if _terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        result = terraform.deploy(loaded, architecture, inputs, tags, yes=yes)
        _tell_deployment(loaded, architecture, result, target, format, None, started)
        return
    architecture, rendering = _prepared(loaded, architecture)
    values = resolve_inputs(architecture, parse_inputs(inputs or []))
    beside = f" and {len(rendering.beside)} beside them" if rendering.beside else ""
    inside = f"{len(architecture) - len(rendering.beside)} resources in {len(rendering.stacks)} stacks"
    say(f"{architecture.title} {architecture.stage}: {inside}{beside}")
    connection = connect(target.value)
    if target is TargetOption.AWS:
        ahead = planned(connection, architecture, rendering, values, template_bucket=template_bucket)
        confirm_plan(ahead, yes=yes)
    with Progress() as report:
        result = Deployer(connection, architecture, rendering, values, report, template_bucket).run()
    if architecture.workloads:
        from groundplan.cli.in_cluster import after_deploy

        after_deploy(architecture, connection, result.outputs, tags or [], yes=yes)
    _tell_deployment(loaded, architecture, result, target, format, connection.endpoint, started)


def _tell_deployment(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    result: Deployment,
    target: TargetOption,
    format: OutputFormat,
    endpoint: str | None,
    started: float,
) -> None:
    if format is OutputFormat.JSON:
        stacks = [{"name": item.name, "status": item.status, "changed": item.changed} for item in result.stacks]
        write_json(
            {
                "target": target.value,
                "environment": loaded.name,
                "stacks": stacks,
                "beside": [
                    {"resource": item.address, "done": item.told, "changed": item.changed} for item in result.beside
                ],
                "outputs": dict(result.outputs),
            }
        )
        return
    write_table(
        ("stack", "status", "changed", "seconds"),
        [(item.name, item.status, item.changed, f"{item.seconds:.1f}") for item in result.stacks],
        right=("changed", "seconds"),
    )
    for item in result.beside:
        if item.changed or item.waits:
            write(f"{item.address}: {item.told}")
    for name, value in result.outputs.items():
        write(f"{name} = {value}")
    if endpoint:
        write(f"endpoint = {endpoint}")
    took = f"{time.monotonic() - started:.1f} s"
    write(f"{architecture.stage} is deployed to {target.value}: {result.changed} changes in {took}")


def status(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    format: Format = OutputFormat.TABLE,
) -> None:
    """What is deployed."""
    from groundplan.operations.stacks import collected_outputs, look_at
    from groundplan.targets.connection import connect

    loaded, architecture = designed(file, environment, settings)
    if _terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        terraform.status(loaded, architecture, format)
        return
    architecture, rendering = _prepared(loaded, architecture)
    connection = connect(target.value)
    found = [look_at(connection, stack.name, stack.region) for stack in rendering.stacks]
    outputs = collected_outputs(architecture, {stack.name: stack.outputs for stack in found})
    if format is OutputFormat.JSON:
        stacks = [{"name": stack.name, "status": stack.status} for stack in found]
        write_json({"target": target.value, "environment": loaded.name, "stacks": stacks, "outputs": outputs})
        return
    write_table(("stack", "status", "reason"), [(stack.name, stack.status, stack.reason) for stack in found])
    for name, value in outputs.items():
        write(f"{name} = {value}")


def drift(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Where AWS differs from what was deployed, property by property. Exit code 1: somewhere."""
    from groundplan.errors import ExitCode
    from groundplan.operations.drift import find_drift
    from groundplan.targets.connection import connect

    loaded, architecture = designed(file, environment, settings)
    if _terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        found = terraform.drift(loaded, architecture, inputs)
    else:
        architecture, rendering = _prepared(loaded, architecture)
        found = find_drift(connect(target.value), rendering)
    if format is OutputFormat.JSON:
        write_json({"target": target.value, "environment": loaded.name, "drift": [asdict(item) for item in found]})
    elif found:
        write_table(
            ("resource", "type", "property", "deployed", "now"),
            [(item.resource, item.type, item.property or item.status, item.expected, item.actual) for item in found],
        )
    else:
        write(f"{architecture.stage}: nothing differs from what was deployed to {target.value}")
    return ExitCode.FINDINGS if found else ExitCode.FINE


def destroy(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    delete_data: Annotated[
        bool,
        typer.Option("--delete-data", help="Delete what would stay in the account, too: buckets with all they hold."),
    ] = False,
    yes: Yes = False,
) -> None:
    """Destroy an environment: deletion protection off, then every stack in the opposite order."""
    from groundplan.engines import cloudformation
    from groundplan.operations import destroy as destruction
    from groundplan.operations.holdings import SECURE_PARAMETER
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.targets.connection import connect

    loaded, architecture = designed(file, environment, settings)
    if _terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        terraform.destroy(loaded, architecture, inputs, delete_data=delete_data, yes=yes)
        return
    architecture, rendering = _prepared(loaded, architecture)
    values = resolve_inputs(architecture, parse_inputs(inputs or []))
    connection = connect(target.value)
    ahead = destruction.look_ahead(connection, architecture, rendering)
    going = [item for item in ahead.holdings if ahead.fate(item, with_kept=delete_data) == "goes"]
    if not ahead.stacks and not going:
        write(f"{architecture.stage}: nothing is deployed to {target.value}")
        return
    for holding in ahead.holdings:
        fate = ahead.fate(holding, with_kept=delete_data)
        say(f"  {holding.address} ({holding.physical_id}): {fate}{', with its data' if fate == 'goes' else ''}")
    staying = [item for item in ahead.holdings if ahead.fate(item, with_kept=delete_data) == "stays"]
    taken_over = ("AWS::KMS::Key", SECURE_PARAMETER)
    named = [item.address for item in staying if item.type not in taken_over]
    if named:
        say(
            f"{', '.join(named)}: what stays keeps its name, and {architecture.stage} cannot be deployed again beside "
            "it; --delete-data takes it too"
        )
    for told in ahead.stays:
        say(f"  {told}")
    confirm(f"Destroy {len(ahead.stacks)} stacks of {architecture.stage} on {target.value}?", yes=yes)
    unprotected = cloudformation.render(destruction.without_protection(architecture))
    with Progress() as report:
        gone = destruction.destroy(
            connection, architecture, rendering, unprotected, values, report, with_kept=delete_data
        )
    write(f"{architecture.stage} is destroyed on {target.value}: {len(gone)} stacks deleted")
