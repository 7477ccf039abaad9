"""Server-side apply: the API server keeps who set which field, and refuses to take one from somebody else.

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundplan.catalog.helm_charts import charts
from groundplan.engines.kubernetes.model import Identity, identity
from groundplan.errors import DeploymentError
from groundplan.operations.events import Report
from groundplan.operations.kubernetes.dynamic import dynamic_client

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from kubernetes.dynamic import DynamicClient

MANAGER = "groundplan"
_CHARTS = {
    "autoscaling.k8s.io": "vertical-pod-autoscaler",
    "elbv2.k8s.aws": "aws-load-balancer-controller",
    "external-secrets.io": "external-secrets",
    "monitoring.coreos.com": "kube-prometheus-stack",
}
"""Which chart defines the kinds of a group."""


@dataclass(frozen=True)
class Applied:
    """An object that was applied."""

    kind: str
    name: str
    changed: bool
    """Whether the API server has something else now than before."""
    kept: bool = False
    """Whether it was left alone: it runs what has the requests."""


def apply(
    api: ApiClient,
    objects: Sequence[Mapping[str, Any]],
    report: Report,
    *,
    standing: Collection[Identity] = (),
    wait: float = 600.0,
    poll: float = 2.0,
) -> list[Applied]:
    """Apply every object in order, then wait at most ``wait`` seconds until the new pods run.

    Those of ``standing`` are made where they are not there, and left alone where they are: they run what has the
    requests, and the next version goes to the other colour.

    Raises DeploymentError with the object and what the cluster says of it.
    """
    client = dynamic_client(api)
    applied = {identity(item): _apply(client, item, report, standing=identity(item) in standing) for item in objects}
    deadline = time.monotonic() + wait
    for item in objects:
        if item["kind"] in ("Deployment", "StatefulSet") and not applied[identity(item)].kept:
            _wait(client, item, report, deadline, poll)
    return list(applied.values())


def _apply(client: DynamicClient, item: Mapping[str, Any], report: Report, *, standing: bool) -> Applied:
    from kubernetes.client import ApiException
    from kubernetes.dynamic.exceptions import NotFoundError

    kind, name, place = item["kind"], item["metadata"]["name"], item["metadata"].get("namespace")
    resource = _resource(client, item)
    try:
        before = resource.get(name=name, namespace=place).metadata.resourceVersion
    except NotFoundError:
        before = None
    except ApiException as error:
        raise DeploymentError(f"{kind} {name}: {said(error)}") from error
    if before is not None and standing:
        return Applied(kind, name, changed=False, kept=True)
    try:
        after = resource.server_side_apply(
            body=dict(item), name=name, namespace=place, field_manager=MANAGER, force_conflicts=False
        )
    except ApiException as error:
        raise DeploymentError(f"{kind} {name}: {said(error)}") from error
    changed = after.metadata.resourceVersion != before
    if changed:
        report(f"{kind} {name}: {'created' if before is None else 'changed'}")
    return Applied(kind, name, changed)


def _resource(client: DynamicClient, item: Mapping[str, Any]) -> Any:
    from kubernetes.dynamic.exceptions import ResourceNotFoundError

    api, kind = item["apiVersion"], item["kind"]
    try:
        return client.resources.get(api_version=api, kind=kind)
    except ResourceNotFoundError as error:
        chart = charts().get(_CHARTS.get(api.partition("/")[0], ""))
        how = f"; the chart {chart.name} {chart.version} of {chart.repository} brings it" if chart else ""
        raise DeploymentError(f"the cluster knows no {kind} of {api}{how}") from error


def said(error: Any) -> str:
    """The API server's own words."""
    try:
        message = json.loads(error.body)["message"]
    except (AttributeError, TypeError, ValueError, KeyError):
        message = getattr(error, "reason", None) or error
    if getattr(error, "status", None) == 409:
        return f"{message}. Somebody else has set this; take it out there, or write the same in the blueprint"
    if getattr(error, "status", None) in (401, 403):
        return f"{message}. Who deploys has to stand under kubernetes.admins"
    return str(message)


def _wait(client: DynamicClient, item: Mapping[str, Any], report: Report, deadline: float, poll: float) -> None:
    """Until the controller has seen the new state and every pod is of it, and available."""
    kind, name, place = item["kind"], item["metadata"]["name"], item["metadata"].get("namespace")
    resource = _resource(client, item)
    while True:
        found: dict[str, Any] = resource.get(name=name, namespace=place).to_dict()
        state = found.get("status") or {}
        wanted = found["spec"].get("replicas", 1)
        ready = min(state.get("updatedReplicas", 0), state.get("availableReplicas", 0))
        seen = state.get("observedGeneration", 0) >= found["metadata"].get("generation", 0)
        if seen and ready >= wanted and state.get("replicas", 0) == wanted:
            report(f"{kind} {name}: {wanted} pods run")
            return
        stuck = next(
            (
                condition
                for condition in state.get("conditions") or ()
                if seen and condition["type"] == "Progressing" and condition["status"] == "False"
            ),
            None,
        )
        if stuck or time.monotonic() > deadline:
            why = stuck.get("message", stuck.get("reason", "")) if stuck else "it took too long"
            raise DeploymentError(
                f"{kind} {name}: {ready} of {wanted} new pods run: {why}. The pods before stay; see "
                f"kubectl -n {place} describe pods -l app.kubernetes.io/name={name}"
            )
        report(f"{kind} {name}: {ready} of {wanted} new pods run", passing=True)
        time.sleep(poll)
