"""``deploy``: to a running environment, and back.

What Terraform deploys goes to ``cli.terraform``; the rest of this module is CloudFormation.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from groundplan.cli.alone import alone
from groundplan.cli.bootstrap_roles import require_deployer
from groundplan.cli.engine import connected, input_values, prepared, terraform_deploys
from groundplan.cli.options import (
    DEFAULT_FILE,
    AllowReplace,
    AllowUnprotect,
    BreakLock,
    Deploying,
    DeployingEngine,
    Environment,
    File,
    Format,
    Inputs,
    OutputFormat,
    Settings,
    Tags,
    Target,
    TargetOption,
    TemplateBucket,
    Yes,
    designed,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.operations.deploy import Deployment
    from groundplan.operations.record import Revision
    from groundplan.resources.architecture import Architecture


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(deploy)


def deploy(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    template_bucket: TemplateBucket = None,
    tags: Tags = None,
    allow_replace: AllowReplace = None,
    allow_unprotect: AllowUnprotect = None,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Deploy an environment. On AWS the plan is shown and confirmed first. Data is lost only where it is named."""
    started = time.monotonic()
    loaded, architecture = designed(file, environment, settings)
    chosen = Choices(
        target, engine, inputs, template_bucket, tags, allow_replace, allow_unprotect, break_lock=break_lock, yes=yes
    )
    result, endpoint = bring_about(loaded, architecture, chosen)
    _tell_deployment(loaded, architecture, result, target, format, endpoint, started)


@dataclass(frozen=True)
class Choices:
    """What a person has chosen for a deployment; see the options of ``groundplan deploy``."""

    target: TargetOption
    engine: DeployingEngine | None = None
    inputs: list[str] | None = None
    template_bucket: str | None = None
    tags: list[str] | None = None
    allow_replace: list[str] | None = None
    allow_unprotect: list[str] | None = None
    break_lock: bool = False
    yes: bool = False
    revision: Revision | None = None
    """What git calls the blueprint. None: what lies in the working tree."""
    promoted_from: str = ""
    """The environment that ran this before; empty: none did."""


def bring_about(
    loaded: LoadedEnvironment, architecture: Architecture, chosen: Choices
) -> tuple[Deployment, str | None]:
    """Bring an environment to what its blueprint says. Returns what was done, and the endpoint of a local AWS.

    Raises InputError, before anything is touched, where data would be lost that nobody has named, or a question is
    answered with no.
    """
    from collections import Counter

    from groundplan.cli.plan import allowed_by, look_ahead, remember_findings
    from groundplan.operations.deploy import Deployer, standing
    from groundplan.operations.guard import Guard
    from groundplan.operations.parameters import parse_inputs
    from groundplan.operations.plan import nothing_to_do
    from groundplan.operations.record import recorded, revision_of

    allowed, yes = allowed_by(chosen.allow_replace, chosen.allow_unprotect), chosen.yes
    require_deployer(loaded, chosen.target)
    if terraform_deploys(loaded, chosen.target, chosen.engine):
        from groundplan.cli import terraform

        return terraform.deploy(loaded, architecture, chosen, allowed), None
    whole = architecture
    architecture, rendering = prepared(loaded, architecture)
    values = input_values(loaded, architecture, chosen.target, parse_inputs(chosen.inputs or []))
    beside = f" and {len(rendering.beside)} beside them" if rendering.beside else ""
    inside = f"{len(architecture) - len(rendering.beside)} resources in {len(rendering.stacks)} stacks"
    say(f"{architecture.title} {architecture.stage}: {inside}{beside}")
    connection = connected(loaded, chosen.target)
    with alone(connection, architecture, "deploy", break_lock=chosen.break_lock, yes=yes) as lease:
        ahead = look_ahead(loaded, whole, architecture, rendering, values, connection, chosen, allowed)
        revision = chosen.revision or revision_of(loaded.source_file)
        operation = "promote" if chosen.promoted_from else "deploy"
        with recorded(
            connection, architecture, operation, engine="cloudformation", report=Progress(), revision=revision
        ) as record:
            if chosen.promoted_from:
                record.details["from"] = chosen.promoted_from
            deployer = Deployer(
                connection,
                architecture,
                rendering,
                values,
                Progress(),
                template_bucket=chosen.template_bucket,
                lease=lease,
                guard=Guard.of(ahead, allowed),
            )
            try:
                with Progress() as deployer.report:
                    idle = nothing_to_do(ahead)
                    result = standing(ahead, architecture, deployer.report) if idle else deployer.run()
            finally:
                record.plan.update(Counter(deployer.actions))
            if architecture.workloads:
                from groundplan.cli.in_cluster import after_deploy

                after_deploy(architecture, connection, result.outputs, chosen.tags or [], yes=yes)
        remember_findings(loaded, whole, connection, result.changed)
    return result, connection.endpoint


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
    write(f"{architecture.stage} is deployed to {target.value}: {counted(result.changed, 'change')} in {took}")
