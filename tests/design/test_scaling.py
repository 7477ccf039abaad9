"""How services scale: target tracking, steps, the backlog of queues."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.design.blueprints import designed, refused

from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, Metric, MetricExpression
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy, StepScalingPolicy
from groundplan.resources.values import Ref

START = "project: shop\ntitle: Shop\nregion: eu-central-1\n"
WEB = START + "services:\n  web:\n    image: {repository: web, tag: '1'}\n    port: 80\n    public: {tls: false}\n"
WORKER = START + "services:\n  mail:\n    image: {repository: mail, tag: '1'}\n"


def test_target_tracking_holds_each_value() -> None:
    architecture = designed(WEB + "    scaling: {cpu: 70%, memory: 80%, requests: 1000, out: 2m, in: 5m}\n")
    policies = {item.name: item for item in architecture.of(ScalingPolicy)}
    assert {name: item.predefined_metric for name, item in policies.items()} == {
        "web_cpu": "ECSServiceAverageCPUUtilization",
        "web_memory": "ECSServiceAverageMemoryUtilization",
        "web_requests": "ALBRequestCountPerTarget",
    }
    assert {(item.scale_out_cooldown, item.scale_in_cooldown) for item in policies.values()} == {(120, 300)}
    assert not list(architecture.of(StepScalingPolicy))


def test_steps_add_one_where_any_and_take_one_where_all_say_so() -> None:
    architecture = designed(
        WEB + "    scaling: {method: step, cpu: 70%, memory: 80%, requests: 1000, out: 2m, in: 5m}\n"
    )
    assert not list(architecture.of(ScalingPolicy)), "never both methods on one metric"
    policies = {item.name: (item.adjustment, item.cooldown) for item in architecture.of(StepScalingPolicy)}
    assert policies == {"web_out": (1, 120), "web_in": (-1, 300)}
    alarms = {item.name: item for item in architecture.of(Alarm) if item.scales}
    out, less = Ref(StepScalingPolicy, "web_out"), Ref(StepScalingPolicy, "web_in")
    assert {name: item.scales for name, item in alarms.items()} == {
        "web_cpu_scale_out": (out,),
        "web_memory_scale_out": (out,),
        "web_requests_scale_out": (out,),
        "web_scale_in": (less,),
    }
    requests = alarms["web_requests_scale_out"]
    assert isinstance(requests.metric, Metric)
    assert (requests.metric.statistic, requests.period, requests.evaluation_periods) == ("Sum", 60, 2)
    assert requests.threshold == 1000, "requests per target within the minute of a data point"
    metric = alarms["web_scale_in"].metric
    assert isinstance(metric, MetricExpression)
    assert metric.expression == "IF(cpu < 63 AND memory < 72 AND FILL(requests, 0) < 900, 1, 0)"
    assert alarms["web_scale_in"].evaluation_periods == 5


def test_a_backlog_counts_the_queues_that_are_read() -> None:
    architecture = designed(
        WORKER + "    needs: [{emails: read}, sms, {audit: write}]\n    scaling: {backlog: 20}\n"
        "queues: {emails: {}, sms: {}, audit: {}}\n"
    )
    (policy,) = architecture.of(ScalingPolicy)
    assert policy.predefined_metric is None
    assert policy.target_value == Decimal(20)
    assert policy.metric is not None
    assert policy.metric.expression == "(FILL(waiting1, 0) + FILL(waiting2, 0)) / IF(tasks > 0, tasks, 1)"
    queues = [policy.metric.metrics[name].dimensions["QueueName"] for name in ("waiting1", "waiting2")]
    assert queues == [Ref(Queue, name).attribute("name") for name in ("emails", "sms")]
    assert policy.target == Ref(ScalableTarget, "mail")


def test_a_backlog_starts_the_first_task_of_a_service_at_zero() -> None:
    """Container Insights sends no metric of a service that has no running tasks."""
    architecture = designed(
        WORKER + "    needs: [emails]\n    tasks: {desired: 0, min: 0, max: 3}\n    scaling: {backlog: 20}\n"
        "queues: {emails: {}}\n"
    )
    (policy,) = architecture.of(ScalingPolicy)
    assert policy.metric is not None
    assert policy.metric.expression == "waiting1 / IF(FILL(tasks, 0) > 0, FILL(tasks, 0), 1)"


@pytest.mark.parametrize(
    ("blueprint", "said"),
    [
        (WORKER + "    scaling: {backlog: 20}\n", "services.mail.scaling.backlog: the service reads no queue"),
        (
            WORKER + "    needs: [{emails: write}]\n    scaling: {backlog: 20}\nqueues: {emails: {}}\n",
            "the service reads no queue",
        ),
        (
            "insights: disabled\n" + WORKER + "    needs: [emails]\n    scaling: {backlog: 20}\nqueues: {emails: {}}\n",
            "running tasks are counted by Container Insights; write insights: enabled",
        ),
    ],
)
def test_what_cannot_scale(blueprint: str, said: str) -> None:
    assert any(said in line for line in refused(blueprint)), refused(blueprint)
