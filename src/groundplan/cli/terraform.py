"""What ``plan``, ``deploy``, ``status``, ``drift`` and ``destroy`` do where Terraform deploys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from groundplan.cli.alone import alone
from groundplan.cli.engine import input_values
from groundplan.cli.options import OutputFormat, TargetOption, confirm
from groundplan.cli.output import Progress, say
from groundplan.errors import EnvironmentalError, InputError
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.cli.deploy import Choices
    from groundplan.operations.changes import Plan
    from groundplan.operations.deploy import Deployment
    from groundplan.operations.drift import Drift
    from groundplan.operations.events import Report
    from groundplan.operations.guard import Allowed
    from groundplan.operations.holdings import Forfeit
    from groundplan.operations.terraform.folder import Root, Tags
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection


def _values(architecture: Architecture, written: list[str] | None, *, needed: bool) -> dict[str, str]:
    """What the inputs are. ``needed``: every one has to have a value."""
    from groundplan.operations.parameters import parse_inputs, resolve_inputs
    from groundplan.operations.terraform.folder import given_inputs

    given = given_inputs(architecture, parse_inputs(written or []))
    return dict(resolve_inputs(architecture, given)) if needed else given


def _tags(loaded: LoadedEnvironment, architecture: Architecture) -> Tags:
    """What the state is to say of what is deployed: what it costs, and what the checks find."""
    from groundplan import cost
    from groundplan.checks import examine
    from groundplan.operations.findings import keys
    from groundplan.operations.terraform.folder import Tags

    costs: dict[str, Decimal] = defaultdict(Decimal)
    for line in cost.estimate(architecture, loaded.blueprint.usage, None).lines:
        costs[line.resource] += line.monthly
    return Tags(sum(costs.values(), Decimal(0)), costs, keys(examine(loaded, architecture)))


def _opened(
    loaded: LoadedEnvironment, architecture: Architecture, written: list[str] | None, report: Report, *, needed: bool
) -> Root:
    """The environment's root. ``needed``: every input has to have a value."""
    from groundplan.operations.account import require_account
    from groundplan.operations.terraform.folder import open_root
    from groundplan.targets.connection import connect

    require_account(connect("aws"), loaded)
    values = _values(architecture, written, needed=False)
    if needed:
        values = input_values(loaded, architecture, TargetOption.AWS, values)
    root = open_root(loaded, architecture, _tags(loaded, architecture), values, report)
    report(f"{root.terraform.around.engine.told} works in {root.folder}")
    for gap in root.rendering.unsupported:
        report(f"warning: {gap.address}: {gap.reason}")
    return root


@contextmanager
def _alone(
    connection: Connection, architecture: Architecture, doing: str, *, break_lock: bool, yes: bool
) -> Iterator[None]:
    """Hold the environment's lock, which releases look at. Where AWS does not let it be taken, as in an environment of
    another cloud, that of Terraform's state has to do."""
    from groundplan.operations.lock import HeldError

    with ExitStack() as held:
        try:
            held.enter_context(alone(connection, architecture, doing, break_lock=break_lock, yes=yes))
        except HeldError:
            raise
        except EnvironmentalError as error:
            say(f"warning: releases are not told of this {doing}: {error}")
        yield


def plan(loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None) -> Plan:
    """What a deployment would change."""
    from groundplan.operations.terraform.images import plan_with_images

    with Progress() as report:
        root = _opened(loaded, architecture, inputs, report, needed=True)
        with plan_with_images(root) as (_, saved):
            return saved.plan


def plan_offline(loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None) -> Plan:
    """What a first deployment would create, planned without provider, network or account."""
    from groundplan.operations.terraform.offline.root import plan_offline

    with Progress() as report:
        values = _values(architecture, inputs, needed=True)
        return plan_offline(loaded, architecture, _tags(loaded, architecture), values, report)


def deploy(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    chosen: Choices,
    allowed: Allowed,
) -> Deployment:
    """Plan, show, ask, and apply exactly that plan."""
    from collections import Counter

    from groundplan.cli.plan import confirm_plan, findings_of
    from groundplan.operations.guard import require
    from groundplan.operations.record import recorded, revision_of
    from groundplan.operations.terraform import apply
    from groundplan.operations.terraform.images import plan_with_images
    from groundplan.targets.connection import connect

    with Progress() as report:
        root = _opened(loaded, architecture, chosen.inputs, report, needed=True)
    connection = connect("aws")
    with (
        _alone(connection, architecture, "deploy", break_lock=chosen.break_lock, yes=chosen.yes),
        plan_with_images(root) as (root, saved),
    ):
        require(saved.plan, allowed, [resource.address for resource in architecture])
        confirm_plan(saved.plan, yes=chosen.yes, differing=findings_of(saved.plan, loaded, architecture))
        revision = chosen.revision or revision_of(loaded.source_file)
        operation = "promote" if chosen.promoted_from else "deploy"
        with recorded(
            connection, architecture, operation, engine="terraform", report=Progress(), revision=revision
        ) as record:
            if chosen.promoted_from:
                record.details["from"] = chosen.promoted_from
            record.plan.update(Counter(change.action for change in saved.plan.changes))
            with Progress() as report:
                result = apply.deploy(root.telling(report), saved)
                _follow(connection, architecture, saved.plan, report)
            if architecture.workloads:
                from groundplan.cli.in_cluster import after_deploy

                after_deploy(architecture, connection, result.outputs, chosen.tags or [], yes=chosen.yes)
    return result


def _follow(connection: Connection, architecture: Architecture, plan: Plan, report: Report) -> None:
    """Let services run what Terraform has changed in their task definitions: by itself it leaves services alone."""
    from groundplan.operations.record import caller
    from groundplan.operations.release import Settings, follow, workloads

    changed = {change.resource for change in plan.changes if change.action != "create"}
    touched = [item for item in workloads(architecture) if item.definition.address in changed]
    if not touched:
        return
    settings = Settings(caller(connection, architecture.region).rpartition(":")[2])
    for item in touched:
        follow(connection, item, report, settings)


@dataclass(frozen=True)
class Deployed:
    """What the state says is deployed."""

    root: str
    resources: int
    halves: tuple[str, ...]
    """Addresses of what was not made whole."""
    outputs: Mapping[str, str]

    @property
    def status(self) -> str:
        """One word."""
        return "DEPLOYED" if self.resources else "NOT_DEPLOYED"


def deployed(loaded: LoadedEnvironment, architecture: Architecture) -> Deployed:
    """Read the state."""
    from groundplan.operations.terraform.state import read_state

    with Progress() as report:
        root = _opened(loaded, architecture, None, report, needed=False)
        state = read_state(root)
    halves = tuple(item.address for item in state.resources if item.tainted)
    return Deployed(root.name, len(state.resources), halves, dict(state.outputs))


def drift(loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None) -> tuple[Drift, ...]:
    """Where AWS differs from the state."""
    from groundplan.operations.terraform.drift import find_drift

    with Progress() as report:
        return find_drift(_opened(loaded, architecture, inputs, report, needed=True))


def destroy(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    inputs: list[str] | None,
    forfeit: Forfeit,
    *,
    confirmed: str | None,
    break_lock: bool,
    yes: bool,
    format: OutputFormat,
) -> int:
    """Name what goes and what stays, ask, destroy, and tell what is left. Returns the exit code."""
    from groundplan.cli.destroy import confirm_destruction, look_after, tell_holdings, tell_nothing, tell_remains
    from groundplan.errors import ExitCode
    from groundplan.operations.record import recorded, revision_of
    from groundplan.operations.terraform import destroy as destruction
    from groundplan.operations.terraform.state import read_state
    from groundplan.targets.connection import connect

    aws, connection = TargetOption.AWS, connect("aws")
    with Progress() as report:
        root = _opened(loaded, architecture, inputs, report, needed=True)
        state = read_state(root)
    if not state.resources:
        tell_nothing(loaded, architecture, aws, format)
        return ExitCode.FINE
    ahead = destruction.look_ahead(root, state, connection)
    staying = ahead.staying(forfeit)
    tell_holdings(
        architecture,
        [(holding, ahead.fate(holding, forfeit)) for holding in ahead.holdings],
        [item.address for item in staying if item.type != destruction.KEYS],
    )
    forfeit.require(ahead.holdings, [resource.address for resource in architecture])
    question = f"Destroy {counted(len(ahead.standing), 'resource')} of {architecture.stage} on aws?"
    confirm_destruction(loaded, question, aws, confirmed=confirmed, yes=yes)
    with (
        _alone(connection, architecture, "destroy", break_lock=break_lock, yes=yes),
        recorded(
            connection, architecture, "destroy", engine="terraform", report=Progress(),
            revision=revision_of(loaded.source_file),
        ) as record,
        Progress() as report,
    ):  # fmt: skip
        done, kept = destruction.destroy(root.telling(report), ahead, state, connection, report, forfeit=forfeit)
        record.plan["delete"] = done
    regions = {architecture.region, *(item.region for item in architecture if item.region)}
    remains = look_after(connection, architecture, destruction.by_cloudformations_types(staying), regions)
    stays = f"; {', '.join(kept)} stay in the account" if kept else ""
    told = f"{architecture.stage} is destroyed on aws: {counted(done, 'resource')} deleted{stays}"
    return tell_remains(loaded, aws, remains, told, format)


def retarget(
    loaded: LoadedEnvironment, architecture: Architecture, inputs: list[str] | None, ids: Mapping[str, str]
) -> None:
    """Have the state know the database instances that bear these names now."""
    from groundplan.operations.terraform.retarget import retarget_instances

    with Progress() as report:
        root = _opened(loaded, architecture, inputs, report, needed=False)
        found = retarget_instances(root, ids)
        known = f"knows {', '.join(found)} as it is now" if found else "has none of it"
        report(f"Terraform's state {known}")


def take_back(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    inputs: list[str] | None,
    found: Sequence[Drift],
    *,
    break_lock: bool,
    yes: bool,
) -> None:
    """Plan for what drifted alone, show, ask, and apply: what the blueprint has changed since waits for a deployment,
    as far as nothing of this depends on it."""
    from collections import Counter

    from groundplan.operations.record import recorded, revision_of
    from groundplan.operations.terraform import apply
    from groundplan.operations.terraform.plan import saved_plan
    from groundplan.targets.connection import connect

    connection, doing = connect("aws"), "drift --restore"
    targets = [f"-target={address}" for address in dict.fromkeys(item.engine_id for item in found)]
    with Progress() as report:
        root = _opened(loaded, architecture, inputs, report, needed=True)
    with (
        _alone(connection, architecture, doing, break_lock=break_lock, yes=yes),
        saved_plan(root, *targets) as saved,
    ):
        for change in saved.plan.changes:
            say(f"  {change.action} {change.resource} ({change.type}): {change.why}")
        lost = [change.resource for change in saved.plan.dangerous if change.action != "create"]
        if lost:
            raise InputError(f"nothing is taken back: data would be lost with {', '.join(lost)}")
        confirm(f"Bring {counted(len(saved.plan.changes), 'resource')} back?", yes=yes)
        with (
            recorded(
                connection, architecture, doing, engine="terraform", report=Progress(),
                revision=revision_of(loaded.source_file),
            ) as record,
            Progress() as report,
        ):  # fmt: skip
            record.plan.update(Counter(change.action for change in saved.plan.changes))
            apply.apply(root.telling(report), saved, f"groundplan {doing}")
