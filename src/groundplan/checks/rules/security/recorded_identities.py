"""GP-SEC-112."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import ConfigurationRecorder


class RecordedIdentities(Rule):
    id = "GP-SEC-112"
    title = "AWS Config records users, roles and policies in one region at least"
    severity = "warning"
    why = "Who was given which right and when is in no history."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_config_configuration_recorder: recording_group, include_global_resource_types = true",
        cloudformation="AWS::Config::ConfigurationRecorder: RecordingGroup: IncludeGlobalResourceTypes: true",
    )
    source = "https://docs.aws.amazon.com/securityhub/latest/userguide/config-controls.html#config-1"
    references = References(pillar="Security", security_hub=("Config.1",), cis=("3.3",), checkov=("CKV2_AWS_48",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        recorders = architecture.of(ConfigurationRecorder)
        if recorders and not any(recorder.include_global_resource_types for recorder in recorders):
            yield self.violation(recorders[0], "has include_global_resource_types false; true in one region is right")
