"""GP-SEC-041."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.compute import LaunchTemplate
from groundplan.resources.kubernetes import NodeLaunchTemplate

MOST_HOPS = 1


class InstanceMetadata(Rule):
    id = "GP-SEC-041"
    title = "Instance metadata asks for a token that does not leave the instance"
    severity = "error"
    why = "Without a token, one request that an attacker slips into a container returns the instance's credentials."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_launch_template: metadata_options, http_tokens = required, http_put_response_hop_limit = 1",
        cloudformation="AWS::EC2::LaunchTemplate: MetadataOptions, HttpTokens: required, HttpPutResponseHopLimit: 1",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html#autoscaling-3"
    references = References(
        pillar="Security",
        security_hub=("AutoScaling.3", "AutoScaling.4", "EC2.170"),
        checkov=("CKV_AWS_79",),
        cis=("5.6",),
    )

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        templates: list[LaunchTemplate | NodeLaunchTemplate] = [*architecture.of(LaunchTemplate)]
        templates += architecture.of(NodeLaunchTemplate)
        for template in templates:
            hops = template.http_put_response_hop_limit
            if template.http_tokens != "required":
                yield self.violation(template, f"has http_tokens {template.http_tokens}; required is right")
            elif hops > MOST_HOPS:
                yield self.violation(template, f"has http_put_response_hop_limit {hops}; {MOST_HOPS} is right")
