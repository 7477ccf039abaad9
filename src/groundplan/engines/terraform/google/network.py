"""VPC network, private connections and private DNS of Google Cloud in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.google.base import row
from groundplan.engines.terraform.hcl import Block
from groundplan.resources.google.network import (
    GoogleAddress,
    GoogleDnsRecord,
    GoogleDnsZone,
    GoogleNetwork,
    GooglePrivateConnection,
    GoogleSubnetwork,
)

FILE = "google_network.tf"


def _connection(connection: GooglePrivateConnection, _: Context) -> dict[str, object]:
    return {
        "service": "servicenetworking.googleapis.com",
        "reserved_peering_ranges": [item.attribute("address_name") for item in connection.ranges],
    }


def _zone(zone: GoogleDnsZone, context: Context) -> Iterator[Block]:
    networks = context.block("networks", {"network_url": context.refer(zone.network)})
    yield context.block("private_visibility_config", {}, networks)


def _record(record: GoogleDnsRecord, _: Context) -> dict[str, object]:
    return {"managed_zone": record.zone.attribute("zone_name")}


ROWS = (
    row(GoogleNetwork, "google_compute_network", FILE, rename={"network_name": "name"}),
    row(
        GoogleSubnetwork,
        "google_compute_subnetwork",
        FILE,
        rename={"subnetwork_name": "name", "location": "region"},
        section=1,
    ),
    row(
        GoogleAddress,
        "google_compute_global_address",
        FILE,
        attributes={"address": "address", "address_name": "name"},
        rename={"address_name": "name"},
        section=2,
    ),
    row(
        GooglePrivateConnection,
        "google_service_networking_connection",
        FILE,
        arguments=_connection,
        written=frozenset({"ranges"}),
        section=3,
    ),
    row(
        GoogleDnsZone,
        "google_dns_managed_zone",
        FILE,
        attributes={"zone_name": "name"},
        rename={"zone_name": "name"},
        fixed={"visibility": "private"},
        blocks=_zone,
        written=frozenset({"network"}),
        section=4,
    ),
    row(
        GoogleDnsRecord,
        "google_dns_record_set",
        FILE,
        rename={"record_name": "name", "record_type": "type"},
        arguments=_record,
        written=frozenset({"zone"}),
        section=5,
    ),
)
