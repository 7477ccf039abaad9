"""The namespace, and what people and pods may do in it."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest, Value
from groundplan.resources.workloads import Workload, viewers

READERS = "viewers"
"""What the role is called that lets people look at everything in the namespace but secrets. Who may say the access
entries, by their groups: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"""
_READ: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("configmaps", "events", "persistentvolumeclaims", "pods", "pods/log", "services")),
    ("apps", ("deployments", "replicasets", "statefulsets")),
    ("autoscaling", ("horizontalpodautoscalers",)),
    ("autoscaling.k8s.io", ("verticalpodautoscalers",)),
    ("batch", ("cronjobs", "jobs")),
    ("elbv2.k8s.aws", ("targetgroupbindings",)),
    ("external-secrets.io", ("externalsecrets", "secretstores")),
    ("monitoring.coreos.com", ("podmonitors", "prometheusrules")),
    ("networking.k8s.io", ("networkpolicies",)),
    ("policy", ("poddisruptionbudgets",)),
)


def namespace(context: Context) -> Manifest:
    """Held to the strictest of the pod security standards.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    """
    standard: dict[str, Value] = {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "audit", "warn")
        for suffix, value in (("", "restricted"), ("-version", f"v{context.cluster.version}"))
    }
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": context.namespace, "labels": {**context.labels(), **standard}},
    }


def service_account(context: Context, workload: Workload) -> Manifest:
    """Who the pods are. What they may do at AWS says the pod identity association of the same name."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": context.metadata(workload.name, workload),
        "automountServiceAccountToken": False,
    }


def access(context: Context) -> Iterator[Manifest]:
    """People may look. Pods of the application may nothing, because no binding names their accounts."""
    rules: list[Value] = [
        {"apiGroups": [group], "resources": list(kinds), "verbs": ["get", "list", "watch"]} for group, kinds in _READ
    ]
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": context.metadata(READERS),
        "rules": rules,
    }
    yield {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": context.metadata(READERS),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": READERS},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": viewers(context.namespace)}],
    }
