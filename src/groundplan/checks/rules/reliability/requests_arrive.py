"""GP-REL-092."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.reachability.exposure import deaf
from groundplan.reachability.needs import requirements
from groundplan.resources.architecture import Architecture


class RequestsArrive(Rule):
    id = "GP-REL-092"
    title = "Requests reach the load balancer, and its targets behind it"
    severity = "error"
    why = "A target that the load balancer does not reach never becomes healthy, and every request ends with 503."
    fix = Fix(
        blueprint="Write addresses in public.allow that the internet has. Everything else Groundplan sets by itself.",
        terraform="Security groups of aws_lb and of its targets, aws_network_acl and routes of their subnets",
        cloudformation="Security groups of load balancer and targets, network ACLs and routes of their subnets",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for found in deaf(architecture):
            yield self.violation(found.listener, f"is not reached from the internet {found.why}")
        for needed in requirements(architecture):
            if needed.source.kind == "load balancer" and needed.failing:
                yield Violation(
                    needed.source.subject,
                    f"{needed.source.address} does not reach {needed.label} on tcp {needed.port} {needed.problem}",
                )
