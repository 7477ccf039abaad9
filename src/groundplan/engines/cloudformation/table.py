"""All rows: every kind of resource and how CloudFormation has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.engines.cloudformation import (
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
    filesystems,
    firewall,
    gateway,
    governance,
    kubernetes,
    messaging,
    monitoring,
    network,
    scaling,
    security,
    storage,
    tasks,
    tracing,
)
from groundplan.engines.cloudformation.rows import Row
from groundplan.resources import Resource

ROWS: Mapping[type[Resource], Row[Any]] = {
    row.kind: row
    for family in (
        network, security, storage, filesystems, messaging, databases, edge, firewall, delivery, dns, gateway, tasks,
        compute, containers, kubernetes, scaling, tracing, monitoring, events, automation, experiments, governance,
        detection,
    )
    for row in family.ROWS
}  # fmt: skip
