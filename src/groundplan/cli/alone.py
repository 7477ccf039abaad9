"""One at a time: what a command does while nobody else is at work on the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from groundplan.cli.options import confirm
from groundplan.cli.output import Progress, say

if TYPE_CHECKING:
    from groundplan.operations.lock import Lease
    from groundplan.resources.architecture import Architecture
    from groundplan.targets.connection import Connection


@contextmanager
def alone(
    connection: Connection,
    architecture: Architecture,
    doing: str,
    *,
    part: str = "",
    instead_of: str = "",
    break_lock: bool = False,
    yes: bool = False,
) -> Iterator[Lease]:
    """Hold the lock of an environment inside, or of one ``part`` of it; see :func:`groundplan.operations.lock.held`.

    Where it is to be broken, it is said who holds it, and asked. Raises HeldError where somebody else holds it, and
    InputError where the answer is no.
    """
    from groundplan.operations.lock import held, look

    holders = look(connection, architecture, part) if break_lock else []
    for holder in holders:
        say(
            f"`groundplan {holder.doing}` of {holder} holds the lock since {holder.since:%Y-%m-%d %H:%M:%S} UTC, last "
            f"sign of life {holder.idle.total_seconds():.0f} s ago. It will begin nothing new"
        )
    if holders:
        confirm(f"Take the lock of {architecture.stage} from them?", yes=yes)
    with held(
        connection, architecture, doing, part=part, instead_of=instead_of, break_lock=break_lock, report=Progress()
    ) as lease:
        yield lease
