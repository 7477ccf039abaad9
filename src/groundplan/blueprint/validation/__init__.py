"""What is wrong with a blueprint that no single field can know: names that lead nowhere, ranges that overlap.

Only the blueprint is asked here. What needs the catalog (Fargate sizes, zones of a region, engine versions, lengths of
AWS names) is checked where the design is made.
"""

from __future__ import annotations

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, format_path
from groundplan.blueprint.validation.base import Check, Finding
from groundplan.blueprint.validation.compute import check_capacity
from groundplan.blueprint.validation.data import check_buckets, check_caches, check_databases
from groundplan.blueprint.validation.delivery import (
    check_cdn,
    check_certificates,
    check_domains,
    check_firewall,
    check_public,
)
from groundplan.blueprint.validation.deployments import check_deployments
from groundplan.blueprint.validation.drills import check_drills
from groundplan.blueprint.validation.failover import check_failover
from groundplan.blueprint.validation.governance import check_governance, check_replicas
from groundplan.blueprint.validation.jobs import check_jobs
from groundplan.blueprint.validation.kubernetes import check_kubernetes
from groundplan.blueprint.validation.names import check_names, check_needs, check_secrets, check_tags, check_usage
from groundplan.blueprint.validation.network import check_network
from groundplan.blueprint.validation.numbers import check_numbers
from groundplan.blueprint.validation.off_hours import check_off_hours
from groundplan.blueprint.validation.pipelines import check_pipelines
from groundplan.blueprint.validation.queues import check_queues
from groundplan.blueprint.validation.reliability import check_reliability
from groundplan.blueprint.validation.renames import check_renames
from groundplan.blueprint.validation.secondary import check_secondary
from groundplan.blueprint.validation.security import check_security
from groundplan.blueprint.validation.services import check_listeners, check_services, check_workloads
from groundplan.blueprint.validation.standby import check_standby
from groundplan.blueprint.validation.tasks import check_tasks
from groundplan.blueprint.validation.traffic import check_traffic
from groundplan.errors import Problem

CHECKS: tuple[Check, ...] = (
    check_names,
    check_tags,
    check_numbers,
    check_network,
    check_workloads,
    check_services,
    check_deployments,
    check_capacity,
    check_kubernetes,
    check_tasks,
    check_jobs,
    check_needs,
    check_listeners,
    check_public,
    check_domains,
    check_certificates,
    check_cdn,
    check_firewall,
    check_databases,
    check_caches,
    check_buckets,
    check_replicas,
    check_governance,
    check_security,
    check_off_hours,
    check_drills,
    check_queues,
    check_secrets,
    check_usage,
    check_standby,
    check_failover,
    check_secondary,
    check_renames,
    check_traffic,
    check_reliability,
    check_pipelines,
)


def find_problems(blueprint: Blueprint, tree: Node) -> list[Problem]:
    """Everything that the checks find, with places from the tree that the blueprint was read from.

    The tree may hold more than the blueprint: entries that cannot be read are left out of the blueprint, yet their
    names are known.
    """
    return [_problem(finding, tree) for check in CHECKS for finding in check(blueprint, tree)]


def _problem(finding: Finding, tree: Node) -> Problem:
    node = tree.find(finding.path)
    layer = node.layer if node and node.layer.startswith(("profile", "default")) else ""
    place = node.key if node is not None and finding.at_key else None
    message = finding.message + (f" (set by {layer})" if layer else "")
    return Problem(message, place or tree.nearest(finding.path), format_path(finding.path))
