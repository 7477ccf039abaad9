"""EC2 capacity and shifting deployments before the real Terraform core."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.design.blueprints import designed
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform import Options, Rendering, render, write

BLUEPRINT = """
    project: shop
    region: eu-west-1
    profile: poc
    network: {nat: single}
    alarms: {}
    services:
      api:
        image: {repository: api, tag: '1'}
        port: 80
        public: {tls: false}
        deployment: {strategy: linear, step: 12.5%, step_bake: 7m, bake: 20m}
        capacity: {fargate: {base: 1, weight: 1}, fargate-spot: 3}
      worker:
        image: {repository: worker, tag: '1'}
        size: {cpu: 300, memory: 700}
        capacity: {machines: {base: 1, weight: 1}, spare: 2}
    databases: {main: {engine: postgres 16, class: db.t4g.micro, standby: false, zone: b}}
    capacity:
      machines: {instance: t3.small, target: 90%}
      spare: {instance: t3.small, min: 0, spot: true}
    """


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    return render(designed(BLUEPRINT), Options(state_bucket="shop-state"))


def test_it_is_planned_as_written_and_planned_again_it_is_empty(rendering: Rendering, tmp_path: Path) -> None:
    assert rendering.unsupported == ()
    write(rendering, tmp_path / "shop")
    core = TerraformCore(tmp_path / "workspace")
    core.fmt_check(tmp_path / "shop")
    planned = core.show(core.plan(tmp_path / "shop"))
    core.validate(tmp_path / "shop")
    (deployment,) = planned["aws_ecs_service.api"]["deployment_configuration"]
    assert (deployment["strategy"], deployment["bake_time_in_minutes"]) == ("LINEAR", "20")
    assert deployment["linear_configuration"] == [{"step_bake_time_in_minutes": "7", "step_percent": 12.5}]
    (alarms,) = planned["aws_ecs_service.api"]["alarms"]
    assert alarms["enable"]
    assert alarms["rollback"]
    shares = planned["aws_ecs_service.worker"]["capacity_provider_strategy"]
    assert {share["capacity_provider"] for share in shares} == {"shop-production-machines", "shop-production-spare"}
    assert planned["aws_ecs_task_definition.worker"]["requires_compatibilities"] == ["EC2"]
    (metadata,) = planned["aws_launch_template.machines"]["metadata_options"]
    assert (metadata["http_tokens"], metadata["http_put_response_hop_limit"]) == ("required", 1)
    assert planned["aws_autoscaling_group.machines"]["protect_from_scale_in"]
    (spot,) = planned["aws_autoscaling_group.spare"]["mixed_instances_policy"]
    assert spot["instances_distribution"][0]["on_demand_percentage_above_base_capacity"] == 0
    assert planned["aws_db_instance.main"]["availability_zone"] == "eu-west-1b"
    core.apply(tmp_path / "shop")
    core.second_plan_is_empty(tmp_path / "shop")


def test_terraform_leaves_the_requests_where_a_deployment_moved_them(rendering: Rendering) -> None:
    rule = rendering.files["alb.tf"].partition('resource "aws_lb_listener_rule" "api"')[2]
    assert "    # Deployments move the requests: they change the weights.\n    ignore_changes = [action]\n" in rule


def test_a_service_waits_for_the_rights_to_move_requests(rendering: Rendering) -> None:
    service = rendering.files["ecs.tf"].partition('resource "aws_ecs_service" "api"')[2].partition("\n}\n")[0]
    for address in (
        "aws_iam_role_policy_attachment.ecs_load_balancer",
        "aws_ecs_cluster_capacity_providers.main",
        "aws_lb_listener.http",
    ):
        assert f"    {address},\n" in service
