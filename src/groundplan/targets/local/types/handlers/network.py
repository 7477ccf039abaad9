"""Security groups and their rules, network ACL associations, routes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from groundplan.targets.local.types.errors import NotAppliedError, ResourceError
from groundplan.targets.local.types.handler import Handler, ResourceState
from groundplan.targets.local.types.registry import handles

_ALL = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
_SIDES = {"SecurityGroupIngress": ("Source", "ingress"), "SecurityGroupEgress": ("Destination", "egress")}


def permission(rule: Mapping[str, Any], side: str) -> dict[str, Any]:
    """A rule as the API's ``IpPermission``. ``side`` is ``Source`` or ``Destination``."""
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    made: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    for port in ("FromPort", "ToPort"):
        if rule.get(port) is not None:
            made[port] = int(rule[port])
    if rule.get("CidrIp"):
        made["IpRanges"] = [{"CidrIp": rule["CidrIp"], **described}]
    if rule.get("CidrIpv6"):
        made["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    prefix_list = rule.get(f"{side}PrefixListId")
    if prefix_list:
        made["PrefixListIds"] = [{"PrefixListId": prefix_list, **described}]
    group = rule.get(f"{side}SecurityGroupId")
    if group:
        made["UserIdGroupPairs"] = [{"GroupId": group, **described}]
    if len(made) == len({"IpProtocol", "FromPort", "ToPort"} & made.keys()):
        raise ResourceError("a rule needs a CIDR block, a prefix list or a security group")
    return made


@handles("AWS::EC2::VPC")
class Vpc(Handler):
    """Its default security group and network ACL are things of their own."""

    def attribute_value(self, state: ResourceState, name: str) -> Any:
        own = {"Name": "vpc-id", "Values": [state.id]}
        if name == "DefaultSecurityGroup":
            filters = [own, {"Name": "group-name", "Values": ["default"]}]
            groups = self.call("describe_security_groups", {"Filters": filters})["SecurityGroups"]
            return groups[0]["GroupId"] if groups else None
        if name == "DefaultNetworkAcl":
            filters = [own, {"Name": "default", "Values": ["true"]}]
            acls = self.call("describe_network_acls", {"Filters": filters})["NetworkAcls"]
            return acls[0]["NetworkAclId"] if acls else None
        return super().attribute_value(state, name)


@handles("AWS::EC2::SecurityGroup")
class SecurityGroup(Handler):
    """Rules are authorized after the group; naming egress rules takes the default one away, as at AWS."""

    handles = frozenset(_SIDES)

    def created(self, state: ResourceState) -> None:
        if state.properties.get("SecurityGroupEgress"):
            self.call("revoke_security_group_egress", {"GroupId": state.id, "IpPermissions": [_ALL]})
        self._apply_rules(state, {})

    def updated(self, state: ResourceState, old: Mapping[str, Any], changed: Collection[str]) -> None:
        if self.handles & set(changed):
            self._apply_rules(state, old)

    def _apply_rules(self, state: ResourceState, old: Mapping[str, Any]) -> None:
        for name, (side, direction) in _SIDES.items():
            had, wanted = (
                [permission(rule, side) for rule in source.get(name) or ()] for source in (old, state.properties)
            )
            for verb, rules, others in (("revoke", had, wanted), ("authorize", wanted, had)):
                for rule in rules:
                    if rule not in others:
                        operation = f"{verb}_security_group_{direction}"
                        self.call(operation, {"GroupId": state.id, "IpPermissions": [rule]})

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        super().verify(state, asked)
        for name, shown in (("SecurityGroupIngress", "IpPermissions"), ("SecurityGroupEgress", "IpPermissionsEgress")):
            there = {part for rule in state.description.get(shown) or () for part in _parts(rule)}
            for rule in state.properties.get(name) or ():
                missing = _parts(permission(rule, _SIDES[name][0])) - there
                if missing:
                    raise NotAppliedError(f"{name}: asked for {sorted(missing)[0]}, the API reads back {sorted(there)}")


def _parts(rule: Mapping[str, Any]) -> set[str]:
    """The API merges rules of one protocol and port; taken apart they can be compared."""
    head = (
        (str(rule["IpProtocol"]), rule.get("FromPort"), rule.get("ToPort")) if rule["IpProtocol"] != "-1" else ("-1",)
    )
    targets = [
        str(item.get(key))
        for kind, key in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"), ("PrefixListIds", "PrefixListId"),
                          ("UserIdGroupPairs", "GroupId"))
        for item in rule.get(kind) or ()
    ]  # fmt: skip
    return {json.dumps([*head, target]) for target in targets}


class _Rule(Handler):
    """A rule of a group of its own."""

    side: ClassVar[str]
    handles = frozenset(
        [
            "IpProtocol",
            "FromPort",
            "ToPort",
            "CidrIp",
            "CidrIpv6",
            "Description",
            "SourceSecurityGroupId",
            "SourcePrefixListId",
            "DestinationSecurityGroupId",
            "DestinationPrefixListId",
        ]
    )

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        return {"GroupId": properties["GroupId"], "IpPermissions": [permission(properties, self.side)]}

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        assert self.row.delete
        self.call(self.row.delete.operation, self.create_arguments(state.properties))


@handles("AWS::EC2::SecurityGroupIngress")
class SecurityGroupIngress(_Rule):
    side = "Source"


@handles("AWS::EC2::SecurityGroupEgress")
class SecurityGroupEgress(_Rule):
    side = "Destination"


@handles("AWS::EC2::Route")
class Route(Handler):
    """A route is read out of its table."""

    def describe(self, state: ResourceState) -> dict[str, Any]:
        table = self.call("describe_route_tables", {"RouteTableIds": [state.properties["RouteTableId"]]})
        for route in table["RouteTables"][0]["Routes"]:
            for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
                if route.get(name) and route[name] == state.properties.get(name):
                    return dict(route)
        raise NotAppliedError(f"the route {state.id} is not in its table")

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        for name in ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId"):
            wanted = state.properties.get(name)
            if wanted and wanted != state.description.get(name):
                raise NotAppliedError(f"{name}: asked for {wanted}, the API reads back {state.description.get(name)}")


@handles("AWS::EC2::NetworkAclEntry")
class NetworkAclEntry(Handler):
    """An entry is read out of its ACL."""

    def describe(self, state: ResourceState) -> dict[str, Any]:
        wanted = (int(state.properties["RuleNumber"]), str(state.properties["Egress"]).lower() == "true")
        found = self.call("describe_network_acls", {"NetworkAclIds": [state.properties["NetworkAclId"]]})
        for entry in found["NetworkAcls"][0]["Entries"]:
            if (entry["RuleNumber"], entry["Egress"]) == wanted:
                return dict(entry)
        raise NotAppliedError(f"the entry {state.id} is not in its ACL")

    def verify(self, state: ResourceState, asked: Mapping[str, Any]) -> None:
        from groundplan.targets.local.types.readback import differences

        for name in ("Protocol", "RuleAction", "CidrBlock", "PortRange"):
            if name in asked:
                self._raise_first(differences(asked[name], state.description.get(name), name))


@handles("AWS::EC2::SubnetNetworkAclAssociation")
class SubnetNetworkAclAssociation(Handler):
    """A subnet always has an ACL; associating replaces the present one, deleting goes back to the VPC's default."""

    def create_arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        for acl in self.call("describe_network_acls", {})["NetworkAcls"]:
            for association in acl["Associations"]:
                if association["SubnetId"] == properties["SubnetId"]:
                    present = association["NetworkAclAssociationId"]
                    return {"NetworkAclId": properties["NetworkAclId"], "AssociationId": present}
        raise ResourceError(f"The subnet ID '{properties['SubnetId']}' does not exist")

    def remove(self, state: ResourceState, snapshot: str | None) -> None:
        acls = self.call("describe_network_acls", {})["NetworkAcls"]
        mine = next((acl for acl in acls if acl["NetworkAclId"] == state.properties["NetworkAclId"]), None)
        if mine is None or state.id not in {item["NetworkAclAssociationId"] for item in mine["Associations"]}:
            return
        default = next(acl for acl in acls if acl["VpcId"] == mine["VpcId"] and acl["IsDefault"])
        arguments = {"AssociationId": state.id, "NetworkAclId": default["NetworkAclId"]}
        self.call("replace_network_acl_association", arguments)


@handles("AWS::EC2::VPCEndpoint")
class VpcEndpoint(Handler):
    """Changes of lists are additions and removals."""

    lists: ClassVar = {
        "RouteTableIds": "RouteTableIds",
        "SubnetIds": "SubnetIds",
        "SecurityGroupIds": "SecurityGroupIds",
    }

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        arguments: dict[str, Any] = {"VpcEndpointId": state.id}
        for name in self.lists:
            had, wanted = set(state.properties.get(name) or ()), set(properties.get(name) or ())
            arguments |= {f"Add{name}": sorted(wanted - had), f"Remove{name}": sorted(had - wanted)}
        if "PolicyDocument" in properties:
            arguments["PolicyDocument"] = properties["PolicyDocument"]
        if "PrivateDnsEnabled" in properties:
            arguments["PrivateDnsEnabled"] = properties["PrivateDnsEnabled"]
        return arguments

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        super()._refuse_what_cannot_change(set(names) - set(self.lists))


@handles("AWS::ServiceDiscovery::HttpNamespace")
class HttpNamespace(Handler):
    """The creating call answers with an operation, and the operation names what it made."""

    def identify(self, response: dict[str, Any], properties: Mapping[str, Any]) -> str:
        answer = self.call("get_operation", {"OperationId": response["OperationId"]})
        return str(answer["Operation"]["Targets"]["NAMESPACE"])

    def update_arguments(self, state: ResourceState, properties: dict[str, Any]) -> dict[str, Any]:
        return {"Id": state.id, "Namespace": {"Description": properties["Description"]}}

    def _refuse_what_cannot_change(self, names: Collection[str]) -> None:
        super()._refuse_what_cannot_change(set(names) - {"Description"})
