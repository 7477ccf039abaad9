"""What a test wants of the stand-in beyond the ordinary: that it takes its time, refuses, or finds things changed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

BEHAVIOUR_VARIABLE = "GROUNDPLAN_STAND_IN_BEHAVIOUR"
"""The environment variable that names the file with a :class:`Behaviour`."""
GONE = "gone"
"""In ``found``: somebody has deleted the resources of that type."""


@dataclass(frozen=True)
class Behaviour:
    """How the cloud behaves. Types are Terraform's."""

    seconds: float = 0
    """How long each creation, change or deletion takes."""
    refusals: Mapping[str, str] = field(default_factory=dict)
    """Type to the reason why nothing of it can be created, changed or deleted."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """Type to the attributes that somebody has changed by hand, or to ``GONE``."""

    @classmethod
    def read(cls, file: str | None) -> Behaviour:
        """What the file says; the ordinary where there is none."""
        return cls(**json.loads(Path(file).read_text())) if file and Path(file).exists() else cls()

    def write(self, file: Path) -> None:
        """For the stand-ins that start from now on."""
        file.write_text(json.dumps(asdict(self)))

    def refusal(self, kind: str) -> str | None:
        """Why the work on a resource fails, once it has taken its time."""
        time.sleep(self.seconds)
        return self.refusals.get(kind)

    def as_found(self, kind: str, state: dict[str, Any]) -> dict[str, Any] | None:
        """A resource as it is now; None where it is gone."""
        change = self.found.get(kind, {})
        return None if change == GONE else state | change
