"""Failover, promotion and restore tests, planned and applied by the real Terraform core."""

from __future__ import annotations

import json
from pathlib import Path

from tests.recovery.shop import shop
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, render, write


def test_the_core_applies_it_and_finds_nothing_left(tmp_path: Path) -> None:
    root, core = tmp_path / "root", TerraformCore(tmp_path / "workspace", {})
    write(render(shop(), Options(state_bucket="shop-state")), root)
    core.fmt_check(root)
    planned = core.show(core.plan(root))
    record = planned["aws_route53_record.api"]
    assert (record["set_identifier"], record["failover_routing_policy"]) == ("primary", [{"type": "PRIMARY"}])
    assert planned["aws_route53_health_check.taken_over"]["invert_healthcheck"] is True
    assert planned["aws_route53_health_check.api_unless_taken_over"]["child_health_threshold"] == 2
    assert planned["aws_cloudwatch_event_rule.standby_promotion"]["region"] == "us-west-2"
    vault = planned["aws_backup_vault_lock_configuration.copies"]
    assert (vault["region"], vault["min_retention_days"], vault["max_retention_days"]) == ("eu-west-1", 35, 70)
    tested = planned["aws_backup_restore_testing_plan.main"]["recovery_point_selection"][0]
    assert (tested["algorithm"], tested["selection_window_days"]) == ("LATEST_WITHIN_WINDOW", 35)
    resources = {(item["type"], item["name"]): item for item in core.apply(root)["resources"]}
    document = resources["aws_ssm_document", "standby_promotion"]["instances"][0]["attributes"]
    steps = json.loads(document["content"])["mainSteps"]
    assert steps[-1]["isEnd"] is True
    core.second_plan_is_empty(root)
