"""GP-OPS-006."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.network import (
    ElasticIp,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

NAMELESS: tuple[type[Resource], ...] = (
    Vpc, InternetGateway, Subnet, ElasticIp, NatGateway, RouteTable, NetworkAcl, SecurityGroup,
)  # fmt: skip
"""Kinds that the console shows by their Name tag and otherwise as subnet-0a1b2c3d."""


class NameTags(Rule):
    id = "GP-OPS-006"
    title = "What has no name of its own has a Name tag"
    severity = "info"
    why = "Consoles and bills show nothing but an id; in an outage nobody knows which of eight subnets it is."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="tags = { Name = ... }",
        cloudformation="Tags: Name",
    )
    source = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for kind in NAMELESS:
            for resource in architecture.of(kind):
                if not resource.tags.get("Name"):
                    yield self.violation(resource, "has no Name tag; one is right")
