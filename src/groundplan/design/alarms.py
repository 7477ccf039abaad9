"""An alarm, and the topic that alarms speak to."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from groundplan.blueprint.models import Alarms
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import (
    COST_ALERTS,
    EVENTS,
    add_key,
    alarms_statement,
    main_key,
    same_account,
    tells_anomalies,
    tells_events,
)
from groundplan.resources.monitoring import (
    Alarm,
    Metric,
    MetricExpression,
    Topic,
    TopicPolicy,
    TopicSubscription,
)
from groundplan.resources.policies import PolicyDocument, Principal, Statement
from groundplan.resources.values import Ref

TOPIC = Ref(Topic, "alarms")


def add_topic(draft: Draft, alarms: Alarms, *, called: str = "alarms", region: str | None = None) -> Ref[Topic]:
    """Whom alarms tell. A topic in another region has a key there: AWS's own lets no alarm publish."""
    key = main_key(draft)
    if key and region:
        key = add_key(
            draft, identifier(called), f"{draft.title} notifications in {region}", alarms_statement(), region=region,
            because="alarms",
        )  # fmt: skip
    topic = draft.add(
        Topic(
            name=identifier(called),
            concern="monitoring",
            region=region,
            topic_name=draft.called("sns_topic", called, "project"),
            display_name=f"{draft.title} {draft.stage}",
            kms_key=key,
            tags=draft.name_tag(called),
        )
    )
    publish = Statement(
        sid="AlarmsAndBudgets",
        actions=("sns:Publish",),
        resources=(topic.arn,),
        principals=(Principal("Service", ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")),),
        conditions=(same_account(),),
    )
    statements = [publish]
    if region is None and tells_events(draft):
        # Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
        events = (Principal("Service", (EVENTS,)),)
        statements.append(Statement(sid="Events", actions=("sns:Publish",), resources=(topic.arn,), principals=events))
    if region is None and tells_anomalies(draft):
        costs = Principal("Service", (COST_ALERTS,))
        statements.append(
            Statement(
                sid="CostAnomalies",
                actions=("sns:Publish",),
                resources=(topic.arn,),
                principals=(costs,),
                conditions=(same_account(),),
            )
        )
    policy = PolicyDocument(tuple(statements))
    allowed = TopicPolicy(name=topic.name, concern="monitoring", region=region, topic=topic, policy=policy)
    draft.add(allowed, because="alarms")
    there = topic.name.removeprefix("alarms")

    def subscribe(name: str, protocol: Literal["email", "https"], endpoint: str | None) -> None:
        if endpoint:
            draft.add(
                TopicSubscription(
                    name=f"{name}{there}",
                    concern="monitoring",
                    region=region,
                    topic=topic,
                    protocol=protocol,
                    endpoint=endpoint,
                )
            )

    subscribe("email", "email", alarms.email)
    subscribe("webhook", "https", alarms.webhook)
    where = f" in {region}" if region else ""
    draft.output(f"alarm_topic{there}", f"Topic that alarms{where} speak to; subscribe who has to hear them", topic.arn)
    return topic


def add_alarm(
    draft: Draft,
    alarms: Alarms,
    name: str,
    description: str,
    metric: Metric | MetricExpression,
    threshold: Decimal | int,
    *,
    below: bool = False,
    missing: str = "missing",
    topic: Ref[Topic] = TOPIC,
    region: str | None = None,
) -> None:
    """One alarm: the value stands out in every minute of the period. It speaks to a topic of its own region."""
    minutes = max(1, alarms.period.minutes)
    draft.add(
        Alarm(
            name=identifier(name),
            concern="monitoring",
            region=region,
            alarm_name=draft.called("alarm", name, "alarms"),
            description=description,
            metric=metric,
            comparison_operator="LessThanThreshold" if below else "GreaterThanThreshold",
            threshold=Decimal(threshold),
            period=60,
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            treat_missing_data="notBreaching" if missing == "notBreaching" else "missing",
            actions=(topic,),
            tags=draft.name_tag(name),
        )
    )
