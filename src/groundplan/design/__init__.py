"""From a blueprint to an architecture: one concern per module, each adding its resources to one draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.design.audit import add_audit
from groundplan.design.backup import add_backup
from groundplan.design.buckets import add_buckets
from groundplan.design.caches import add_caches
from groundplan.design.databases import add_databases
from groundplan.design.delivery import add_delivery
from groundplan.design.dns import add_zone
from groundplan.design.draft import Draft, check_region
from groundplan.design.edge import add_edge
from groundplan.design.encryption import add_keys
from groundplan.design.extensions import check_extensions
from groundplan.design.firewall import add_firewall
from groundplan.design.gateway import add_gateways
from groundplan.design.monitoring import add_monitoring
from groundplan.design.networking import add_network
from groundplan.design.order import with_order
from groundplan.design.platform import add_platform
from groundplan.design.queues import add_queues
from groundplan.design.scaling import add_scaling
from groundplan.design.secrets import add_secrets
from groundplan.design.tracing import add_tracing
from groundplan.design.workloads import add_workloads
from groundplan.resources.architecture import Architecture

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

STEPS = (
    check_region,
    add_keys,
    add_network,
    add_zone,
    add_buckets,
    add_databases,
    check_extensions,
    add_caches,
    add_queues,
    add_secrets,
    add_platform,
    add_tracing,
    add_edge,
    add_gateways,
    add_firewall,
    add_delivery,
    add_scaling,
    add_monitoring,
    add_audit,
    add_backup,
    add_workloads,
)
"""What makes an architecture, in order: a step may read what the ones before it added."""


def design(loaded: LoadedEnvironment) -> Architecture:
    """The whole architecture of one environment.

    Raises InputError with every problem: sizes, versions, zones and names that AWS would refuse.
    """
    draft = Draft(loaded)
    for step in STEPS:
        step(draft)
    return with_order(draft.finish())


__all__ = ["design"]
