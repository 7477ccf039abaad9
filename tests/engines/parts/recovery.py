"""What takes over: failover by health checks, an automation document and what starts it; restores that are tested."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import ALERTS, BALANCER, PRIMARY

from groundplan.resources import Resource
from groundplan.resources.automation import AutomationDocument
from groundplan.resources.dns import CalculatedHealthCheck, DnsRecord, HealthCheck, HostedZone
from groundplan.resources.events import EventRule, EventTarget
from groundplan.resources.governance import BackupVault, RestoreTestingPlan, RestoreTestingSelection
from groundplan.resources.monitoring import Alarm, CompositeAlarm
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import JsonDocument, Pseudo, Ref, text

APPLICATION = Ref(CompositeAlarm, "application")
PROMOTE = Ref(AutomationDocument, "promote")
PROMOTION, START = Ref(Role, "promotion"), Ref(Role, "promotion_start")


def recovery() -> Iterator[Resource]:
    """Failover and restores of the sample."""
    yield from _domains()
    yield from _promotion()
    yield from _tests()


def _domains() -> Iterator[Resource]:
    zone = Ref(HostedZone, "main").attribute("id")
    yield HealthCheck(
        name="app",
        concern="edge",
        fully_qualified_domain_name="primary.app.sample.groundplan.dev",
        resource_path="/health",
        request_interval=10,
        failure_threshold=2,
        tags={"Name": "sample-production-app"},
    )
    yield HealthCheck(
        name="plain",
        concern="edge",
        check_type="HTTP",
        fully_qualified_domain_name="primary.plain.sample.groundplan.dev",
        port=80,
        resource_path="/taken-over",
        inverted=True,
    )
    yield CalculatedHealthCheck(
        name="both", concern="edge", children=(Ref(HealthCheck, "app"), Ref(HealthCheck, "plain"))
    )
    for failover in ("PRIMARY", "SECONDARY"):
        primary = failover == "PRIMARY"
        yield DnsRecord(
            name="app" if primary else "app_standby",
            concern="edge",
            hosted_zone_id=zone,
            record_name="app.sample.groundplan.dev",
            target=BALANCER,
            failover="PRIMARY" if primary else "SECONDARY",
            set_identifier="primary" if primary else "standby",
            health_check=Ref(CalculatedHealthCheck, "both") if primary else None,
        )


def _promotion() -> Iterator[Resource]:
    yield CompositeAlarm(
        name="application",
        concern="monitoring",
        alarm_name="sample-production-application",
        description="Users feel it",
        silenced=True,
        alarms=(Ref(Alarm, "latency"), Ref(Alarm, "api-cpu")),
        operator="OR",
        actions=(ALERTS,),
        tags={"Name": "sample-production-application"},
    )
    promote = Statement(actions=("rds:PromoteReadReplica",), resources=(PRIMARY.arn,))
    yield Role(
        name="promotion",
        concern="monitoring",
        role_name="sample-production-promotion",
        description="Lets Systems Manager promote a replica",
        trust=service_trust("ssm.amazonaws.com"),
        inline_policies=(InlinePolicy("promote", PolicyDocument((promote,))),),
    )
    yield AutomationDocument(
        name="promote",
        concern="monitoring",
        document_name="sample-production-promote",
        role=PROMOTION,
        content=JsonDocument(
            {
                "schemaVersion": "0.3",
                "assumeRole": PROMOTION.arn,
                "mainSteps": [
                    {
                        "name": "Promote",
                        "action": "aws:executeAwsApi",
                        "isEnd": True,
                        "inputs": {
                            "Service": "rds",
                            "Api": "PromoteReadReplica",
                            "DBInstanceIdentifier": PRIMARY.attribute("id"),
                        },
                    }
                ],
            }
        ),
    )
    definition = text(
        "arn:", Pseudo.PARTITION, ":ssm:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":automation-definition/",
        PROMOTE.attribute("id"), ":$DEFAULT",
    )  # fmt: skip
    start = Statement(actions=("ssm:StartAutomationExecution",), resources=(definition,))
    pass_on = Statement(actions=("iam:PassRole",), resources=(PROMOTION.arn,))
    yield Role(
        name="promotion_start",
        concern="monitoring",
        role_name="sample-production-promotion-start",
        description="Lets EventBridge start the promotion",
        trust=service_trust("events.amazonaws.com"),
        inline_policies=(InlinePolicy("start", PolicyDocument((start, pass_on))),),
    )
    yield EventRule(
        name="promotion",
        concern="monitoring",
        rule_name="sample-production-promotion",
        description="The alarm has begun",
        event_pattern=JsonDocument(
            {
                "source": ["aws.cloudwatch"],
                "detail-type": ["CloudWatch Alarm State Change"],
                "resources": [APPLICATION.arn],
                "detail": {"state": {"value": ["ALARM"]}},
            }
        ),
        targets=(
            EventTarget(
                target_id="promote",
                arn=definition,
                role=START,
                input=JsonDocument({"Reason": ["The alarm has begun"]}),
            ),
            EventTarget(target_id="alerts", arn=ALERTS.arn),
        ),
        tags={"Name": "sample-production-promotion"},
    )


def _tests() -> Iterator[Resource]:
    yield RestoreTestingPlan(
        name="main",
        concern="backup",
        plan_name="sample_production_backup",
        schedule_expression="cron(0 8 ? * SUN *)",
        start_window_hours=12,
        vaults=(Ref(BackupVault, "main"),),
        selection_window_days=35,
        tags={"Name": "sample-production-backup"},
    )
    yield RestoreTestingSelection(
        name="databases",
        concern="backup",
        selection_name="sample_production_databases",
        plan=Ref(RestoreTestingPlan, "main"),
        role=Ref(Role, "backup"),
        protected_resource_type="RDS",
        protected_resource_arns=(PRIMARY.arn,),
        restore_metadata_overrides={"dbSubnetGroupName": "sample-production-main"},
        validation_window_hours=2,
    )
    yield RestoreTestingSelection(
        name="volumes",
        concern="backup",
        selection_name="sample_production_volumes",
        plan=Ref(RestoreTestingPlan, "main"),
        role=Ref(Role, "backup"),
        protected_resource_type="EBS",
        protected_resource_arns=("*",),
        tag_conditions={"Project": "sample", "Environment": "production"},
    )
