"""GP-OPS-021."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import ClusterCapacityProviders, EcsCapacityProvider


class UnusedCapacity(Rule):
    id = "GP-OPS-021"
    title = "Something runs on the EC2 capacity of a cluster"
    severity = "info"
    why = "Instances that no service and no job asks for are paid for and used only by what a person starts there."
    fix = Fix(
        blueprint="Name the capacity in services.<name>.capacity or jobs.<name>.capacity, or set its min to 0.",
        terraform="aws_ecs_service: capacity_provider_strategy",
        cloudformation="AWS::ECS::Service: CapacityProviderStrategy",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html"
    references = References(pillar="Cost Optimization")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for provider in architecture.of(EcsCapacityProvider):
            users = architecture.dependents.get(provider.ref, ())
            group: AutoScalingGroup = architecture[provider.auto_scaling_group]
            if group.min_size and all(isinstance(user, ClusterCapacityProviders) for user in users):
                count = group.min_size
                yield self.violation(
                    provider, f"keeps {count} instances, on which nothing runs; a service or 0 is right"
                )
