"""``bootstrap``: what has to stand before an environment: what keeps Terraform's state, and the role that deploys."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.bootstrap_roles import chosen_deployers, remove_roles, role_as_json, show_roles
from groundplan.cli.options import (
    DEFAULT_FILE,
    File,
    Format,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    TemplateBucket,
    Yes,
    confirm,
    load_all,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table
from groundplan.units import counted

if TYPE_CHECKING:
    from decimal import Decimal

    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.design.state import StateBucket
    from groundplan.operations.bootstrap import Bootstrapped, Foundation, Wishes
    from groundplan.operations.changes import Change
    from groundplan.operations.deployer import Environment, Made
    from groundplan.targets.connection import Connection

ACCOUNT = "account"
"""What ``--trust`` takes for whom the account's own IAM policies let."""

NO_COPY = "none"
"""What ``--copy-to`` takes for no copy."""


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(bootstrap)


def bootstrap(
    file: File = DEFAULT_FILE,
    environments: Annotated[
        list[str] | None,
        typer.Option(
            "--environment", "-e", help="An environment. May be repeated. Default: every one.", show_default=False
        ),
    ] = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    lock_table: Annotated[
        bool | None,
        typer.Option(
            "--lock-table/--no-lock-table",
            help="A DynamoDB table for locks, which Terraform before 1.10 needs. Default: as it is, at first none.",
            show_default=False,
        ),
    ] = None,
    access_logs: Annotated[
        bool | None,
        typer.Option(
            "--access-logs/--no-access-logs",
            help="A second bucket, with the log of requests to the states. Default: as it is, at first none.",
            show_default=False,
        ),
    ] = None,
    trust: Annotated[
        list[str] | None,
        typer.Option(
            "--trust",
            help="ARN of who may take the role that keeps the state; 'account': whom IAM policies of the account let. "
            "May be repeated. Default: as it is, at first account.",
            show_default=False,
        ),
    ] = None,
    copy_to: Annotated[
        str | None,
        typer.Option(
            "--copy-to",
            help="A region that S3 copies every state to, into a bucket with a key of its own; 'none': no more. "
            "Default: as it is, at first none.",
            metavar="REGION",
            show_default=False,
        ),
    ] = None,
    template_bucket: TemplateBucket = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the templates to this folder, and deploy nothing.", show_default=False),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take it away again, once no state has resources any more.")
    ] = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Make what has to stand before an environment. Again: bring it up to date.

    That is what Terraform's remote state needs: bucket, key, locks and a role; and with pipelines: {deploy_role:
    bootstrap} the role that deploys the environment, with the boundary of all others.
    """
    from groundplan.design.deployer import is_bootstrapped
    from groundplan.design.state import state_buckets
    from groundplan.errors import InputError
    from groundplan.operations.bootstrap import Wishes

    if out is not None and remove:
        raise InputError("--out writes templates and --remove deletes what was made from them; give one of them")
    every = load_all(file, settings)  # since a bucket may be that of several
    chosen = _chosen(every, file, environments)
    buckets = [bucket for bucket in state_buckets(every) if any(one in chosen for one in bucket.environments)]
    for one in chosen:
        if one.blueprint.state.backend == "local" and not is_bootstrapped(one):
            say(f"{one.name}: nothing is needed, since state.backend: local keeps its state in a file")
    wishes = Wishes(lock_table, access_logs, _trusted(trust), "" if copy_to == NO_COPY else copy_to)
    if remove:
        _remove(buckets, chosen, target, yes=yes, format=format)
        return
    deployers = chosen_deployers(every, chosen)
    if out is not None:
        _write_templates(buckets, deployers, wishes, out, format)
        return
    made, roles, endpoint = _bootstrap(buckets, deployers, wishes, target, template_bucket, yes=yes)
    if format is OutputFormat.JSON:
        write_json(
            {
                "target": target.value,
                "buckets": [_as_json(one) for one in made],
                "deploy_roles": [role_as_json(one) for one in roles],
            }
        )
        return
    if made:
        _show(made, chosen, settings or [], endpoint)
    show_roles(roles)


def _trusted(written: list[str] | None) -> tuple[str, ...] | None:
    """See ``Wishes.trusted``. Raises InputError where the account is named beside somebody, who would gain nothing."""
    from groundplan.errors import InputError

    if written is None:
        return None
    others = tuple(arn for arn in written if arn != ACCOUNT)
    if others and ACCOUNT in written:
        raise InputError(f"--trust {ACCOUNT} lets everybody whom IAM policies of the account let; leave out the others")
    return others


def _chosen(every: Sequence[LoadedEnvironment], file: Path, names: list[str] | None) -> list[LoadedEnvironment]:
    """The environments that are meant. Raises InputError for one that does not exist."""
    from groundplan.errors import InputError, Problem, suggestion

    known = [loaded.name for loaded in every]
    problems = [
        Problem(f'{file} has no environment "{name}"{suggestion(name, known)}')
        for name in names or ()
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return [loaded for loaded in every if not names or loaded.name in names]


def _write_templates(
    buckets: Sequence[StateBucket],
    deployers: Sequence[Environment],
    wishes: Wishes,
    out: Path,
    format: OutputFormat,
) -> None:
    from groundplan.engines import cloudformation
    from groundplan.operations import deployer
    from groundplan.operations.bootstrap import templates

    rendering = templates(buckets, wishes)
    rendering = replace(rendering, stacks=(*rendering.stacks, *deployer.templates(deployers)))
    written = cloudformation.write(rendering, out) if rendering.stacks else ()
    if format is OutputFormat.JSON:
        write_json({"files": [str(path) for path in written]})
        return
    for path in written:
        write(str(path))


def _bootstrap(
    buckets: Sequence[StateBucket],
    deployers: Sequence[Environment],
    wishes: Wishes,
    target: TargetOption,
    template_bucket: str | None,
    *,
    yes: bool,
) -> tuple[list[Bootstrapped], list[Made], str | None]:
    """What was made, and the endpoint of the local AWS if it is there."""
    from groundplan.operations import deployer
    from groundplan.operations.bootstrap import bring_about, look_ahead
    from groundplan.targets.connection import connect

    if not buckets and not deployers:
        return [], [], None
    connection = connect(target.value)
    found = [look_ahead(connection, bucket, wishes) for bucket in buckets]
    roles = [deployer.look_ahead(connection, environment) for environment in deployers]
    if target is TargetOption.AWS:
        planned = [change for role in roles for change in deployer.changes(connection, role, template_bucket)]
        _confirm_changes(connection, found, planned, yes=yes)
    with Progress() as report:
        made = [bring_about(connection, one, report) for one in found]
        deploying = [deployer.bring_about(connection, one, report, template_bucket) for one in roles]
        return made, deploying, connection.endpoint


def _confirm_changes(
    connection: Connection, found: Sequence[Foundation], of_roles: Sequence[Change], *, yes: bool
) -> None:
    from groundplan.operations.bootstrap import changes

    planned = [*(change for one in found for change in changes(connection, one)), *of_roles]
    for change in planned:
        say(f"  {change.action} {change.resource} ({change.type}) of {change.stack}: {change.why}")
    if planned:
        cost = sum(map(_monthly, found), start=_nothing())
        confirm(
            f"Make {counted(len(planned), 'change')} on AWS? All of it then costs {cost:.2f} USD a month and by use.",
            yes=yes,
        )


def _nothing() -> Decimal:
    from decimal import Decimal

    return Decimal(0)


def _monthly(found: Foundation) -> Decimal:
    from groundplan import cost
    from groundplan.blueprint.models import Usage

    return sum((line.monthly for line in cost.estimate(found.architecture, Usage(), None).lines), start=_nothing())


def _show(
    made: Sequence[Bootstrapped], chosen: Sequence[LoadedEnvironment], settings: Sequence[str], endpoint: str | None
) -> None:
    rows = [
        (
            one.bucket.name,
            one.bucket.region,
            one.result.changed,
            ", ".join(user.name for user in one.bucket.environments),
        )
        for one in made
    ]
    write_table(("state bucket", "region", "changed", "environments"), rows, right=("changed",))
    for one in made:
        for name, value in one.outputs.items():
            if name != "state_bucket":
                write(f"{one.bucket.name}: {name} = {value}")
    write()
    write("Next:")
    if endpoint:
        write('  eval "$(groundplan local env)"')
    for one in made:
        for loaded in one.bucket.environments:
            if loaded in chosen:
                for line in _next_lines(loaded, settings, one.settings):
                    write(f"  {line}")
    write("With the rights of its role alone: add -backend-config='assume_role={role_arn=\"ARN\"}' to terraform init")


def _next_lines(loaded: LoadedEnvironment, written: Sequence[str], settings: Mapping[str, str]) -> tuple[str, str]:
    """Rendering, with the same ``--set`` as here, and what ``terraform init`` has to know."""
    folder = f"terraform/{loaded.name}"
    file = () if loaded.source_file == DEFAULT_FILE else ("-f", str(loaded.source_file))
    over = [part for setting in written for part in ("--set", setting)]
    rendering = ("groundplan", "render", *file, "-e", loaded.name, *over, "--engine", "terraform", "--out", folder)
    configured = (f"-backend-config={name}={value}" for name, value in settings.items())
    return shlex.join(rendering), shlex.join(("terraform", f"-chdir={folder}", "init", *configured))


def _as_json(made: Bootstrapped) -> dict[str, object]:
    from groundplan.design.state import key_of

    return {
        "bucket": made.bucket.name,
        "region": made.bucket.region,
        "stack": made.result.name,
        "status": made.result.status,
        "changed": made.result.changed,
        "kms_key": made.outputs["state_key"],
        "lock_table": made.outputs.get("state_lock_table"),
        "log_bucket": made.outputs.get("state_log_bucket"),
        "copy": {"bucket": made.outputs["state_copy_bucket"], "region": made.outputs["state_copy_region"]}
        if "state_copy_bucket" in made.outputs
        else None,
        "backend_config": dict(made.settings),
        "environments": [
            {"environment": loaded.name, "key": key_of(loaded), "role": made.role(loaded)}
            for loaded in made.bucket.environments
        ],
    }


def _remove(
    buckets: Sequence[StateBucket],
    chosen: Sequence[LoadedEnvironment],
    target: TargetOption,
    *,
    yes: bool,
    format: OutputFormat,
) -> None:
    from groundplan.operations.bootstrap import look_at_removal, remove
    from groundplan.targets.connection import connect

    removed = remove_roles(chosen, target, yes=yes)
    for bucket in buckets:
        connection = connect(target.value)
        going = look_at_removal(connection, bucket)
        if going is None:
            say(f"{bucket.name}: nothing was bootstrapped on {target.value}")
            continue
        for item in going.kept:
            say(f"  {item.address} ({item.physical_id}): goes, with its data")
        users = ", ".join(loaded.name for loaded in bucket.environments)
        confirm(f"Remove {bucket.name} with every old version of the states of {users}, on {target.value}?", yes=yes)
        with Progress() as report:
            remove(connection, going, report)
        removed.append(bucket.name)
    if format is OutputFormat.JSON:
        write_json({"target": target.value, "removed": removed})
        return
    for name in removed:
        write(f"{name}: removed from {target.value}")
