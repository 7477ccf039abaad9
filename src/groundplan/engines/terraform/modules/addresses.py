"""At which addresses resources have stood, so that no later rendering makes Terraform destroy one to make it again.

Which resources are a table, and what is counted, follows from the environments: a second bucket can make
``aws_s3_bucket.media`` into ``aws_s3_bucket.this["media"]``. Every environment keeps a record beside its root, and
``moved`` blocks lead from each earlier address to the next.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from groundplan.engines.terraform.hcl import Argument, Block, Expression
from groundplan.engines.terraform.model import MARKER
from groundplan.errors import InputError

FILE = "addresses.csv"
"""The record, beside the root."""
_HEADING = (
    f"{MARKER}: where each resource stands, and has stood. moved.tf is made from it; keep it under version control."
)

Record: TypeAlias = Mapping[str, Sequence[str]]
"""Addresses of each resource through the modules, oldest first, by its address in one root without modules."""


def recorded(now: Mapping[str, str], before: Record, renamed: Iterable[tuple[str, str]] = ()) -> Record:
    """The record after this rendering. ``renamed`` are addresses without modules, from and to.

    What was never rendered through modules has stood at its address without them.
    """
    was = {new: old for old, new in renamed}
    found: dict[str, Sequence[str]] = {}
    for flat, address in now.items():
        history = [*(before.get(flat) or before.get(was.get(flat, flat), ()))]
        # Back at an earlier place: two blocks that lead to each other would be a circle.
        if address in history:
            history.remove(address)
        found[flat] = (*history, address)
    return found


def moved(record: Record) -> Iterator[Block]:
    """``moved`` blocks for everything that stood elsewhere before."""
    present = {history[-1] for history in record.values()}
    for history in record.values():
        for old, new in pairwise(history):
            if old not in present:
                yield Block("moved", (), (Argument("from", Expression(old)), Argument("to", Expression(new))))


def written(record: Record) -> str:
    """The text of the file."""
    text = io.StringIO()
    text.write(f"{_HEADING}\n")
    csv.writer(text, lineterminator="\n").writerows((flat, *history) for flat, history in sorted(record.items()))
    return text.getvalue()


def read(text: str, where: str) -> Record:
    """The record of an earlier rendering. Raises InputError where it is none."""
    heading, _, rows = text.partition("\n")
    if not heading.startswith(MARKER):
        raise InputError(f"{where} was not written by Groundplan; move it away, or restore it from version control")
    found = {}
    for number, row in enumerate(csv.reader(io.StringIO(rows)), start=2):
        if len(row) < 2 or not all(row):
            raise InputError(
                f"{where}:{number}: a resource and where it stands are wanted; restore it from version control"
            )
        found[row[0]] = tuple(row[1:])
    return found
