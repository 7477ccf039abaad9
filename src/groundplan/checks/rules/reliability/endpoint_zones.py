"""GP-REL-067."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import zones_of
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService
from groundplan.resources.network import Vpc, VpcEndpoint
from groundplan.resources.values import Ref


class EndpointZones(Rule):
    id = "GP-REL-067"
    title = "An interface endpoint stands in every zone from which it is used"
    severity = "warning"
    why = "With the zone of the endpoint all zones lose the service behind it; and traffic between zones is paid."
    fix = Fix(
        blueprint="Leave network.endpoints to Groundplan: they stand in each of network.zones.",
        terraform="aws_vpc_endpoint: subnet_ids",
        cloudformation="AWS::EC2::VPCEndpoint: SubnetIds",
    )
    source = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        users: dict[Ref[Vpc], set[str]] = {}
        for service in architecture.of(EcsService):
            for ref in service.subnets:
                users.setdefault(architecture[ref].vpc, set()).add(architecture[ref].availability_zone)
        for endpoint in architecture.of(VpcEndpoint):
            if endpoint.vpc_endpoint_type == "Interface":
                missing = sorted(users.get(endpoint.vpc, set()) - set(zones_of(architecture, endpoint.subnets)))
                if missing:
                    yield self.violation(
                        endpoint, f"is not in {listed(missing)}, where tasks run; each of their zones is right"
                    )
