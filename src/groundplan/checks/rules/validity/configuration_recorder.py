"""GP-VAL-055."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import region_of
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.governance import ConfigRule, ConfigurationRecorder, ConformancePack, DeliveryChannel


class RecorderAndChannel(Rule):
    id = "GP-VAL-055"
    title = "AWS Config has one recorder in a region, with a delivery channel, before it has rules"
    severity = "error"
    why = "AWS refuses a second recorder, a rule where there is no recorder, and to record without a delivery channel."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_config_configuration_recorder, aws_config_delivery_channel, and rules that depend on both",
        cloudformation="AWS::Config::ConfigurationRecorder, AWS::Config::DeliveryChannel; rules that depend on both",
    )
    source = "https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html"
    references = References(pillar="Operational Excellence", security_hub=("Config.1",))

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        channels = {channel.recorder for channel in architecture.of(DeliveryChannel)}
        recorders: dict[str, ConfigurationRecorder] = {}
        for recorder in architecture.of(ConfigurationRecorder):
            first = recorders.setdefault(region_of(architecture, recorder), recorder)
            if first is not recorder:
                yield self.violation(recorder, f"is in the region of {first.address}; one recorder is all AWS takes")
            if recorder.ref not in channels:
                yield self.violation(recorder, "has no delivery channel; one is needed to record")
        for rule in (*architecture.of(ConfigRule), *architecture.of(ConformancePack)):
            if region_of(architecture, rule) not in recorders:
                yield self.violation(rule, "is in a region without a recorder; AWS refuses it until there is one")
