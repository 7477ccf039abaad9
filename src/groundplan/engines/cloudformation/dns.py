"""Amazon Route 53 in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Joined, Row
from groundplan.resources import Architecture
from groundplan.resources.dns import DnsRecord, HostedZone


def _zone(zone: HostedZone, _: Architecture) -> dict[str, object]:
    return {"HostedZoneConfig": {"Comment": zone.comment}}


def _record(record: DnsRecord, _: Architecture) -> dict[str, object]:
    return {
        "AliasTarget": {
            "DNSName": record.target.attribute("dns_name"),
            "HostedZoneId": record.target.attribute("zone_id"),
            "EvaluateTargetHealth": record.evaluate_target_health,
        }
    }


ROWS = (
    Row(
        HostedZone,
        "AWS::Route53::HostedZone",
        attributes={"id": RETURNED, "name_servers": Joined("NameServers")},
        rename={"zone_name": "Name"},
        write=_zone,
        written=frozenset({"comment"}),
        tag_property="HostedZoneTags",
    ),
    Row(
        DnsRecord,
        "AWS::Route53::RecordSet",
        attributes={"id": RETURNED},
        rename={"record_name": "Name", "record_type": "Type"},
        write=_record,
        written=frozenset({"target", "evaluate_target_health"}),
    ),
)
