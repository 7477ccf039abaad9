"""From copy to original: the runbook that makes the standby the environment, and what starts it by itself.

Nothing of it is in the environment's own region, nor in us-east-1, where Route 53 tells what it found: it acts on what
the standby sees. Requests arrive there only once Route 53 has led the domains to it; and as long as a database still
gets what its primary writes, nothing is promoted, so that there are never two that take writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from groundplan.design import databases, edge
from groundplan.design.alarms import TOPIC
from groundplan.design.draft import Draft, identifier
from groundplan.design.standby import failover
from groundplan.design.standby.runbook import DESCRIPTION, Step, rights, steps
from groundplan.resources.automation import AutomationDocument
from groundplan.resources.edge import FixedResponse, ListenerRule
from groundplan.resources.events import EventRule, EventTarget
from groundplan.resources.monitoring import Alarm, CompositeAlarm, Metric, MetricExpression
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Json, JsonDocument, Pseudo, Ref, Textual, text

IDLE_LAG = 300
"""Seconds. A primary that nobody writes to sends something every five minutes all the same: a replica that is further
behind has lost it.
Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html"""
FIRST = 1
"""Priority of a listener rule before those of services, which are multiples of ten."""
LAG_MINUTES = 2
"""How often in a row, so that the last moment before those five minutes are over does not count."""


def add_promotion(draft: Draft) -> None:
    """The runbook; and the alarms that start it, where ``promote`` says so. Part of a standby's draft."""
    primary = draft.primary
    assert primary is not None
    mark = _add_mark(draft, primary)
    main = steps(draft, mark)
    if not main:
        return
    document = _add_document(draft, main, rights(draft, mark))
    draft.output(
        "promotion",
        "Command with which a person has the standby take over",
        text(
            f"aws ssm start-automation-execution --region {draft.blueprint.region} --document-name ",
            document.attribute("id"),
        ),
    )
    asked = primary.blueprint.standby
    assert asked is not None
    if asked.promote and draft.blueprint.databases and edge.public_services(draft):
        alarm = _add_alarm(draft, asked.after.minutes)
        _start(draft, alarm, document)


def _add_mark(draft: Draft, primary: Draft) -> Ref[ListenerRule] | None:
    """The address that tells Route 53 whether the standby has taken over; None where nobody asks."""
    deciding = failover.deciding_domain(primary)
    if deciding is None or deciding.domain is None:
        return None
    return draft.add(
        ListenerRule(
            name="taken_over",
            concern="edge",
            listener=edge.listener_of(deciding),
            priority=FIRST,
            host_headers=(failover.standby_host(deciding.domain),),
            path_patterns=(failover.TAKEN_OVER,),
            action=FixedResponse(status_code=404, message_body="The standby waits"),
            action_changes=True,
            tags=draft.name_tag("taken-over"),
        )
    )


def _add_document(draft: Draft, main: list[Step], statements: Sequence[Statement]) -> Ref[AutomationDocument]:
    role = _add_role(draft, "promotion", "ssm.amazonaws.com", "Lets Systems Manager promote the standby", statements)
    content: dict[str, Json] = {
        "schemaVersion": "0.3",
        "description": DESCRIPTION,
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {
            "AutomationAssumeRole": {
                "type": "String",
                "description": "ARN of the role that the steps are carried out as",
                "default": role.arn,
            }
        },
        "mainSteps": [*main],
    }
    return draft.add(
        AutomationDocument(
            name="promotion",
            concern="monitoring",
            document_name=draft.called("automation_document", "promotion", "standby"),
            role=role,
            content=JsonDocument(content),
            tags=draft.name_tag("promotion"),
        )
    )


def _add_role(draft: Draft, name: str, service: str, description: str, statements: Sequence[Statement]) -> Ref[Role]:
    called = name.replace("_", "-")
    policy_name = draft.called("iam_policy", f"{called}-policy", "standby")
    own = Condition(operator="StringEquals", key="aws:SourceAccount", values=(Pseudo.ACCOUNT_ID,))
    return draft.add(
        Role(
            name=name,
            concern="monitoring",
            role_name=draft.called("iam_role", f"{called}-role", "standby"),
            description=description,
            trust=service_trust(service, conditions=(own,)),
            inline_policies=(InlinePolicy(policy_name, PolicyDocument(tuple(statements))),),
        ),
        because="standby",
    )


def _alarm(
    draft: Draft, name: str, description: str, metric: Metric | MetricExpression, minutes: int, *, missing: bool
) -> Ref[Alarm]:
    """On while the metric is above nothing in every minute. It tells nobody: the alarm that it is a part of does."""
    return draft.add(
        Alarm(
            name=identifier(name),
            concern="monitoring",
            alarm_name=draft.called("alarm", name, "standby"),
            description=description,
            metric=metric,
            comparison_operator="GreaterThanThreshold",
            threshold=Decimal(0),
            period=60,
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            treat_missing_data="breaching" if missing else "notBreaching",
            tags=draft.name_tag(name),
        )
    )


def _parts(draft: Draft, minutes: int) -> Iterator[Ref[Alarm]]:
    """What the standby sees of the environment's end: its users, and that no database follows any more.

    ``RequestCount`` holds only what the load balancer sent to a service, not the 404 that strangers get.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    arriving = Metric(
        namespace="AWS/ApplicationELB",
        metric_name="RequestCount",
        dimensions={"LoadBalancer": edge.BALANCER.attribute("full_name")},
        statistic="Sum",
    )
    yield _alarm(
        draft, "requests-arrive", f"Standby: users have been led here for {minutes} minutes", arriving, minutes,
        missing=False,
    )  # fmt: skip
    for name in draft.blueprint.databases:
        dimensions: dict[str, Textual] = {"DBInstanceIdentifier": databases.primary(name).attribute("id")}
        lag = Metric(namespace="AWS/RDS", metric_name="ReplicaLag", dimensions=dimensions, statistic="Minimum")
        yield _alarm(
            draft, f"{name}-left-behind",
            f"Database {name}: its primary has sent nothing for {IDLE_LAG // 60} minutes",
            # Below zero: the replica itself says that nothing is replicated.
            MetricExpression(
                expression=f"IF(lag < 0 OR lag > {IDLE_LAG}, 1, 0)", label="left behind", metrics={"lag": lag}
            ),
            LAG_MINUTES, missing=True,
        )  # fmt: skip


def _add_alarm(draft: Draft, minutes: int) -> Ref[CompositeAlarm]:
    parts = tuple(_parts(draft, minutes))
    return draft.add(
        CompositeAlarm(
            name="promotion",
            concern="monitoring",
            alarm_name=draft.called("alarm", "promotion", "standby"),
            description="The environment is gone: users arrive at the standby, and its databases follow no more",
            alarms=parts,
            operator="AND",
            actions=(TOPIC,) if draft.blueprint.alarms else (),
            tags=draft.name_tag("promotion"),
        )
    )


def _start(draft: Draft, alarm: Ref[CompositeAlarm], document: Ref[AutomationDocument]) -> None:
    """Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-event-bridge.html"""
    definition = text(
        "arn:", Pseudo.PARTITION, ":ssm:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":automation-definition/",
        document.attribute("id"), ":$DEFAULT",
    )  # fmt: skip
    role = Ref(Role, "promotion")
    handed = Condition(operator="StringEquals", key="iam:PassedToService", values=("ssm.amazonaws.com",))
    starter = _add_role(
        draft,
        "promotion_start",
        "events.amazonaws.com",
        "Lets EventBridge start the promotion of the standby",
        (
            Statement(sid="Start", actions=("ssm:StartAutomationExecution",), resources=(definition,)),
            Statement(sid="PassRole", actions=("iam:PassRole",), resources=(role.arn,), conditions=(handed,)),
        ),
    )
    draft.add(
        EventRule(
            name="promotion",
            concern="monitoring",
            rule_name=draft.called("event_rule", "promotion", "standby"),
            description="Starts the promotion of the standby when its alarm begins",
            event_pattern=JsonDocument(
                {
                    "source": ["aws.cloudwatch"],
                    "detail-type": ["CloudWatch Alarm State Change"],
                    "resources": [alarm.arn],
                    "detail": {"state": {"value": ["ALARM"]}},
                }
            ),
            targets=(
                EventTarget(
                    target_id="promotion",
                    arn=definition,
                    role=starter,
                    input=JsonDocument({"AutomationAssumeRole": [role.arn]}),
                ),
            ),
            tags=draft.name_tag("promotion"),
        )
    )
