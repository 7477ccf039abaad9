"""GP-REL-014."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import CapacityProviderShare, EcsService

SPOT = "FARGATE_SPOT"


class OnlySpot(Rule):
    id = "GP-REL-014"
    title = "A service does not run on Spot capacity alone"
    severity = "warning"
    why = "AWS takes Spot tasks back with two minutes of warning, all at once if need be, and may have none to give."
    fix = Fix(
        blueprint="Give fargate, or EC2 capacity without spot, a base in services.<name>.capacity. "
        "For work that may be interrupted, accept this finding.",
        terraform="aws_ecs_service: capacity_provider_strategy with a base on FARGATE",
        cloudformation="AWS::ECS::Service: CapacityProviderStrategy with a Base on FARGATE",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            used = [share for share in service.capacity_providers if share.weight or share.base]
            if used and all(_is_spot(architecture, share) for share in used):
                names = listed([str(share.capacity_provider) for share in used])
                yield self.violation(service, f"runs on {names} only; a base on capacity that stays is right")


def _is_spot(architecture: Architecture, share: CapacityProviderShare) -> bool:
    if isinstance(share.capacity_provider, str):
        return share.capacity_provider == SPOT
    return architecture[architecture[share.capacity_provider].auto_scaling_group].spot
