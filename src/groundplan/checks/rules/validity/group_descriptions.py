"""GP-VAL-109."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import SecurityGroup, SecurityGroupRule

ALLOWED = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


class GroupDescriptions(Rule):
    id = "GP-VAL-109"
    title = "Security groups and their rules are described in 255 plain characters"
    severity = "error"
    why = "EC2 refuses a longer description and other characters: umlauts, quotation marks, angle brackets."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_security_group, aws_vpc_security_group_ingress_rule: description",
        cloudformation="AWS::EC2::SecurityGroup: GroupDescription; SecurityGroupIngress: Description",
    )
    source = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        described: tuple[SecurityGroup | SecurityGroupRule, ...] = (
            *architecture.of(SecurityGroup),
            *architecture.of(SecurityGroupRule),
        )
        for item in described:
            if not ALLOWED.fullmatch(item.description):
                yield self.violation(
                    item,
                    f'has the description "{item.description}"; '
                    f"up to 255 of a-z, A-Z, 0-9 and ._-:/()#,@[]+=&;{{}}!$* "
                    "are right",
                )
