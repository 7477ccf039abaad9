"""``destroy``: an environment, with what would be lost said first, and what is left said last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.alone import alone
from groundplan.cli.engine import connected, input_values, prepared, terraform_deploys
from groundplan.cli.options import (
    DEFAULT_FILE,
    BreakLock,
    Deploying,
    Environment,
    File,
    Format,
    Inputs,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    Yes,
    confirm,
    designed,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table
from groundplan.errors import ExitCode, InputError
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.operations.formers import Former
    from groundplan.operations.holdings import Fate, Holding
    from groundplan.operations.remains import Remains
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(destroy)


def destroy(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    engine: Deploying = None,
    inputs: Inputs = None,
    delete_protected: Annotated[
        list[str] | None,
        typer.Option(
            "--delete-protected",
            help="Delete this although it is protected or would stay, like database_instance.main. May be repeated.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    delete_data: Annotated[
        bool,
        typer.Option(
            "--delete-data", help="The same for everything: what is protected, and buckets with all they hold."
        ),
    ] = False,
    confirmed: Annotated[
        str | None,
        typer.Option(
            "--confirm",
            help="The environment's name, as the answer to the question. For the profile production on AWS nothing "
            "else answers it, --yes neither.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Destroy an environment: says what would be lost, and asks; takes protection off and deletes every stack in the
    opposite order; then looks for what is left, and lists it with its price. Exit code 1: something is left that
    nobody meant to leave."""
    from groundplan.engines import cloudformation
    from groundplan.operations import destroy as destruction
    from groundplan.operations.deletion_protection import without_protection
    from groundplan.operations.holdings import SECURE_PARAMETER, Forfeit
    from groundplan.operations.parameters import parse_inputs
    from groundplan.operations.plan import regions_of
    from groundplan.operations.record import recorded, revision_of

    loaded, architecture = designed(file, environment, settings)
    _check_name(loaded, confirmed)
    forfeit = Forfeit(delete_data, frozenset(delete_protected or ()))
    if terraform_deploys(loaded, target, engine):
        from groundplan.cli import terraform

        return terraform.destroy(
            loaded, architecture, inputs, forfeit, confirmed=confirmed, break_lock=break_lock, yes=yes, format=format
        )
    architecture, rendering = prepared(loaded, architecture)
    values = input_values(loaded, architecture, target, parse_inputs(inputs or []))
    connection = connected(loaded, target)
    ahead = destruction.look_ahead(connection, architecture, rendering)
    going = [item for item in ahead.holdings if ahead.fate(item, forfeit) == "goes"]
    if not ahead.stacks and not going:
        tell_nothing(loaded, architecture, target, format)
        return ExitCode.FINE
    taken_over = ("AWS::KMS::Key", SECURE_PARAMETER)
    tell_holdings(
        architecture,
        [(holding, ahead.fate(holding, forfeit)) for holding in ahead.holdings],
        [item.address for item in ahead.staying(forfeit) if item.type not in taken_over],
    )
    for told in ahead.stays:
        say(f"  {told}")
    forfeit.require(ahead.holdings, [resource.address for resource in architecture])
    question = f"Destroy {counted(len(ahead.stacks), 'stack')} of {architecture.stage} on {target.value}?"
    confirm_destruction(loaded, question, target, confirmed=confirmed, yes=yes)
    unprotected = cloudformation.render(without_protection(architecture))
    regions = regions_of(architecture, rendering) | {stack.region for stack in ahead.stacks}
    with (
        alone(connection, architecture, "destroy", break_lock=break_lock, yes=yes),
        recorded(
            connection, architecture, "destroy", engine="cloudformation", report=Progress(),
            revision=revision_of(loaded.source_file),
        ),
        Progress() as report,
    ):  # fmt: skip
        gone = destruction.destroy(connection, architecture, rendering, unprotected, values, report, forfeit=forfeit)
        _forget_findings(connection, architecture)
    remains = look_after(connection, architecture, ahead.staying(forfeit), regions, ahead.formers)
    done = f"{architecture.stage} is destroyed on {target.value}: {counted(len(gone), 'stack')} deleted"
    return tell_remains(loaded, target, remains, done, format, stacks=gone)


def _check_name(loaded: LoadedEnvironment, confirmed: str | None) -> None:
    if confirmed is not None and confirmed != loaded.name:
        raise InputError(f"--confirm {confirmed}: the environment is {loaded.name}, and nothing was done")


def confirm_destruction(
    loaded: LoadedEnvironment, question: str, target: TargetOption, *, confirmed: str | None, yes: bool
) -> None:
    """Ask. What is production on AWS goes only where its name is written. Raises InputError where the answer is no."""
    import sys

    if confirmed is not None:
        return
    if target is not TargetOption.AWS or loaded.blueprint.profile != "production":
        confirm(question, yes=yes)
        return
    if not sys.stdin.isatty():
        raise InputError(
            f"{question} It is of the profile production, which --yes does not answer for: --confirm {loaded.name}"
        )
    if typer.prompt(f"{question} Write its name ({loaded.name}) to go on", err=True) != loaded.name:
        raise InputError("nothing was done")


def tell_nothing(
    loaded: LoadedEnvironment, architecture: Architecture, target: TargetOption, format: OutputFormat
) -> None:
    """Say that there is nothing to destroy."""
    if format is OutputFormat.JSON:
        write_json(_document(loaded, target, None, ()))
        return
    write(f"{architecture.stage}: nothing is deployed to {target.value}")


def tell_holdings(architecture: Architecture, fates: Sequence[tuple[Holding, Fate]], staying: Sequence[str]) -> None:
    """Say what becomes of what holds data. ``staying``: addresses of what another deployment would collide with."""
    for holding, fate in fates:
        lost = ", with its data" if fate == "goes" else ""
        say(f"  {holding.address} ({holding.physical_id}): {fate}{lost}{holding.told}")
    if staying:
        say(
            f"{', '.join(staying)}: what stays keeps its name, and {architecture.stage} cannot be deployed again "
            "beside it; --delete-data takes it too, --delete-protected NAME one of it"
        )


def _forget_findings(connection: Connection, architecture: Architecture) -> None:
    from groundplan.errors import EnvironmentalError
    from groundplan.operations.findings import forget

    try:
        forget(connection, architecture)
    except EnvironmentalError as error:
        say(f"warning: what the checks found stays written down: {error}")


def look_after(
    connection: Connection,
    architecture: Architecture,
    staying: Sequence[Holding],
    regions: Collection[str],
    formers: Sequence[Former] = (),
) -> Remains:
    """What is left of an environment."""
    from groundplan.operations.remains import Sweep

    return Sweep(connection, architecture, staying, regions, formers).run()


def tell_remains(
    loaded: LoadedEnvironment,
    target: TargetOption,
    remains: Remains,
    done: str,
    format: OutputFormat,
    *,
    stacks: Sequence[str] = (),
) -> int:
    """Say what is left. Returns the exit code."""
    code = ExitCode.FINDINGS if remains.leftovers else ExitCode.FINE
    if format is OutputFormat.JSON:
        write_json(_document(loaded, target, remains, stacks))
        return int(code)
    if remains.on_purpose:
        rows = [
            (item.what, item.id, item.region, item.why, "?" if item.monthly is None else f"{item.monthly:.2f}")
            for item in remains.on_purpose
        ]
        write("Left on purpose:")
        write_table(("what", "name", "region", "why", "USD a month"), rows, right=("USD a month",))
        write(f"Together {remains.monthly:.2f} USD a month, as far as it is known")
    for arn in remains.leftovers:
        write(f"left over, and nobody meant it to be: {arn}")
    for told in remains.unseen:
        say(f"warning: whether more is left is not known: {told}")
    write(done)
    return int(code)


def _document(
    loaded: LoadedEnvironment, target: TargetOption, remains: Remains | None, stacks: Sequence[str]
) -> dict[str, object]:
    kept = remains.on_purpose if remains else ()
    return {
        "target": target.value,
        "environment": loaded.name,
        "stacks": list(stacks),
        "left": [
            {"what": item.what, "name": item.id, "region": item.region, "why": item.why, "monthly": item.monthly}
            for item in kept
        ],
        "leftovers": list(remains.leftovers) if remains else [],
        "unseen": list(remains.unseen) if remains else [],
    }
