"""``promote``: what one environment runs, brought to the next."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.alone import alone
from groundplan.cli.engine import connected
from groundplan.cli.options import (
    DEFAULT_FILE,
    AllowReplace,
    AllowUnprotect,
    BreakLock,
    Deploying,
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
    confirm,
)
from groundplan.cli.output import Progress, say, write, write_json

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment, Source
    from groundplan.cli.deploy import Choices
    from groundplan.operations.changes import Plan
    from groundplan.operations.deploy import Deployment
    from groundplan.operations.promote import Difference, Move
    from groundplan.operations.record import Revision
    from groundplan.operations.release import Released
    from groundplan.resources.architecture import Architecture

From = Annotated[str, typer.Option("--from", help="The environment that runs what is to be promoted.")]
To = Annotated[str, typer.Option("--to", help="The environment that is to run it.")]
Then = Annotated[
    list[str] | None,
    typer.Option("--then", help="The environment after that, once this one runs it. May be repeated.", metavar="NAME"),
]
Dirty = Annotated[
    bool,
    typer.Option("--dirty", help="Promote the working tree where what runs is no revision of git."),
]
Timeout = Annotated[int, typer.Option("--timeout", min=1, help="Minutes that a release may take.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(promote)


@dataclass(frozen=True)
class _Step:
    """One environment and the one before it, as the promoted revision has them."""

    source: LoadedEnvironment
    target: LoadedEnvironment
    before: Architecture
    architecture: Architecture
    differences: list[Difference]
    moves: list[Move]
    plan: Plan
    chosen: Choices


def promote(
    source: From,
    to: To,
    then: Then = None,
    file: File = DEFAULT_FILE,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    template_bucket: TemplateBucket = None,
    tags: Tags = None,
    allow_replace: AllowReplace = None,
    allow_unprotect: AllowUnprotect = None,
    dirty: Dirty = False,
    timeout: Timeout = 30,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Bring what one environment runs to the next: the same revision of the blueprint, the same images.

    Shown first is what the two have differently, what images move and what the deployment changes.
    """
    from groundplan.cli.deploy import Choices
    from groundplan.errors import InputError

    stages = [source, to, *(then or [])]
    if len(set(stages)) < len(stages):
        raise InputError(f"{' to '.join(stages)}: an environment stands there twice")
    chosen = Choices(
        target, engine, inputs, template_bucket, tags, allow_replace, allow_unprotect, break_lock=break_lock, yes=yes
    )
    written, revision = _promoted(stages, file, settings, chosen, dirty=dirty)
    done: list[dict[str, object]] = []
    for first, second in itertools.pairwise(stages):
        step = _prepare(written, file, first, second, chosen, revision)
        _show(step, revision)
        confirm(f"Promote {first} to {second}?", yes=yes)
        result, released = _carry_out(step, timeout)
        done.append(_to_data(step, result, released, revision))
        if format is OutputFormat.TABLE:
            write(f"{second} runs what {first} runs: {result.changed} changes, {_counted(released)}")
    if format is OutputFormat.JSON:
        write_json({"target": target.value, "promotions": done})


def _promoted(
    stages: list[str], file: File, settings: list[str] | None, chosen: Choices, *, dirty: bool
) -> tuple[Source, Revision | None]:
    """The blueprint as the first environment runs it, and what git calls it; None: the working tree."""
    from groundplan.api.files import read_revision, read_source
    from groundplan.design import design
    from groundplan.operations.promote import deployed_record, revision_to_promote

    here = read_source(file).with_settings(settings or [])
    loaded = here.environment(stages[0])
    for name in stages[1:]:
        here.environment(name)  # a name that is wrong is told before anything else
    record = deployed_record(connected(loaded, chosen.target), design(loaded))
    revision = revision_to_promote(record, loaded.name, dirty=dirty)
    if revision is None:
        say("warning: the working tree is promoted, which is no revision of git")
        return here, None
    then = read_revision(file, revision.commit).with_settings(settings or [])
    if then.text != here.text:
        say(f"{file} here is not what {loaded.name} runs: promoted is the revision {revision}, not the working tree")
    return then, revision


def _prepare(written: Source, file: File, first: str, second: str, chosen: Choices, revision: Revision | None) -> _Step:
    """Everything that can be known before anything is touched. Raises what forbids the promotion."""
    from dataclasses import replace

    from groundplan.cli.plan import allowed_by, planned_for
    from groundplan.design import design
    from groundplan.errors import InputError
    from groundplan.operations.guard import require
    from groundplan.operations.promote import at_revision, differences, moves

    source, target = (at_revision(written, file, name) for name in (first, second))
    accounts = [item.blueprint.account_id for item in (source, target)]
    if all(accounts) and accounts[0] != accounts[1] and chosen.target is TargetOption.AWS:
        raise InputError(
            [
                target.problem(
                    "account_id",
                    f"{second} belongs into another account than {first}, and one command has the credentials of one. "
                    "With those of this account: git checkout REVISION, groundplan deploy, groundplan release",
                )
            ]
        )
    before, architecture = design(source), design(target)
    connection = connected(target, chosen.target)
    going = moves(connection, before, architecture)
    # Services that the environment does not have yet begin with the image that runs before it.
    given = [f"{item.input}={item.tag}" for item in going]
    named = {item.partition("=")[0] for item in chosen.inputs or []}
    inputs = [*(chosen.inputs or []), *(item for item in given if item.partition("=")[0] not in named)]
    chosen = replace(chosen, inputs=inputs, revision=revision, promoted_from=first)
    plan = planned_for(target, architecture, chosen.target, chosen.engine, inputs, chosen.template_bucket)
    allowed = allowed_by(chosen.allow_replace, chosen.allow_unprotect)
    require(plan, allowed, [resource.address for resource in architecture])
    return _Step(source, target, before, architecture, differences(source, target), going, plan, chosen)


def _show(step: _Step, revision: Revision | None) -> None:
    """On stderr, since what it did is the result."""
    first, second = step.source.name, step.target.name
    say(f"{first} to {second}: {f'revision {revision}' if revision else 'the working tree'}")
    if step.differences:
        say(f"What {second} has otherwise than {first} by the blueprint:")
        for item in step.differences:
            say(f"  {item.path}: {item.source or 'not there'} in {first}, {item.target or 'not there'} in {second}")
    say("Images:" if step.moves else "Images: none")
    for move in step.moves:
        told = "already" if not move.changes else f"before {move.before}" if move.before else "new"
        say(f"  {move.name}: {move.tag} ({told})")
    changes = step.plan.changes
    say(f"Changes to {second}:" if changes else f"Changes to {second}: none")
    for change in changes:
        cost = f" ({change.monthly:+.2f} USD a month)" if change.monthly else ""
        say(f"  {change.action} {change.resource} ({change.type}): {change.why}{cost}")
    if changes:
        say(step.plan.cost_change)


def _carry_out(step: _Step, timeout: int) -> tuple[Deployment, list[Released]]:
    """Deploy, then release image by image. Raises DeploymentError where something fails; what was done before stays,
    and the same command goes on from there."""
    from dataclasses import replace

    from groundplan.cli.deploy import bring_about
    from groundplan.operations import release
    from groundplan.operations.record import caller, recorded

    result, _ = bring_about(step.target, step.architecture, replace(step.chosen, yes=True))
    released: list[Released] = []
    connection = connected(step.target, step.chosen.target)
    how = release.Settings(caller(connection, step.architecture.region).rpartition(":")[2], 60.0 * timeout)
    for move in step.moves:
        if not move.images:
            continue
        with (
            alone(
                connection, step.architecture, f"release {move.name}", part=move.name,
                break_lock=step.chosen.break_lock, yes=True,
            ) as lease,
            Progress() as report,
            recorded(
                connection, step.architecture, "release", engine="ecs", report=report, revision=step.chosen.revision
            ) as record,
        ):  # fmt: skip
            record.details.update(service=move.name, image=move.images[0][1].reference)
            for number, (workload, image) in enumerate(move.images):
                lease.require()
                there = release.replicated(connection, workload, image.tag, report) if number else image
                released.append(release.release(connection, workload, there, report, how))
            record.details.update(before=released[-1].before, revision=str(released[-1].revision))
    return result, released


def _to_data(step: _Step, result: Deployment, released: list[Released], revision: Revision | None) -> dict[str, object]:
    return {
        "from": step.source.name,
        "to": step.target.name,
        "revision": revision and revision.commit,
        "differences": [asdict(item) for item in step.differences],
        "images": [
            {"name": item.name, "tag": item.tag, "before": item.before, "changed": item.changes} for item in step.moves
        ],
        "changes": result.changed,
        "releases": [
            {"name": item.name, "region": item.region, "before": item.before, "now": item.now} for item in released
        ],
    }


def _counted(released: list[Released]) -> str:
    names = list(dict.fromkeys(item.name for item in released))
    return f"released {', '.join(names)}" if names else "no image to release"
