"""Containers: repository, cluster, services and their scaling."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.engines.parts.names import API, API_TARGETS, CLUSTER, DATA_KEY, LOGS_KEY, subnets

from groundplan.resources import Resource
from groundplan.resources.containers import (
    CapacityProviderShare,
    ClusterCapacityProviders,
    Container,
    ContainerHealthCheck,
    ContainerRepository,
    EcsCluster,
    EcsService,
    ServiceConnect,
    ServiceLoadBalancer,
    ServiceNamespace,
    TaskDefinition,
)
from groundplan.resources.databases import CacheReplicationGroup
from groundplan.resources.edge import Listener
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import SecurityGroup
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy, ScheduledAction
from groundplan.resources.security import Role, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import InputValue, Ref, text


def services() -> Iterator[Resource]:
    """Containers: repository, cluster, services and their scaling of the sample."""
    repository = Ref(ContainerRepository, "api")
    logs = Ref(LogGroup, "api")
    yield ContainerRepository(
        name="api", concern="registry", repository_name="sample/api", kms_key=DATA_KEY, keep_images=10
    )
    yield LogGroup(
        name="api",
        concern="services",
        log_group_name="/sample/production/api",
        retention_in_days=30,
        kms_key=LOGS_KEY,
    )
    yield Role(
        name="api-execution",
        concern="services",
        role_name="sample-production-api-execution",
        description="Lets ECS start the tasks of api",
        trust=service_trust("ecs-tasks.amazonaws.com"),
        inline_policies=(
            InlinePolicy(
                "start",
                PolicyDocument(
                    (
                        Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",)),
                        Statement(
                            actions=(
                                "ecr:BatchCheckLayerAvailability",
                                "ecr:BatchGetImage",
                                "ecr:GetDownloadUrlForLayer",
                            ),
                            resources=(repository.arn,),
                        ),
                        Statement(
                            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                            resources=(text(logs.arn, ":*"),),
                        ),
                        Statement(
                            actions=("secretsmanager:GetSecretValue",),
                            resources=(Ref(Secret, "database-url").arn, Ref(Secret, "payment-key").arn),
                        ),
                        Statement(actions=("kms:Decrypt",), resources=(DATA_KEY.arn,)),
                    )
                ),
            ),
        ),
    )
    yield Role(
        name="api",
        concern="services",
        role_name="sample-production-api",
        description="What api itself may do",
        trust=service_trust("ecs-tasks.amazonaws.com"),
        inline_policies=(
            InlinePolicy(
                "buckets",
                PolicyDocument(
                    (
                        Statement(
                            sid="WriteBackups",
                            actions=("s3:GetObject", "s3:PutObject"),
                            resources=(text(Ref(Bucket, "backups").arn, "/*"),),
                        ),
                        Statement(actions=("s3:ListBucket",), resources=(Ref(Bucket, "backups").arn,)),
                    )
                ),
            ),
        ),
    )
    yield EcsCluster(name="main", concern="services", cluster_name="sample-production", execute_command_log_group=logs)
    namespace = Ref(ServiceNamespace, "main")
    yield ServiceNamespace(
        name="main",
        concern="services",
        namespace_name="sample-production",
        description="Where services find each other",
    )
    yield TaskDefinition(
        name="api",
        concern="services",
        family="sample-production-api",
        cpu=512,
        memory=1024,
        execution_role=Ref(Role, "api-execution"),
        task_role=Ref(Role, "api"),
        containers=(
            Container(
                name="api",
                image=text(repository.attribute("url"), ":", InputValue("api_image_tag")),
                command=("node", "server.js"),
                port=3000,
                port_name="http",
                environment={
                    "NODE_ENV": "production",
                    "CACHE_HOST": Ref(CacheReplicationGroup, "sessions").attribute("primary_endpoint_address"),
                    "BACKUP_BUCKET": Ref(Bucket, "backups").attribute("id"),
                    "GREETING": "Hello ${name}",
                },
                secrets={
                    "DATABASE_URL": Ref(Secret, "database-url").arn,
                    "DATABASE_USER": text(Ref(Secret, "database").arn, ":username::"),
                    "PAYMENT_KEY": Ref(Secret, "payment-key").arn,
                },
                health_check=ContainerHealthCheck(
                    command=("CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"),
                    interval=30,
                    timeout=5,
                    retries=3,
                    start_period=60,
                ),
                log_group=logs,
                log_stream_prefix="api",
                readonly_root_filesystem=True,
            ),
        ),
    )
    yield TaskDefinition(
        name="worker",
        concern="services",
        family="sample-production-worker",
        cpu=256,
        memory=512,
        cpu_architecture="ARM64",
        execution_role=Ref(Role, "api-execution"),
        task_role=Ref(Role, "api"),
        containers=(
            Container(
                name="worker",
                image="public.ecr.aws/docker/library/busybox:1.36",
                command=("sleep", "3600"),
                log_group=logs,
                log_stream_prefix="worker",
            ),
        ),
    )
    yield EcsService(
        name="api",
        concern="services",
        service_name="sample-production-api",
        cluster=CLUSTER,
        task_definition=Ref(TaskDefinition, "api"),
        desired_count=3,
        subnets=subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        load_balancers=(
            ServiceLoadBalancer(target_group=API_TARGETS, container_name="api", container_port=3000),
        ),
        service_connect=ServiceConnect(namespace=namespace, port_name="http", dns_name="api", port=3000),
        health_check_grace_period=60,
        enable_execute_command=True,
        depends_on=(Ref(Listener, "https"),),
    )  # fmt: skip
    yield EcsService(
        name="worker",
        concern="services",
        service_name="sample-production-worker",
        cluster=CLUSTER,
        task_definition=Ref(TaskDefinition, "worker"),
        desired_count=1,
        launch_type=None,
        capacity_providers=(
            CapacityProviderShare(capacity_provider="FARGATE", weight=1, base=1),
            CapacityProviderShare(capacity_provider="FARGATE_SPOT", weight=3),
        ),
        subnets=subnets("private"),
        security_groups=(Ref(SecurityGroup, "api"),),
        service_connect=ServiceConnect(namespace=namespace),
        depends_on=(Ref(ClusterCapacityProviders, "main"),),
    )
    target = Ref(ScalableTarget, "api")
    yield ScalableTarget(
        name="api",
        concern="scaling",
        service=API,
        cluster=CLUSTER,
        min_capacity=3,
        max_capacity=20,
        scheduled_actions=(
            ScheduledAction(
                scheduled_action_name="night",
                schedule="cron(0 20 * * ? *)",
                timezone="Asia/Kolkata",
                min_capacity=1,
                max_capacity=4,
            ),
            ScheduledAction(
                scheduled_action_name="day",
                schedule="cron(0 7 ? * MON,TUE,WED,THU,FRI *)",
                timezone="Asia/Kolkata",
                min_capacity=3,
                max_capacity=20,
            ),
        ),
    )
    yield ScalingPolicy(
        name="api-cpu",
        concern="scaling",
        policy_name="sample-production-api-cpu",
        target=target,
        predefined_metric="ECSServiceAverageCPUUtilization",
        target_value=Decimal(70),
        scale_in_cooldown=300,
        scale_out_cooldown=60,
    )
    yield ScalingPolicy(
        name="api-requests",
        concern="scaling",
        policy_name="sample-production-api-requests",
        target=target,
        predefined_metric="ALBRequestCountPerTarget",
        request_count_target_group=API_TARGETS,
        target_value=Decimal("1000.5"),
        scale_in_cooldown=300,
        scale_out_cooldown=60,
    )
