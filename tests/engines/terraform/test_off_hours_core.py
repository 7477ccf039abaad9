"""Off-hours and cluster mode, planned and applied by the real Terraform core."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engines.off_hours import on_ecs, on_eks
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, render, write
from groundplan.resources import Architecture


@pytest.mark.parametrize("architecture", [on_eks, on_ecs], ids=["eks", "ecs"])
def test_the_core_applies_it_and_finds_nothing_left(architecture: Callable[[], Architecture], tmp_path: Path) -> None:
    root, core = tmp_path / "root", TerraformCore(tmp_path / "workspace", {})
    rendering = render(architecture(), Options(state_bucket="shop-state"))
    assert rendering.unsupported == ()
    write(rendering, root)
    core.fmt_check(root)
    planned = core.show(core.plan(root))
    core.validate(root)
    start = planned["aws_scheduler_schedule.start_database_main"]
    (target,) = start["target"]
    assert target["arn"] == "arn:aws:scheduler:::aws-sdk:rds:startDBInstance"
    assert start["schedule_expression_timezone"] == "Europe/Berlin"
    cache = planned["aws_elasticache_replication_group.sessions"]
    assert (cache["cluster_mode"], cache["num_node_groups"], cache["replicas_per_node_group"]) == ("enabled", 2, 1)
    assert cache["parameter_group_name"].endswith("sessions-cluster-mode")
    core.apply(root)
    core.second_plan_is_empty(root)


def text(architecture: Architecture, address: str) -> str:
    """One block of what is rendered."""
    kind, name = address.split(".")
    files = "\n".join(render(architecture, Options(state_bucket="shop-state")).files.values())
    found = re.search(rf'^resource "{kind}" "{name}" \{{\n.*?^\}}$', files, re.MULTILINE | re.DOTALL)
    assert found, address
    return found[0]


def test_what_schedules_change_is_left_to_them() -> None:
    nodes = text(on_eks(), "aws_eks_node_group.general")
    assert "ignore_changes = [scaling_config[0].desired_size, scaling_config[0].min_size]" in nodes
    assert "ignore_changes = [actions_enabled]" in text(on_eks(), "aws_cloudwatch_metric_alarm.main_cpu_high")
    assert "ignore_changes" not in text(on_eks(), "aws_cloudwatch_metric_alarm.sessions_0001_001_cpu_high")
    assert "ignore_changes = [min_capacity, max_capacity]" in text(on_ecs(), "aws_appautoscaling_target.api")
    assert "ignore_changes = [min_size]" in text(on_ecs(), "aws_autoscaling_group.machines")
    action = text(on_ecs(), "aws_appautoscaling_scheduled_action.api_stop")
    assert 'schedule           = "cron(0 20 * * ? *)"' in action
    assert json.dumps("Europe/Berlin") in action
