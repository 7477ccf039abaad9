"""``shared:`` as a CDK stack, and an environment that looks the zone up."""

from __future__ import annotations

from pathlib import Path

import aws_cdk
import pytest
from tests.cdk.templates import meaning, ours, written

from groundplan import Blueprint
from groundplan.cdk import BlueprintStack
from groundplan.engines.cloudformation import Options, render


@pytest.mark.parametrize("name", ["shared", "production"])
def test_cdk_writes_what_we_write(tmp_path: Path, name: str) -> None:
    blueprint = Blueprint(
        project="shop",
        region="eu-central-1",
        services={
            "web": {"image": {"repository": "web", "tag": "1"}, "port": 80, "public": {"domain": "web.shop.dev"}}
        },
        shared={
            "dns": {"zone": "shop.dev"},
            "audit": {"conformance_packs": ["Operational-Best-Practices-for-Amazon-S3"]},
            "security": {},
            "account": {"administrators": [], "passwords": None, "cost_tags": False},
            "alarms": {"email": "ops@shop.dev"},
        },
    )
    environment = blueprint.environment(name)
    app = aws_cdk.App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    BlueprintStack(app, "Shop", blueprint=environment)
    app.synth()
    rendering = render(environment.architecture, Options(stacks="region"))
    (stack,) = rendering.stacks
    found = written(tmp_path / "cdk.out", "Shop")
    assert meaning(found) == meaning(ours(rendering, stack.name))
    if name == "production":
        parameters = found["Parameters"]
        assert isinstance(parameters, dict)
        assert parameters["ShopSharedHostedZone"]["Type"] == "AWS::SSM::Parameter::Value<String>"
