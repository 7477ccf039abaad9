"""GP-REL-018."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from groundplan.catalog import quotas
from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.edge import Listener, ListenerRule, LoadBalancer
from groundplan.resources.network import ElasticIp, NatGateway, NetworkAcl, Vpc


class DefaultQuotas(Rule):
    id = "GP-REL-018"
    title = "The environment keeps within the quotas of a new account"
    severity = "warning"
    why = "A deployment stops half-way at the first quota, and what else runs in the account counts as well."
    fix = Fix(
        blueprint="Have the quota raised before deploying, and accept this finding; or use less of it.",
        terraform="Not in Terraform: Service Quotas of the account",
        cloudformation="Not in CloudFormation: Service Quotas of the account",
    )
    source = "https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for resource, key, count in _counts(architecture):
            quota = quotas.quota(key)
            if count > quota.limit:
                yield self.violation(
                    resource,
                    f"brings it to {count} {quota.title}; {quota.limit} is the default quota of {quota.service}",
                )


def _counts(architecture: Architecture) -> Iterator[tuple[Resource, str, int]]:
    """What is counted: the resource that a finding names, the quota's key, and how many there are."""
    per_region: tuple[tuple[type[Resource], str], ...] = (
        (Vpc, "vpcs_per_region"),
        (ElasticIp, "elastic_ips_per_region"),
        (LoadBalancer, "load_balancers_per_region"),
    )
    for kind, key in per_region:
        counted = Counter(region_of(architecture, resource) for resource in architecture.of(kind))
        last = {region_of(architecture, resource): resource for resource in architecture.of(kind)}
        for region, count in counted.items():
            yield last[region], key, count
    in_zone: dict[str, list[NatGateway]] = {}
    for gateway in architecture.of(NatGateway):
        in_zone.setdefault(architecture[gateway.subnet].availability_zone, []).append(gateway)
    for gateways in in_zone.values():
        yield gateways[-1], "nat_gateways_per_zone", len(gateways)
    listeners = Counter(listener.load_balancer for listener in architecture.of(Listener))
    rules = Counter(architecture[rule.listener].load_balancer for rule in architecture.of(ListenerRule))
    for balancer in architecture.of(LoadBalancer):
        yield balancer, "listeners_per_load_balancer", listeners[balancer.ref]
        yield balancer, "rules_per_load_balancer", rules[balancer.ref]
    for acl in architecture.of(NetworkAcl):
        directions = Counter(rule.direction for rule in acl.rules)
        yield acl, "rules_per_network_acl", max(directions.values(), default=0)
    for cache in architecture.of(CacheReplicationGroup):
        if cache.cluster_mode:
            yield cache, "nodes_per_cache_cluster", cache.nodes
    guarded: tuple[EcsService | DatabaseInstance | CacheReplicationGroup | LoadBalancer, ...] = (
        *architecture.of(EcsService),
        *architecture.of(DatabaseInstance),
        *architecture.of(CacheReplicationGroup),
        *architecture.of(LoadBalancer),
    )
    for resource in guarded:
        yield resource, "security_groups_per_interface", len(resource.security_groups)
