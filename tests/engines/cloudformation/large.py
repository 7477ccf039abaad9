"""Architectures with many services, for what only size brings out: splitting, limits, speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tests.engines.samples import ALERTS, CLUSTER, DATA_KEY, LOGS_KEY, VPC, sample_architecture

from groundplan.resources import Architecture, Resource
from groundplan.resources.containers import (
    Container,
    ContainerRepository,
    EcsService,
    ServiceLoadBalancer,
    TaskDefinition,
)
from groundplan.resources.edge import Forward, Listener, ListenerRule, TargetGroup, TargetHealthCheck
from groundplan.resources.monitoring import Alarm, LogGroup, Metric
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.security import GeneratedPassword, Role, Secret
from groundplan.resources.values import Ref, text


def many_services(count: int) -> Architecture:
    """The sample with further services beside its own: some 20 resources for each."""
    sample = sample_architecture()
    services = (resource for number in range(count) for resource in _service(f"service{number:03}", number))
    return replace(sample, resources=(*sample.resources, *services))


def _service(name: str, number: int) -> Iterator[Resource]:
    group, alb = Ref(SecurityGroup, name), Ref(SecurityGroup, "alb")
    targets, logs, secret = Ref(TargetGroup, name), Ref(LogGroup, name), Ref(Secret, name)
    repository, service = Ref(ContainerRepository, name), Ref(EcsService, name)
    listener = Ref(Listener, "https")
    full_name = f"sample-production-{name}"
    yield SecurityGroup(name=name, concern="network", vpc=VPC, group_name=full_name, description=f"Service {name}")
    yield SecurityGroupRule(
        name=f"alb-to-{name}",
        concern="network",
        security_group=alb,
        direction="egress",
        protocol="tcp",
        from_port=8080,
        to_port=8080,
        peer=group,
        description=f"alb to {name}",
    )
    yield SecurityGroupRule(
        name=f"{name}-from-alb",
        concern="network",
        security_group=group,
        direction="ingress",
        protocol="tcp",
        from_port=8080,
        to_port=8080,
        peer=alb,
        description=f"{name} from alb",
    )
    yield SecurityGroupRule(
        name=f"{name}-to-database",
        concern="network",
        security_group=group,
        direction="egress",
        protocol="tcp",
        from_port=5432,
        to_port=5432,
        peer=Ref(SecurityGroup, "database"),
        description=f"{name} to database",
    )
    yield ContainerRepository(name=name, concern="registry", repository_name=f"sample/{name}", keep_images=10)
    yield TargetGroup(
        name=name,
        concern="edge",
        target_group_name=full_name,
        vpc=VPC,
        port=8080,
        health_check=TargetHealthCheck(
            path="/health", interval=30, timeout=5, healthy_threshold=2, unhealthy_threshold=3
        ),
    )
    yield ListenerRule(
        name=name,
        concern="edge",
        listener=listener,
        priority=1000 + number,
        path_patterns=(f"/{name}/*",),
        action=Forward(targets),
    )
    yield LogGroup(
        name=name, concern="services", log_group_name=f"/sample/{name}", retention_in_days=30, kms_key=LOGS_KEY
    )
    yield Secret(
        name=name,
        concern="services",
        secret_name=f"sample/production/{name}",
        description=f"Session key of {name}",
        kms_key=DATA_KEY,
        generate=GeneratedPassword(),
    )
    execution = PolicyDocument(
        (
            Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",)),
            Statement(actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"), resources=(repository.arn,)),
            Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(text(logs.arn, ":*"),)),
            Statement(actions=("secretsmanager:GetSecretValue",), resources=(secret.arn,)),
            Statement(actions=("kms:Decrypt",), resources=(DATA_KEY.arn,)),
        )
    )
    for suffix, policies in (("", ()), ("-execution", (InlinePolicy("start", execution),))):
        yield Role(
            name=f"{name}{suffix}",
            concern="services",
            role_name=f"{full_name}{suffix}",
            description=f"Role of {name}",
            trust=service_trust("ecs-tasks.amazonaws.com"),
            inline_policies=policies,
        )
    yield TaskDefinition(
        name=name,
        concern="services",
        family=full_name,
        cpu=256,
        memory=512,
        execution_role=Ref(Role, f"{name}-execution"),
        task_role=Ref(Role, name),
        containers=(
            Container(
                name=name,
                image=text(repository.attribute("url"), ":v1"),
                port=8080,
                environment={f"SETTING_{setting}": f"value {setting}" for setting in range(6)},
                secrets={"SESSION_KEY": secret.arn},
                log_group=logs,
                log_stream_prefix=name,
            ),
        ),
    )
    sample_service = sample_architecture()[Ref(EcsService, "api")]
    yield replace(
        sample_service,
        name=name,
        service_name=full_name,
        task_definition=Ref(TaskDefinition, name),
        security_groups=(group,),
        load_balancers=(ServiceLoadBalancer(target_group=targets, container_name=name, container_port=8080),),
        depends_on=(listener,),
    )
    yield ScalableTarget(name=name, concern="scaling", service=service, cluster=CLUSTER, min_capacity=1, max_capacity=4)
    yield ScalingPolicy(
        name=f"{name}-cpu",
        concern="scaling",
        policy_name=f"{full_name}-cpu",
        target=Ref(ScalableTarget, name),
        predefined_metric="ECSServiceAverageCPUUtilization",
        target_value=Decimal(70),
        scale_in_cooldown=300,
        scale_out_cooldown=60,
    )
    for metric in ("CPUUtilization", "MemoryUtilization"):
        yield Alarm(
            name=f"{name}-{metric.lower()}",
            concern="monitoring",
            alarm_name=f"{full_name}-{metric.lower()}",
            description=f"{metric} of {name}",
            metric=Metric(
                namespace="AWS/ECS",
                metric_name=metric,
                dimensions={"ClusterName": "sample-production", "ServiceName": service.attribute("name")},
            ),
            comparison_operator="GreaterThanThreshold",
            threshold=Decimal(85),
            period=60,
            evaluation_periods=5,
            datapoints_to_alarm=3,
            actions=(ALERTS,),
        )
    yield Alarm(
        name=f"{name}-unhealthy",
        concern="monitoring",
        alarm_name=f"{full_name}-unhealthy",
        description=f"Unhealthy tasks of {name}",
        metric=Metric(
            namespace="AWS/ApplicationELB",
            metric_name="UnHealthyHostCount",
            dimensions={"TargetGroup": targets.attribute("full_name")},
            statistic="Maximum",
        ),
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(0),
        period=60,
        evaluation_periods=2,
        datapoints_to_alarm=2,
        actions=(ALERTS,),
    )
