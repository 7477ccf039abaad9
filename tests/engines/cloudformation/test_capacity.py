"""EC2 capacity and shifting deployments in CloudFormation: what the table cannot show."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.design.blueprints import designed

from groundplan.engines.cloudformation import Rendering, render
from groundplan.resources import Resource
from groundplan.resources.compute import AutoScalingGroup, LaunchTemplate
from groundplan.resources.containers import EcsCapacityProvider, EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.edge import ListenerRule, TargetGroup
from groundplan.resources.values import Ref

BLUEPRINT = """
    project: shop
    region: eu-west-1
    services:
      api:
        image: {repository: api, tag: '1'}
        port: 80
        public: {tls: false}
        deployment: {strategy: linear, step: 12.5%, step_bake: 7m, bake: 20m}
        capacity: {fargate: {base: 1, weight: 1}, fargate-spot: 3}
      worker: {image: {repository: worker, tag: '1'}, capacity: machines}
    databases: {main: {engine: postgres 16, class: db.t4g.micro, standby: false, zone: b}}
    capacity:
      machines: {instance: t3.small, min: 2, max: 2}
      spare: {instance: t3.small, min: 0, spot: true}
    """


@cache
def rendering() -> Rendering:
    return render(designed(BLUEPRINT))


def entry(ref: Ref[Resource]) -> Any:
    place = rendering().locations[ref][0]
    template: Any = next(stack.template for stack in rendering().stacks if stack.name == place.stack)
    return template["Resources"][place.logical_id]


def test_one_instance_after_the_other_gives_way_to_a_changed_template() -> None:
    policy = entry(Ref(AutoScalingGroup, "machines"))["UpdatePolicy"]
    rolling = policy["AutoScalingRollingUpdate"]
    assert (rolling["MinInstancesInService"], rolling["MaxBatchSize"]) == (1, 1)  # fewer than the most, as AWS demands
    assert policy["AutoScalingScheduledAction"] == {"IgnoreUnmodifiedGroupSizeProperties": True}
    assert "DesiredCapacity" not in entry(Ref(AutoScalingGroup, "machines"))["Properties"]


def test_tags_reach_instances_and_volumes() -> None:
    group = entry(Ref(AutoScalingGroup, "machines"))["Properties"]
    assert {"Key": "Project", "Value": "shop", "PropagateAtLaunch": True} in group["Tags"]
    template = entry(Ref(LaunchTemplate, "machines"))["Properties"]
    assert [item["ResourceType"] for item in template["TagSpecifications"]] == ["launch-template"]
    assert [item["ResourceType"] for item in template["LaunchTemplateData"]["TagSpecifications"]] == ["volume"]
    assert "Tags" not in template


def test_spot_instances_come_from_a_mixed_instances_policy() -> None:
    spare = entry(Ref(AutoScalingGroup, "spare"))["Properties"]
    assert "LaunchTemplate" not in spare
    assert spare["CapacityRebalance"]
    provider = entry(Ref(EcsCapacityProvider, "spare"))["Properties"]["AutoScalingGroupProvider"]
    assert provider["AutoScalingGroupArn"] == {"Fn::GetAtt": ["SpareAutoScalingGroup", "AutoScalingGroupARN"]}


def test_a_database_stands_in_its_zone_of_the_region_of_the_stack() -> None:
    properties = entry(Ref(DatabaseInstance, "main"))["Properties"]
    assert properties["AvailabilityZone"] == {"Fn::Sub": "${AWS::Region}b"}


def test_a_linear_deployment_says_its_steps_and_alarms() -> None:
    deployment = entry(Ref(EcsService, "api"))["Properties"]["DeploymentConfiguration"]
    assert deployment["Strategy"] == "LINEAR"
    assert deployment["BakeTimeInMinutes"] == 20
    assert deployment["LinearConfiguration"] == {"StepPercent": 12.5, "StepBakeTimeInMinutes": 7}
    assert deployment["Alarms"]["AlarmNames"][0] == {"Ref": "ApiRollbackCpuAlarm"}
    assert "MinimumHealthyPercent" not in deployment
    rolling = entry(Ref(EcsService, "worker"))["Properties"]["DeploymentConfiguration"]
    assert (rolling["MinimumHealthyPercent"], rolling["MaximumPercent"]) == (100, 200)
    assert "Strategy" not in rolling


def test_weights_are_parameters_so_that_an_update_can_leave_them_as_they_are() -> None:
    (action,) = entry(Ref(ListenerRule, "api"))["Properties"]["Actions"]
    weights = [item["Weight"] for item in action["ForwardConfig"]["TargetGroups"]]
    names = ["ApiListenerRuleWeightApi", "ApiListenerRuleWeightApiGreen"]
    assert weights == [{"Ref": name} for name in names]
    stack: Any = next(stack for stack in rendering().stacks if stack.concern == "edge")
    assert [stack.template["Parameters"][name]["Default"] for name in names] == [100, 0]
    assert stack.update_parameters == {names[0]: "100", names[1]: "0"}
    assert [(weight.parameter, weight.target_group) for weight in stack.weights] == [
        (names[0], Ref(TargetGroup, "api")),
        (names[1], Ref(TargetGroup, "api_green")),
    ]
