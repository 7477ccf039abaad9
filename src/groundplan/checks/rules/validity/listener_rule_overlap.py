"""GP-VAL-013."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Listener, ListenerRule
from groundplan.resources.values import Ref

ANY_HOST, ANY_PATH = "*", "/*"


class ListenerRuleOverlap(Rule):
    id = "GP-VAL-013"
    title = "No two rules of a listener take the same host and path"
    severity = "error"
    why = "The rule with the lower priority number takes every request; the other service never sees one."
    fix = Fix(
        blueprint="Give each of the two services a public.domain or public.path of its own.",
        terraform="aws_lb_listener_rule: condition",
        cloudformation="AWS::ElasticLoadBalancingV2::ListenerRule: Conditions",
    )
    source = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        taken: dict[tuple[Ref[Listener], str, str], ListenerRule] = {}
        for rule in sorted(architecture.of(ListenerRule), key=lambda rule: (rule.priority, rule.address)):
            # Hosts are compared without case, paths with it.
            hosts = [host.lower() for host in rule.host_headers] or [ANY_HOST]
            for host, path in product(hosts, rule.path_patterns or (ANY_PATH,)):
                first = taken.setdefault((rule.listener, host, path), rule)
                if first is not rule:
                    yield self.violation(
                        rule,
                        f"takes host {host} and path {path}, which {first.address} (priority {first.priority}) takes "
                        "before it; another host or path is right",
                    )
