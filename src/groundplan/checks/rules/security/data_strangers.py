"""GP-SEC-091."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.reachability.exposure import strangers
from groundplan.resources.architecture import Architecture


class DataStrangers(Rule):
    id = "GP-SEC-091"
    title = "Databases, caches and file systems are reached only by what needs them"
    severity = "error"
    why = "Whoever takes over one service stands before the data of all that it reaches, needed or not."
    fix = Fix(
        blueprint="Where it is needed, say so in needs: of the service. Nothing else in a blueprint opens this.",
        terraform="aws_vpc_security_group_ingress_rule of the database's group: remove it",
        cloudformation="AWS::EC2::SecurityGroupIngress of the database's group: remove it",
    )
    source = "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_protection_create_layers.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for found in strangers(architecture):
            yield Violation(
                found.target.subject,
                f"{found.target.address} is reached by {found.source}, which does not need it, on "
                f"{listed(found.ports)}, let in by {found.rule}",
            )
