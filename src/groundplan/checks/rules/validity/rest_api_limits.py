"""GP-VAL-133."""

from __future__ import annotations

import re
from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.gateway import RestApiMethod, RestApiStage

SHORTEST, LONGEST = 50, 29_000
"""Milliseconds."""


class RestApiLimits(Rule):
    id = "GP-VAL-133"
    title = (
        "A method of a REST API waits 50 milliseconds to 29 seconds, and its stage has a name that API Gateway takes"
    )
    severity = "error"
    why = "API Gateway refuses other times (without a higher quota) and names."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_api_gateway_integration: timeout_milliseconds; aws_api_gateway_stage: stage_name",
        cloudformation="AWS::ApiGateway::Method: TimeoutInMillis; AWS::ApiGateway::Stage: StageName",
    )
    source = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"
    )
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for method in architecture.of(RestApiMethod):
            if not SHORTEST <= method.timeout <= LONGEST:
                yield self.violation(
                    method, f"has timeout {method.timeout}; {SHORTEST} to {LONGEST} milliseconds is right"
                )
        for stage in architecture.of(RestApiStage):
            if not re.fullmatch("[A-Za-z0-9_-]{1,128}", stage.stage_name):
                yield self.violation(stage, f"has stage_name {stage.stage_name}; letters, digits, _ and - are right")
            if stage.throttling_burst < 1 or stage.throttling_rate < 1:
                yield self.violation(
                    stage,
                    f"has throttling_rate {stage.throttling_rate} and throttling_burst {stage.throttling_burst}; "
                    "more than 0 is right",
                )
