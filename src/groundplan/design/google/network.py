"""The network: a subnet for services, private ways to Google's APIs, to databases, and from service to service."""

from __future__ import annotations

from groundplan.design.google.pilot import AT, REGION, Pilot
from groundplan.resources.base import Resource
from groundplan.resources.google.network import (
    GoogleAddress,
    GoogleDnsRecord,
    GoogleDnsZone,
    GoogleNetwork,
    GooglePrivateConnection,
    GoogleSubnetwork,
)
from groundplan.resources.values import Ref

NETWORK = Ref(GoogleNetwork, "main")
SUBNETWORK = Ref(GoogleSubnetwork, "services")
CONNECTION = Ref(GooglePrivateConnection, "main")
PRIVATE_GOOGLE_ACCESS = ("199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11")
"""``private.googleapis.com``.
Source: https://cloud.google.com/vpc/docs/configure-private-google-access#ip-addr-defaults"""
MANAGED_PREFIX = 20
"""Of the range that databases and caches live in.
Source: https://cloud.google.com/sql/docs/postgres/configure-private-services-access"""


def add_network(pilot: Pilot) -> None:
    """Services reach the internet by themselves and private addresses through the subnet, so that nothing needs NAT."""
    draft = pilot.draft
    draft.add(
        GoogleNetwork(
            name="main",
            concern="network",
            network_name=pilot.called("google_compute", "main", AT),
            description=f"{draft.title} {draft.stage}",
            depends_on=(pilot.api("compute"),),
        )
    )
    draft.add(
        GoogleSubnetwork(
            name="services",
            concern="network",
            subnetwork_name=pilot.called("google_compute", "services", AT),
            network=NETWORK,
            location=REGION,
            ip_cidr_range=pilot.spec.cidr,
        )
    )
    if managed(pilot):
        _add_connection(pilot)
    if any(pilot.needs("services")):
        _add_private_dns(pilot)


def managed(pilot: Pilot) -> bool:
    """Whether there are databases or caches in the network."""
    blueprint = pilot.draft.blueprint
    return any(pilot.has(name) for name in (*blueprint.databases, *blueprint.caches))


def before_managed(pilot: Pilot, api: str) -> tuple[Ref[Resource], ...]:
    """What a database or cache waits for."""
    return pilot.api(api), CONNECTION


def _add_connection(pilot: Pilot) -> None:
    draft = pilot.draft
    ranges = draft.add(
        GoogleAddress(
            name="managed_services",
            concern="network",
            address_name=pilot.called("google_compute", "managed-services", AT),
            address_type="INTERNAL",
            purpose="VPC_PEERING",
            prefix_length=MANAGED_PREFIX,
            network=NETWORK,
        )
    )
    draft.add(
        GooglePrivateConnection(
            name="main",
            concern="network",
            network=NETWORK,
            ranges=(ranges,),
            depends_on=(pilot.api("servicenetworking"),),
        )
    )


def _add_private_dns(pilot: Pilot) -> None:
    """A service that only the network may call is called through the network: its name leads to a private address.

    Source: https://cloud.google.com/run/docs/securing/private-networking
    """
    draft = pilot.draft
    zone = draft.add(
        GoogleDnsZone(
            name="run",
            concern="network",
            zone_name=pilot.called("google_compute", "run-app", AT),
            dns_name="run.app.",
            description="Leads to Cloud Run through the network",
            network=NETWORK,
            depends_on=(pilot.api("dns"),),
        )
    )
    draft.add(
        GoogleDnsRecord(
            name="run",
            concern="network",
            zone=zone,
            record_name="run.app.",
            record_type="A",
            ttl=300,
            rrdatas=PRIVATE_GOOGLE_ACCESS,
        )
    )
    draft.add(
        GoogleDnsRecord(
            name="run_services",
            concern="network",
            zone=zone,
            record_name="*.run.app.",
            record_type="CNAME",
            ttl=300,
            rrdatas=("run.app.",),
        )
    )
