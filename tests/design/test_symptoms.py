"""One alarm over what users notice."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from tests.recovery.shop import shop

from groundplan.checks import run
from groundplan.resources.monitoring import Alarm, CompositeAlarm, Metric, MetricExpression, Topic
from groundplan.resources.values import Ref

APPLICATION = Ref(CompositeAlarm, "application")


def names(**changes: Any) -> list[str]:
    return [alarm.name for alarm in shop(**changes)[APPLICATION].alarms]


def test_it_is_on_while_users_notice_anything() -> None:
    alarm = shop()[APPLICATION]
    assert (alarm.operator, alarm.actions, alarm.region) == ("OR", (Ref(Topic, "alarms"),), None)
    assert names() == [
        "alb_errors_high", "alb_latency_high", "api_unhealthy_hosts", "main_storage_low", "main_connections_high",
    ]  # fmt: skip


def test_slow_answers_count_where_the_blueprint_says_what_is_slow() -> None:
    alarm = shop()[Ref(Alarm, "alb_latency_high")]
    assert isinstance(alarm.metric, Metric)
    assert (alarm.metric.metric_name, alarm.metric.statistic, alarm.threshold) == (
        "TargetResponseTime", "p95", Decimal(2),
    )  # fmt: skip
    assert "alb_latency_high" not in names(alarms={"latency": None})


def test_it_is_there_with_a_standby_or_where_somebody_asks() -> None:
    alone = {"standby": None, "objectives": None}
    assert APPLICATION not in shop(**alone)
    assert APPLICATION in shop(**alone, alarms={"application": True})
    assert APPLICATION not in shop(alarms={"application": False})


def test_an_alarm_that_a_composite_tells_of_needs_nobody_to_tell() -> None:
    architecture = shop()
    assert architecture[Ref(Alarm, "standby_requests_arrive")].actions == ()
    assert [item for item in run(architecture).findings if item.rule == "GP-OPS-003"] == []
    silent = architecture.changed(architecture[Ref(CompositeAlarm, "standby_promotion")], actions=())
    found = {item.resource for item in run(silent).findings if item.rule == "GP-OPS-003"}
    assert found == {"alarm.standby_requests_arrive", "alarm.standby_main_left_behind"}


@pytest.mark.parametrize(
    ("told", "percent"),
    [
        ({"requests": 1000, "targets": 20}, 2),
        ({"requests": 1000, "balancer": 20}, Decimal(2000) / 1020),
        ({"balancer": 12}, 100),  # no target is left: the load balancer chose none, so that it counts no request
        ({"requests": 1000}, 0),
        ({}, 0),
    ],
)
def test_errors_count_whatever_else_the_load_balancer_does_not_tell_of(
    told: dict[str, int], percent: Decimal | int
) -> None:
    metric = shop()[Ref(Alarm, "alb_errors_high")].metric
    assert isinstance(metric, MetricExpression)
    assert {*metric.metrics} == {"requests", "targets", "balancer"}
    filled = re.sub(r"FILL\((\w+), 0\)", lambda found: f"Decimal({told.get(found[1], 0)})", metric.expression)
    condition, value, otherwise = re.fullmatch(r"IF\((.+) > 0, (.+), (\d+)\)", filled).groups()  # type: ignore[union-attr]
    names = {"Decimal": Decimal}  # what is missing and not filled has no result: a name that is not there
    assert eval(value if eval(condition, names) else otherwise, names) == percent
