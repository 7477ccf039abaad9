"""What ``plan``, ``deploy``, ``status``, ``drift`` and ``destroy`` do where Terraform deploys."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.cli.options import OutputFormat, confirm
from groundplan.cli.output import Progress, say, write, write_json, write_table

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.operations.deploy import Deployment
    from groundplan.operations.drift import Drift
    from groundplan.operations.events import Report
    from groundplan.operations.plan import Plan
    from groundplan.operations.terraform.folder import Root
    from groundplan.resources.architecture import Architecture


def _values(architecture: Architecture, written: list[str] | None, *, needed: bool) -> dict[str, str]:
    """What the inputs are. ``needed``: every one has to have a value."""
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.operations.terraform.folder import given_inputs

    given = given_inputs(architecture, parse_inputs(written or []))
    return dict(resolve_inputs(architecture, given)) if needed else given


def _monthly(loaded: LoadedEnvironment, architecture: Architecture) -> Decimal:
    from groundplan import cost

    lines = cost.estimate(architecture, loaded.blueprint.usage, None).lines
    return sum((line.monthly for line in lines), Decimal(0))


def _opened(
    loaded: LoadedEnvironment, architecture: Architecture, written: list[str] | None, report: Report, *, needed: bool
) -> Root:
    """The environment's root. ``needed``: every input has to have a value."""
    from groundplan.operations.terraform.folder import open_root

    values = _values(architecture, written, needed=needed)
    root = open_root(loaded, architecture, _monthly(loaded, architecture), values, report)
    report(f"{root.terraform.around.engine.told} works in {root.folder}")
    for gap in root.rendering.unsupported:
        report(f"warning: {gap.address}: {gap.reason}")
    return root


def plan(loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None) -> Plan:
    """What a deployment would change."""
    from groundplan.operations.terraform.plan import saved_plan

    with Progress() as report:
        root = _opened(loaded, architecture, inputs, report, needed=True)
        with saved_plan(root) as saved:
            return saved.plan


def plan_offline(loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None) -> Plan:
    """What a first deployment would create, planned without provider, network or account."""
    from groundplan.operations.terraform.offline.root import plan_offline

    with Progress() as report:
        values = _values(architecture, inputs, needed=True)
        return plan_offline(loaded, architecture, _monthly(loaded, architecture), values, report)


def deploy(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    inputs: list[str] | None,
    tags: list[str] | None,
    *,
    yes: bool,
) -> Deployment:
    """Plan, show, ask, and apply exactly that plan."""
    from groundplan.cli.deploy import confirm_plan
    from groundplan.operations.terraform import apply
    from groundplan.operations.terraform.plan import saved_plan

    with Progress() as report:
        root = _opened(loaded, architecture, inputs, report, needed=True)
    with saved_plan(root) as saved:
        confirm_plan(saved.plan, yes=yes)
        with Progress() as report:
            result = apply.deploy(root.telling(report), saved)
    if architecture.workloads:
        from groundplan.cli.in_cluster import after_deploy
        from groundplan.targets.connection import connect

        after_deploy(architecture, connect("aws"), result.outputs, tags or [], yes=yes)
    return result


def status(loaded: LoadedEnvironment, architecture: Architecture, format: OutputFormat) -> None:
    """What the state says is deployed."""
    from groundplan.operations.terraform.state import read_state

    with Progress() as report:
        root = _opened(loaded, architecture, None, report, needed=False)
        state = read_state(root)
    word = "DEPLOYED" if state.resources else "NOT_DEPLOYED"
    if format is OutputFormat.JSON:
        write_json(
            {
                "target": "aws",
                "environment": loaded.name,
                "stacks": [{"name": root.name, "status": word}],
                "resources": len(state.resources),
                "outputs": dict(state.outputs),
            }
        )
        return
    halves = [item.address for item in state.resources if item.tainted]
    reason = f"not made whole: {', '.join(halves)}" if halves else ""
    write_table(("root", "status", "resources", "reason"), [(root.name, word, len(state.resources), reason)])
    for name, value in state.outputs.items():
        write(f"{name} = {value}")


def drift(loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None) -> tuple[Drift, ...]:
    """Where AWS differs from the state."""
    from groundplan.operations.terraform.drift import find_drift

    with Progress() as report:
        return find_drift(_opened(loaded, architecture, inputs, report, needed=True))


def destroy(
    loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None, *, delete_data: bool, yes: bool
) -> None:
    """Name what goes and what stays, ask, and destroy."""
    from groundplan.operations.terraform import destroy as destruction
    from groundplan.operations.terraform.state import read_state
    from groundplan.targets.connection import connect

    with Progress() as report:
        root = _opened(loaded, architecture, inputs, report, needed=True)
        state = read_state(root)
    if not state.resources:
        write(f"{architecture.stage}: nothing is deployed to aws")
        return
    ahead = destruction.look_ahead(root, state)
    for holding in ahead.holdings:
        fate = ahead.fate(holding, with_kept=delete_data)
        say(f"  {holding.address} ({holding.physical_id}): {fate}{', with its data' if fate == 'goes' else ''}")
    staying = [
        item.address
        for item in ahead.holdings
        if ahead.fate(item, with_kept=delete_data) == "stays" and item.type != destruction.KEYS
    ]
    if staying:
        say(
            f"{', '.join(staying)}: what stays keeps its name, and {architecture.stage} cannot be deployed again "
            "beside it; --delete-data takes it too"
        )
    confirm(f"Destroy {len(ahead.standing)} resources of {architecture.stage} on aws?", yes=yes)
    with Progress() as report:
        done, kept = destruction.destroy(root.telling(report), ahead, state, connect("aws"), with_kept=delete_data)
    stays = f"; {', '.join(kept)} stay in the account" if kept else ""
    write(f"{architecture.stage} is destroyed on aws: {done} resources deleted{stays}")
