"""``render --import``: the ids of what exists already and becomes Terraform's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.cli.output import say
from groundplan.errors import EnvironmentalError, InputError, Position, Problem
from groundplan.files import reason

if TYPE_CHECKING:
    from groundplan.resources.architecture import Architecture

_WRITTEN = re.compile(r"(?P<address>[^=\[]+(?:\[[^\]]*\])?)=(?P<id>.*)", re.DOTALL)
_ADDRESS, _ID = "address", "id"


def ids_of(
    architecture: Architecture, written: list[str] | None, file: Path | None, target: str | None
) -> dict[str, str]:
    """Ids by address: of the stacks of a target, over them those of a file, over both those of the command line.

    Raises InputError for what is no import, EnvironmentalError where the file cannot be read or AWS does not answer.
    """
    ids: dict[str, str] = _of_stacks(architecture, target) if target else {}
    names = _addresses(architecture) if ids else {}
    for address, id_ in (*_of_file(file), *map(_of_text, written or [])):
        ids.pop(names.get(address, address), None)
        ids[address] = id_
    return ids


def _addresses(architecture: Architecture) -> dict[str, str]:
    """Terraform's address of each resource by Groundplan's."""
    from groundplan.engines import terraform

    return {ref.address: found[0] for ref, found in terraform.addresses_of(architecture).items() if found}


def _of_stacks(architecture: Architecture, target: str) -> dict[str, str]:
    from groundplan.operations.terraform.adopt import ids_of_stacks
    from groundplan.targets.connection import connect

    derived = ids_of_stacks(connect("local" if target == "local" else "aws"), architecture)
    for address, why in derived.unknown.items():
        say(f"warning: not imported: {address}: {why}")
    return dict(derived.ids)


def _of_text(written: str) -> tuple[str, str]:
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise InputError(f'--import "{written}" is not ADDRESS=ID, like aws_vpc.main=vpc-0a1b2c3d')
    return match["address"].strip(), match["id"].strip()


def _of_file(file: Path | None) -> Iterator[tuple[str, str]]:
    """``address,id`` in lines of CSV, or a mapping of YAML."""
    if file is None:
        return
    if file.suffix in (".yaml", ".yml"):
        yield from _of_yaml(file)
        return
    import csv

    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise EnvironmentalError(f"{file} cannot be read: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is no UTF-8 text") from error
    problems = []
    for number, row in enumerate(csv.reader(lines), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and cells == [_ADDRESS, _ID]):
            continue
        if len(cells) != 2:
            message = "a line has two columns, address and id, like aws_vpc.main,vpc-0a1b2c3d"
            problems.append(Problem(message, Position(file, number, 1)))
        else:
            yield cells[0], cells[1]
    if problems:
        raise InputError(problems)


def _of_yaml(file: Path) -> Iterator[tuple[str, str]]:
    from groundplan.blueprint.yaml import read_text, read_yaml

    tree = read_yaml(read_text(file), file)
    for address, node in tree.fields.items():
        if not isinstance(node.value, str | int):
            raise InputError([Problem("an import is an address and its id, in one text", node.place, address)])
        yield address, str(node.value)
