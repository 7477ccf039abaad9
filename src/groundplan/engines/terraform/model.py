"""What rendering takes and gives back: options, files, where each resource went, and what Terraform cannot express."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from groundplan.record import Record, dataclass
from groundplan.resources import Resource
from groundplan.resources.values import Ref

MARKER = "# Written by Groundplan"
"""How the first line of every file of this engine begins."""
GITIGNORE = ".gitignore"
"""Beside a state that is kept in a file. Where a person has one already, theirs stays."""


@dataclass(frozen=True)
class Options(Record):
    """What a person decides about Terraform itself."""

    backend: Literal["s3", "local"] = "s3"
    """Where the state is kept: in S3 with a lock file beside it, or in a file."""
    state_bucket: str | None = None
    """The bucket of the state; None: named at ``terraform init -backend-config=bucket=…``."""


@dataclass(frozen=True)
class Unsupported(Record):
    """A resource or an output that is in no file, and why."""

    address: str
    reason: str


@dataclass(frozen=True)
class Moves(Record):
    """What stands at another address than before, and what cannot be kept."""

    pairs: tuple[tuple[str, str], ...] = ()
    """From and to, without modules, in the order of the earlier resources."""
    remarks: tuple[str, ...] = ()
    """What holds data and is lost all the same, for people to read before they apply."""


@dataclass(frozen=True)
class Rendering(Record):
    """An architecture as one Terraform root."""

    files: Mapping[str, str]
    """Relative path to text, by name."""
    addresses: Mapping[Ref[Resource], tuple[str, ...]]
    """The Terraform addresses of every resource; the first is the resource itself."""
    unsupported: tuple[Unsupported, ...]
    moves: Moves = Moves()
    """What ``moved.tf`` says."""
