"""Sidecars, steps and metric math, planned and applied by the real Terraform core."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engines.observed import observed
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, render, write


def test_the_core_applies_it_and_finds_nothing_left(tmp_path: Path) -> None:
    root, core = tmp_path / "root", TerraformCore(tmp_path / "workspace", {})
    write(render(observed(), Options(state_bucket="shop-state")), root)
    core.fmt_check(root)
    planned = core.show(core.plan(root))
    step = planned["aws_appautoscaling_policy.api_out"]["step_scaling_policy_configuration"][0]
    assert step["step_adjustment"][0]["scaling_adjustment"] == 1
    tracked = planned["aws_appautoscaling_policy.mailer_backlog"]["target_tracking_scaling_policy_configuration"][0]
    metrics = tracked["customized_metric_specification"][0]["metrics"]
    assert {item["id"]: item["return_data"] for item in metrics} == {
        "waiting1": False,
        "tasks": False,
        "result": True,
    }
    assert planned["aws_xray_sampling_rule.main"]["service_name"] == "Shop-production-*"
    resources = {(item["type"], item["name"]): item for item in core.apply(root)["resources"]}
    task = resources["aws_ecs_task_definition", "api"]["instances"][0]["attributes"]
    containers = {item["name"]: item for item in json.loads(task["container_definitions"])}
    assert list(containers) == ["api", "main-extensions", "log-router", "otel-collector"]
    assert containers["api"]["logConfiguration"] == {"logDriver": "awsfirelens"}
    assert containers["log-router"]["firelensConfiguration"]["type"] == "fluentbit"
    assert "$TAG" in next(item["value"] for item in containers["log-router"]["environment"])
    core.second_plan_is_empty(root)
