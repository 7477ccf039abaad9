"""A small report with everything in it that a format has to cope with, and rules that are quick to run."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

from groundplan.checks import Finding, Fix, References, Report, Rule, Violation
from groundplan.checks.custom import UnreadableRule
from groundplan.errors import Position
from groundplan.resources import Architecture
from groundplan.resources.network import Subnet, Vpc
from groundplan.resources.values import Ref


class EveryNetwork(Rule):
    """Speaks of each network."""

    id = "TEAM-001"
    title = "There is no network"
    severity = "error"
    why = "It is only a test, which has to find something."
    fix = Fix(blueprint="Set network.nat to none.")
    source = "https://example.com/why"
    references = References(pillar="Security", cis=("1.2.3",), checkov=("CKV_AWS_1",), security_hub=("EC2.2",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for network in architecture.of(Vpc):
            yield self.violation(network, f"has the range {network.cidr_block}")


class EverySubnet(Rule):
    """Speaks of each subnet."""

    id = "TEAM-002"
    title = "There is no subnet"
    severity = "info"
    why = "It is only a test, which has to find something."
    fix = Fix(blueprint="Nothing can be done.")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for subnet in architecture.of(Subnet):
            yield self.violation(subnet, "is here")


NETWORK = Architecture(
    project="shop",
    title="Shop",
    environment="production",
    region="eu-central-1",
    resources=(
        Vpc(name="main", concern="network", cidr_block=IPv4Network("10.0.0.0/16")),
        *(
            Subnet(
                name="private",
                key=zone,
                concern="network",
                vpc=Ref(Vpc, "main"),
                tier="private",
                cidr_block=IPv4Network(f"10.0.{number}.0/24"),
                availability_zone=f"eu-central-1{zone}",
            )
            for number, zone in enumerate("ab")
        ),
    ),
)
"""What the two rules speak of."""

FILE = Path("plans/with a space & 100 %/groundplan.yaml")
NASTY = 'a | b\n`c` <script>, 50 % of @everybody: \x07 ]]> "q" *x* [l](u) 💥'
"""Line feed, control sign, and what is markup somewhere."""


def finding(rule: type[Rule], resource: str, message: str, **others: object) -> Finding:
    """A finding of a rule, at line 3."""
    facts = {"where": Position(FILE, 3, 5), "path": "network", "fix": rule.fix.blueprint, **others}
    return Finding(rule=rule.id, severity=rule.severity, resource=resource, message=message, **facts)  # type: ignore[arg-type]


REPORT = Report(
    (
        finding(EveryNetwork, "vpc.main", NASTY),
        finding(EveryNetwork, "vpc.other", "is known", accepted=True, reason=f"because {NASTY}"),
        finding(EverySubnet, "subnet.private[a]", "is here"),
        finding(EverySubnet, "subnet.private[a]", "is here, too"),
        Finding(
            UnreadableRule.id, "error", "architecture", "checks/bad.py cannot be run", "Mend it.", failed=True,
            where=Position(Path("checks/bad.py"), 1, 1),
        ),
    ),
    (EveryNetwork, EverySubnet, UnreadableRule),
)  # fmt: skip
"""An error, an accepted error, two infos of one resource, and a rule that could not be read."""
EMPTY = Report((), (EveryNetwork, EverySubnet))
