"""The pods of a service with two colours, as the cluster has them: how many, whether they run, and which are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundplan.engines.kubernetes import colours
from groundplan.engines.kubernetes.colours import Colour, Turns, colour_of
from groundplan.errors import DeploymentError
from groundplan.operations.kubernetes.apply import said
from groundplan.operations.kubernetes.dynamic import dynamic_client

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

MANAGER = "groundplan-switch"
"""Who has set the number of pods and the colour that is called. Manifests say the same once a switch is over."""


@dataclass(frozen=True)
class Rollout:
    """A Deployment as its controller reports it."""

    replicas: int
    """Pods that are wanted."""
    available: int
    image: str
    stuck: str = ""
    """Why it goes no further; empty where it does."""


class Pods:
    """The Deployments of both colours, and the Service that others call."""

    def __init__(self, api: ApiClient, turns: Turns) -> None:
        client = dynamic_client(api)
        self._turns = turns
        self._deployments = client.resources.get(api_version="apps/v1", kind="Deployment")
        self._services = client.resources.get(api_version="v1", kind="Service")

    def rollout(self, colour: Colour) -> Rollout:
        """The Deployment of a colour. Raises DeploymentError where there is none."""
        with self._explained(f"Deployment {self._turns.name(colour)}"):
            found: dict[str, Any] = self._deployments.get(
                name=self._turns.name(colour), namespace=self._turns.namespace
            ).to_dict()
        state: dict[str, Any] = found.get("status") or {}
        seen = state.get("observedGeneration", 0) >= found["metadata"].get("generation", 0)
        updated = min(state.get("updatedReplicas", 0), state.get("availableReplicas", 0))
        stuck = [
            condition.get("message") or condition.get("reason") or "it makes no progress"
            for condition in state.get("conditions") or ()
            if condition["type"] == "Progressing" and condition["status"] == "False"
        ]
        return Rollout(
            replicas=found["spec"].get("replicas", 1),
            available=updated if seen else 0,
            image=found["spec"]["template"]["spec"]["containers"][0]["image"],
            stuck=stuck[0] if stuck and seen else "",
        )

    def scale(self, colour: Colour, replicas: int) -> None:
        """Want so many pods of a colour. None at all also stops its autoscaler, until there is one again."""
        self._patch(self._deployments, "Deployment", self._turns.name(colour), {"spec": {"replicas": replicas}})

    def called(self) -> Colour:
        """The colour that others in the cluster call."""
        with self._explained(f"Service {self._turns.service}"):
            found: dict[str, Any] = self._services.get(
                name=self._turns.service, namespace=self._turns.namespace
            ).to_dict()
        return colour_of(found["spec"]["selector"].get(colours.LABEL))

    def call(self, colour: Colour) -> None:
        """Let others in the cluster call a colour."""
        selector = {"spec": {"selector": {colours.LABEL: colour}}}
        self._patch(self._services, "Service", self._turns.service, selector)

    def _patch(self, resource: Any, kind: str, name: str, body: dict[str, Any]) -> None:
        with self._explained(f"{kind} {name}"):
            resource.patch(
                name=name,
                namespace=self._turns.namespace,
                body=body,
                content_type="application/merge-patch+json",
                field_manager=MANAGER,
            )

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        import urllib3
        from kubernetes.client import ApiException
        from kubernetes.dynamic.exceptions import NotFoundError

        try:
            yield
        except NotFoundError as error:
            raise DeploymentError(
                f"{what} is not in the cluster; groundplan kubernetes apply brings it there"
            ) from error
        except (ApiException, urllib3.exceptions.HTTPError) as error:
            raise DeploymentError(f"{what}: {said(error)}") from error
