"""DNS records and zones, the web application firewall."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from groundplan.targets.local.types.errors import NotAppliedError, ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState, tag_map
from groundplan.targets.local.types.readback import differences
from groundplan.targets.local.types.registry import handles


@handles("AWS::Route53::RecordSet")
class RecordSet(Handler):
    """A record is one change of its zone."""

    handles = frozenset(
        [
            "AliasTarget",
            "CidrRoutingConfig",
            "Comment",
            "Failover",
            "GeoLocation",
            "GeoProximityLocation",
            "HealthCheckId",
            "HostedZoneId",
            "HostedZoneName",
            "MultiValueAnswer",
            "Name",
            "Region",
            "ResourceRecords",
            "SetIdentifier",
            "TTL",
            "Type",
            "Weight",
        ]
    )

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return self._change("CREATE", properties)

    def update(self, state: ResourceState, properties: dict[str, Any], changed: Collection[str]) -> ResourceState:
        if {"Name", "Type", "SetIdentifier"} & set(changed):  # another record; AWS replaces it
            self.remove(state, None)
        self.call("change_resource_record_sets", self._change("UPSERT", properties))
        return super().update(state, properties, set())

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        self.call("change_resource_record_sets", self._change("DELETE", state.properties))

    def describe(self, state: ResourceState) -> dict[str, Any]:
        wanted = state.properties
        found = self.call("list_resource_record_sets", {"HostedZoneId": self._zone(wanted)})["ResourceRecordSets"]
        for record in found:
            same_name = str(record["Name"]).rstrip(".").lower() == str(wanted["Name"]).rstrip(".").lower()
            if same_name and record["Type"] == wanted["Type"] and (
                record.get("SetIdentifier") == wanted.get("SetIdentifier")
            ):  # fmt: skip
                self._raise_first(differences(self._record(wanted), record, str(wanted["Name"])))
                return dict(record)
        raise NotAppliedError(f"the record {wanted['Name']} {wanted['Type']} is not in its zone")

    def _change(self, action: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        change = {"Action": action, "ResourceRecordSet": self._record(properties)}
        return {"HostedZoneId": self._zone(properties), "ChangeBatch": {"Changes": [change]}}

    def _record(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        apart = ("HostedZoneId", "HostedZoneName", "ResourceRecords", "Comment")
        record = {name: value for name, value in properties.items() if name not in apart}
        if "ResourceRecords" in properties:
            record["ResourceRecords"] = [{"Value": value} for value in properties["ResourceRecords"]]
        if "AliasTarget" in record:
            record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
        return record

    def _zone(self, properties: Mapping[str, Any]) -> str:
        if properties.get("HostedZoneId"):
            return str(properties["HostedZoneId"])
        name = str(properties.get("HostedZoneName", "")).rstrip(".")
        for zone in self.call("list_hosted_zones", {})["HostedZones"]:
            if zone["Name"].rstrip(".") == name:
                return str(zone["Id"])
        raise ResourceError(f"No hosted zone named {name or '(none given)'} found")


class _Route53Tagged(Handler):
    """Route 53 has a tagging call of its own."""

    kind: str

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return {**super().create_arguments(properties), "CallerReference": str(uuid.uuid4())}

    def set_tags(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        wanted, had = (tag_map(source.get(self.tag_property)) for source in (state.properties, old))
        if wanted or had:
            tags = [{"Key": key, "Value": value} for key, value in wanted.items()]
            gone = sorted(had.keys() - wanted.keys())
            arguments = {"ResourceType": self.kind, "ResourceId": state.id, "AddTags": tags, "RemoveTagKeys": gone}
            self.call("change_tags_for_resource", {name: value for name, value in arguments.items() if value})

    def supports(self, name: str) -> bool:
        return name == self.tag_property or super().supports(name)


@handles("AWS::Route53::HostedZone")
class HostedZone(_Route53Tagged):
    """The id is given without its path; further VPCs of a private zone are associated one by one."""

    kind = "hostedzone"
    handles = frozenset({"VPCs"})

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        arguments = super().create_arguments(properties)
        networks = properties.get("VPCs") or []
        if networks:
            arguments["VPC"] = networks[0]
            arguments["HostedZoneConfig"] = {**(arguments.get("HostedZoneConfig") or {}), "PrivateZone": True}
        return arguments

    def identify(self, response: dict[str, Any], properties: Mapping[str, Any]) -> str:
        return super().identify(response, properties).split("/")[-1]

    def created(self, state: ResourceState) -> None:
        for network in (state.properties.get("VPCs") or [])[1:]:
            self.call("associate_vpc_with_hosted_zone", {"HostedZoneId": state.id, "VPC": network})

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        super().verify(state, {name: value for name, value in asked.items() if name != "CallerReference"})


@handles("AWS::Route53::HealthCheck")
class HealthCheck(_Route53Tagged):
    kind = "healthcheck"

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        fixed = ("Type", "RequestInterval", "MeasureLatency")
        settings = {name: value for name, value in properties["HealthCheckConfig"].items() if name not in fixed}
        return {"HealthCheckId": state.id, **settings}

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        super()._refuse_what_cannot_change(set(names) - {"HealthCheckConfig"})

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        wanted = state.properties["HealthCheckConfig"]
        self._raise_first(differences(wanted, state.description["HealthCheckConfig"], "HealthCheckConfig"))


@handles("AWS::WAFv2::WebACL")
class WebACL(Handler):
    """Changes and the deletion need the lock token of the last reading."""

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        return {**super().update_arguments(state, properties), **self._locked(state)}

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        self.call("delete_web_acl", self._locked(state))

    def _locked(self, state: ResourceState) -> dict[str, Any]:
        name, identifier, scope = state.id.split("|")
        target = {"Name": name, "Id": identifier, "Scope": scope}
        return {**target, "LockToken": self.call("get_web_acl", target)["LockToken"]}
