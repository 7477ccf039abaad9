"""GP-VAL-136."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution
from groundplan.resources.dns import DnsRecord, HostedZone
from groundplan.resources.values import Attribute


class DnsRecords(Rule):
    id = "GP-VAL-136"
    title = "A DNS record lies in its zone, and only a pair for failover has its name twice"
    severity = "error"
    why = (
        "Route 53 refuses a name outside of the zone, a second record of a name without an identifier, and "
        "health of a distribution."
    )
    fix = Fix(
        blueprint="Set dns.zone to the zone of all public domains, or leave it out.",
        terraform="aws_route53_record: name, set_identifier, failover_routing_policy, alias",
        cloudformation="AWS::Route53::RecordSet: Name, SetIdentifier, Failover, AliasTarget",
    )
    source = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover-alias.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        names: dict[tuple[object, ...], str] = {}
        for record in architecture.of(DnsRecord):
            zone = record.hosted_zone_id.ref if isinstance(record.hosted_zone_id, Attribute) else None
            found = architecture.find(HostedZone, zone.name, zone.key) if zone and zone.kind is HostedZone else None
            name = record.record_name.lower()
            if found and name != found.zone_name and not name.endswith(f".{found.zone_name}"):
                yield self.violation(record, f"is called {name}, outside of the zone {found.zone_name}")
            if (record.failover is None) != (record.set_identifier is None):
                yield self.violation(record, "has one of failover and set_identifier; both or none are right")
            if record.target.kind is Distribution and record.evaluate_target_health:
                yield self.violation(record, "evaluates the health of a distribution, which has none; false is right")
            identity = (record.hosted_zone_id, name, record.record_type, record.set_identifier)
            first = names.setdefault(identity, record.address)
            if first != record.address:
                yield self.violation(record, f"is called {name}, as {first} is; another name or identifier is right")
