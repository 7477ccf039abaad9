"""All rows: every kind of resource and how Terraform has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.engines.terraform import (
    automation,
    compute,
    containers,
    databases,
    delivery,
    detection,
    dns,
    edge,
    events,
    experiments,
    files,
    firewall,
    gateway,
    google,
    governance,
    kubernetes,
    messaging,
    monitoring,
    network,
    parameters,
    scaling,
    security,
    storage,
    tasks,
    tracing,
)
from groundplan.engines.terraform.rows import Row
from groundplan.resources import Resource

ROWS: Mapping[type[Resource], Row[Any]] = {
    row.kind: row
    for family in (
        network, security, parameters, storage, files, messaging, databases, edge, firewall, delivery, dns, gateway,
        tasks, compute, containers, kubernetes, scaling, tracing, monitoring, events, automation, experiments,
        governance, detection, google,
    )
    for row in family.ROWS
}  # fmt: skip
