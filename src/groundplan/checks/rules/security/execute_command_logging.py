"""GP-SEC-018."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class ExecuteCommandLogging(Rule):
    id = "GP-SEC-018"
    title = "Shells in containers are recorded"
    severity = "error"
    why = "Whoever opens a shell in a task sees its secrets and data, and leaves no trace."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_ecs_cluster: configuration, execute_command_configuration, logging = OVERRIDE with a log group",
        cloudformation="AWS::ECS::Cluster: Configuration, ExecuteCommandConfiguration, Logging: OVERRIDE",
    )
    source = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"
    references = References(pillar="Security", checkov=("CKV_AWS_223",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            cluster = architecture[service.cluster]
            if service.enable_execute_command and cluster.execute_command_log_group is None:
                yield self.violation(
                    service,
                    f"has enable_execute_command, and {cluster.address} records no sessions; a log group is right",
                )
