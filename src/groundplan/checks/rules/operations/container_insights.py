"""GP-OPS-011."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsCluster


class ContainerInsights(Rule):
    id = "GP-OPS-011"
    title = "A cluster collects metrics of its tasks"
    severity = "info"
    why = "Without Container Insights there are averages of a service only: one task that leaks cannot be seen."
    fix = Fix(
        blueprint="Set insights to enabled.",
        terraform="aws_ecs_cluster: setting containerInsights = enabled",
        cloudformation="AWS::ECS::Cluster: ClusterSettings, containerInsights: enabled",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-12"
    references = References(pillar="Operational Excellence", security_hub=("ECS.12",), checkov=("CKV_AWS_65",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for cluster in architecture.of(EcsCluster):
            if cluster.container_insights == "disabled":
                yield self.violation(cluster, "has container_insights disabled; enabled is right")
