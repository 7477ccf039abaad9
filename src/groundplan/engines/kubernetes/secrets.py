"""Secrets: the External Secrets Operator reads Secrets Manager and Parameter Store, and pods find the values among
their variables."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest, Value
from groundplan.engines.kubernetes.pods import secret_name
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.values import Attribute, Textual, dynamic_values
from groundplan.resources.workloads import Workload

STORE = "aws"
PARAMETER_STORE = "aws-parameters"
REFRESH = "1h"
"""How often the operator looks for a new value. Pods see it when they start anew."""


def stores(context: Context) -> Iterator[Manifest]:
    """What the containers' secrets are kept in, in the environment's region, read with the operator's own role (pod
    identity).

    Sources: https://external-secrets.io/latest/provider/aws-secrets-manager/,
    https://external-secrets.io/latest/provider/aws-parameter-store/
    """
    used = {
        _store(value)
        for workload in context.workloads
        for container in workload.containers
        for value in container.secrets.values()
    }
    for name, service in ((STORE, "SecretsManager"), (PARAMETER_STORE, "ParameterStore")):
        if name in used:
            yield {
                "apiVersion": "external-secrets.io/v1",
                "kind": "SecretStore",
                "metadata": context.metadata(name),
                "spec": {"provider": {"aws": {"service": service, "region": context.architecture.region}}},
            }


def _store(value: Textual) -> str:
    """The name of the store that a secret is kept in."""
    kinds = {part.ref.kind for part in dynamic_values(value) if isinstance(part, Attribute)}
    return PARAMETER_STORE if SecureParameter in kinds else STORE


def external_secrets(context: Context, workload: Workload) -> Iterator[Manifest]:
    """One for each container, so that the application sees nothing of what prepares its database."""
    for container in workload.containers:
        if not container.secrets:
            continue
        store = STORE if STORE in map(_store, container.secrets.values()) else PARAMETER_STORE
        data: list[Value] = []
        for variable, value in container.secrets.items():
            key, entry = context.secret_key(value)
            remote: dict[str, Value] = {"key": key, "property": entry} if entry else {"key": key}
            read: dict[str, Value] = {"secretKey": variable, "remoteRef": remote}
            if _store(value) != store:
                read["sourceRef"] = {"storeRef": {"kind": "SecretStore", "name": _store(value)}}
            data.append(read)
        name = secret_name(workload, container)
        yield {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": context.metadata(name, workload),
            "spec": {
                "refreshInterval": REFRESH,
                "secretStoreRef": {"kind": "SecretStore", "name": store},
                # What pods run with stays where Secrets Manager does not answer.
                "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
                "data": data,
            },
        }
