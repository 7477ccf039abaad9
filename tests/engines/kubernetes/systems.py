"""A system on EKS with everything that the engine writes, in two environments."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.engines import kubernetes
from groundplan.resources import Architecture

BLUEPRINT = Path(__file__).with_name("system.yaml")


@cache
def architectures() -> tuple[Architecture, ...]:
    """Production and development."""
    return tuple(design(loaded) for loaded in read_source(BLUEPRINT).all())


@cache
def rendering() -> kubernetes.Rendering:
    """Both environments."""
    return kubernetes.render(*architectures())


def values(system: kubernetes.System) -> dict[str, str]:
    """A value for everything that only a deployment knows."""
    return {item.key: item.default or f"value-of-{item.key}" for item in system.wanted}
