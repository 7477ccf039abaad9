"""GP-REL-090."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.reachability.needs import requirements
from groundplan.reachability.places import Place
from groundplan.resources.architecture import Architecture


class NeedsReachable(Rule):
    id = "GP-REL-090"
    title = "Every service and job reaches the databases, caches and services that it needs"
    severity = "error"
    why = (
        "It would start and fail at its first query, or at every third one where a single zone is shut. Security "
        "groups, network ACLs there and back, and routes are walked from each subnet to each."
    )
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_vpc_security_group_*_rule, aws_network_acl (answers to 1024-65535), aws_route_table_association",
        cloudformation="AWS::EC2::SecurityGroupIngress and Egress, AWS::EC2::NetworkAclEntry (answers to 1024-65535)",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for needed in requirements(architecture):
            if isinstance(needed.target, Place) and needed.source.kind != "load balancer" and needed.failing:
                yield Violation(
                    needed.source.subject,
                    f"{needed.source.address} does not reach {needed.label} on tcp {needed.port} ({needed.why}) "
                    f"{needed.problem}",
                )
