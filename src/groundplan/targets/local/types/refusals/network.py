"""Addresses, ports, security groups, load balancers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from groundplan.targets.local.types.refusals.wish import Refused, Wish, refuses


@refuses("AWS::EC2::VPC", "AWS::EC2::Subnet")
def size_of_a_network(wish: Wish) -> Iterator[Refused]:
    """Between /16 and /28. Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""
    block = wish.get("CidrBlock")
    if not block or not wish.changed("CidrBlock"):
        return
    kind = wish.type.rsplit("::", 1)[-1].lower()
    try:
        network = ipaddress.ip_network(str(block))
    except ValueError:
        yield Refused(f"Value ({block}) for parameter cidrBlock is invalid. This is not a valid CIDR block.", "Ec2")
        return
    if not 16 <= network.prefixlen <= 28:
        yield Refused(f"The CIDR '{block}' is invalid: a {kind} has a size between /16 and /28.", "Ec2")


@refuses("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
def ports_of_rules(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html"""
    groups = (wish.get("SecurityGroupIngress"), wish.get("SecurityGroupEgress"))
    rules = [rule for group in groups for rule in group or ()] if wish.type.endswith("Group") else [wish.properties]
    for rule in rules:
        yield from _ports(rule)


def _ports(rule: Mapping[str, Any]) -> Iterator[Refused]:
    protocol = str(rule.get("IpProtocol", "-1")).lower()
    if protocol in ("-1", "1", "58", "icmp", "icmpv6"):  # everything, or types and codes instead of ports
        return
    first, last = rule.get("FromPort"), rule.get("ToPort")
    for port in (first, last):
        if port is not None and not 0 <= int(port) <= 65535:
            yield Refused(f"Invalid value '{port}' for portRange. Must be between 0 and 65535.", "Ec2")
    if protocol in ("tcp", "udp", "6", "17") and (first is None or last is None):
        yield Refused(
            f"Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange ({protocol}).", "Ec2"
        )
    if first is not None and last is not None and int(first) > int(last):
        yield Refused(f"Invalid TCP/UDP port range ({first}, {last})", "Ec2")


@refuses("AWS::ElasticLoadBalancingV2::LoadBalancer")
def balancer_groups_and_zones(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"""
    groups = list(wish.get("SecurityGroups") or ())
    if (
        groups
        and wish.changed("SecurityGroups")
        and wish.ask("ec2", "describe_security_groups", GroupIds=groups) is None
    ):
        yield Refused(f"One or more security groups are invalid: {', '.join(groups)}", "ELBv2")
    if (wish.get("Type") or "application") != "application" or not wish.changed("Subnets", "SubnetMappings"):
        return
    subnets = list(wish.get("Subnets") or ()) or [item["SubnetId"] for item in wish.get("SubnetMappings") or ()]
    zones = wish.zones(subnets)
    if zones is None:
        yield Refused(f"The subnet ID '{subnets[0]}' is not valid", "ELBv2", "NotFound")
    elif len(set(zones.values())) < len(zones):
        yield Refused("A load balancer cannot be attached to multiple subnets in the same Availability Zone", "ELBv2")
    elif len(zones) < 2:
        yield Refused("At least two subnets in two different Availability Zones must be specified", "ELBv2")


@refuses("AWS::ElasticLoadBalancingV2::Listener")
def certificate_of_a_listener(wish: Wish) -> Iterator[Refused]:
    """Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html"""
    if wish.get("Protocol") in ("HTTPS", "TLS") and not wish.get("Certificates"):
        yield Refused(f"A certificate must be specified for {wish.get('Protocol')} listeners", "ELBv2")


@refuses("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule")
def unknown_target_groups(wish: Wish) -> Iterator[Refused]:
    actions = wish.get("DefaultActions") or wish.get("Actions") or ()
    arns = {action["TargetGroupArn"] for action in actions if action.get("TargetGroupArn")}
    arns |= {item["TargetGroupArn"] for action in actions
             for item in (action.get("ForwardConfig") or {}).get("TargetGroups") or ()}  # fmt: skip
    for arn in sorted(arns):
        if wish.ask("elbv2", "describe_target_groups", TargetGroupArns=[arn]) is None:
            yield Refused(f"One or more target groups not found: {arn}", "ELBv2", "NotFound")
