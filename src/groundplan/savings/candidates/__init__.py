"""What could be otherwise: each module lists the changes of one subject. Whether one is right is found by trying it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.savings.candidates import machines, network, schedule, sizes, spot, storage
from groundplan.savings.change import Change
from groundplan.units import Percentage


def candidates(loaded: LoadedEnvironment, used: Mapping[str, Percentage], target: Percentage) -> tuple[Change, ...]:
    """Every change that is tried, in a fixed order. Raises InputError where ``used`` names what is not there."""
    changes = [*_of(loaded), *schedule.changes(loaded.blueprint), *sizes.changes(loaded, used, target)]
    if loaded.standby is not None:
        # What the standby takes over from the primary is changed with it; what its overlay says is its own.
        known = {(path, repr(value)) for change in changes for path, value in change.settings.items()}
        for change in _of(loaded.standby):
            if any((path, repr(value)) not in known for path, value in change.settings.items()):
                changes.append(
                    replace(
                        change,
                        title=f"standby: {change.title}",
                        settings={f"standby.overlay.{path}": value for path, value in change.settings.items()},
                    )
                )
    return tuple(changes)


def _of(loaded: LoadedEnvironment) -> Iterator[Change]:
    for module in (machines, spot, network, storage):
        yield from module.changes(loaded.blueprint)
