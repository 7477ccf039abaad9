"""GP-OPS-064."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.gateway import RestApiStage


class ApiLogs(Rule):
    id = "GP-OPS-064"
    title = "A stage of a REST API writes access logs"
    severity = "warning"
    why = "Who called what, how long it took and what failed is known to nobody."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_api_gateway_stage: access_log_settings",
        cloudformation="AWS::ApiGateway::Stage: AccessLogSetting",
    )
    source = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"
    references = References(pillar="Operational Excellence", checkov=("CKV_AWS_76",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for stage in architecture.of(RestApiStage):
            if stage.log_group is None or not stage.log_format:
                yield self.violation(stage, "has no log_group with a log_format; both are right")
