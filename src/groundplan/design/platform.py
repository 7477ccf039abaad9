"""Where services and jobs run: the steps of Amazon ECS, or those of Kubernetes on Amazon EKS."""

from __future__ import annotations

from collections.abc import Callable

from groundplan.design.cluster import add_cluster
from groundplan.design.controllers import add_controllers
from groundplan.design.draft import Draft
from groundplan.design.jobs import add_jobs
from groundplan.design.kubernetes import add_kubernetes
from groundplan.design.pods import add_pods
from groundplan.design.services import add_services
from groundplan.design.volumes import add_volumes

Step = Callable[[Draft], None]


def _on(platform: str, step: Step) -> Step:
    def step_there(draft: Draft) -> None:
        if draft.blueprint.platform == platform:
            step(draft)

    return step_there


STEPS: tuple[Step, ...] = (
    *(_on("ecs", step) for step in (add_cluster, add_services, add_jobs)),
    *(_on("eks", step) for step in (add_kubernetes, add_pods, add_volumes, add_controllers)),
)
"""The cluster, and what AWS has to do with what runs in it."""
