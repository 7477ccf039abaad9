"""A text that is only ever added to, which everybody who deploys an environment can read: a parameter of AWS Systems
Manager, of which AWS keeps the last hundred versions and forgets those before.

A standard parameter costs nothing, is numbered version by version, and is there without anything being made for it.
Sources: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html,
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 4096
"""Bytes that the value of a standard parameter may have."""
_PATIENCE = 10
"""Times that an entry is written or looked for again before that counts as a failure."""


@dataclass(frozen=True)
class Entry:
    """One version of the parameter."""

    version: int
    text: str
    written: datetime
    """By AWS's clock."""


@dataclass(frozen=True)
class Entries:
    """What is there, oldest first, and AWS's time when it was read."""

    all: tuple[Entry, ...]
    now: datetime

    @property
    def last(self) -> int:
        """Version of the newest; 0: there is none."""
        return self.all[-1].version if self.all else 0

    @property
    def whole(self) -> bool:
        """Whether none is missing between others: something written between two pages moves what the second has."""
        return not self.all or self.last - self.all[0].version == len(self.all) - 1


@dataclass(frozen=True)
class Journal:
    """One journal of an environment, in the region that is its home."""

    connection: Connection
    name: str
    region: str

    def read(self, *, up_to: int = 0) -> Entries:
        """Every entry that AWS still has. ``up_to``: waits until this version is among them.

        Raises EnvironmentalError where AWS does not let it be read, or never shows that version.
        """
        for attempt in range(_PATIENCE):
            found = self._read()
            if found.whole and found.last >= up_to:
                return found
            time.sleep(self.connection.poll_seconds / _PATIENCE * (attempt + 1))
        raise EnvironmentalError(f"Reading {self.name}: AWS does not show what was written a moment ago. Try again")

    def append(self, text: str) -> int:
        """Add an entry. Returns its version. Raises EnvironmentalError where AWS refuses it."""
        from botocore.exceptions import ClientError

        client = self.connection.ssm(self.region)
        with explained(f"Writing {self.name}"):
            for attempt in range(_PATIENCE):
                try:
                    written = client.put_parameter(
                        Name=self.name,
                        Value=text,
                        Type="String",
                        Tier="Standard",
                        Overwrite=True,
                        Description="Written by Groundplan for everybody who deploys this environment",
                    )
                except ClientError as error:
                    if error.response["Error"]["Code"] != "TooManyUpdates" or attempt + 1 == _PATIENCE:
                        raise
                    time.sleep(self.connection.poll_seconds / _PATIENCE * (attempt + 1))
                else:
                    return written["Version"]
        raise AssertionError("every attempt ends in a version or an error")

    def _read(self) -> Entries:
        from botocore.exceptions import ClientError

        entries, now = list[Entry](), datetime.now(UTC)
        pages = self.connection.ssm(self.region).get_paginator("get_parameter_history").paginate(Name=self.name)
        with explained(f"Reading {self.name}"):
            try:
                for page in pages:
                    now = _time_of(page["ResponseMetadata"]["HTTPHeaders"]) or now
                    entries += [
                        Entry(item["Version"], item["Value"], item["LastModifiedDate"]) for item in page["Parameters"]
                    ]
            except ClientError as error:
                if error.response["Error"]["Code"] != "ParameterNotFound":
                    raise
        entries.sort(key=lambda entry: entry.version)
        return Entries(tuple(entries), max([now, *(entry.written for entry in entries)]))


def journal(connection: Connection, architecture: Architecture, name: str) -> Journal:
    """The journal of that name of an environment: ``deployments``, ``lock`` or ``lock-web``."""
    path = f"/groundplan/{architecture.project}/{architecture.stage}/{name}"
    return Journal(connection, path, architecture.region)


def _time_of(headers: Mapping[str, str]) -> datetime | None:
    """AWS's time when it answered, to the second; never before what it has written in that second."""
    try:
        return parsedate_to_datetime(headers["date"]) + timedelta(seconds=1)
    except (KeyError, ValueError):
        return None
