"""The audit record: who did what to an environment, when, at which revision, and how it ended.

It is kept in the account, in the journal ``/groundplan/PROJECT/ENVIRONMENT/deployments``, where everybody who may read
the environment finds it. Values of secrets are not known where it is written.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args
from uuid import uuid4

from groundplan.errors import DeploymentError, EnvironmentalError, GroundplanError
from groundplan.operations.journal import LONGEST, journal
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.operations.events import Report

Result = Literal["under way", "succeeded", "failed", "interrupted"]
"""``under way``: it runs, or it was killed and could not say how it ended."""
_LONGEST_REASON = 1500


@dataclass(frozen=True)
class Revision:
    """What git calls the blueprint that was deployed."""

    commit: str
    """All forty digits."""
    dirty: bool
    """Whether the blueprint's folder had changes that were not committed."""

    def __str__(self) -> str:
        return f"{self.commit[:10]}{' with changes' if self.dirty else ''}"


@dataclass(frozen=True)
class Record:
    """One operation on an environment."""

    id: str
    operation: str
    """The command: ``deploy``, ``destroy``, ``release``, ``rollback``, ``promote``."""
    engine: str
    """``cloudformation``, ``terraform`` or ``ecs``: what did it."""
    by: str
    """ARN of the caller."""
    started: datetime
    result: Result = "under way"
    seconds: float | None = None
    """How long it took; None: not known."""
    version: str = ""
    """Groundplan's."""
    revision: Revision | None = None
    """None: the blueprint lay in no git repository."""
    plan: Mapping[str, int] = field(default_factory=dict)
    """How many resources were to be created, updated, replaced and deleted, by the words of a plan."""
    reason: str = ""
    """Why it failed."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What else the operation wants to have known, like the image of a release."""


@dataclass
class Writing:
    """A record while the operation runs; what it finds out it puts here."""

    plan: dict[str, int] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)


def latest(connection: Connection, architecture: Architecture, *operations: str) -> Record | None:
    """The newest record of the operations, of any without; None: there is none."""
    return next(iter(history(connection, architecture, *operations)), None)


def history(connection: Connection, architecture: Architecture, *operations: str) -> list[Record]:
    """What is remembered of an environment, newest first: the last fifty operations, or those of the named kinds.

    Raises EnvironmentalError where AWS does not let it be read.
    """
    found: dict[str, Record] = {}
    for entry in journal(connection, architecture, "deployments").read().all:
        record = _read(entry.text)
        if record is not None:
            found[record.id] = record
    newest_first = reversed(found.values())
    return [record for record in newest_first if not operations or record.operation in operations]


@contextmanager
def recorded(
    connection: Connection,
    architecture: Architecture,
    operation: str,
    *,
    engine: str,
    report: Report,
    revision: Revision | None = None,
) -> Iterator[Writing]:
    """Keep a record of what is done inside: that it began, and how it ended.

    Where AWS does not take the record a warning is reported, and the operation goes on.
    """
    from groundplan import __version__

    try:
        by = caller(connection, architecture.region)
    except EnvironmentalError as error:
        report(f"warning: there is no audit record of this {operation}: {error}")
        yield Writing()
        return
    record = Record(
        id=uuid4().hex[:12],
        operation=operation,
        engine=engine,
        by=by,
        started=datetime.now(UTC).replace(microsecond=0),
        version=__version__,
        revision=revision,
    )
    writing, begun = Writing(), time.monotonic()

    def write(result: Result, reason: str = "") -> None:
        seconds = None if result == "under way" else round(time.monotonic() - begun, 1)
        written = replace(
            record, result=result, reason=reason, seconds=seconds, plan=writing.plan, details=writing.details
        )
        try:
            journal(connection, architecture, "deployments").append(_text(written))
        except EnvironmentalError as error:
            report(f"warning: there is no audit record of this {operation}: {error}")

    write("under way")
    try:
        yield writing
    except KeyboardInterrupt:
        write("interrupted")
        raise
    except GroundplanError as error:
        if not _out_of_reach(error):
            write("failed", str(error))
        raise
    except Exception as error:
        write("failed", f"a mistake in Groundplan: {type(error).__name__}")
        raise
    write("succeeded")


def caller(connection: Connection, region: str) -> str:
    """ARN of the one whose credentials these are. Everybody may ask for it.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    with explained("Asking AWS who you are"):
        return connection.sts(region).get_caller_identity()["Arn"]


def revision_of(file: Path) -> Revision | None:
    """What git calls the blueprint as it lies there; None: it is in no repository, or there is no git."""
    from groundplan.blueprint.revision import read_git

    try:
        commit = read_git(file, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        changes = read_git(file, "status", "--porcelain", "--untracked-files=all", "--", ".")
    except EnvironmentalError:
        return None
    if commit is None or changes is None:
        return None
    return Revision(commit.decode().strip(), bool(changes.strip()))


def to_data(record: Record) -> dict[str, object]:
    """The record as JSON data. Scripts depend on its shape."""
    revision = record.revision
    return {
        "id": record.id,
        "operation": record.operation,
        "engine": record.engine,
        "by": record.by,
        "started": record.started.isoformat(),
        "result": record.result,
        "seconds": record.seconds,
        "version": record.version,
        "revision": {"commit": revision.commit, "dirty": revision.dirty} if revision else None,
        "plan": dict(record.plan),
        "reason": record.reason,
        "details": dict(record.details),
    }


def _text(record: Record) -> str:
    """The record as the journal keeps it: what is too long for an entry is cut, the reason first."""
    for longest in (_LONGEST_REASON, 300, 0):
        text = json.dumps(to_data(replace(record, reason=record.reason[:longest])), separators=(",", ":"))
        if len(text) <= LONGEST:
            return text
    return json.dumps(to_data(replace(record, reason="", details={})), separators=(",", ":"))


def _read(text: str) -> Record | None:
    """A record; None: somebody else has written this."""
    try:
        data = json.loads(text)
        result: Result = data["result"]
        if result not in get_args(Result):
            return None
        return Record(
            id=str(data["id"]),
            operation=str(data["operation"]),
            engine=str(data["engine"]),
            by=str(data["by"]),
            started=datetime.fromisoformat(data["started"]),
            result=result,
            seconds=None if data["seconds"] is None else float(data["seconds"]),
            version=str(data["version"]),
            revision=Revision(**data["revision"]) if data["revision"] else None,
            plan={str(key): int(value) for key, value in data["plan"].items()},
            reason=str(data["reason"]),
            details={str(key): str(value) for key, value in data["details"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _out_of_reach(error: GroundplanError) -> bool:
    """Whether AWS had stopped answering, so that nothing can be written either."""
    from botocore.exceptions import ConnectionError, HTTPClientError

    link: BaseException | None = error
    while link is not None:
        if isinstance(link, (ConnectionError, HTTPClientError)):
            return True
        link = link.__cause__
    return isinstance(error, DeploymentError) and "stopped answering" in str(error)
