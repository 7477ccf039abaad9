"""What an earlier apply made and the blueprint no longer has.

Everything that is applied carries labels that say by whom and for which project; what carries them and is not in the
manifests any more is left over. Data is another matter: a claim of a pod that may come back is none of it, and no claim
goes unless that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundplan.engines.kubernetes.model import Identity, identity
from groundplan.errors import DeploymentError
from groundplan.operations.events import Report
from groundplan.operations.kubernetes.apply import said
from groundplan.operations.kubernetes.dynamic import dynamic_client

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from kubernetes.dynamic import DynamicClient

KINDS = (
    ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("monitoring.coreos.com/v1", "PrometheusRule"),
    ("batch/v1", "CronJob"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("v1", "Service"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("external-secrets.io/v1", "ExternalSecret"),
    ("external-secrets.io/v1", "SecretStore"),
    ("v1", "ConfigMap"),
    ("v1", "ServiceAccount"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "PersistentVolume"),
    ("storage.k8s.io/v1", "StorageClass"),
)
"""In the order in which they go: first what leads requests to pods. The namespace stays: what else is in it is not
known here."""
OURS = ("app.kubernetes.io/managed-by", "app.kubernetes.io/part-of")
"""The labels that say who has made an object, and for which project."""
DATA = frozenset({"PersistentVolumeClaim", "PersistentVolume"})


@dataclass(frozen=True)
class Leftover:
    """An object that the blueprint no longer has."""

    identity: Identity

    @property
    def kind(self) -> str:
        """Deployment, say."""
        return self.identity[1]

    @property
    def is_data(self) -> bool:
        """Whether what a service has written hangs on it."""
        return self.kind in DATA

    def __str__(self) -> str:
        """As kubectl writes it."""
        return f"{self.kind} {self.identity[3]}"


def leftovers(api: ApiClient, objects: Sequence[Mapping[str, Any]]) -> list[Leftover]:
    """Everything that the labels say is ours, and ``objects``, all that is applied now, have not.

    Raises DeploymentError where the cluster refuses to tell.
    """
    client = dynamic_client(api)
    wanted = {_known(item) for item in objects}
    claims = list(_claims(objects))
    namespace = next(item for item in objects if item["kind"] == "Namespace")
    labels = {key: namespace["metadata"]["labels"][key] for key in OURS}
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    found = []
    for api_version, kind in KINDS:
        for item in _listed(client, api_version, kind, selector):
            metadata = item["metadata"]
            leftover = Leftover((api_version, kind, metadata.get("namespace") or "", metadata["name"]))
            if _known({"apiVersion": api_version, "kind": kind, "metadata": metadata}) in wanted:
                continue
            if kind == "PersistentVolumeClaim" and any(claim.fullmatch(metadata["name"]) for claim in claims):
                continue
            found.append(leftover)
    return found


def _known(item: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Which object it is, whatever version of its group is asked for."""
    api, kind, namespace, name = identity(item)
    return (api.rpartition("/")[0], kind, namespace, name)


def _claims(objects: Sequence[Mapping[str, Any]]) -> Iterator[re.Pattern[str]]:
    """The names of the claims that pods of a StatefulSet have.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
    """
    for item in objects:
        if item["kind"] == "StatefulSet":
            for claim in item["spec"]["volumeClaimTemplates"]:
                yield re.compile(rf"{re.escape(claim['metadata']['name'])}-{re.escape(item['metadata']['name'])}-\d+")


def _listed(client: DynamicClient, api_version: str, kind: str, selector: str) -> list[dict[str, Any]]:
    from kubernetes.client import ApiException
    from kubernetes.dynamic.exceptions import NotFoundError, ResourceNotFoundError

    try:
        resource: Any = client.resources.get(api_version=api_version, kind=kind)
        items: list[dict[str, Any]] = resource.get(label_selector=selector).to_dict()["items"]
    except (ResourceNotFoundError, NotFoundError):
        return []  # its chart was never installed, or is gone, and all of its kind with it
    except ApiException as error:
        raise DeploymentError(f"every {kind} of the cluster: {said(error)}") from error
    return items


def prune(api: ApiClient, items: Sequence[Leftover], report: Report) -> None:
    """Delete them, with the pods that are theirs. What is gone already is gone.

    Raises DeploymentError with the object and what the cluster says of it.
    """
    from kubernetes.client import ApiException
    from kubernetes.dynamic.exceptions import NotFoundError

    client = dynamic_client(api)
    for item in items:
        api_version, kind, namespace, name = item.identity
        resource: Any = client.resources.get(api_version=api_version, kind=kind)
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        try:
            resource.delete(name=name, namespace=namespace or None, body=options)
        except NotFoundError:
            continue
        except ApiException as error:
            raise DeploymentError(f"{item}: {said(error)}") from error
        report(f"{item}: deleted")
