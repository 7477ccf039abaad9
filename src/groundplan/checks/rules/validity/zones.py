"""GP-VAL-026."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import regions
from groundplan.checks.facts import region_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import Subnet


class Zones(Rule):
    id = "GP-VAL-026"
    title = "A subnet lies in a zone that its region has"
    severity = "error"
    why = "EC2 refuses a zone that does not exist, or that the account cannot use."
    fix = Fix(
        blueprint="Set network.zones to letters of the region, and region to a region that exists.",
        terraform="aws_subnet: availability_zone",
        cloudformation="AWS::EC2::Subnet: AvailabilityZone",
    )
    source = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for subnet in architecture.of(Subnet):
            name = region_of(architecture, subnet)
            region = regions.find(name)
            if region is None:
                yield self.violation(subnet, f"lies in {name}, which is no region of AWS{regions.suggest(name)}")
                continue
            older = tuple(f"{name}{letter}" for letter in region.older_zones)
            if subnet.availability_zone not in region.zone_names() + older:
                known = ", ".join(region.zone_names())
                yield self.violation(subnet, f"has availability_zone {subnet.availability_zone}; {name} has {known}")
