"""Blue and green: two Deployments of one service that take turns, so that requests move between whole versions.

Which of them has the requests is not for the blueprint to say: releases move it. It is a value of ``deployed.env`` as
others are, and where it is not known it is blue, as the rule of the load balancer is created. The other one has no
pods, and its HorizontalPodAutoscaler leaves it so until somebody gives it one:
https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from groundplan.errors import InputError
from groundplan.resources.workloads import ServiceWorkload, Workload

Colour: TypeAlias = Literal["blue", "green"]
COLOURS: tuple[Colour, Colour] = ("blue", "green")
LABEL = "groundplan/colour"
"""The label that says of which colour a pod is."""


@dataclass(frozen=True, slots=True)
class Turns:
    """A service of two colours: how its objects are called, and its values in ``deployed.env``."""

    service: str
    namespace: str

    @property
    def key(self) -> str:
        """The value that says which colour has the requests."""
        return f"{self.service.replace('-', '_')}_colour"

    def name(self, colour: Colour) -> str:
        """What the Deployment of a colour is called, and everything else that there are two of."""
        return f"{self.service}-{colour}"


def turns(workload: Workload) -> Turns | None:
    """None where a service has no colours."""
    shifts = isinstance(workload, ServiceWorkload) and workload.shift
    return Turns(workload.name, workload.namespace) if shifts else None


def variants(service: ServiceWorkload) -> Iterator[Colour | None]:
    """The colours of a service; None alone for one that has none."""
    yield from COLOURS if service.shift else (None,)


def called(workload: Workload, colour: Colour | None) -> str:
    """The name of an object that each colour has one of."""
    return f"{workload.name}-{colour}" if colour else workload.name


def other(colour: Colour) -> Colour:
    """The one whose turn is next."""
    return "green" if colour == "blue" else "blue"


def colour_of(value: str | None) -> Colour:
    """What a value says. Blue where nothing is said. Raises InputError for what is no colour."""
    if value in COLOURS:
        return value
    if value:
        raise InputError(f'"{value}" is no colour that pods take turns in; write blue or green')
    return "blue"


def tag_name(tag: str, colour: Colour | None) -> str:
    """The value that holds the tag of a colour's image: ``api_green_image_tag``."""
    return f"{tag.removesuffix('_image_tag')}_{colour}_image_tag" if colour else tag
