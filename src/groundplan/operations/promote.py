"""Promotion: what one environment runs, brought to the next: its revision of the blueprint, and its images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.errors import InputError
from groundplan.operations import release
from groundplan.operations.record import Record, Revision, latest
from groundplan.operations.release import Image, Workload
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment, Source


@dataclass(frozen=True)
class Difference:
    """A value of the blueprint that two environments have differently."""

    path: str
    """Like ``services.api.count``."""
    source: str
    """As JSON; empty where it is not there."""
    target: str


@dataclass(frozen=True)
class Move:
    """The image of one service or job, and where it goes."""

    name: str
    input: str
    """The input that has the tag of its first image: ``api_image_tag``."""
    tag: str
    """What the first environment runs."""
    before: str | None
    """Tag that the next one runs; None: it is not deployed there yet."""
    images: tuple[tuple[Workload, Image], ...] = ()
    """What is to run where, primary region first. Empty: its deployment brings it."""

    @property
    def changes(self) -> bool:
        """Whether the next environment runs another image."""
        return self.before != self.tag


def deployed_record(connection: Connection, architecture: Architecture) -> Record:
    """The record of the last deployment of an environment. Raises InputError where it has none, or it failed."""
    found = latest(connection, architecture, "deploy", "promote")
    if found is None:
        raise InputError(
            f"{architecture.stage} has no record of a deployment on {connection.target}: run groundplan deploy there "
            "first. groundplan history shows what is recorded"
        )
    if found.result != "succeeded":
        raise InputError(
            f"the last deployment of {architecture.stage}, {found.started:%Y-%m-%d %H:%M} UTC, is {found.result}: only "
            f"what has been deployed as a whole is promoted. Run groundplan deploy there again"
        )
    return found


def revision_to_promote(record: Record, stage: str, *, dirty: bool) -> Revision | None:
    """The revision that an environment runs. None: the working tree, since a person has said so (``dirty``).

    Raises InputError where nobody can say what it runs.
    """
    revision = record.revision
    if revision is not None and not revision.dirty:
        return revision
    if dirty:
        return None
    what = (
        f"was deployed from {revision}" if revision else "was deployed from a blueprint that lay in no git repository"
    )
    raise InputError(
        f"{stage} {what}: what it runs is no revision that could be promoted. Commit, deploy {stage} again, and "
        "promote that; or --dirty to promote the working tree as it is now"
    )


def at_revision(source: Source, file: Path, name: str) -> LoadedEnvironment:
    """An environment of a blueprint as some revision had it, standing where the file is now.

    Raises InputError where the revision has no such environment, or it is wrong.
    """
    return replace(source.environment(name), source_file=file)


def differences(source: LoadedEnvironment, target: LoadedEnvironment) -> list[Difference]:
    """The values that the next environment has otherwise than the first, by their path."""
    first, second = (dict(_flat(item.blueprint.model_dump(mode="json", by_alias=True))) for item in (source, target))
    return [
        Difference(path, first.get(path, ""), second.get(path, ""))
        for path in sorted(first.keys() | second.keys())
        if first.get(path) != second.get(path)
    ]


def _flat(content: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        inner = f"{path}.{key}".removeprefix(".")
        if isinstance(value, Mapping) and value:
            yield from _flat(value, inner)
        elif value not in (None, {}, []):
            yield inner, json.dumps(value, ensure_ascii=False, default=str)


def moves(connection: Connection, source: Architecture, target: Architecture) -> list[Move]:
    """What the services and jobs of the next environment are to run. Services of EKS are not among them.

    Raises InputError where an image is not in the repository that the next environment takes it from.
    """
    tags = release.running_tags(connection, source)
    running = release.running_tags(connection, target)
    found: list[Move] = []
    missing: list[str] = []
    for item in release.workloads(target):
        if item.standby or item.input not in tags:
            continue
        tag, before = tags[item.input], running.get(item.input)
        several = [one for one in release.workloads(target) if one.name == item.name]
        if before is None or before == tag:
            found.append(Move(item.name, item.input, tag, before))
            continue
        try:
            image = release.find_image(connection, item, tag)
        except InputError as error:
            missing.append(f"{error}\n  {_how_to_copy(connection, source, item, tag)}")
            continue
        _same_content(connection, source, item, image)
        images = [(item, image), *((one, image) for one in several if one.standby)]
        found.append(Move(item.name, item.input, tag, before, tuple(images)))
    if missing:
        raise InputError("\n".join(missing))
    return found


def _origin(source: Architecture, target: Workload) -> Workload | None:
    return next((one for one in release.workloads(source) if one.name == target.name and not one.standby), None)


def _how_to_copy(connection: Connection, source: Architecture, target: Workload, tag: str) -> str:
    """The command that brings an image from one repository to the other as it is."""
    origin = _origin(source, target)
    try:
        reference = release.find_image(connection, origin, tag).reference if origin else ""
    except InputError:
        reference = ""
    into = f"REGISTRY/{target.repository.repository_name}:{tag}"
    if reference:
        into = f"{reference.partition('/')[0]}/{target.repository.repository_name}:{tag}"
    return f"Copy it first: docker buildx imagetools create --prefer-index=false -t {into} {reference or 'IMAGE'}"


def _same_content(connection: Connection, source: Architecture, target: Workload, image: Image) -> None:
    """Raises InputError where the tag names other content in the next environment's repository."""
    origin = _origin(source, target)
    if origin is None:
        return
    running = release.find_image(connection, origin, image.tag)
    if running.digest != image.digest:
        raise InputError(
            f"{target.name}: {image.reference} is not what {source.stage} runs: its digest is {image.digest}, that of "
            f"{running.reference} {running.digest}. A tag names one image for ever; push the one that was tested"
        )
