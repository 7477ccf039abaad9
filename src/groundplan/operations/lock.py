"""Who is at work on an environment: one at a time, whichever machine they sit at.

The lock is a journal (``/groundplan/PROJECT/ENVIRONMENT/lock``). An entry says who holds it, and after which entry it
was written; it counts only if that was the holder's last entry then. So of two who take it at the same moment one has
it, and the other sees that: AWS numbers what it is given, and nothing is overwritten or deleted. A holder writes again
every minute; who has not done so for five is taken for dead, and one on this machine whose process has ended is dead.

A release holds the lock of its service or job (``lock-web``) and not the environment's: services are released side by
side, and none while somebody is at work on the whole, nor the other way round. Each takes its own first and looks at
the other's then, so that of two who meet at least one sees it.

It is a courtesy that says who and since when. What keeps two deployments from spoiling a stack is CloudFormation, which
does one thing with a stack at a time and executes no change set that was made before another.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from groundplan.errors import EnvironmentalError, GroundplanError
from groundplan.operations.journal import Entries, Journal, journal
from groundplan.operations.record import caller
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from groundplan.operations.events import Report

LEASE = timedelta(minutes=5)
"""Without a sign of life for so long a holder is taken for dead."""
REFRESH = timedelta(minutes=1)
"""Time between two signs of life."""
_MOST_ATTEMPTS = 20
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    """Who holds a lock."""

    token: str
    """A word of its own for each entry."""
    doing: str
    """The command: ``deploy``."""
    by: str
    """ARN of the caller."""
    user: str
    """Who it is on their machine: ``jane@laptop``."""
    machine: str
    """What tells this machine, as its processes see it, from every other."""
    process: int
    began: int
    """When the process began, as the machine counts: numbers of processes come again."""
    since: datetime
    after: str | None = None
    """Token of the entry that this one follows; None: it is the first."""
    free: bool = False
    """Whether the lock has been given back."""
    seen: datetime = _LONG_AGO
    """Its last sign of life, by AWS's clock."""
    idle: timedelta = timedelta()
    """How long ago that was."""

    @property
    def dead(self) -> bool:
        """Whether it has ended without giving the lock back: no sign of life for too long, or here, and no process."""
        return self.idle > LEASE or (self.machine == this_machine() != "" and _beginning(self.process) != self.began)

    @property
    def whose(self) -> tuple[str, str, int, int, datetime]:
        """What all entries of one holder have in common."""
        return self.user, self.machine, self.process, self.began, self.since

    def __str__(self) -> str:
        return f"{self.by} ({self.user}, process {self.process})"


class HeldError(EnvironmentalError):
    """Somebody else is at work on the environment."""

    def __init__(self, holder: Holder, stage: str) -> None:
        left = max(LEASE - holder.idle, timedelta())
        super().__init__(
            f"{stage} is being worked on by somebody else: `groundplan {holder.doing}` of {holder}, since "
            f"{holder.since:%Y-%m-%d %H:%M:%S} UTC, last sign of life {holder.idle.total_seconds():.0f} s ago. Wait "
            f"until that has ended; if it was killed, the lock ends by itself in {left.total_seconds():.0f} s, or "
            "at once with --break-lock"
        )
        self.holder = holder


@dataclass
class Lease:
    """A lock that is held. It is refreshed as long as it is held."""

    journal: Journal
    stage: str
    mine: Holder
    lost: threading.Event = field(default_factory=threading.Event)
    """Set once somebody else has taken the lock."""
    taken_by: Holder | None = None
    when_lost: Callable[[], None] = lambda: None
    """What happens at that moment, in the thread that sees it."""
    _ended: threading.Event = field(default_factory=threading.Event, repr=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def require(self) -> None:
        """Raises EnvironmentalError where the lock is no longer held."""
        if self.lost.is_set():
            whose = f" by {self.taken_by}" if self.taken_by else ""
            raise EnvironmentalError(
                f"The lock of {self.stage} was taken{whose} meanwhile; nothing new was begun. Try again once that has "
                "ended"
            )

    def refresh(self) -> None:
        """Give a sign of life."""
        self._write(replace(self.mine, token=uuid4().hex[:12], after=self.mine.token))

    def give_back(self) -> None:
        """End the lease."""
        self._ended.set()
        self._write(replace(self.mine, token=uuid4().hex[:12], after=self.mine.token, free=True))

    def _write(self, entry: Holder) -> None:
        with self._writing:
            if self.lost.is_set() or self.mine.free:
                return
            entry = replace(entry, after=self.mine.token)
            version = self.journal.append(_text(entry))
            now = current(self.journal.read(up_to=version))
            if now is not None and now.token == entry.token:
                self.mine = entry
            else:
                self.taken_by = now
                self.lost.set()
                self.when_lost()

    def keep(self, every: float) -> None:
        """Refresh until the lease ends. A sign of life that AWS does not take is given again the next time."""
        while not self._ended.wait(every):
            try:
                self.refresh()
            except GroundplanError:
                continue


def look(connection: Connection, architecture: Architecture, part: str = "") -> list[Holder]:
    """Who of the living is in the way of work on an environment, or on the service, job or store called ``part``.

    Raises EnvironmentalError where AWS does not let it be read.
    """
    places = [_place(connection, architecture, part), *_beside(connection, architecture, part)]
    return [holder for place in places if (holder := _alive(place)) is not None]


@contextmanager
def held(
    connection: Connection,
    architecture: Architecture,
    doing: str,
    *,
    part: str = "",
    break_lock: bool = False,
    instead_of: str = "",
    report: Report,
    every: float = REFRESH.total_seconds(),
) -> Iterator[Lease]:
    """Hold the lock of an environment inside, or that of one ``part`` of it: a service, a job, a store.

    ``doing`` is the command. ``break_lock`` takes the lock from who holds it, ``instead_of`` from who holds that of
    the part with this command; that one begins nothing new. ``every``: seconds between two signs of life. Raises
    HeldError where somebody else holds it, EnvironmentalError where AWS does not let it be written. That it could not
    be given back is reported as a warning.
    """
    lease = take(connection, architecture, doing, part=part, break_lock=break_lock, instead_of=instead_of)
    threading.Thread(target=lease.keep, args=(every,), name="lock", daemon=True).start()
    try:
        yield lease
    finally:
        try:
            lease.give_back()
        except GroundplanError as error:
            report(f"warning: the lock of {lease.stage} ends by itself in {LEASE.seconds // 60} minutes: {error}")


def take(
    connection: Connection,
    architecture: Architecture,
    doing: str,
    *,
    part: str = "",
    break_lock: bool = False,
    instead_of: str = "",
) -> Lease:
    """Take the lock. See :func:`held`."""
    me = Holder(
        token="",
        doing=doing,
        by=caller(connection, architecture.region),
        user=_user(),
        machine=this_machine(),
        process=os.getpid(),
        began=_beginning(os.getpid()) or 0,
        since=datetime.now(UTC).replace(microsecond=0),
    )
    others = _beside(connection, architecture, part)
    if not break_lock:  # whoever cannot have it should not be in anybody's way for a moment either
        _require_free(others, architecture.stage)
    lease = _take(
        _place(connection, architecture, part), architecture.stage, me, break_lock=break_lock, instead_of=instead_of
    )
    try:
        if break_lock:
            for place in others:
                if _alive(place) is not None:
                    _take(place, architecture.stage, me, break_lock=True).give_back()
        _require_free(others, architecture.stage)
    except GroundplanError:
        lease.give_back()
        raise
    return lease


def _take(place: Journal, stage: str, me: Holder, *, break_lock: bool, instead_of: str = "") -> Lease:
    found = current(place.read())
    # Whoever is faster than this is somebody else than the one who is to be broken.
    broken = found.whose if found is not None and (break_lock or found.doing == instead_of) else None
    for _ in range(_MOST_ATTEMPTS):
        if found is not None and not (found.free or found.dead or found.whose == broken):
            raise HeldError(found, stage)
        mine = replace(me, token=uuid4().hex[:12], after=found.token if found else None)
        version = place.append(_text(mine))
        found = current(place.read(up_to=version))
        if found is not None and found.token == mine.token:
            return Lease(place, stage, mine)
    raise EnvironmentalError(f"{stage}: others take the lock again and again. Try again later")


def _place(connection: Connection, architecture: Architecture, part: str) -> Journal:
    return journal(connection, architecture, f"lock-{part}" if part else "lock")


def _beside(connection: Connection, architecture: Architecture, part: str) -> list[Journal]:
    """Whose work excludes this one: of a part that on the whole, of the whole each release to a service or job."""
    from groundplan.operations.release.workloads import workloads  # here, since it knows all that is released

    if part:
        return [_place(connection, architecture, "")]
    names = [*(item.name for item in workloads(architecture)), *(item.name for item in architecture.workloads)]
    return [_place(connection, architecture, name) for name in dict.fromkeys(names)]


def _alive(place: Journal) -> Holder | None:
    found = current(place.read())
    return None if found is None or found.free or found.dead else found


def _require_free(places: Sequence[Journal], stage: str) -> None:
    for place in places:
        if holder := _alive(place):
            raise HeldError(holder, stage)


def current(entries: Entries) -> Holder | None:
    """The last entry that counts; None: the lock was never taken."""
    written = [(_read(entry.text), entry.written) for entry in entries.all]
    holders = [replace(holder, seen=seen) for holder, seen in written if holder is not None]
    found = _first(holders, whole=not entries.all or entries.all[0].version == 1)
    begun = False
    for holder in holders:
        if found is not None and holder.token == found.token:
            begun = True
        elif begun and found is not None and holder.after == found.token:
            found = holder
    return replace(found, idle=entries.now - found.seen) if found else None


def _first(holders: Sequence[Holder], *, whole: bool) -> Holder | None:
    """The first entry that counts. ``whole``: AWS has not forgotten any; else it is the first that another has built
    upon, which is done with entries that count only."""
    if whole:
        return next((holder for holder in holders if holder.after is None), None)
    built_upon = {holder.after for holder in holders}
    return next((holder for holder in holders if holder.token in built_upon), None)


def _text(holder: Holder) -> str:
    data = {
        "token": holder.token, "after": holder.after, "free": holder.free, "doing": holder.doing, "by": holder.by,
        "user": holder.user, "machine": holder.machine, "process": holder.process, "began": holder.began,
        "since": holder.since.isoformat(),
    }  # fmt: skip
    return json.dumps(data, separators=(",", ":"))


def _read(text: str) -> Holder | None:
    """A holder; None: somebody else has written this."""
    try:
        data = json.loads(text)
        return Holder(
            token=str(data["token"]),
            after=None if data["after"] is None else str(data["after"]),
            free=data["free"] is True,
            doing=str(data["doing"]),
            by=str(data["by"]),
            user=str(data["user"]),
            machine=str(data["machine"]),
            process=int(data["process"]),
            began=int(data["began"]),
            since=datetime.fromisoformat(data["since"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _user() -> str:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        name = str(os.getuid()) if hasattr(os, "getuid") else "somebody"
    return f"{name}@{socket.gethostname()}"


def this_machine() -> str:
    """This start of this machine, and within it the processes that see one another; empty where nothing tells.

    Containers have a hostname in common often enough, and process numbers always.
    """
    if sys.platform != "linux":
        return ""
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{start}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _beginning(process: int) -> int | None:
    """When a process of this machine began; None: it has ended, or nothing tells.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    try:
        state, *fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return None if state in "ZX" else int(fields[18])
    except (OSError, ValueError, IndexError):
        return None
