"""What no snapshot has: the templates that an environment was deployed with, and the values of their parameters.

With them and the backups of the data an environment can be made again where the blueprint is lost. The file is
compressed, and is not written where the newest one says the same.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError, InputError
from groundplan.files import reason
from groundplan.operations.stacks import look_at
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering


@dataclass(frozen=True, slots=True)
class Exported:
    """Where it is."""

    file: Path
    written: bool
    """False: this file, an earlier one, says the same."""
    stacks: int


def export(
    connection: Connection,
    architecture: Architecture,
    rendering: Rendering,
    folder: Path,
    now: datetime | None = None,
) -> Exported:
    """Write ``PROJECT-STAGE-TIME.json.gz`` into a folder. Values that a template hides (``NoEcho``) are hidden here.

    Raises InputError where nothing is deployed, EnvironmentalError where the folder cannot be written.
    """
    stacks = []
    for stack in rendering.stacks:
        there = look_at(connection, stack.name, stack.region)
        if not there.exists:
            continue
        with explained(f"Reading the template of {stack.name}"):
            client = connection.cloudformation(stack.region)
            template = client.get_template(StackName=stack.name, TemplateStage="Original")["TemplateBody"]
        stacks.append(
            {
                "name": stack.name,
                "region": stack.region,
                "parameters": dict(there.parameters),
                "outputs": dict(there.outputs),
                "template": template,
            }
        )
    if not stacks:
        raise InputError(f"{architecture.stage}: CloudFormation has nothing of it on {connection.target}")
    document = {"project": architecture.project, "environment": architecture.stage, "stacks": stacks}
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    content = gzip.compress(text.encode(), mtime=0)
    stem = f"{architecture.project}-{architecture.stage}"
    file = folder / f"{stem}-{now or datetime.now(UTC):%Y%m%d-%H%M%S}.json.gz"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        newest = max(folder.glob(f"{stem}-{'[0-9]' * 8}-{'[0-9]' * 6}.json.gz"), default=None)
        if newest is not None and gzip.decompress(newest.read_bytes()).decode() == text:
            return Exported(newest, written=False, stacks=len(stacks))
        temporary = file.with_name(f".{file.name}.new")
        temporary.write_bytes(content)
        temporary.replace(file)  # whole or not at all
    except OSError as error:
        raise EnvironmentalError(f"{folder}: {reason(error)}") from error
    return Exported(file, written=True, stacks=len(stacks))
