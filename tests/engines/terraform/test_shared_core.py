"""``shared:`` and an environment that looks its zone up, in the real Terraform core."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.design.blueprints import designed
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, render, write

BLUEPRINT = """
project: shop
region: eu-central-1
services: {web: {image: {repository: web, tag: "1"}, port: 80, public: {domain: a.groundplan.dev}}}
buckets: {site: {cdn: {domains: [groundplan.dev]}}}
shared:
  dns: {zone: groundplan.dev}
  audit: {conformance_packs: [Operational-Best-Practices-for-Amazon-S3]}
  security: {regions: [us-west-2], guardduty: [runtime], standards: [fsbp, cis-1.2, nist-800-53]}
  account: {administrators: ["arn:aws:iam::123456789012:user/jane"], anomalies: 50 USD/month}
  alarms: {email: ops@groundplan.dev}
  objectives: {budget: 100 USD/month}
"""


@pytest.mark.parametrize("environment", ["shared", "production"])
def test_everything_is_applied_and_nothing_is_left_to_do(tmp_path: Path, environment: str) -> None:
    rendering = render(designed(BLUEPRINT, environment), Options(state_bucket="shop-state"))
    assert rendering.unsupported == ()
    root = tmp_path / "root"
    write(rendering, root)
    core = TerraformCore(tmp_path / "workspace", {})
    core.fmt_check(root)
    planned = core.show(core.plan(root))
    core.validate(root)
    if environment == "shared":
        assert planned["aws_guardduty_detector.us_west_2"]["region"] == "us-west-2"
        assert planned["aws_ssm_parameter.hosted_zone_us_east_1"]["region"] == "us-east-1"
        assert planned["aws_iam_role.administrators"]["max_session_duration"] == 3600
    core.apply(root)
    core.second_plan_is_empty(root)


def test_an_environment_looks_the_zone_up_in_the_region_of_each_resource() -> None:
    files = render(designed(BLUEPRINT, "production"), Options(state_bucket="shop-state")).files
    data = files["data.tf"]
    assert 'data "aws_ssm_parameter" "hosted_zone" {' in data
    assert 'data "aws_ssm_parameter" "hosted_zone_us_east_1" {' in data
    assert data.count('"/shop/shared/hosted-zone"') == 2
    assert "data.aws_ssm_parameter.hosted_zone.insecure_value" in files["dns.tf"]
    assert "data.aws_ssm_parameter.hosted_zone_us_east_1.insecure_value" in files["dns.tf"] + files["cloudfront.tf"]
