"""Amazon Route 53 in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, Joined, Row, present
from groundplan.resources import Architecture
from groundplan.resources.dns import CalculatedHealthCheck, DnsRecord, HealthCheck, HostedZone


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


def _health_check(check: HealthCheck, _: Architecture) -> dict[str, object]:
    return {
        "HealthCheckConfig": present(
            Type=check.check_type,
            FullyQualifiedDomainName=check.fully_qualified_domain_name,
            Port=check.port,
            ResourcePath=check.resource_path,
            RequestInterval=check.request_interval,
            FailureThreshold=check.failure_threshold,
            EnableSNI=True if check.check_type == "HTTPS" else None,
            Inverted=True if check.inverted else None,
        )
    }


def _calculated(check: CalculatedHealthCheck, _: Architecture) -> dict[str, object]:
    return {
        "HealthCheckConfig": {
            "Type": "CALCULATED",
            "ChildHealthChecks": list(check.children),
            "HealthThreshold": len(check.children),
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
        HealthCheck,
        "AWS::Route53::HealthCheck",
        attributes={"id": RETURNED},
        write=_health_check,
        written=frozenset(
            {
                "check_type", "fully_qualified_domain_name", "port", "resource_path", "request_interval",
                "failure_threshold", "inverted",
            }
        ),
        tag_property="HealthCheckTags",
    ),
    Row(
        CalculatedHealthCheck,
        "AWS::Route53::HealthCheck",
        attributes={"id": RETURNED},
        write=_calculated,
        written=frozenset({"children"}),
        tag_property="HealthCheckTags",
    ),
    Row(
        DnsRecord,
        "AWS::Route53::RecordSet",
        attributes={"id": RETURNED},
        rename={"record_name": "Name", "record_type": "Type"},
        write=_record,
        written=frozenset({"target", "evaluate_target_health"}),
    ),
)  # fmt: skip
