"""What users feel: slow answers, and one alarm over everything that they notice."""

from __future__ import annotations

from groundplan.blueprint.models import Alarms
from groundplan.design import edge
from groundplan.design.alarms import TOPIC, add_alarm
from groundplan.design.draft import Draft, identifier
from groundplan.resources.monitoring import Alarm, CompositeAlarm, Metric
from groundplan.resources.values import Ref

MOST_ALARMS = 100
"""That a composite alarm is made of.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html"""


def add_latency_alarm(draft: Draft, alarms: Alarms) -> None:
    """The load balancer's answers, as slow as the slowest twentieth of them. Nothing where ``latency`` is null."""
    if alarms.latency is None or not edge.public_services(draft):
        return
    add_alarm(
        draft,
        alarms,
        "alb-latency-high",
        f"Load balancer: one answer in twenty takes longer than {alarms.latency}, for {alarms.period}",
        Metric(
            namespace="AWS/ApplicationELB",
            metric_name="TargetResponseTime",
            dimensions={"LoadBalancer": edge.BALANCER.attribute("full_name")},
            statistic="p95",
        ),
        alarms.latency.seconds,
        missing="notBreaching",
    )


def add_application_alarm(draft: Draft, alarms: Alarms) -> None:
    """One state for the whole environment: on while any alarm is that users notice. Each of these still tells by itself
    what it is, so that nobody has to look for it."""
    wanted = draft.blueprint.standby is not None if alarms.application is None else alarms.application
    found = _symptoms(draft)
    if not wanted or not found:
        return
    if len(found) > MOST_ALARMS:
        draft.problem(
            "alarms.application",
            f"{len(found)} alarms are of what users notice, and a composite alarm takes {MOST_ALARMS}; "
            "write application: false",
        )
        return
    draft.add(
        CompositeAlarm(
            name="application",
            concern="monitoring",
            alarm_name=draft.called("alarm", "application", "alarms"),
            description="Users notice: errors, slow answers, tasks that fail, a database that is full",
            alarms=found,
            operator="OR",
            actions=(TOPIC,),
            tags=draft.name_tag("application"),
        )
    )


def _symptoms(draft: Draft) -> tuple[Ref[Alarm], ...]:
    """The alarms on what users notice: the load balancer's, and those of databases that take no more."""
    names = ["alb_errors_high", "alb_latency_high"]
    names += [f"{identifier(name)}_unhealthy_hosts" for name, _, _ in edge.public_services(draft)]
    for name in draft.blueprint.databases:
        names += [f"{identifier(name)}_storage_low", f"{identifier(name)}_connections_high"]
    return tuple(ref for ref in (Ref(Alarm, name) for name in names) if ref in draft.refs)
