"""What is made after another although no template says so."""

from __future__ import annotations

import pytest

from groundplan.targets.local.cloudformation.references import creation_order
from groundplan.targets.local.cloudformation.templates import read_template

RECORDER = "  {name}: {{Type: 'AWS::Config::ConfigurationRecorder', Properties: {{RoleARN: role}}{more}}}\n"
CHANNEL = "  {name}: {{Type: 'AWS::Config::DeliveryChannel', Properties: {{S3BucketName: b}}{more}}}\n"


def order(*resources: str) -> list[str]:
    template = read_template("Resources:\n" + "".join(resources))
    return creation_order(template, template.resources)


def test_a_channel_comes_after_the_recorder_wherever_it_stands() -> None:
    channel, recorder = CHANNEL.format(name="A", more=""), RECORDER.format(name="B", more="")
    assert order(channel, recorder) == ["B", "A"]
    assert order(recorder, channel) == ["B", "A"]
    assert order(channel) == ["A"]


@pytest.mark.parametrize("more", [", DependsOn: A", ", DependsOn: Between"])
def test_who_writes_it_the_other_way_round_gets_it_so(more: str) -> None:
    """As AWS does it then: the recorder waits for a channel that it refuses."""
    between = "  Between: {Type: 'AWS::SNS::Topic', DependsOn: A}\n"
    found = order(RECORDER.format(name="B", more=more), CHANNEL.format(name="A", more=""), between)
    assert found.index("A") < found.index("B")
