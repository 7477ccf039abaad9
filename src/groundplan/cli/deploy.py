"""``plan``, ``deploy``, ``status``, ``destroy``: from templates to a running environment, and back."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from groundplan.cli.options import (
    DEFAULT_FILE,
    Environment,
    File,
    Format,
    Inputs,
    OutputFormat,
    Settings,
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
    from groundplan.operations.plan import Plan
    from groundplan.resources.architecture import Architecture


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(plan)
    app.command()(deploy)
    app.command()(status)
    app.command()(destroy)


def _prepared(
    file: Path, environment: str | None, settings: list[str] | None
) -> tuple[LoadedEnvironment, Architecture, Rendering]:
    from groundplan import cost
    from groundplan.engines import cloudformation
    from groundplan.errors import InputError
    from groundplan.operations.price_tags import with_price_tags

    loaded, architecture = designed(file, environment, settings)
    rendering = cloudformation.render(architecture)
    if rendering.unsupported:
        gaps = "; ".join(f"{item.address}: {item.reason}" for item in rendering.unsupported)
        raise InputError(f"CloudFormation cannot express everything in this blueprint: {gaps}")
    monthly: dict[str, Decimal] = {}
    for line in cost.estimate(architecture, loaded.blueprint.usage, None).lines:
        monthly[line.resource] = monthly.get(line.resource, Decimal(0)) + line.monthly
    return loaded, architecture, with_price_tags(rendering, monthly)


def _refuse_terraform(loaded: LoadedEnvironment, target: TargetOption) -> None:
    """Two tools for one environment would each undo the other: what Terraform owns, Terraform deploys."""
    from groundplan.errors import InputError

    if target is TargetOption.AWS and loaded.blueprint.engine == "terraform":
        raise InputError(
            f"{loaded.source_file} says engine: terraform, so Terraform deploys it to AWS: run "
            "groundplan render --engine terraform --out DIR, then terraform init and terraform apply in DIR; "
            "or write engine: cloudformation to deploy with this command"
        )


def plan(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    inputs: Inputs = None,
    template_bucket: TemplateBucket = None,
    format: Format = OutputFormat.TABLE,
) -> None:
    """What a deployment would change."""
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.operations.plan import plan as planned
    from groundplan.targets.connection import connect

    _, architecture, rendering = _prepared(file, environment, settings)
    values = resolve_inputs(architecture, parse_inputs(inputs or []))
    result = planned(connect(target.value), architecture, rendering, values, template_bucket=template_bucket)
    if format is OutputFormat.JSON:
        changes = [
            {"action": c.action, "resource": c.resource, "type": c.type, "stack": c.stack, "why": c.why}
            for c in result.changes
        ]
        write_json({"target": target.value, "changes": changes, "monthly_change": result.monthly_change})
        return
    _show(result)
    if result.changes and result.monthly_change is not None:
        write(f"Monthly cost: {result.monthly_change:+.2f} USD, without what `groundplan cost` lists as not in its sum")


def _show(plan: Plan) -> None:
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
    write(f"{plan.target}: " + ", ".join(told))


def deploy(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    inputs: Inputs = None,
    template_bucket: TemplateBucket = None,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Deploy an environment. On AWS the plan is shown and confirmed first."""
    from groundplan.operations.deploy import Deployer
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.operations.plan import plan as planned
    from groundplan.targets.connection import connect

    started = time.monotonic()
    loaded, architecture, rendering = _prepared(file, environment, settings)
    _refuse_terraform(loaded, target)
    values = resolve_inputs(architecture, parse_inputs(inputs or []))
    say(f"{architecture.title} {architecture.stage}: {len(architecture)} resources in {len(rendering.stacks)} stacks")
    connection = connect(target.value)
    if target is TargetOption.AWS:
        ahead = planned(connection, architecture, rendering, values, template_bucket=template_bucket)
        for change in ahead.changes:
            say(f"  {change.action} {change.resource} ({change.type}): {change.why}")
        if ahead.dangerous:
            lost = ", ".join(change.resource for change in ahead.dangerous if change.action != "may replace")
            perhaps = ", ".join(change.resource for change in ahead.dangerous if change.action == "may replace")
            told = [f"Data is lost with {lost}"] * bool(lost) + [f"AWS may replace {perhaps}"] * bool(perhaps)
            confirm(f"{'. '.join(told)}. Go on?", yes=yes)
        elif ahead.changes:
            confirm(f"Deploy {len(ahead.changes)} changes to AWS?", yes=yes)
    with Progress() as report:
        result = Deployer(connection, architecture, rendering, values, report, template_bucket).run()
    if architecture.workloads:
        from groundplan.cli.kubernetes import after_deploy

        after_deploy(architecture, target)
    if format is OutputFormat.JSON:
        stacks = [{"name": item.name, "status": item.status, "changed": item.changed} for item in result.stacks]
        write_json(
            {"target": target.value, "environment": loaded.name, "stacks": stacks, "outputs": dict(result.outputs)}
        )
        return
    write_table(
        ("stack", "status", "changed", "seconds"),
        [(item.name, item.status, item.changed, f"{item.seconds:.1f}") for item in result.stacks],
        right=("changed", "seconds"),
    )
    for name, value in result.outputs.items():
        write(f"{name} = {value}")
    if connection.endpoint:
        write(f"endpoint = {connection.endpoint}")
    took = f"{time.monotonic() - started:.1f} s"
    write(f"{architecture.stage} is deployed to {target.value}: {result.changed} changes in {took}")


def status(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    format: Format = OutputFormat.TABLE,
) -> None:
    """What is deployed."""
    from groundplan.operations.stacks import collected_outputs, look_at
    from groundplan.targets.connection import connect

    loaded, architecture, rendering = _prepared(file, environment, settings)
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


def destroy(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
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
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.targets.connection import connect

    _, architecture, rendering = _prepared(file, environment, settings)
    values = resolve_inputs(architecture, parse_inputs(inputs or []))
    connection = connect(target.value)
    ahead = destruction.look_ahead(connection, architecture, rendering)
    if not ahead.stacks:
        write(f"{architecture.stage}: nothing is deployed to {target.value}")
        return
    for holding in ahead.holdings:
        fate = ahead.fate(holding, with_kept=delete_data)
        say(f"  {holding.address} ({holding.physical_id}): {fate}{', with its data' if fate == 'goes' else ''}")
    staying = [item for item in ahead.holdings if ahead.fate(item, with_kept=delete_data) == "stays"]
    named = [item.address for item in staying if item.type != "AWS::KMS::Key"]
    if named:
        say(
            f"{', '.join(named)}: what stays keeps its name, and {architecture.stage} cannot be deployed again beside "
            "it; --delete-data takes it too"
        )
    confirm(f"Destroy {len(ahead.stacks)} stacks of {architecture.stage} on {target.value}?", yes=yes)
    unprotected = cloudformation.render(destruction.without_protection(architecture))
    with Progress() as report:
        gone = destruction.destroy(
            connection, architecture, rendering, unprotected, values, report, with_kept=delete_data
        )
    write(f"{architecture.stage} is destroyed on {target.value}: {len(gone)} stacks deleted")
