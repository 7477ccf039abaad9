"""All rows: every kind of resource and how Terraform has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundplan.engines.terraform import (
    containers,
    databases,
    edge,
    monitoring,
    network,
    scaling,
    security,
    storage,
    tasks,
)
from groundplan.engines.terraform.rows import Row
from groundplan.resources import Resource

ROWS: Mapping[type[Resource], Row[Any]] = {
    row.kind: row
    for family in (network, security, storage, databases, edge, tasks, containers, scaling, monitoring)
    for row in family.ROWS
}
