"""``plan``: what a deployment would change, what it costs, and what it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import typer

from groundplan.cli.engine import connected, input_values, prepared, terraform_deploys
from groundplan.cli.options import (
    DEFAULT_FILE,
    AllowReplace,
    AllowUnprotect,
    Deploying,
    DeployingEngine,
    Environment,
    File,
    Format,
    Inputs,
    Offline,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    TemplateBucket,
    confirm,
    designed,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table
from groundplan.units import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.cli.deploy import Choices
    from groundplan.engines.cloudformation import Rendering
    from groundplan.operations.changes import Change, Plan
    from groundplan.operations.findings import FindingsChange
    from groundplan.operations.guard import Allowed, Refusal
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(plan)


def plan(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    template_bucket: TemplateBucket = None,
    offline: Offline = False,
    allow_replace: AllowReplace = None,
    allow_unprotect: AllowUnprotect = None,
    format: Format = OutputFormat.TABLE,
) -> int:
    """What a deployment would change, cost and lose. Exit code 1: it would be refused without --allow-replace NAME."""
    from groundplan.errors import ExitCode
    from groundplan.operations.guard import check_names, refusals

    loaded, architecture = designed(file, environment, settings)
    if offline:
        target = TargetOption.AWS
        found = _planned_offline(loaded, architecture, engine, inputs)
    else:
        found = planned_for(loaded, architecture, target, engine, inputs, template_bucket)
    allowed = allowed_by(allow_replace, allow_unprotect)
    check_names(found, allowed, [resource.address for resource in architecture])
    refused = refusals(found, allowed)
    differing = findings_of(found, loaded, architecture)
    if format is OutputFormat.JSON:
        write_json(to_data(found, target.value, differing, refused))
    else:
        _show(found, differing, refused)
    return ExitCode.FINDINGS if refused else ExitCode.FINE


def planned_for(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    target: TargetOption,
    engine: DeployingEngine | None,
    inputs: list[str] | None,
    template_bucket: str | None,
) -> Plan:
    """The plan of an environment, by what deploys it."""
    if terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        return terraform.plan(loaded, architecture, inputs)
    from groundplan.operations.parameters import parse_inputs
    from groundplan.operations.plan import plan as planned

    architecture, rendering = prepared(loaded, architecture)
    values = input_values(loaded, architecture, target, parse_inputs(inputs or []))
    return planned(connected(loaded, target), architecture, rendering, values, template_bucket=template_bucket)


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


def allowed_by(replace: list[str] | None, unprotect: list[str] | None) -> Allowed:
    """What the options of a command allow to be lost."""
    from groundplan.operations.guard import Allowed

    return Allowed(frozenset(replace or ()), frozenset(unprotect or ()))


def findings_of(plan: Plan, loaded: LoadedEnvironment, architecture: Architecture) -> FindingsChange | None:
    """What the checks find otherwise than in what is deployed. None: nothing changes, and nobody has looked."""
    if not plan.changes:
        return None
    from groundplan.checks import examine
    from groundplan.operations.findings import compare

    return compare(examine(loaded, architecture), plan.found_before)


def look_ahead(
    loaded: LoadedEnvironment,
    whole: Architecture,
    architecture: Architecture,
    rendering: Rendering,
    values: Mapping[str, str],
    connection: Connection,
    chosen: Choices,
    allowed: Allowed,
) -> Plan:
    """The plan of a deployment by CloudFormation, once nothing stands in its way: nobody is to lose data unasked, and
    for AWS somebody has said yes.

    ``whole`` is the architecture with what other clouds have of it. Raises InputError where something is lost that
    nobody has named, or the answer is no.
    """
    from groundplan.operations.changes import Plan
    from groundplan.operations.guard import check_names, require
    from groundplan.operations.plan import plan as planned
    from groundplan.operations.plan import settled
    from groundplan.operations.stacks import survey

    known = [resource.address for resource in architecture]
    aws = connection.target == "aws"
    there = survey(connection, architecture, rendering.stacks)
    if not aws and not there.exists:
        check_names(nothing := Plan(connection.target, (), None), allowed, known)
        return nothing
    with Progress() as report:
        there = settled(connection, architecture, rendering, there, report)
        bucket = chosen.template_bucket
        ahead = planned(connection, architecture, rendering, values, template_bucket=bucket, survey=there)
    require(ahead, allowed, known)
    if aws:
        confirm_plan(ahead, yes=chosen.yes, differing=findings_of(ahead, loaded, whole))
    return ahead


def remember_findings(
    loaded: LoadedEnvironment, architecture: Architecture, connection: Connection, changed: int
) -> None:
    """Write down what is found in what is deployed now. A deployment that changed nothing has nothing to write, unless
    nobody has written before. Where AWS does not take it a warning is said."""
    from groundplan.checks import examine
    from groundplan.errors import EnvironmentalError
    from groundplan.operations import findings

    try:
        if changed or findings.read(connection, architecture).keys is None:
            findings.remember(connection, architecture, examine(loaded, architecture))
    except EnvironmentalError as error:
        say(f"warning: what the checks found is not written down for the next plan: {error}")


def to_data(
    plan: Plan, target: str, differing: FindingsChange | None, refused: tuple[Refusal, ...]
) -> dict[str, object]:
    """A plan as JSON data. Scripts depend on its shape; it is the same for every engine."""
    return {
        "target": target,
        "changes": [
            {
                "action": item.action,
                "resource": item.resource,
                "type": item.type,
                "stack": item.stack,
                "why": item.why,
                "holds_data": item.holds_data,
                "loses": item.loses if item.endangers else None,
                "unprotects": list(item.unprotects),
                "monthly": item.monthly,
            }
            for item in plan.changes
        ],
        "monthly_change": plan.monthly_change,
        "findings": differing
        and {
            "new": [
                {
                    "rule": item.rule,
                    "severity": item.severity,
                    "resource": item.resource,
                    "message": item.message,
                    "accepted": item.accepted,
                }
                for item in differing.new
            ],
            "gone": [dict(zip(("rule", "resource"), key.split(" ", 1), strict=True)) for key in differing.gone],
            "unknown": differing.unknown or None,
        },
        "refused": [{"resource": item.resource, "option": item.option, "why": item.told} for item in refused],
        "notes": list(plan.notes),
        "offline": plan.offline,
    }


def _show(plan: Plan, differing: FindingsChange | None, refused: tuple[Refusal, ...]) -> None:
    for note in plan.notes:
        say(note)
    if not plan.changes:
        write(f"{plan.target}: nothing to change")
        return
    rest = [change for change in plan.changes if not change.endangers]
    if rest:
        write_table(
            ("action", "resource", "type", "why", "USD a month"),
            [(item.action, item.resource, item.type, item.why, _dollars(item.monthly)) for item in rest],
            right=("USD a month",),
        )
    write(_counted(plan))
    write(plan.cost_change)
    if differing:
        _show_findings(differing)
    if plan.apart:
        write("\nWhat holds data, and would be replaced or deleted:")
        write_table(
            ("action", "resource", "type", "why", "lost", "USD a month"),
            [
                (item.action, item.resource, item.type, item.why, item.loses, _dollars(item.monthly))
                for item in plan.apart
            ],
            right=("USD a month",),
        )
    if plan.unprotecting:
        write("\nWhat would lose its protection:")
        write_table(
            ("resource", "type", "protection that goes"),
            [(item.resource, item.type, ", ".join(item.unprotects)) for item in plan.unprotecting],
        )
    if refused:
        from groundplan.operations.guard import options_of

        write(f"A deployment is refused without: {options_of(refused)}")


def _show_findings(differing: FindingsChange) -> None:
    write(differing.told)
    if differing.unknown:
        return
    rows: list[tuple[str, ...]] = [
        ("new", "accepted" if item.accepted else item.severity, item.rule, item.resource, item.message)
        for item in differing.new
    ]
    rows += [("gone", "", *key.split(" ", 1), "") for key in differing.gone]
    if rows:
        write_table(("", "severity", "rule", "resource", "what"), rows)


def _dollars(monthly: Decimal | None) -> str:
    return "?" if monthly is None else f"{monthly:+.2f}" if monthly else ""


def _counted(plan: Plan) -> str:
    from groundplan.operations.change_sets import Action

    counts = {action: sum(item.action == action for item in plan.changes) for action in get_args(Action)}
    told = (
        f"{number} that AWS may replace" if action == "may replace" else f"{number} to {action}"
        for action, number in counts.items()
        if number
    )
    return f"{plan.target}{' (offline)' if plan.offline else ''}: " + ", ".join(told)


def confirm_plan(ahead: Plan, *, yes: bool, differing: FindingsChange | None = None) -> None:
    """Show what a deployment to AWS would change, and ask. What loses data or protection is named."""
    for change in ahead.changes:
        say(f"  {change.action} {change.resource} ({change.type}): {change.why}{_cost(change)}")
    for note in ahead.notes:
        say(f"  {note}")
    if not ahead.changes:
        return
    say(ahead.cost_change)
    if differing:
        say(differing.told)
        for finding in differing.new:
            if not differing.unknown and not finding.accepted:
                say(f"  {finding.severity} {finding.rule} {finding.resource}: {finding.message}")
    lost = [item.resource for item in ahead.dangerous if item.action != "may replace"]
    perhaps = [item.resource for item in ahead.dangerous if item.action == "may replace"]
    told = [f"Data is lost with {', '.join(lost)}"] * bool(lost)
    told += [f"AWS may replace {', '.join(perhaps)}"] * bool(perhaps)
    told += [f"{item.resource} loses its {', '.join(item.unprotects)}" for item in ahead.unprotecting]
    question = f"{'. '.join(told)}. Go on?" if told else f"Deploy {counted(len(ahead.changes), 'change')} to AWS?"
    confirm(question, yes=yes)


def _cost(change: Change) -> str:
    return f" ({change.monthly:+.2f} USD a month)" if change.monthly else ""
