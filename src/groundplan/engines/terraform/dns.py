"""Amazon Route 53 in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, Joined
from groundplan.engines.terraform.hcl import Block
from groundplan.engines.terraform.rows import Row
from groundplan.resources.dns import CalculatedHealthCheck, DnsRecord, HealthCheck, HostedZone

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
    if record.failover:
        yield context.block("failover_routing_policy", {"type": record.failover})


def _health_check(check: HealthCheck, _: Context) -> dict[str, object]:
    return {
        "enable_sni": True if check.check_type == "HTTPS" else None,
        "invert_healthcheck": True if check.inverted else None,
    }


def _calculated(check: CalculatedHealthCheck, context: Context) -> dict[str, object]:
    return {
        "type": "CALCULATED",
        "child_healthchecks": [context.refer(child) for child in check.children],
        "child_health_threshold": len(check.children),
    }


ROWS = (
    Row(
        HostedZone,
        "aws_route53_zone",
        FILE,
        attributes={"id": "zone_id", "name_servers": Joined("name_servers")},
        rename={"zone_name": "name"},
    ),
    Row(
        HealthCheck,
        "aws_route53_health_check",
        FILE,
        attributes={"id": "id"},
        rename={"check_type": "type", "fully_qualified_domain_name": "fqdn"},
        first=("fqdn", "port", "type", "resource_path"),
        arguments=_health_check,
        written=frozenset({"inverted"}),
        section=1,
    ),
    Row(
        CalculatedHealthCheck,
        "aws_route53_health_check",
        FILE,
        attributes={"id": "id"},
        arguments=_calculated,
        written=frozenset({"children"}),
        section=1,
    ),
    Row(
        DnsRecord,
        "aws_route53_record",
        FILE,
        attributes={"id": "id"},
        rename={"hosted_zone_id": "zone_id", "record_name": "name", "record_type": "type"},
        first=("zone_id",),
        blocks=_alias,
        written=frozenset({"target", "evaluate_target_health", "failover"}),
        section=1,
    ),
)
