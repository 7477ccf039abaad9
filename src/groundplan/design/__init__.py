"""From a blueprint to an architecture: one concern per module, each adding its resources to one draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.design.account_settings import add_account_settings
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
from groundplan.design.platform import STEPS as OF_PLATFORM
from groundplan.design.queues import add_queues
from groundplan.design.scaling import add_scaling
from groundplan.design.secondary import add_secondary
from groundplan.design.secrets import add_secrets
from groundplan.design.tracing import add_tracing
from groundplan.design.workloads import add_workloads
from groundplan.resources.architecture import Architecture

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.design.keeping import Kept


def _add_off_hours(draft: Draft) -> None:
    """What stops at night. Nothing where ``off_hours:`` is null."""
    if draft.blueprint.off_hours is not None:
        from groundplan.design.off_hours import add_off_hours

        add_off_hours(draft, draft.blueprint.off_hours)


def _add_drills(draft: Draft) -> None:
    """What drills need. Nothing where ``drills: forbidden``, and nothing in the standby, which is what remains."""
    if draft.blueprint.drills == "allowed" and draft.primary is None:
        from groundplan.design.drills import add_drills

        add_drills(draft)


def _add_pipelines(draft: Draft) -> None:
    """The roles of the pipelines. Nothing where ``pipelines:`` is null."""
    if draft.blueprint.pipelines is not None:
        from groundplan.design.pipelines import add_pipelines

        add_pipelines(draft)


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
    *OF_PLATFORM,
    add_tracing,
    add_edge,
    add_gateways,
    add_firewall,
    add_delivery,
    add_scaling,
    add_monitoring,
    add_audit,
    add_backup,
    add_account_settings,
    add_workloads,
    _add_off_hours,
    _add_drills,
    _add_pipelines,
    add_secondary,
)
"""What makes an architecture, in order: a step may read what the ones before it added."""


def _add_security(draft: Draft) -> None:
    """What watches the account. Nothing where ``security:`` is null."""
    if draft.blueprint.security is not None:
        from groundplan.design.security import add_security_services  # here, since few environments have it

        add_security_services(draft, draft.blueprint.security)


def _add_account(draft: Draft) -> None:
    """What stands once in an account. Nothing where ``account:`` is null."""
    if draft.blueprint.account is not None:
        from groundplan.design.account import add_account_services

        add_account_services(draft, draft.blueprint.account)


def _add_for_environments(draft: Draft) -> None:
    """What the environments of the file find in its ``shared:``, and what it shows of them."""
    from groundplan.design.shared import add_shared_monitoring, add_zone_parameters

    add_zone_parameters(draft)
    add_shared_monitoring(draft)


SHARED_STEPS = (
    check_region,
    add_keys,
    add_zone,
    _add_for_environments,
    add_audit,
    _add_security,
    _add_account,
    add_account_settings,
    _add_pipelines,
)
"""What makes the architecture of ``shared:``: nothing that has a network or runs."""


def design(loaded: LoadedEnvironment, kept: Kept | None = None) -> Architecture:
    """The whole architecture of one environment. ``kept``: the resources of its designs with other settings.

    Raises InputError with every problem: sizes, versions, zones and names that AWS would refuse.
    """
    now = _designed(loaded, kept)
    if loaded.in_aws is loaded:
        return now
    from groundplan.design.renames import renamed  # here, since few blueprints were renamed

    return renamed(loaded, _designed(loaded.in_aws, kept), now)


def _designed(loaded: LoadedEnvironment, kept: Kept | None) -> Architecture:
    draft = Draft(loaded, kept=kept)
    if loaded.standby is None:
        for step in SHARED_STEPS if loaded.is_shared else (*STEPS, _add_security, _add_account):
            draft.take(step)
        return draft.finish()
    from groundplan.design.standby import build  # here, since few environments have one

    build.begin(draft)
    for step in STEPS:
        draft.take(step)
    build.add_standby(draft)
    return build.whole(draft)


__all__ = ["design"]
