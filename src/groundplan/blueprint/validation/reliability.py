"""What was measured of failures: of services that are there, with tasks that they have."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node
from groundplan.blueprint.validation.base import Finding
from groundplan.errors import suggestion


def check_reliability(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """``reliability:``."""
    for name, needed in blueprint.reliability.tasks_needed.items():
        path = ("reliability", "tasks_needed", name)
        service = blueprint.services.get(name)
        if service is None:
            yield Finding(path, f"there is no service {name}{suggestion(name, blueprint.services)}", at_key=True)
        elif not 1 <= needed <= service.tasks.min:
            yield Finding(
                path, f"has to be 1 to {service.tasks.min}, the fewest tasks that scaling leaves, and is {needed}"
            )
    for cause, failures in blueprint.reliability.causes.items():
        if failures.repair is not None and failures.repair.seconds == 0:
            yield Finding(
                ("reliability", "causes", cause, "repair"),
                "what is away for no time does not fail; write failures: 0/year",
            )
    if blueprint.objectives.availability is not None and blueprint.objectives.availability.percent == 100:
        yield Finding(
            ("objectives", "availability"), "nothing that can fail answers always; write less than 100%, like 99.9%"
        )
