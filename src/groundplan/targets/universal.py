"""Calls of AWS APIs as schedules of EventBridge Scheduler make them: any operation, with its parameters in PascalCase.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from groundplan.targets.connection import Connection

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import Shape


def call(connection: Connection, region: str, service: str, operation: str, parameters: Mapping[str, object]) -> None:
    """Call ``stopDBInstance`` of ``rds``, say. botocore's own errors are left to whoever calls.

    Raises ValueError for a service that no schedule of Groundplan calls, or a parameter that the operation lacks.
    """
    clients = {
        "autoscaling": connection.autoscaling,
        "cloudwatch": connection.cloudwatch,
        "ecs": connection.ecs,
        "eks": connection.eks,
        "rds": connection.rds,
    }
    if service not in clients:
        raise ValueError(f"no schedule calls {service}")
    client: BaseClient = clients[service](region)
    name = operation[:1].upper() + operation[1:]
    model = client.meta.service_model.operation_model(name)
    method = next(own for own, api in client.meta.method_to_api_mapping.items() if api == name)
    spelt = _spelt(parameters, model.input_shape) if model.input_shape is not None else {}
    assert isinstance(spelt, dict)
    getattr(client, method)(**spelt)


def _spelt(value: object, shape: Shape) -> object:
    """The same value with the names that the operation has."""
    members = getattr(shape, "members", None)
    if shape.type_name == "structure" and isinstance(value, Mapping) and members is not None:
        known = {name.lower(): name for name in members}
        unknown = [key for key in value if key.lower() not in known]
        if unknown:
            raise ValueError(f"{shape.name} has no {', '.join(unknown)}")
        return {known[key.lower()]: _spelt(item, members[known[key.lower()]]) for key, item in value.items()}
    inner = getattr(shape, "member", None)
    if shape.type_name == "list" and isinstance(value, list) and inner is not None:
        return [_spelt(item, inner) for item in value]
    return value
