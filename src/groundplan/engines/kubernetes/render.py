"""Architectures as manifests, overlays and Helm values."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.engines.kubernetes import helm, kustomize
from groundplan.engines.kubernetes.context import has_cluster
from groundplan.engines.kubernetes.model import Rendering
from groundplan.engines.kubernetes.system import system_of
from groundplan.errors import InputError
from groundplan.resources import Architecture


def render(*architectures: Architecture) -> Rendering:
    """The files of one or more environments of one system, and of the standby that one has in another region.

    Raises InputError where an environment does not run on Kubernetes, and where two are called the same.
    """
    architectures = tuple(seen for item in architectures for seen in (item, item.standby) if seen is not None)
    _check(architectures)
    systems = [system_of(architecture) for architecture in architectures]
    files = kustomize.files(systems)
    for architecture in architectures:
        files |= helm.files(architecture)
    return Rendering(dict(sorted(files.items())), {system.environment: system for system in systems})


def _check(architectures: Sequence[Architecture]) -> None:
    if not architectures:
        raise InputError("there is no environment to render; give one that says platform: eks")
    for architecture in architectures:
        if not has_cluster(architecture):
            raise InputError(
                f"nothing of {architecture.title} {architecture.stage} runs on Kubernetes; write platform: eks, with "
                "services or jobs"
            )
    stages = [architecture.stage for architecture in architectures]
    for stage in stages:
        if stages.count(stage) > 1:
            raise InputError(f"two environments are called {stage}, and would have one overlay")
