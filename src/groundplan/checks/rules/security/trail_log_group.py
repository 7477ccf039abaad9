"""GP-SEC-082."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import Trail


class TrailLogGroup(Rule):
    id = "GP-SEC-082"
    title = "A trail's events can be searched in CloudWatch Logs"
    severity = "info"
    why = (
        "In a bucket they are compressed files: no alarm reads them, and a search needs tools that nobody has at hand."
    )
    fix = Fix(
        blueprint="Set audit.logs, like 90d; it is paid as logs: by volume.",
        terraform="aws_cloudtrail: cloud_watch_logs_group_arn and cloud_watch_logs_role_arn",
        cloudformation="AWS::CloudTrail::Trail: CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html#cloudtrail-5"
    references = References(pillar="Security", security_hub=("CloudTrail.5",), checkov=("CKV2_AWS_10",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for trail in architecture.of(Trail):
            if trail.log_group is None:
                yield self.violation(trail, "has no log_group; one is right where somebody searches in it")
