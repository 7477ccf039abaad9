"""``release``, ``rollback``, ``releases``: which images run, without a deployment of the infrastructure."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.alone import alone
from groundplan.cli.engine import connected
from groundplan.cli.options import (
    DEFAULT_FILE,
    BreakLock,
    Environment,
    File,
    Format,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    Yes,
    designed,
)
from groundplan.cli.output import Progress, say, timestamp, write, write_json, write_table
from groundplan.cli.release_pods import Pods, pods_of, tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.operations.lock import Lease
    from groundplan.operations.record import Writing
    from groundplan.operations.release import Released, Revision, Verification, Workload
    from groundplan.operations.release import Settings as ReleaseSettings
    from groundplan.operations.release.images import Runs
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection

Timeout = Annotated[
    int,
    typer.Option(
        "--timeout",
        min=1,
        help="Minutes that new tasks may take; then it is rolled back. Bake times of the blueprint come on top.",
    ),
]
Context = Annotated[
    str | None,
    typer.Option("--context", help="On EKS with --target local: a cluster of your own, by its context."),
]
Outputs = Annotated[
    Path | None,
    typer.Option(
        "--outputs",
        help="On EKS where Terraform has deployed: what `terraform output -json` wrote.",
        show_default=False,
    ),
]
Verify = Annotated[
    str | None,
    typer.Option(
        "--verify",
        help="A path like /health, or a URL, that has to answer with 2xx or 3xx afterwards; else it is rolled back.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(release)
    app.command()(rollback)
    app.command()(releases)


def release(
    service: Annotated[str, typer.Argument(help="The service or job that is to run the image.")],
    image: Annotated[str, typer.Argument(help="Its tag, its digest, or either with the repository before it.")],
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    verify: Verify = None,
    timeout: Timeout = 30,
    context: Context = None,
    outputs_file: Outputs = None,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Run another image: rolling, blue-green or canary as the blueprint says; back by itself if it fails (exit 3).

    Other services can be released meanwhile; deployments and whoever releases the same are told who is at it.
    """
    from groundplan.operations import release as releasing

    loaded, architecture = designed(file, environment, settings)
    if any(item.name == service for item in architecture.workloads):
        pods = pods_of(connected(loaded, target), architecture, service, context, outputs_file)
        checked = _verification(loaded, pods, verify, target)
        with _releasing(pods.connection, architecture, service, break_lock=break_lock, yes=yes) as lease:
            _release_pods(loaded, pods, image, "release", lease, checked, timeout, format)
        return
    several = releasing.named(architecture, service)
    checked = _verification(loaded, several[0], verify, target)
    connection = connected(loaded, target)
    found = releasing.find_image(connection, several[0], image)
    with (
        _releasing(connection, architecture, service, break_lock=break_lock, yes=yes) as lease,
        Progress() as report,
        _recorded(loaded, architecture, connection, "release", report) as writing,
    ):
        writing.details.update(service=service, image=found.reference)
        how = _settings(connection, architecture, timeout, checked, lease)
        done = [releasing.release(connection, several[0], found, report, how)]
        for item in several[1:]:
            lease.require()
            copy = releasing.replicated(connection, item, found.tag, report)
            done.append(releasing.release(connection, item, copy, report, replace(how, verify=None)))
        writing.details.update(image=done[0].image, before=done[0].before, revision=str(done[0].revision))
    _tell(done, target, loaded, format)


def rollback(
    service: Annotated[
        str | None, typer.Argument(help="The service or job. Default: the one that was released last.")
    ] = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    to: Annotated[
        int | None,
        typer.Option("--to", min=1, help="The revision to go back to. Default: what ran before.", show_default=False),
    ] = None,
    verify: Verify = None,
    timeout: Timeout = 30,
    context: Context = None,
    outputs_file: Outputs = None,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Run the image from before again. A release of it that is under way is taken back, whoever is at it."""
    from groundplan.errors import InputError
    from groundplan.operations import release as releasing

    loaded, architecture = designed(file, environment, settings)
    connection = connected(loaded, target)
    service = service or _released_last(connection, architecture)
    if any(item.name == service for item in architecture.workloads):
        if to is not None:
            raise InputError(
                f"--to: revisions are those of ECS; groundplan release {service} TAG brings any image back"
            )
        pods = pods_of(connection, architecture, service, context, outputs_file)
        checked = _verification(loaded, pods, verify, target)
        with _taking_back(connection, architecture, service, break_lock=break_lock, yes=yes) as lease:
            _release_pods(loaded, pods, pods.earlier(), "rollback", lease, checked, timeout, format)
        return
    several = releasing.named(architecture, service)
    checked = _verification(loaded, several[0], verify, target)
    releasing.running(connection, several[0])  # what is not deployed leaves no record
    with (
        _taking_back(connection, architecture, service, break_lock=break_lock, yes=yes) as lease,
        Progress() as report,
        _recorded(loaded, architecture, connection, "rollback", report) as writing,
    ):
        writing.details.update(service=several[0].name)
        how = _settings(connection, architecture, timeout, checked, lease)
        # A number is that of one family; in the standby the same image may have another.
        first = releasing.rollback(connection, several[0], report, how, to=to)
        quietly = replace(how, verify=None)
        done = [first, *(releasing.rollback_to(connection, item, first, report, quietly) for item in several[1:])]
        writing.details.update(image=first.image, before=first.before, revision=str(first.revision))
    _tell(done, target, loaded, format)


def releases(
    service: Annotated[str | None, typer.Argument(help="One service or job. Default: all.")] = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Revisions of each.")] = 10,
    format: Format = OutputFormat.TABLE,
) -> None:
    """The revisions of each service and job, newest first: image, when, by whom, and which one runs."""
    from groundplan.operations import release as releasing

    loaded, architecture = designed(file, environment, settings)
    connection = connected(loaded, target)
    if architecture.workloads:
        _tell_records(loaded, architecture, connection, service, limit, format)
        return
    several = releasing.named(architecture, service) if service else releasing.workloads(architecture)
    found = [pair for item in several for pair in _listed(connection, item, limit)]
    if format is OutputFormat.JSON:
        listed = [_as_data(item, revision, now) for item, revision, now in found]
        write_json({"target": target.value, "environment": loaded.name, "revisions": listed})
        return
    write_table(
        ("service", "revision", "image", "when", "by", "now"),
        [
            (
                item.told,
                revision.number,
                revision.tag,
                f"{revision.registered:%Y-%m-%d %H:%M:%S}" if revision.registered else "",
                revision.by or "infrastructure",
                now,
            )
            for item, revision, now in found
        ],
        right=("revision",),
    )


def _tell_records(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    connection: Connection,
    service: str | None,
    limit: int,
    format: OutputFormat,
) -> None:
    """Of pods the audit record says what was released: a Deployment has no revisions that stay."""
    from groundplan.errors import InputError, suggestion
    from groundplan.operations.record import history, to_data

    known = [item.name for item in architecture.workloads]
    if service is not None and service not in known:
        raise InputError(f'no service and no job is called "{service}"{suggestion(service, known)}')
    every = history(connection, architecture, "release", "rollback")
    found = [item for item in every if service in (None, item.details.get("service"))][:limit]
    if format is OutputFormat.JSON:
        listed = [to_data(item) for item in found]
        write_json({"target": connection.target, "environment": loaded.name, "releases": listed})
        return
    write_table(
        ("service", "image", "before", "when", "by", "result"),
        [
            (
                item.details.get("service", ""),
                item.details.get("image", "").rpartition("/")[2],
                item.details.get("before", ""),
                f"{item.started:%Y-%m-%d %H:%M:%S}",
                item.by.rpartition(":")[2],
                item.result,
            )
            for item in found
        ],
    )


def _listed(connection: Connection, item: Workload, limit: int) -> Iterator[tuple[Workload, Revision, str]]:
    """The revisions of a service or job, each with what has become of it."""
    from groundplan.operations import release as releasing

    runs = releasing.running(connection, item)
    ended = releasing.outcomes(connection, item) if item.service else {}
    for revision in releasing.history(connection, item, limit):
        if revision.number == runs.number:
            now = "runs"
        elif ended.get(revision.arn, "SUCCESSFUL") != "SUCCESSFUL":
            now = ended[revision.arn].lower().replace("_", " ").replace("rollback successful", "failed, rolled back")
        else:
            now = "" if revision.active else "taken back"
        yield item, revision, now


def _as_data(item: Workload, revision: Revision, now: str) -> dict[str, object]:
    return {
        "service": item.name,
        "region": item.region,
        "revision": revision.number,
        "image": revision.image,
        "tag": revision.tag,
        "registered": timestamp(revision.registered),
        "by": revision.by or None,
        "release": revision.is_release,
        "active": revision.active,
        "runs": now == "runs",
        "now": now,
    }


def _release_pods(
    loaded: LoadedEnvironment,
    pods: Pods,
    image: str,
    operation: str,
    lease: Lease,
    verification: Verification | None,
    timeout: int,
    format: OutputFormat,
) -> None:
    from groundplan.operations.release import find_image

    found = find_image(pods.connection, pods, image)
    pods.cluster()  # where it does not answer there is nothing to keep a record of
    report = Progress()
    with _recorded(loaded, pods.architecture, pods.connection, operation, report, engine="kubernetes") as writing:
        done = pods.release(found, writing, timeout, _while_held(verification, lease))
    if format is OutputFormat.JSON:
        write_json({"target": pods.connection.target, "environment": loaded.name, "releases": [done]})
    else:
        tell(done)


def _released_last(connection: Connection, architecture: Architecture) -> str:
    """The service or job that was released last. Raises InputError where nothing ever was."""
    from groundplan.errors import InputError
    from groundplan.operations.record import latest

    record = latest(connection, architecture, "release", "rollback")
    if record is None or "service" not in record.details:
        raise InputError(f"nothing has been released to {architecture.stage} yet: there is nothing to go back from")
    say(f"{record.details['service']} was released last")
    return record.details["service"]


def _verification(
    loaded: LoadedEnvironment, workload: Runs, written: str | None, target: TargetOption
) -> Verification | None:
    from groundplan.operations.release import Verification, url_of

    if written is None:
        return None
    service = loaded.blueprint.services.get(workload.name)
    url = url_of(workload, service.public if service else None, written)
    if target is TargetOption.LOCAL:
        say(f"{url} is not asked: no container runs in the local AWS, so nothing would answer")
        return None
    return Verification(url)


def _releasing(
    connection: Connection, architecture: Architecture, service: str, *, break_lock: bool, yes: bool
) -> AbstractContextManager[Lease]:
    return alone(connection, architecture, f"release {service}", part=service, break_lock=break_lock, yes=yes)


def _taking_back(
    connection: Connection, architecture: Architecture, service: str, *, break_lock: bool, yes: bool
) -> AbstractContextManager[Lease]:
    """Of who releases it the lock is taken over: that is what a rollback is for."""
    return alone(
        connection, architecture, f"rollback {service}", part=service, instead_of=f"release {service}",
        break_lock=break_lock, yes=yes,
    )  # fmt: skip


def _while_held(verification: Verification | None, lease: Lease) -> Verification | None:
    """The same, and nothing goes back after it where somebody else has taken the release over meanwhile."""
    return verification and replace(verification, require=lease.require)


def _settings(
    connection: Connection, architecture: Architecture, timeout: int, verification: Verification | None, lease: Lease
) -> ReleaseSettings:
    from groundplan.operations.record import caller
    from groundplan.operations.release import Settings

    by = caller(connection, architecture.region).rpartition(":")[2]
    return Settings(by, 60.0 * timeout, _while_held(verification, lease))


@contextmanager
def _recorded(
    loaded: LoadedEnvironment,
    architecture: Architecture,
    connection: Connection,
    operation: str,
    report: Progress,
    engine: str = "ecs",
) -> Iterator[Writing]:
    from groundplan.operations.record import recorded, revision_of

    revision = revision_of(loaded.source_file)
    with recorded(connection, architecture, operation, engine=engine, report=report, revision=revision) as writing:
        yield writing


def _tell(done: list[Released], target: TargetOption, loaded: LoadedEnvironment, format: OutputFormat) -> None:
    if format is OutputFormat.JSON:
        rounded = [{**asdict(item), "seconds": round(item.seconds, 1)} for item in done]
        write_json({"target": target.value, "environment": loaded.name, "releases": rounded})
        return
    for item in done:
        what = f"{item.name} in {item.region}" if len(done) > 1 else item.name
        if item.changed:
            runs = (
                f"runs {item.now}, as before {item.before}"
                if item.stopped
                else f"runs {item.now}, before {item.before}"
            )
            write(f"{what}: {runs} (revision {item.revision}, {item.seconds:.1f} s)")
        else:
            write(f"{what}: runs {item.now} already (revision {item.revision})")
