"""Secrets: the External Secrets Operator reads Secrets Manager, and pods find the values among their variables."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest, Value
from groundplan.engines.kubernetes.pods import secret_name
from groundplan.resources.workloads import Workload

STORE = "aws"
REFRESH = "1h"
"""How often the operator looks for a new value. Pods see it when they start anew."""


def has_secrets(context: Context) -> bool:
    """Whether any container has a variable that is secret."""
    return any(item.secrets for workload in context.workloads for item in workload.containers)


def store(context: Context) -> Manifest:
    """Secrets Manager in the environment's region, read with the operator's own role (pod identity).

    Source: https://external-secrets.io/latest/provider/aws-secrets-manager/
    """
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": context.metadata(STORE),
        "spec": {"provider": {"aws": {"service": "SecretsManager", "region": context.architecture.region}}},
    }


def external_secrets(context: Context, workload: Workload) -> Iterator[Manifest]:
    """One for each container, so that the application sees nothing of what prepares its database."""
    for container in workload.containers:
        if not container.secrets:
            continue
        data: list[Value] = []
        for variable, value in container.secrets.items():
            key, entry = context.secret_key(value)
            remote: dict[str, Value] = {"key": key, "property": entry} if entry else {"key": key}
            data.append({"secretKey": variable, "remoteRef": remote})
        name = secret_name(workload, container)
        yield {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": context.metadata(name, workload),
            "spec": {
                "refreshInterval": REFRESH,
                "secretStoreRef": {"kind": "SecretStore", "name": STORE},
                # What pods run with stays where Secrets Manager does not answer.
                "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
                "data": data,
            },
        }
