"""Amazon Route 53 in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, Joined
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.resources.dns import DnsRecord, HostedZone

FILE = "dns.tf"


def _alias(record: DnsRecord, context: Context) -> Iterator[Block]:
    yield context.block(
        "alias",
        {
            "name": record.target.attribute("dns_name"),
            "zone_id": record.target.attribute("zone_id"),
            "evaluate_target_health": record.evaluate_target_health,
        },
    )


ROWS = (
    Row(
        HostedZone,
        "aws_route53_zone",
        FILE,
        attributes={"id": "zone_id", "name_servers": Joined("name_servers")},
        rename={"zone_name": "name"},
    ),
    Row(
        DnsRecord,
        "aws_route53_record",
        FILE,
        attributes={"id": "id"},
        rename={"hosted_zone_id": "zone_id", "record_name": "name", "record_type": "type"},
        first=("zone_id",),
        blocks=_alias,
        written=frozenset({"target", "evaluate_target_health"}),
        section=1,
    ),
)
