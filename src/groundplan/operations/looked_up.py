"""What a deployment looks up, and another environment has to have written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.errors import EnvironmentalError
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.engines.cloudformation import Rendering


def require_looked_up(connection: Connection, rendering: Rendering) -> None:
    """Raise EnvironmentalError with every parameter that is not there, before anything is made."""
    wanted = {(name, stack.region) for stack in rendering.stacks for name in stack.looked_up}
    missing = [(name, region) for name, region in sorted(wanted) if not _is_there(connection, name, region)]
    if missing:
        listed = " and ".join(f"{name} in {region}" for name, region in missing)
        raise EnvironmentalError(
            f"not there yet: the parameter {listed}. The shared: of the file writes it: "
            "run groundplan deploy -e shared first"
        )


def _is_there(connection: Connection, name: str, region: str) -> bool:
    client = connection.ssm(region)
    with explained(f"Looking up {name} in {region}"):
        return not client.get_parameters(Names=[name])["InvalidParameters"]
