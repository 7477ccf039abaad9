"""Where services and jobs run: the steps of Amazon ECS, or those of Kubernetes on Amazon EKS."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundplan.design.cluster import add_cluster
from groundplan.design.controllers import add_controllers
from groundplan.design.draft import Draft
from groundplan.design.jobs import add_jobs
from groundplan.design.kubernetes import add_kubernetes
from groundplan.design.pods import add_pods
from groundplan.design.services import add_services
from groundplan.design.volumes import add_volumes

STEPS: Mapping[str, tuple[Callable[[Draft], None], ...]] = {
    "ecs": (add_cluster, add_services, add_jobs),
    "eks": (add_kubernetes, add_pods, add_volumes, add_controllers),
}


def add_platform(draft: Draft) -> None:
    """The cluster, and what AWS has to do with what runs in it."""
    for step in STEPS[draft.blueprint.platform]:
        step(draft)
