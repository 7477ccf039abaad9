"""GP-REL-091."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.reachability.needs import requirements
from groundplan.reachability.places import Place
from groundplan.resources.architecture import Architecture


class ServicesReachable(Rule):
    id = "GP-REL-091"
    title = "Every task reaches the registry, its logs, secrets, buckets and queues"
    severity = "error"
    why = (
        "ECS pulls images, reads secrets and writes logs from within the task's own network: without a NAT gateway, "
        "an endpoint or a public address no task starts (CannotPullContainerError, ResourceInitializationError)."
    )
    fix = Fix(
        blueprint="Set network.nat, or name the services that are missing in network.endpoints.",
        terraform="aws_route to aws_nat_gateway, or aws_vpc_endpoint with a security group that lets 443 in",
        cloudformation="AWS::EC2::Route to AWS::EC2::NatGateway, or AWS::EC2::VPCEndpoint whose group lets 443 in",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        found: dict[tuple[str, str], dict[str, list[str]]] = {}
        for needed in requirements(architecture):
            if not isinstance(needed.target, Place) and needed.failing:
                asking = needed.source.subject, needed.source.address
                found.setdefault(asking, {}).setdefault(needed.problem, []).append(needed.label)
        for (subject, source), problems in found.items():
            parts = (f"{listed(dict.fromkeys(targets))} {problem}" for problem, targets in problems.items())
            yield Violation(subject, f"{source} does not reach on tcp 443 {'; nor '.join(parts)}")
