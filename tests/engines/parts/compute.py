"""EC2 capacity beside Fargate, and services whose deployments shift requests."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.engines.parts.names import ALERTS, BALANCER, CLUSTER, VPC, subnets

from groundplan.resources import Resource
from groundplan.resources.compute import AutoScalingGroup, InstanceProfile, LaunchTemplate
from groundplan.resources.containers import (
    CapacityProviderShare,
    ClusterCapacityProviders,
    Container,
    ContainerHealthCheck,
    EcsCapacityProvider,
    EcsService,
    GradualShift,
    ServiceLoadBalancer,
    TaskDefinition,
    TrafficShift,
)
from groundplan.resources.edge import (
    Listener,
    ListenerRule,
    TargetGroup,
    TargetHealthCheck,
    WeightedForward,
    WeightedTargetGroup,
)
from groundplan.resources.monitoring import Alarm, LogGroup, Metric, MetricExpression
from groundplan.resources.network import SecurityGroup
from groundplan.resources.policies import service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Ref, Textual, text

GROUPS = ("machines", "leftovers")
"""On-demand instances, and Spot instances."""


def compute() -> Iterator[Resource]:
    """Instances and what runs on them; a canary and a linear service."""
    profile = Ref(InstanceProfile, "instances")
    yield Role(
        name="instances",
        concern="services",
        role_name="sample-production-instances",
        description="Lets instances join the cluster",
        trust=service_trust("ec2.amazonaws.com"),
        managed_policy_arns=tuple(
            text("arn:", Pseudo.PARTITION, f":iam::aws:policy/{name}")
            for name in ("service-role/AmazonEC2ContainerServiceforEC2Role", "AmazonSSMManagedInstanceCore")
        ),
    )
    yield InstanceProfile(
        name="instances",
        concern="services",
        instance_profile_name="sample-production-instances",
        role=Ref(Role, "instances"),
    )
    yield LaunchTemplate(
        name="machines",
        concern="services",
        launch_template_name="sample-production-machines",
        image_id="resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
        instance_type="t3.small",
        instance_profile=profile,
        security_groups=(Ref(SecurityGroup, "api"),),
        volume_size=30,
        user_data=text("#!/bin/bash\necho ECS_CLUSTER=", CLUSTER.attribute("id"), " >> /etc/ecs/ecs.config\n"),
        tags={"Name": "machines"},
    )
    for name in GROUPS:
        yield AutoScalingGroup(
            name=name,
            concern="services",
            auto_scaling_group_name=f"sample-production-{name}",
            launch_template=Ref(LaunchTemplate, "machines"),
            subnets=subnets("private"),
            min_size=10,
            max_size=40,
            scheduled=name == "leftovers",
            spot=name == "leftovers",
            tags={"Name": name},
        )
        yield EcsCapacityProvider(
            name=name,
            concern="services",
            capacity_provider_name=f"sample-production-{name}",
            auto_scaling_group=Ref(AutoScalingGroup, name),
            target_capacity=80,
        )
    yield ClusterCapacityProviders(
        name="main",
        concern="services",
        cluster=CLUSTER,
        capacity_providers=("FARGATE", "FARGATE_SPOT", *(Ref(EcsCapacityProvider, name) for name in GROUPS)),
    )
    yield Role(
        name="shift",
        concern="services",
        role_name="sample-production-shift",
        description="Lets ECS move requests",
        trust=service_trust("ecs.amazonaws.com"),
        managed_policy_arns=(
            text(
                "arn:", Pseudo.PARTITION,
                ":iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
            ),
        ),
    )  # fmt: skip
    yield _task()
    yield from _shifted("shop", 40, "CANARY", "37.5")
    yield from _shifted("cart", 50, "LINEAR", "12.5")


def _task() -> TaskDefinition:
    """CPU units that Fargate does not have."""
    return TaskDefinition(
        name="machines",
        concern="services",
        family="sample-production-machines",
        requires_compatibilities=("EC2",),
        cpu=300,
        memory=700,
        execution_role=Ref(Role, "api-execution"),
        task_role=Ref(Role, "api"),
        containers=(
            Container(
                name="web",
                image="public.ecr.aws/docker/library/nginx:1.27",
                port=8080,
                health_check=ContainerHealthCheck(
                    command=("CMD-SHELL", "curl -f http://localhost:8080/ || exit 1"),
                    interval=30,
                    timeout=5,
                    retries=3,
                    start_period=60,
                ),
                log_group=Ref(LogGroup, "api"),
                log_stream_prefix="web",
                readonly_root_filesystem=True,
            ),
        ),
    )


def _shifted(name: str, priority: int, strategy: str, percent: str) -> Iterator[Resource]:
    for color in ("blue", "green"):
        yield TargetGroup(
            name=f"{name}-{color}",
            concern="edge",
            target_group_name=f"sample-production-{name}-{color}",
            vpc=VPC,
            port=8080,
            health_check=TargetHealthCheck(
                path="/", interval=30, timeout=5, healthy_threshold=2, unhealthy_threshold=3
            ),
        )  # fmt: skip
    blue, green = Ref(TargetGroup, f"{name}-blue"), Ref(TargetGroup, f"{name}-green")
    yield ListenerRule(
        name=name,
        concern="edge",
        listener=Ref(Listener, "https"),
        priority=priority,
        path_patterns=(f"/{name}/*",),
        action=WeightedForward((WeightedTargetGroup(blue, 100), WeightedTargetGroup(green, 0))),
    )
    dimensions: list[dict[str, Textual]] = [
        {"LoadBalancer": BALANCER.attribute("full_name"), "TargetGroup": group.attribute("full_name")}
        for group in (blue, green)
    ]
    yield _alarm(
        f"{name}-rollback",
        MetricExpression(
            expression="FILL(blue, 0) + FILL(green, 0)",
            label="Errors",
            metrics={
                color: Metric(
                    namespace="AWS/ApplicationELB",
                    metric_name="HTTPCode_Target_5XX_Count",
                    statistic="Sum",
                    dimensions=each,
                )
                for color, each in zip(("blue", "green"), dimensions, strict=True)
            },
        ),
        watches=False,
    )
    service = Ref(EcsService, name)
    yield _alarm(
        name,
        Metric(
            namespace="AWS/ECS", metric_name="CPUUtilization", dimensions={"ServiceName": service.attribute("name")}
        ),
        watches=True,
    )
    canary = strategy == "CANARY"
    yield EcsService(
        name=name,
        concern="services",
        service_name=f"sample-production-{name}",
        cluster=CLUSTER,
        task_definition=Ref(TaskDefinition, "machines"),
        desired_count=2,
        launch_type=None,
        capacity_providers=(
            CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "machines"), weight=11, base=12),
            CapacityProviderShare(capacity_provider=Ref(EcsCapacityProvider, "leftovers"), weight=13),
        ),
        subnets=subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        load_balancers=(
            ServiceLoadBalancer(
                target_group=blue,
                container_name="web",
                container_port=8080,
                shift=TrafficShift(
                    alternate_target_group=green,
                    production_listener_rule=Ref(ListenerRule, name),
                    role=Ref(Role, "shift"),
                ),
            ),
        ),
        health_check_grace_period=60,
        deployment_strategy="CANARY" if canary else "LINEAR",
        bake_time=25,
        minimum_healthy_percent=None,
        maximum_percent=None,
        gradual_shift=GradualShift(percent=Decimal(percent), bake_time=15),
        rollback_alarms=(Ref(Alarm, f"{name}-rollback"),),
        depends_on=(Ref(Listener, "https"), Ref(ClusterCapacityProviders, "main")),
    )


def _alarm(name: str, metric: Metric | MetricExpression, *, watches: bool) -> Alarm:
    return Alarm(
        name=name,
        concern="monitoring" if watches else "services",
        alarm_name=f"sample-production-{name}",
        description=f"{name} is in trouble",
        metric=metric,
        comparison_operator="GreaterThanThreshold",
        threshold=Decimal(90),
        period=60,
        evaluation_periods=15,
        datapoints_to_alarm=15,
        actions=(ALERTS,) if watches else (),
    )
