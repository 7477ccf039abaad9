"""What Terraform cannot express is reported, never left out in silence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from ipaddress import IPv4Network
from typing import ClassVar

from tests.engines.samples import sample_architecture
from tests.engines.terraform.architectures import architecture

from groundplan.engines.terraform import Unsupported, render
from groundplan.record import dataclass
from groundplan.resources import Output, Resource
from groundplan.resources.edge import TargetGroup
from groundplan.resources.monitoring import Topic, TopicSubscription
from groundplan.resources.network import Subnet, Vpc
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.security import Secret
from groundplan.resources.values import Pseudo, Ref, SecretValue, text


def _vpc(name: str = "main") -> Vpc:
    return Vpc(name=name, concern="network", cidr_block=IPv4Network("10.0.0.0/16"))


@dataclass(frozen=True, kw_only=True)
class Satellite(Resource):
    title: ClassVar[str] = "satellite"


def test_a_kind_without_a_row_is_reported_with_what_refers_to_it() -> None:
    satellite = Satellite(name="one", concern="network")
    vpc = replace(_vpc(), depends_on=(satellite.ref,))
    subnet = Subnet(
        name="public",
        key="a",
        concern="network",
        vpc=vpc.ref,
        tier="public",
        cidr_block=IPv4Network("10.0.0.0/24"),
        availability_zone="ap-south-1a",
    )
    outputs = (
        Output(name="network", description="Network", value=vpc.ref.attribute("id")),
        Output(name="home", description="Region", value=Pseudo.REGION),
    )
    rendering = render(architecture(satellite, vpc, subnet, outputs=outputs))
    assert [item.address for item in rendering.unsupported] == [
        "satellite.one", "vpc.main", "subnet.public[a]", "output.network",
    ]  # fmt: skip
    assert rendering.unsupported[0].reason == "Terraform is not rendered for satellite yet"
    assert "network.tf" not in rendering.files
    assert rendering.addresses == {}
    assert 'output "home"' in rendering.files["outputs.tf"]


def test_a_secret_goes_nowhere_that_is_kept() -> None:
    secret = Secret(name="token", concern="services", secret_name="token", description="Token")
    topic = Topic(name="alerts", concern="monitoring", topic_name="alerts", display_name="Alerts")
    leak = TopicSubscription(
        name="leak",
        concern="monitoring",
        topic=topic.ref,
        protocol="https",
        endpoint=text("https://example.com/", SecretValue(secret.ref)),
    )
    output = Output(name="token", description="Token", value=text("token: ", SecretValue(secret.ref)))
    rendering = render(architecture(secret, topic, leak, outputs=(output,)))
    assert [item.address for item in rendering.unsupported] == ["topic_subscription.leak", "output.token"]
    assert all("would stand in the state" in item.reason for item in rendering.unsupported)
    assert "aws_sns_topic_subscription" not in rendering.files["cloudwatch.tf"]
    assert 'ephemeral "' not in rendering.files["secrets.tf"]
    assert "outputs.tf" not in rendering.files


def test_requests_that_nobody_counts_are_reported() -> None:
    sample = sample_architecture()
    targets = Ref(ScalableTarget, "api")
    group = sample.find(TargetGroup, "api")
    assert group
    lonely = replace(group, name="lonely", target_group_name="lonely")
    policy = ScalingPolicy(
        name="lonely",
        concern="scaling",
        policy_name="lonely",
        target=targets,
        predefined_metric="ALBRequestCountPerTarget",
        request_count_target_group=lonely.ref,
        target_value=Decimal(10),
        scale_in_cooldown=60,
        scale_out_cooldown=60,
    )
    rendering = render(sample.with_resources((*sample.resources, lonely, policy)))
    assert rendering.unsupported == (
        Unsupported(
            "scaling_policy.lonely", "no listener forwards to target_group.lonely, whose requests the policy counts"
        ),
    )
