"""A task of several containers, steps and metric math for scaling, tracing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.engines.parts.names import API, CLUSTER, LOGS_KEY

from groundplan.resources import Resource
from groundplan.resources.containers import (
    Container,
    ContainerDependency,
    ContainerHealthCheck,
    FirelensConfiguration,
    TaskDefinition,
)
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, LogGroup, Metric, MetricExpression
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy, StepScalingPolicy
from groundplan.resources.security import Role
from groundplan.resources.tracing import SamplingRule, TraceGroup
from groundplan.resources.values import Pseudo, Ref, text


def tasks() -> Iterator[Resource]:
    """A task of several containers, steps and metric math for scaling, and tracing of the sample."""
    logs = Ref(LogGroup, "reports")
    yield LogGroup(
        name="reports",
        concern="services",
        log_group_name="/sample/production/reports",
        retention_in_days=30,
        kms_key=LOGS_KEY,
    )
    yield TaskDefinition(
        name="reports",
        concern="services",
        family="sample-production-reports",
        cpu=512,
        memory=1024,
        execution_role=Ref(Role, "api-execution"),
        task_role=Ref(Role, "api"),
        containers=(
            Container(
                name="reports",
                image="public.ecr.aws/docker/library/busybox:1.36",
                entry_point=("/bin/sh", "-c"),
                command=("exec sleep 3600",),
                user="nobody",
                cpu=256,
                memory=512,
                memory_reservation=384,
                depends_on=(
                    ContainerDependency("migrations", "SUCCESS"),
                    ContainerDependency("log-router", "HEALTHY"),
                ),
                log_group=None,
                log_stream_prefix="reports",
                readonly_root_filesystem=True,
            ),
            Container(
                name="migrations",
                image="public.ecr.aws/docker/library/busybox:1.36",
                essential=False,
                command=("sh", "-c", 'echo "$HOME" ${x}'),
                log_group=logs,
                log_stream_prefix="migrations",
                readonly_root_filesystem=True,
            ),
            Container(
                name="log-router",
                image="public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.16",
                memory_reservation=64,
                environment={"ROUTES": text("region ", Pseudo.REGION, "\nlog_group_name ", logs.attribute("id"), "\n")},
                health_check=ContainerHealthCheck(
                    command=("CMD-SHELL", "true"), interval=30, timeout=5, retries=3, start_period=10
                ),
                log_group=logs,
                log_stream_prefix="log-router",
                firelens=FirelensConfiguration(
                    options={"config-file-type": "file", "config-file-value": "/fluent-bit/etc/routes.conf"}
                ),
                readonly_root_filesystem=True,
            ),
        ),
    )
    target = Ref(ScalableTarget, "api")
    dimensions = {"ClusterName": CLUSTER.attribute("id"), "ServiceName": API.attribute("name")}
    yield ScalingPolicy(
        name="api-backlog",
        concern="scaling",
        policy_name="sample-production-api-backlog",
        target=target,
        metric=MetricExpression(
            expression="waiting / IF(tasks > 0, tasks, 1)",
            label="Messages per task",
            metrics={
                "waiting": Metric(
                    namespace="AWS/SQS",
                    metric_name="ApproximateNumberOfMessagesVisible",
                    dimensions={"QueueName": Ref(Queue, "orders").attribute("name")},
                ),
                "tasks": Metric(
                    namespace="ECS/ContainerInsights", metric_name="RunningTaskCount", dimensions=dimensions
                ),
            },
        ),
        target_value=Decimal(20),
        scale_in_cooldown=300,
        scale_out_cooldown=60,
    )
    for way, adjustment, cooldown in (("out", 1, 120), ("in", -1, 300)):
        yield StepScalingPolicy(
            name=f"api-{way}",
            concern="scaling",
            policy_name=f"sample-production-api-{way}",
            target=target,
            adjustment=adjustment,
            cooldown=cooldown,
        )
    yield Alarm(
        name="api-scale-out",
        concern="scaling",
        alarm_name="sample-production-api-scale-out",
        description="One task more",
        metric=Metric(namespace="AWS/ECS", metric_name="CPUUtilization", dimensions=dimensions),
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(70),
        period=60,
        evaluation_periods=2,
        datapoints_to_alarm=2,
        treat_missing_data="notBreaching",
        scales=(Ref(StepScalingPolicy, "api-out"),),
    )
    yield TraceGroup(
        name="main",
        concern="monitoring",
        group_name="sample-production-traces",
        filter_expression='service("sample-production-api")',
    )
    yield SamplingRule(
        name="main",
        concern="monitoring",
        rule_name="sample-production-traces",
        priority=1000,
        service_name="sample-production-*",
        reservoir_size=10,
        fixed_rate=Decimal("0.25"),
    )
