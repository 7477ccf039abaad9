"""From an architecture to the parts and links of its pictures."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from groundplan.documents.diagram import wording
from groundplan.documents.diagram.parts import APIS, Inventory, Link, Part, Site, Where, counted, merged
from groundplan.documents.diagram.scene import Tone
from groundplan.reachability.ends import Service
from groundplan.reachability.needs import requirements
from groundplan.reachability.network import network_of
from groundplan.reachability.places import Place
from groundplan.resources.architecture import STANDBY, Architecture
from groundplan.resources.base import Resource
from groundplan.resources.containers import ContainerRepository, EcsService, RegistryReplication
from groundplan.resources.databases import DatabaseInstance, Table
from groundplan.resources.delivery import Distribution
from groundplan.resources.dns import CalculatedHealthCheck, DnsRecord, HealthCheck, HostedZone
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.firewall import WebAclAssociation
from groundplan.resources.gateway import RestApi
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.network import NatGateway, Subnet, Vpc
from groundplan.resources.storage import Bucket

SERVICES = Path(__file__).parent / "data" / "services.csv"
"""Which service a kind belongs to that has no box of its own, and what one of it is called where it is counted. Without
a service: what has a box or frame of its own, or is a part of what has one."""
USERS, ROUTE53 = "users", "route53"
TONES: dict[str, Tone] = {
    "load balancer": "network", "service": "compute", "job": "compute", "cache": "data", "files": "data",
    "instances": "compute", "control plane": "compute", "endpoint": "network",
}  # fmt: skip
TIERS: dict[str, Where] = {"public": "public", "private": "private", "database": "database"}


@cache
def _services() -> dict[str, tuple[str, Tone, str]]:
    with SERVICES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["service"]]
        return {row["kind"]: (row["service"], row["tone"], row["noun"]) for row in rows}  # type: ignore[misc]  # a test holds the file to the tones


def inventory(architecture: Architecture) -> Inventory:
    """Everything that pictures of the architecture show."""
    finder = _Finder(architecture)
    parts, links = merged(finder.parts(), dict.fromkeys(finder.links()))
    known = {part.id for part in parts} | {APIS, f"{STANDBY}{APIS}"}
    return Inventory(
        title=architecture.title,
        environment=architecture.stage,
        sites=tuple(finder.sites()),
        parts=tuple(parts),
        links=tuple(link for link in links if link.source in known and link.target in known),
        resources=len(architecture),
    )


class _Finder:
    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._places = network_of(architecture).places
        self._shown: set[str] = set()

    def _in_standby(self, resource: Resource) -> bool:
        return resource.address in self._architecture.in_standby

    def _called(self, name: str) -> str:
        """The name in the picture: the frame around it says that it is the standby's."""
        return name.removeprefix(STANDBY).replace("_", "-")

    def sites(self) -> Iterator[Site]:
        """The regions, the standby last."""
        there = self._architecture.standby
        for region, standby in ((self._architecture.region, False), *([(there.region, True)] if there else [])):
            vpc = next((item for item in self._architecture.of(Vpc) if self._in_standby(item) == standby), None)
            subnets = [item for item in self._architecture.of(Subnet) if vpc is not None and item.vpc == vpc.ref]
            yield Site(
                region,
                standby,
                f"VPC {vpc.cidr_block}" if vpc else None,
                tuple(sorted({item.availability_zone for item in subnets})),
                {(item.tier, item.availability_zone): str(item.cidr_block) for item in subnets},
            )

    def parts(self) -> Iterator[Part]:
        """Every box."""
        found = [*self._edge(), *self._nats(), *self._in_network(), *self._databases(), *self._stores()]
        shown = {address for part in found for address in part.members}
        yield from found
        yield from self._others(shown)

    def _edge(self) -> Iterator[Part]:
        architecture = self._architecture
        records = architecture.of(DnsRecord)
        zones = architecture.of(HostedZone)
        checks = (*architecture.of(HealthCheck), *architecture.of(CalculatedHealthCheck))
        if records or zones:
            names = sorted({item.record_name for item in records} | {item.zone_name for item in zones}, key=_by_name)
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            details = [f"{names[0]}{more}"]
            if any(item.failover for item in records):
                details.append(f"failover by {counted(len(checks), 'health check')}")
            members = tuple(item.address for item in (*records, *zones, *checks))
            yield Part(ROUTE53, "edge", "Route 53", tuple(details), "edge", members=members)
        open_to_all = [item for item in architecture.of(LoadBalancer) if item.scheme == "internet-facing"]
        if open_to_all or any(isinstance(item, Distribution | RestApi) for item in architecture):
            yield Part(USERS, "outside", "Users", ("the internet",), "edge")
        for distribution in architecture.of(Distribution):
            name = distribution.aliases[0] if distribution.aliases else self._called(distribution.name)
            details = [f"CloudFront{' · WAF' if distribution.web_acl else ''}", name]
            yield Part(distribution.address, "edge", self._called(distribution.name), tuple(details), "edge",
                       members=(distribution.address,))  # fmt: skip
        for gateway in architecture.of(RestApi):
            yield Part(gateway.address, "edge", self._called(gateway.name), ("API Gateway",), "edge",
                       members=(gateway.address,))  # fmt: skip

    def _nats(self) -> Iterator[Part]:
        for nat in self._architecture.of(NatGateway):
            subnet = self._architecture[nat.subnet]
            yield Part(
                nat.address, "network", "NAT gateway", ("the way out",), "public", (subnet.availability_zone,),
                (nat.address, nat.elastic_ip.address), self._in_standby(nat),
            )  # fmt: skip

    def _in_network(self) -> Iterator[Part]:
        endpoints: dict[tuple[bool, Where, tuple[str, ...]], list[Place]] = {}
        nodes: dict[bool, list[Place]] = {}
        firewalled = {item.load_balancer for item in self._architecture.of(WebAclAssociation)}
        for place in self._places:
            if place.kind == "database":
                continue
            standby = self._standby(place)
            where, zones = self._where(place)
            if place.kind == "endpoint":
                endpoints.setdefault((standby, where, zones), []).append(place)
                continue
            if isinstance(place.resource, NodeGroup):
                nodes.setdefault(standby, []).append(place)
                continue
            details = wording.of_place(self._architecture, place)
            if place.resource is not None and place.resource.ref in firewalled:
                details = (*details, "WAF")
            members = [place.resource.address] if place.resource else []
            if isinstance(place.resource, EcsService) and place.tasks:
                members.append(place.tasks.address)
            yield Part(
                place.address, TONES[place.kind], self._titled(place), details, where, zones, tuple(members), standby
            )
        for standby, groups in nodes.items():
            where, zones = self._where(groups[0])
            told = ", ".join(
                f"{self._called(place.name)} {wording.nodes(place.resource)}"
                for place in groups
                if isinstance(place.resource, NodeGroup)
            )
            members = [place.address for place in groups]
            yield Part(
                self._end(groups[0].address), "compute", "EKS nodes", (counted(len(groups), "node group"), told), where,
                zones, tuple(members), standby, len(groups),
            )  # fmt: skip
        for (standby, where, zones), group in endpoints.items():
            names = ", ".join(self._called(place.name) for place in group)
            members = [place.address for place in group]
            yield Part(
                group[0].address, "network", counted(len(group), "interface endpoint"), (names,), where, zones,
                tuple(members), standby, len(group),
            )  # fmt: skip

    def _titled(self, place: Place) -> str:
        """Its name; of what there is mostly one, what it is."""
        name = self._called(place.name)
        if place.kind == "load balancer":
            return "Load balancer" if name == "main" else f"Load balancer {name}"
        return "EKS control plane" if place.kind == "control plane" else name

    def _standby(self, place: Place) -> bool:
        return self._in_standby(place.resource) if place.resource else place.name.startswith(STANDBY)

    def _where(self, place: Place) -> tuple[Where, tuple[str, ...]]:
        subnets = [station.segment.subnet for station in place.stations]
        tiers = {subnet.tier for subnet in subnets}
        where: Where = next((TIERS[tier] for tier in ("public", "private", "database") if tier in tiers), "private")
        return where, tuple(sorted({subnet.availability_zone for subnet in subnets}))

    def _end(self, address: str) -> str:
        """The part that stands for a place: all node groups of a region are one."""
        place = network_of(self._architecture).by_address.get(address)
        if place is None or not isinstance(place.resource, NodeGroup):
            return address
        return f"{STANDBY if self._standby(place) else ''}nodes"

    def _databases(self) -> Iterator[Part]:
        """A database in two zones is two boxes: the one that answers, and the one that waits."""
        sites = {site.standby: site for site in self.sites()}
        for place in self._places:
            instance = place.resource
            if not isinstance(instance, DatabaseInstance):
                continue
            standby = self._in_standby(instance)
            where, zones = self._where(place)
            zones = zones or sites[standby].zones
            first = instance.availability_zone or (zones[-1] if instance.source and not standby else zones[0])
            details = wording.database(self._architecture, instance)
            name = f"{self._called(instance.name)}{' · primary' if instance.multi_az else ''}"
            if instance.source:
                details = ("read replica", *details)
            yield Part(instance.address, "data", name, details, where, (first,), (instance.address,), standby)
            if instance.multi_az:
                other = next((zone for zone in zones if zone != first), first)
                yield Part(
                    f"{instance.address}/standby", "data", f"{self._called(instance.name)} · standby",
                    ("Multi-AZ", "takes over in a failure"), where, (other,), (instance.address,), standby,
                )  # fmt: skip

    def _stores(self) -> Iterator[Part]:
        architecture = self._architecture
        dead = {item.dead_letter_queue for item in architecture.of(Queue) if item.dead_letter_queue}
        for bucket in architecture.of(Bucket):
            yield self._store(bucket, wording.bucket(bucket), "data")
        for queue in architecture.of(Queue):
            if queue.ref not in dead:
                letters = [queue.dead_letter_queue.address] if queue.dead_letter_queue else []
                yield self._store(queue, wording.queue(queue, len(letters)), "messaging", letters)
        for table in architecture.of(Table):
            yield self._store(table, wording.table(table), "data")

    def _store(self, item: Resource, details: tuple[str, ...], tone: Tone, more: list[str] | None = None) -> Part:
        members = (item.address, *(more or ()))
        if item.region and item.region != self._architecture.region and not self._in_standby(item):
            details = (*details, f"in {item.region}")
        return Part(item.address, tone, self._called(item.name), details, "stores", (), members, self._in_standby(item))

    def _others(self, shown: set[str]) -> Iterator[Part]:
        """The services of AWS whose resources have no box of their own, each with what there is of it."""
        found: dict[tuple[bool, str], dict[str, int]] = {}
        members: dict[tuple[bool, str], list[str]] = {}
        tones: dict[str, Tone] = {}
        for resource in self._architecture:
            known = _services().get(resource.kind_name())
            if resource.address in shown or known is None:
                continue
            service, tones[service], noun = known
            key = self._in_standby(resource), service
            members.setdefault(key, []).append(resource.address)
            counts = found.setdefault(key, {})
            if noun:
                counts[noun] = counts.get(noun, 0) + 1
        order = list(dict.fromkeys(service for service, _, _ in _services().values()))
        for standby, service in sorted(found, key=lambda key: (key[0], order.index(key[1]))):
            told = ", ".join(counted(number, noun) for noun, number in found[standby, service].items())
            yield Part(
                f"{STANDBY if standby else ''}{service}", tones[service], service, (told,) if told else (), "services",
                (), tuple(members[standby, service]), standby,
            )  # fmt: skip

    def links(self) -> Iterator[Link]:
        """Every arrow."""
        yield from self._from_outside()
        names = {f"bucket.{item.name}": item.address for item in self._architecture.of(Bucket)}
        names |= {f"queue.{item.name}": item.address for item in self._architecture.of(Queue)}
        for item in requirements(self._architecture):
            source, target = item.source, item.target
            if isinstance(target, Place):
                yield Link(self._end(source.address), self._end(target.address), str(item.port))
            elif isinstance(target, Service) and target.label in names:
                yield Link(source.address, names[target.label], str(item.port))
            elif isinstance(target, Service):
                apis = f"{STANDBY if self._standby(source) else ''}{APIS}"
                yield Link(self._end(source.address), apis, str(item.port))
        yield from self._copies()

    def _from_outside(self) -> Iterator[Link]:
        architecture = self._architecture
        records = architecture.of(DnsRecord)
        if records:
            yield Link(USERS, ROUTE53, "DNS")
        for balancer in architecture.of(LoadBalancer):
            if balancer.scheme == "internet-facing":
                yield Link(USERS, balancer.address, wording.listeners(architecture, balancer))
            for record in records:
                if record.target == balancer.ref and record.failover:
                    yield Link(ROUTE53, balancer.address, f"failover: {record.failover.lower()}", dashed=True)
        for distribution in architecture.of(Distribution):
            yield Link(USERS, distribution.address, "HTTPS 443")
            yield Link(distribution.address, distribution.bucket.address, "443")
        for gateway in architecture.of(RestApi):
            yield Link(USERS, gateway.address, "HTTPS 443")

    def _copies(self) -> Iterator[Link]:
        architecture = self._architecture
        for instance in architecture.of(DatabaseInstance):
            if instance.multi_az:
                yield Link(instance.address, f"{instance.address}/standby", "each write", dashed=True)
            if instance.source:
                yield Link(instance.source.address, instance.address, "copies", dashed=True)
        for bucket in architecture.of(Bucket):
            if bucket.replication:
                yield Link(bucket.address, bucket.replication.destination.address, "copies", dashed=True)
        copied = {type(item) for item in architecture if isinstance(item, RegistryReplication | ContainerRepository)}
        if len(copied) == 2:
            yield Link("ECR", f"{STANDBY}ECR", "copies", dashed=True)


def _by_name(name: str) -> tuple[int, str]:
    return len(name), name
