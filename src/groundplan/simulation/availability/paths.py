"""The paths that requests take through an architecture, one for each public service and each distribution."""

from __future__ import annotations

from dataclasses import dataclass

from groundplan.recovery import promotion_steps, timeline
from groundplan.resources import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.containers import EcsService
from groundplan.resources.delivery import Distribution
from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import LoadBalancer, TargetGroup, balancer_of
from groundplan.resources.firewall import WebAclAssociation
from groundplan.resources.gateway import RestApi
from groundplan.resources.network import NatGateway, Subnet
from groundplan.resources.values import Ref
from groundplan.resources.workloads import ServiceWorkload
from groundplan.simulation.availability.assembly import NAT, NAT_GATEWAY, Assembly, Running, Soft, Term
from groundplan.simulation.availability.model import Chain, Failover
from groundplan.simulation.availability.places import Places
from groundplan.simulation.availability.rates import Rates
from groundplan.simulation.availability.running import add_pods, add_tasks
from groundplan.simulation.availability.stores import (
    WITHOUT,
    add_bucket,
    add_cache,
    add_database,
    add_queue,
    is_hard,
)


@dataclass(frozen=True)
class RequestPath:
    """What a request to one address crosses."""

    name: str
    """The service, or the bucket behind a distribution."""
    address: str
    chain: Chain
    failover: Failover | None
    """The standby that takes over by itself; None: there is none."""
    terms: tuple[Term, ...]
    """Its links in the light of AWS's agreements."""
    standby_terms: tuple[Term, ...]
    soft: tuple[Soft, ...]
    running: tuple[Running, ...]
    assumptions: tuple[str, ...]


def paths(architecture: Architecture, rates: Rates) -> tuple[RequestPath, ...]:
    """The path of every service that the internet reaches, then of every distribution.

    Empty where nothing is public. All of it is read from the architecture's resources and needs.
    """
    found = []
    for service, group in _public(architecture):
        balancer = balancer_of(architecture, group)
        if balancer is None or architecture[balancer].scheme != "internet-facing":
            continue
        links = Assembly(architecture, rates, Places(architecture))
        _add_entry(links, architecture[balancer])
        _add_service(links, service)
        if architecture.of(RestApi):
            links.leave_out("API Gateway", "whoever asks the domain itself goes past it")
        if architecture.off_hours is not None:
            links.notes.append("only the hours count in which it runs: off_hours stops it in the others")
        if architecture.of(NatGateway) and not any(term.name == NAT_GATEWAY for term in links.terms):
            links.leave_out(NAT, "tasks start and answer without them")
        failover, standby_terms = _failover(architecture, rates, links, service)
        found.append(_path(service, _address(architecture, balancer), links, failover, standby_terms))
    for distribution in architecture.of(Distribution):
        if distribution.address not in architecture.in_standby:
            links = Assembly(architecture, rates, Places(architecture))
            _add_distribution(links, distribution)
            address = distribution.aliases[0] if distribution.aliases else "a name of CloudFront's"
            found.append(_path(distribution.bucket.name, address, links, None, ()))
    return tuple(found)


def _path(
    name: str, address: str, links: Assembly, failover: Failover | None, standby_terms: tuple[Term, ...]
) -> RequestPath:
    return RequestPath(
        name,
        address,
        links.chain(),
        failover,
        tuple(links.terms),
        standby_terms,
        tuple(links.soft),
        tuple(links.running.values()),
        (*links.notes, *links.rates.assumed.values()),
    )


def _public(architecture: Architecture) -> list[tuple[str, Ref[TargetGroup]]]:
    """Services behind a load balancer, each with its target group."""
    found = [
        (service.name, service.load_balancers[0].target_group)
        for service in architecture.of(EcsService)
        if service.load_balancers and service.address not in architecture.in_standby
    ]
    for workload in architecture.workloads:
        if isinstance(workload, ServiceWorkload) and workload.target_group is not None:
            found.append((workload.name.replace("-", "_"), workload.target_group))
    return found


def _add_entry(links: Assembly, balancer: LoadBalancer) -> None:
    """The way of a request to the services: DNS, firewall, load balancer, in the region."""
    architecture = links.architecture
    links.series(f"region {architecture.region}", links.element(f"region {architecture.region}", "region"))
    _add_dns(links, balancer.ref)
    if any(item.load_balancer == balancer.ref for item in architecture.of(WebAclAssociation)):
        links.managed("WAF", "waf")
    links.managed("Elastic Load Balancing", "load_balancer")
    zones = links.places.zones(balancer.subnets)
    links.any_of("zones of the load balancer", [(links.zone(zone),) for zone in zones])
    if len(zones) > 1:
        left = links.rates.seconds("balancer_zone")
        for zone in zones:
            links.gap(links.zone(zone), 1 / len(zones), left, "the load balancer's address in a zone that is gone")
    for name, why in (
        ("images, secrets and parameters", "tasks read them when they start; those that run go on"),
        ("logs, metrics, alarms and traces", "nobody waits for them"),
    ):
        links.leave_out(name, why)


def _add_dns(links: Assembly, target: Ref[LoadBalancer] | Ref[Distribution]) -> None:
    records: list[Resource] = [item for item in links.architecture.of(DnsRecord) if item.target == target]
    if records or links.prefix:
        links.series("Route 53", links.everywhere("Route 53", "edge"))
        links.term("Route 53", "route53")
    else:
        links.leave_out("DNS", "the zone is not of this blueprint, and not counted")


def _add_distribution(links: Assembly, distribution: Distribution) -> None:
    region = links.architecture.region
    _add_dns(links, distribution.ref)
    links.series("CloudFront", links.everywhere("CloudFront", "edge"))
    links.term("CloudFront", "cloudfront")
    if distribution.web_acl is not None:
        links.series("WAF at the edge", links.everywhere("WAF at the edge", "edge"))
        links.term("WAF at the edge", "waf")
    links.series(f"region {region}", links.element(f"region {region}", "region"))
    links.managed("S3", "s3_standard")
    if links.architecture[distribution.bucket].kms_key is not None:
        links.managed("KMS", "kms")
    links.notes.append("what CloudFront still has of a bucket is not counted: a request is taken to reach the bucket")


def _add_service(links: Assembly, name: str) -> None:
    """The tasks of a service, and what they cannot answer without."""
    if name in links.running:
        return
    subnets = _add_running(links, name)
    zones = links.running[name].zones
    for need in links.architecture.needs:
        if need.by != name:
            continue
        if not is_hard(need):
            links.leave_out(need.name, WITHOUT[need.family])
            if need.required is None and need.family == "caches":
                links.notes.append(
                    f"{name} answers without the cache {need.name}. required: true in needs: says otherwise"
                )
        elif need.family == "services":
            _add_service(links, need.name)
        else:
            _add_store(links, need.family, need.name, subnets, zones)


def _add_running(links: Assembly, name: str) -> tuple[Ref[Subnet], ...]:
    service = links.architecture.find(EcsService, name)
    if service is not None:
        return add_tasks(links, service)
    workload = next(
        item
        for item in links.architecture.workloads
        if isinstance(item, ServiceWorkload) and item.name.replace("-", "_") == name
    )
    if any(volume.file_system is not None for volume in workload.volumes):
        links.managed("EFS", "efs_regional")
    return add_pods(links, workload)


def _add_store(
    links: Assembly, family: str, name: str, subnets: tuple[Ref[Subnet], ...], zones: tuple[str, ...]
) -> None:
    if any(block.name in (f"database {name}", f"cache {name}", f"cache {name} 1") for block in links.blocks):
        return
    if family == "databases":
        add_database(links, name)
    elif family == "caches":
        add_cache(links, name)
    elif family == "buckets":
        add_bucket(links, name, subnets, zones)
    elif family == "queues":
        add_queue(links, subnets, zones)


def _failover(
    architecture: Architecture, rates: Rates, links: Assembly, service: str
) -> tuple[Failover | None, tuple[Term, ...]]:
    """The standby's own chain, where it takes over by itself."""
    standby = architecture.standby
    if standby is None:
        return None, ()
    total = timeline(promotion_steps(architecture)).total
    if total is None:
        links.notes.append("the standby is not counted: somebody has to lead requests to it, and nobody knows when")
        return None, ()
    there = Assembly(standby, rates, Places(standby), prefix=f"{standby.region} ")
    balancer = next(item for item in standby.of(LoadBalancer) if item.scheme == "internet-facing")
    _add_entry(there, balancer)
    _add_service(there, service)
    # What is the same in both regions, a release or Route 53, is the same element: it is away in both.
    chain = there.chain()
    links.notes += [f"{standby.region}: {note}" for note in there.notes]
    links.notes.append(f"the standby takes over after {getattr(total, rates.case) / 60:.1f} minutes, and never sooner")
    return Failover(chain, float(getattr(total, rates.case))), tuple(there.terms)


def _address(architecture: Architecture, balancer: Ref[LoadBalancer]) -> str:
    names = [item.record_name for item in architecture.of(DnsRecord) if item.target == balancer]
    return min(names, key=len) if names else "the load balancer's own name"
