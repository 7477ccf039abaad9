"""Route 53: records of a new zone, and what a change of records may do."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from groundplan.targets.local.corrections.once import once

if TYPE_CHECKING:
    from moto.route53.models import RecordSet


@once
def records_of_new_zones() -> None:
    """moto wraps the SOA record of a new zone once too often; AWS shows the text alone."""
    from moto.route53.models import Route53Backend

    original = Route53Backend.create_hosted_zone

    @wraps(original)
    def create(self: Any, *args: Any, **kwargs: Any) -> Any:
        zone = original(self, *args, **kwargs)
        for record in zone.rrsets:
            record.records = [item["Value"] if isinstance(item, dict) else item for item in record.records]
        return zone

    setattr(Route53Backend, "create_hosted_zone", create)  # noqa: B010 - mypy forbids assigning to a method


@once
def changes_of_records() -> None:
    """moto takes a record for existing that was created like this once and is gone, if any other comes after it in the
    zone; it creates one twice where the values differ, and deletes every record of a set identifier, whatever its name.

    AWS makes all changes of a batch, in order, or none of them. A record set is told by name, type and set identifier.
    Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    """
    from moto.route53.exceptions import DnsNameInvalidForZone, InvalidActionValue, Route53ClientError
    from moto.route53.models import RecordSet, Route53Backend
    from moto.route53.utils import validate_domain_name

    make: Any = RecordSet  # whose base class has abstract methods that nobody implements

    def change(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        zone = self.get_hosted_zone(zoneid)
        records = {_identity(record): record for record in zone.rrsets}
        for item in change_list:
            action, written = item["Action"], item["ResourceRecordSet"]
            if action not in ("CREATE", "UPSERT", "DELETE"):
                raise InvalidActionValue(action)
            validate_domain_name(written["Name"], code="InvalidChangeBatch")
            name = written["Name"].strip(".").lower()  # as Route 53 keeps it
            if not f".{name}".endswith(f".{zone.name.strip('.')}"):
                raise DnsNameInvalidForZone(name=written["Name"], zone_name=zone.name)
            values = [value["Value"] for value in written.get("ResourceRecords", [])]
            wanted = make({**written, "Name": f"{name}.", "ResourceRecords": values})
            there = records.get(_identity(wanted))
            wrong = ""
            if action == "CREATE" and there is not None:
                wrong = "create resource record set {} but it already exists"
            elif action == "DELETE" and there is None:
                wrong = "delete resource record set {} but it was not found"
            elif action == "DELETE" and there is not None and _values(there) != _values(wanted):
                wrong = "delete resource record set {} but the values provided do not match the current values"
            if wrong:
                raise Route53ClientError("InvalidChangeBatch", f"Tried to {wrong.format(_told(wanted))}")
            if action == "DELETE":
                del records[_identity(wanted)]
            else:
                records[_identity(wanted)] = wanted
        zone.rrsets = list(records.values())

    setattr(Route53Backend, "change_resource_record_sets", wraps(Route53Backend.change_resource_record_sets)(change))  # noqa: B010


def _identity(record: RecordSet) -> tuple[str, str | None, str | None]:
    return record.name.strip(".").lower(), record.type, record.set_identifier


def _values(record: RecordSet) -> object:
    """What has to be said again of a record that is deleted."""
    alias = record.alias_target or {}
    return (
        *(str(record.ttl or ""), sorted(map(str, record.records)), str(record.weight or ""), record.region),
        *(record.failover, record.health_check_id, alias.get("HostedZoneId"), str(alias.get("DNSName", "")).strip(".")),
    )


def _told(record: RecordSet) -> str:
    """As AWS writes it: ``[name='api.example.com.', type='A', set-identifier='primary']``."""
    identifier = f", set-identifier='{record.set_identifier}'" if record.set_identifier else ""
    return f"[name='{record.name}', type='{record.type}'{identifier}]"
