"""CDN, firewall, zone and gateway in the real Terraform core: planned, applied, and nothing left to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.design.blueprints import designed
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, render, write

BLUEPRINT = """
project: shop
region: {region}
network: {{flow_logs: 30d}}
dns: {{zone: groundplan.dev}}
firewall: {{rules: [common, sql], only_count: true}}
services:
  web: {{image: {{repository: web, tag: "1"}}, port: 80, public: {{domain: a.groundplan.dev, gateway: {{logs: 30d}}}}}}
buckets:
  site: {{cdn: {{domains: [groundplan.dev, www.groundplan.dev], single_page: true}}}}
  plain: {{encryption: s3, cdn: {{}}}}
"""


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_everything_is_applied_and_nothing_is_left_to_do(tmp_path: Path, region: str) -> None:
    rendering = render(designed(BLUEPRINT.format(region=region)), Options(state_bucket="shop-state"))
    assert rendering.unsupported == ()
    root = tmp_path / "root"
    write(rendering, root)
    core = TerraformCore(tmp_path / "workspace", {})
    core.fmt_check(root)
    planned = core.show(core.plan(root))
    core.validate(root)
    for address in ("aws_wafv2_web_acl.cdn", "aws_acm_certificate.site_cdn", "aws_cloudwatch_log_delivery.site"):
        assert planned[address]["region"] == "us-east-1", address
    assert planned["aws_wafv2_web_acl.load_balancer"]["region"] == region
    core.apply(root)
    core.second_plan_is_empty(root)
