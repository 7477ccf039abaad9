"""Release and rollback: which revision comes next, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from groundplan.errors import DeploymentError, EnvironmentalError, GroundplanError, InputError
from groundplan.operations.events import Report
from groundplan.operations.release import revisions, rollout
from groundplan.operations.release.images import Image, find_image
from groundplan.operations.release.revisions import Revision
from groundplan.operations.release.workloads import Workload
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceDeploymentTypeDef

Verify = Callable[[Workload, Report], None]
"""Looks whether what was released works. Raises DeploymentError where it does not."""


@dataclass(frozen=True)
class Settings:
    """How a release is made."""

    by: str
    """Who makes it; stands in the tags of the revision."""
    timeout: float = 1800.0
    """Seconds after which a deployment that has not ended is rolled back, beside the waits that the blueprint asks
    for."""
    verify: Verify | None = None


@dataclass(frozen=True)
class Released:
    """What a release or a rollback did to one service or job."""

    name: str
    region: str
    strategy: str
    before: str
    """Tag of the image that ran."""
    now: str
    """Tag of the image that runs."""
    image: str
    revision: int
    """Of the task definition."""
    changed: bool
    seconds: float
    stopped: bool = False
    """Whether a deployment under way was taken back, instead of one that had ended."""


def release(connection: Connection, workload: Workload, image: Image, report: Report, settings: Settings) -> Released:
    """Let a service or a job run another image.

    Raises EnvironmentalError where somebody else's release is under way, or nothing is deployed; DeploymentError where
    the release failed, with the reason and what runs now.
    """
    began = time.monotonic()
    before = revisions.running(connection, workload)
    resumed = _under_way(connection, workload, image)
    if resumed is not None:
        told = f"{workload.told}: the release of {image.tag} is under way already; watching it"
        report(told)
        arn, new = resumed
        return _to_its_end(connection, workload, before, new, arn, report, settings, began)
    source = revisions.base(connection, workload)
    if before.image == image.reference and before.settings == source.number:
        report(f"{workload.told}: runs {image.tag} already")
        return _done(workload, before, before, began, changed=False)
    marks = _marks(settings, before, source)
    new = revisions.register(connection, workload, source, image, marks)
    report(f"{workload.told}: {before.tag} to {image.tag}, revision {new.number} of {workload.definition.family}")
    return _take_over(connection, workload, before, new, report, settings, began)


def rollback(
    connection: Connection, workload: Workload, report: Report, settings: Settings, *, to: int | None = None
) -> Released:
    """Let a service or a job run what it ran before, or the revision with the number ``to``.

    A release that is under way is taken back. Raises InputError where there is nothing to go back to.
    """
    began = time.monotonic()
    current = revisions.running(connection, workload)
    if to is None and workload.service is not None and (deployment := rollout.under_way(connection, workload)):
        return _taken_back(connection, workload, deployment, report, settings, began)
    wanted = _earlier(connection, workload, current) if to is None else _numbered(connection, workload, to)
    if wanted.number == current.number:
        report(f"{workload.told}: runs revision {wanted.number} already")
        return _done(workload, current, current, began, changed=False)
    image = find_image(connection, workload, wanted.tag)
    report(f"{workload.told}: {current.tag} back to {wanted.tag}, revision {wanted.number}")
    if workload.service is None or not wanted.active:
        # A job starts from the newest revision, and nothing starts from one that was taken back.
        marks = _marks(settings, current, revisions.base(connection, workload))
        wanted = revisions.register(connection, workload, wanted, image, marks)
    return _take_over(connection, workload, current, wanted, report, settings, began)


def follow(connection: Connection, workload: Workload, report: Report, settings: Settings) -> Released | None:
    """Let a service take over what the infrastructure has changed in its task definition, with the image that it runs.

    Terraform registers such a revision, and leaves the service alone. None: there is nothing to take over.
    """
    began = time.monotonic()
    if workload.service is None:
        return None
    before, source = revisions.running(connection, workload), revisions.base(connection, workload)
    if before.base == source.number:
        return None
    new = source
    if source.image != before.image:
        image = Image(before.image.partition(":")[0], before.tag, before.tags.get(revisions.DIGEST, ""))
        new = revisions.register(connection, workload, source, image, _marks(settings, before, source))
    report(
        f"{workload.told}: takes over revision {new.number} of {workload.definition.family}, with {new.tag} as before"
    )
    return _take_over(connection, workload, before, new, report, settings, began)


def rollback_to(
    connection: Connection, workload: Workload, primary: Released, report: Report, settings: Settings
) -> Released:
    """Let the standby run what its primary has gone back to."""
    current = revisions.running(connection, workload)
    if primary.now == current.tag:
        return _done(workload, current, current, time.monotonic(), changed=False)
    return release(connection, workload, find_image(connection, workload, primary.now), report, settings)


def _under_way(connection: Connection, workload: Workload, image: Image) -> tuple[str, Revision] | None:
    """A deployment of the same image that has not ended. Raises EnvironmentalError for one of another image."""
    deployment = rollout.under_way(connection, workload) if workload.service is not None else None
    if deployment is None:
        return None
    brings = revisions.describe(connection, workload, rollout.target_of(connection, workload, deployment))
    if brings.image == image.reference and not deployment.get("status", "").startswith("ROLLBACK"):
        return deployment.get("serviceDeploymentArn", ""), brings
    who = f" by {brings.by}" if brings.by else ""
    since = deployment.get("startedAt") or deployment.get("createdAt")
    when = f" since {since:%H:%M:%S}" if since else ""
    raise EnvironmentalError(
        f"{workload.told}: {brings.tag} is being deployed{who}{when} ({deployment.get('status')}). Wait for its end, "
        f"or take it back with groundplan rollback {workload.name}"
    )


def _marks(settings: Settings, before: Revision, source: Revision) -> dict[str, str]:
    return {
        revisions.AT: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        revisions.BY: settings.by,
        revisions.BASE: str(source.number),
        revisions.REPLACED: str(before.number),
    }


def _take_over(
    connection: Connection,
    workload: Workload,
    before: Revision,
    new: Revision,
    report: Report,
    settings: Settings,
    began: float,
) -> Released:
    if workload.service is None:
        report(f"{workload.told}: its next start runs {new.tag}")
        return _done(workload, before, new, began)
    arn = rollout.begin(connection, workload, new.arn)
    return _to_its_end(connection, workload, before, new, arn, report, settings, began)


def _to_its_end(
    connection: Connection,
    workload: Workload,
    before: Revision,
    new: Revision,
    arn: str,
    report: Report,
    settings: Settings,
    began: float,
) -> Released:
    try:
        end = rollout.watch(connection, workload, arn, report, seconds=settings.timeout + planned(workload))
    except KeyboardInterrupt:
        report(
            f"{workload.told}: nobody watches now; ECS goes on and rolls back by itself if it fails. groundplan "
            f"release {workload.name} {new.tag} watches again, groundplan rollback {workload.name} takes it back"
        )
        raise
    if not end.succeeded:
        raise DeploymentError(_failure(connection, workload, new, end))
    report(f"{workload.told}: runs {new.tag}")
    if settings.verify is not None:
        try:
            settings.verify(workload, report)
        except DeploymentError as error:
            raise _unverified(connection, workload, before, new, error, report, settings) from error
    return _done(workload, before, new, began)


def _failure(connection: Connection, workload: Workload, new: Revision, end: rollout.Rollout) -> str:
    why = f"{workload.told}: {new.tag} was not taken over: {end.why or end.status}"
    if end.rolled_back:
        return f"{why}. Rolled back: {revisions.running(connection, workload).tag} runs as before"
    return (
        f"{why}. ECS did not roll back ({end.status}); groundplan rollback {workload.name} brings back what ran before"
    )


def _unverified(
    connection: Connection,
    workload: Workload,
    before: Revision,
    new: Revision,
    error: DeploymentError,
    report: Report,
    settings: Settings,
) -> DeploymentError:
    """Go back from a release that does not answer as it should."""
    report(f"{error}; rolling back")
    why = f"{workload.told}: {new.tag} runs, and {error}"
    quietly = Settings(settings.by, settings.timeout)
    try:
        back = rollback(connection, workload, report, quietly, to=before.number)
    except GroundplanError as worse:
        return DeploymentError(f"{why}. Going back to {before.tag} failed as well: {worse}")
    return DeploymentError(f"{why}. Rolled back: {back.now} runs as before")


def _taken_back(
    connection: Connection,
    workload: Workload,
    deployment: ServiceDeploymentTypeDef,
    report: Report,
    settings: Settings,
    began: float,
) -> Released:
    brings = revisions.describe(connection, workload, rollout.target_of(connection, workload, deployment))
    report(f"{workload.told}: taking back the deployment of {brings.tag}, which is under way")
    arn = deployment.get("serviceDeploymentArn", "")
    rollout.stop(connection, workload, arn)
    end = rollout.watch(connection, workload, arn, report, seconds=settings.timeout)
    if end.succeeded:
        raise DeploymentError(
            f"{workload.told}: the deployment of {brings.tag} ended before it could be taken back; run groundplan "
            f"rollback {workload.name} again to go back from it"
        )
    if not end.rolled_back:
        raise DeploymentError(f"{workload.told}: {brings.tag} could not be taken back: {end.why or end.status}")
    now = revisions.running(connection, workload)
    return _done(workload, brings, now, began, stopped=True)


def _earlier(connection: Connection, workload: Workload, current: Revision) -> Revision:
    """What ran before: as the release says, else what ran last with another image."""
    if current.replaced is not None:
        return _numbered(connection, workload, current.replaced)
    if workload.service is None:
        candidates = iter(revisions.history(connection, workload, most=20))
    else:
        ended = rollout.outcomes(connection, workload)
        good = (arn for arn, status in ended.items() if status == "SUCCESSFUL")
        candidates = (revisions.describe(connection, workload, arn) for arn in good)
    for item in candidates:
        if item.image != current.image and (workload.service or item.number < current.number):
            return item
    raise InputError(
        f"{workload.told} has run nothing but {current.tag}: there is nothing to go back to; groundplan releases "
        f"{workload.name} lists its revisions"
    )


def _numbered(connection: Connection, workload: Workload, number: int) -> Revision:
    found = revisions.find(connection, workload, number)
    if found is not None:
        return found
    listed = ", ".join(str(item.number) for item in revisions.history(connection, workload, most=5))
    raise InputError(
        f"{workload.definition.family} has no revision {number}; the newest are {listed}. groundplan releases "
        f"{workload.name} lists them with their images"
    )


def planned(workload: Workload) -> float:
    """Seconds that the blueprint itself has a deployment wait while requests move and old tasks stay."""
    service = workload.service
    if service is None:
        return 0.0
    minutes = service.bake_time or 0
    if service.gradual_shift:
        step = int(service.gradual_shift.percent)
        steps = 1 if service.deployment_strategy == "CANARY" else len(range(step, 100, step))
        minutes += steps * service.gradual_shift.bake_time
    return 60.0 * minutes


def _done(
    workload: Workload, before: Revision, now: Revision, began: float, *, changed: bool = True, stopped: bool = False
) -> Released:
    return Released(
        workload.name, workload.region, workload.strategy, before.tag, now.tag, now.image, now.number, changed,
        time.monotonic() - began, stopped,
    )  # fmt: skip
