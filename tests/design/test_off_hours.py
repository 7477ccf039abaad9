"""What off-hours become: schedules with exactly their rights, and what stops when."""

from __future__ import annotations

import pytest
from tests.design.blueprints import designed
from tests.engines.off_hours import COMMON, EKS, on_ecs, on_eks

from groundplan.checks.wording import spelled
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup
from groundplan.resources.containers import EcsService
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, CompositeAlarm
from groundplan.resources.policies import Statement
from groundplan.resources.scaling import ScalableTarget
from groundplan.resources.schedules import ApiSchedule, ScheduleGroup
from groundplan.resources.security import Role
from groundplan.resources.values import Ref


def schedule(architecture: Architecture, name: str) -> ApiSchedule:
    return architecture[Ref(ApiSchedule, name)]


def rights(architecture: Architecture) -> dict[str, set[str]]:
    (policy,) = architecture[Ref(Role, "off_hours")].inline_policies
    statements: tuple[Statement, ...] = policy.document.statements
    return {action: {spelled(arn) for arn in item.resources} for item in statements for action in item.actions}


def test_without_off_hours_nothing_is_scheduled() -> None:
    found = designed(
        (COMMON + EKS)
        .replace("off_hours: {stop", "about: {version")
        .replace(', start: "07:00"', "")
        .replace(", timezone: Europe/Berlin", "")
    )
    assert found.off_hours is None
    assert found.of(ApiSchedule) == ()
    assert found.find(ScheduleGroup, "off_hours") is None
    assert not any(group.scheduled for group in found.of(NodeGroup))
    assert not any(alarm.silenced for alarm in found.of(Alarm))


def test_nodes_go_to_zero_and_come_back_as_the_blueprint_says() -> None:
    found = on_eks()
    stop, again = schedule(found, "stop_nodes_general"), schedule(found, "stop_again_nodes_general")
    assert stop.input.content["ScalingConfig"] == {"MinSize": 0, "DesiredSize": 0}
    assert (again.input, again.schedule_expression) == (stop.input, "cron(30 20 * * ? *)")
    start = schedule(found, "start_nodes_batch")
    assert start.input.content["ScalingConfig"] == {"MinSize": 0, "MaxSize": 2, "DesiredSize": 0}
    assert all(group.scheduled for group in found.of(NodeGroup))
    assert (start.dead_letter_queue, stop.dead_letter_queue) == (Ref(Queue, "off_hours_not_started"), None)


def test_without_the_autoscaler_nobody_asks_for_nodes_at_night() -> None:
    found = designed(COMMON + EKS.replace("nodes:", "autoscaler: false\n      nodes:"))
    assert found.find(ApiSchedule, "stop_again_nodes_general") is None


def test_the_database_is_there_as_long_as_somebody_asks() -> None:
    found = on_eks()
    start, stop = schedule(found, "start_database_main"), schedule(found, "stop_database_main")
    assert (start.operation, start.schedule_expression) == ("startDBInstance", "cron(45 6 ? * MON,TUE,WED,THU,FRI *)")
    assert (stop.operation, stop.schedule_expression) == ("stopDBInstance", "cron(15 20 * * ? *)")
    assert list(start.input.content) == ["DbInstanceIdentifier"]
    assert found.off_hours is not None
    assert found.off_hours.running == {
        Ref(NodeGroup, "general"): 65 * 60,
        Ref(NodeGroup, "batch"): 65 * 60,
        Ref(DatabaseInstance, "main"): 65 * 60 + 5 * 30,
    }


def test_the_role_may_do_that_and_nothing_else() -> None:
    found = rights(on_eks())
    names = found.pop("cloudwatch:EnableAlarmActions")
    assert found.pop("cloudwatch:DisableAlarmActions") == names
    assert all(":alarm:shop-production-" in name for name in names)
    assert found == {
        "eks:UpdateNodegroupConfig": {"{node_group.general.arn}", "{node_group.batch.arn}"},
        "rds:StopDBInstance": {"{database_instance.main.arn}"},
        "rds:StartDBInstance": {"{database_instance.main.arn}"},
        "sqs:SendMessage": {"{queue.off_hours_not_started.arn}"},
    }
    trust = on_eks()[Ref(Role, "off_hours")].trust.statements[0]
    assert {condition.key for condition in trust.conditions} == {"aws:SourceAccount", "aws:SourceArn"}


def test_alarms_are_silent_only_where_something_sleeps() -> None:
    found = on_eks()
    silent = {alarm.name for alarm in found.of(Alarm) if alarm.silenced}
    assert {"main_cpu_high", "alb_errors_high", "api_unhealthy_hosts", "pods_unschedulable"} <= silent
    assert not any(name.startswith("sessions") for name in silent)
    assert "off_hours_not_started" not in silent
    named = schedule(found, "silence_alarms").input.content["AlarmNames"]
    assert named == tuple(alarm.alarm_name for alarm in found.of(Alarm) if alarm.silenced)
    assert schedule(found, "unsilence_alarms").schedule_expression == "cron(30 7 ? * MON,TUE,WED,THU,FRI *)"


def test_one_alarm_over_many_is_silent_with_them() -> None:
    found = designed(COMMON.replace("alarms: {", "alarms: {application: true, ") + EKS)
    (composite,) = found.of(CompositeAlarm)
    assert composite.silenced
    assert composite.alarm_name in schedule(found, "silence_alarms").input.content["AlarmNames"]  # type: ignore[operator]


def test_many_alarms_are_named_in_calls_of_a_hundred() -> None:
    databases = ", ".join(
        f"d{number}: {{engine: postgres 16, class: db.t4g.micro, backup_window: '16:00-16:30'}}" for number in range(40)
    )
    found = designed(f"""
        project: shop
        region: eu-west-1
        profile: development
        off_hours: {{timezone: Europe/Berlin}}
        databases: {{{databases}}}
        """)
    calls = [item for item in found.of(ApiSchedule) if item.operation == "disableAlarmActions"]
    sizes = [len(item.acts_on) for item in calls]
    assert sizes == [100, 20]
    assert sum(alarm.silenced for alarm in found.of(Alarm)) == 120


def test_tasks_scale_to_zero_or_are_set_to_it() -> None:
    found = on_ecs()
    api = found[Ref(ScalableTarget, "api")]
    assert [(item.scheduled_action_name, item.min_capacity, item.max_capacity) for item in api.scheduled_actions] == [
        ("stop", 0, 0),
        ("start", api.min_capacity, api.max_capacity),
    ]
    assert found.find(ApiSchedule, "stop_service_api") is None
    assert schedule(found, "start_service_worker").input.content["DesiredCount"] == 2
    assert schedule(found, "stop_service_worker").input.content["DesiredCount"] == 0
    assert schedule(found, "stop_capacity_machines").input.content["MinSize"] == 0
    assert found[Ref(AutoScalingGroup, "machines")].scheduled
    assert found.off_hours is not None
    assert {Ref(EcsService, "api"), Ref(AutoScalingGroup, "machines")} <= found.off_hours.running.keys()


def test_capacity_that_may_be_empty_needs_no_schedule() -> None:
    found = designed("""
        project: shop
        region: eu-west-1
        off_hours: {}
        capacity: {machines: {instance: m7g.large, min: 0, max: 3}}
        services: {web: {image: {repository: web, tag: '1'}, architecture: arm64, capacity: {machines: 1}}}
        """)
    assert found.find(ApiSchedule, "stop_capacity_machines") is None
    assert not found[Ref(AutoScalingGroup, "machines")].scheduled
    assert found.off_hours is not None
    assert found.off_hours.profile == "production"


@pytest.mark.parametrize("architecture", [on_eks(), on_ecs()], ids=["eks", "ecs"])
def test_every_stop_has_its_start(architecture: Architecture) -> None:
    pairs = {"stop": "start", "silence": "unsilence"}
    names = {item.name for item in architecture.of(ApiSchedule)}
    for name in names:
        verb, _, what = (
            name.removeprefix("stop_again_").partition("_") if "again" not in name else ("stop", "", name[11:])
        )
        if verb in pairs:
            assert f"{pairs[verb]}_{what}" in names
