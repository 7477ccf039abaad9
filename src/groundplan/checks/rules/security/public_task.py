"""GP-SEC-016."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.containers import EcsService


class PublicTask(Rule):
    id = "GP-SEC-016"
    title = "Tasks have no public address"
    severity = "warning"
    why = "Each task stands on the internet with only its security group in between."
    fix = Fix(
        blueprint="Set network.nat to per-zone or single: tasks then run in private subnets. Or accept it for a poc.",
        terraform="aws_ecs_service: network_configuration, assign_public_ip = false",
        cloudformation="AWS::ECS::Service: AwsvpcConfiguration, AssignPublicIp: DISABLED",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-2"
    references = References(pillar="Security", security_hub=("ECS.2",), checkov=("CKV_AWS_333",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for service in architecture.of(EcsService):
            if service.assign_public_ip:
                yield self.violation(service, "has assign_public_ip true; false in private subnets is right")
