"""GP-VAL-051."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import CapacityProviderShare, ClusterCapacityProviders, EcsService

MOST = 20


class CapacityStrategy(Rule):
    id = "GP-VAL-051"
    title = "A capacity provider strategy is one that ECS takes"
    severity = "error"
    why = "ECS refuses a strategy that mixes Fargate with instances, that starts nothing, or that its cluster lacks."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_service: capacity_provider_strategy; aws_ecs_cluster_capacity_providers",
        cloudformation="AWS::ECS::Service: CapacityProviderStrategy; AWS::ECS::ClusterCapacityProviderAssociations",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        offered = {item.cluster: item.capacity_providers for item in architecture.of(ClusterCapacityProviders)}
        for service in architecture.of(EcsService):
            shares = service.capacity_providers
            for message in _problems(shares):
                yield self.violation(service, message)
            for share in shares:
                if share.capacity_provider not in offered.get(service.cluster, ()):
                    yield self.violation(
                        service, f"asks for {share.capacity_provider}, which is none of the capacity of its cluster"
                    )


def _problems(shares: tuple[CapacityProviderShare, ...]) -> Iterator[str]:
    names = [str(share.capacity_provider) for share in shares]
    if not shares:
        return
    if len({isinstance(share.capacity_provider, str) for share in shares}) > 1:
        yield f"mixes Fargate with instances in {listed(names)}; one of the two is right"
    if len(shares) > MOST:
        yield f"asks for {len(shares)} capacity providers; {MOST} are the most"
    based = [str(share.capacity_provider) for share in shares if share.base]
    if len(based) > 1:
        yield f"has a base on {listed(based)}; one base is right"
    if not any(share.weight for share in shares):
        yield f"has weight 0 on {listed(names)}; more on one of them is right"
