"""GP-SEC-017."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.network import FlowLog, Vpc


class FlowLogs(Rule):
    id = "GP-SEC-017"
    title = "A VPC records its traffic"
    severity = "warning"
    why = "After an intrusion nobody can say who talked to whom."
    fix = Fix(
        blueprint="Set network.flow_logs to how long they are kept, like 30d.",
        terraform="aws_flow_log: vpc_id",
        cloudformation="AWS::EC2::FlowLog: ResourceId",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-6"
    references = References(pillar="Security", security_hub=("EC2.6",), cis=("3.7",), checkov=("CKV2_AWS_11",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        recorded = {log.vpc for log in architecture.of(FlowLog) if log.traffic_type != "ACCEPT"}
        for vpc in architecture.of(Vpc):
            if vpc.ref not in recorded:
                yield self.violation(vpc, "has no flow log of rejected traffic; one of ALL or REJECT is right")
