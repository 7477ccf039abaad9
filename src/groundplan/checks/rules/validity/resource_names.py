"""GP-VAL-008."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.catalog import names
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.compute import AutoScalingGroup, InstanceProfile, LaunchTemplate
from groundplan.resources.containers import (
    ContainerRepository,
    EcsCapacityProvider,
    EcsCluster,
    EcsService,
    TaskDefinition,
)
from groundplan.resources.databases import (
    CacheParameterGroup,
    CacheReplicationGroup,
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
    Table,
)
from groundplan.resources.delivery import (
    CachePolicy,
    LogDeliveryDestination,
    LogDeliverySource,
    OriginAccessControl,
    ResponseHeadersPolicy,
)
from groundplan.resources.edge import LoadBalancer, TargetGroup
from groundplan.resources.firewall import WebAcl
from groundplan.resources.gateway import RestApi
from groundplan.resources.governance import (
    BackupPlan,
    BackupSelection,
    BackupVault,
    ConfigRule,
    ConfigurationRecorder,
    DeliveryChannel,
    Trail,
)
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup, NodeLaunchTemplate
from groundplan.resources.messaging import Queue
from groundplan.resources.monitoring import Alarm, Budget, Dashboard, LogGroup, Topic
from groundplan.resources.network import SecurityGroup
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.scaling import ScalingPolicy, StepScalingPolicy
from groundplan.resources.schedules import ApiSchedule, Schedule, ScheduleGroup
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.tracing import SamplingRule, TraceGroup

NAMED: dict[type[Resource], dict[str, str]] = {
    Alarm: {"alarm_name": "alarm"},
    ApiSchedule: {"schedule_name": "schedule"},
    AutoScalingGroup: {"auto_scaling_group_name": "auto_scaling_group"},
    BackupPlan: {"plan_name": "backup_plan"},
    BackupSelection: {"selection_name": "backup_selection"},
    BackupVault: {"vault_name": "backup_vault"},
    Bucket: {"bucket_name": "s3_bucket"},
    Budget: {"budget_name": "budget"},
    CacheParameterGroup: {"parameter_group_name": "cache_parameter_group"},
    CachePolicy: {"policy_name": "cloudfront_policy"},
    CacheReplicationGroup: {"replication_group_id": "cache_replication_group"},
    CacheSubnetGroup: {"subnet_group_name": "cache_subnet_group"},
    ConfigRule: {"rule_name": "config_rule"},
    ConfigurationRecorder: {"recorder_name": "config_recorder"},
    ContainerRepository: {"repository_name": "ecr_repository"},
    Dashboard: {"dashboard_name": "dashboard"},
    DatabaseInstance: {
        "identifier": "rds_instance",
        "database_name": "postgres_database",
        "final_snapshot_identifier": "rds_snapshot",
        "master_username": "postgres_master_username",
    },
    DatabaseParameterGroup: {"parameter_group_name": "db_parameter_group"},
    DatabaseSubnetGroup: {"subnet_group_name": "db_subnet_group"},
    DeliveryChannel: {"channel_name": "config_channel"},
    EcsCapacityProvider: {"capacity_provider_name": "ecs_capacity_provider"},
    EcsCluster: {"cluster_name": "ecs_cluster"},
    EcsService: {"service_name": "ecs_service"},
    InstanceProfile: {"instance_profile_name": "instance_profile"},
    Key: {"alias": "kms_alias"},
    KubernetesCluster: {"cluster_name": "eks_cluster"},
    LaunchTemplate: {"launch_template_name": "launch_template"},
    LoadBalancer: {"load_balancer_name": "load_balancer"},
    LogDeliveryDestination: {"destination_name": "log_delivery"},
    LogDeliverySource: {"source_name": "log_delivery"},
    LogGroup: {"log_group_name": "log_group"},
    NodeGroup: {"nodegroup_name": "eks_node_group"},
    NodeLaunchTemplate: {"launch_template_name": "launch_template"},
    OriginAccessControl: {"control_name": "cloudfront_origin_access_control"},
    Queue: {"queue_name": "sqs_queue"},
    ResponseHeadersPolicy: {"policy_name": "cloudfront_policy"},
    RestApi: {"api_name": "rest_api"},
    Role: {"role_name": "iam_role"},
    SamplingRule: {"rule_name": "xray_sampling_rule"},
    ScalingPolicy: {"policy_name": "scaling_policy"},
    Schedule: {"schedule_name": "schedule"},
    ScheduleGroup: {"group_name": "schedule_group"},
    Secret: {"secret_name": "secret"},
    SecureParameter: {"parameter_name": "secure_parameter"},
    SecurityGroup: {"group_name": "security_group"},
    StepScalingPolicy: {"policy_name": "scaling_policy"},
    Table: {"table_name": "dynamodb_table"},
    TargetGroup: {"target_group_name": "target_group"},
    TaskDefinition: {"family": "ecs_task_family"},
    Topic: {"topic_name": "sns_topic"},
    TraceGroup: {"group_name": "xray_group"},
    Trail: {"trail_name": "trail"},
    WebAcl: {"acl_name": "web_acl"},
}
"""Kind of resource to its fields that hold names, and the name rule of each."""


class ResourceNames(Rule):
    id = "GP-VAL-008"
    title = "A name has the length and the characters that its service allows"
    severity = "error"
    why = "Each service has its own rule for names, and refuses the others: a load balancer's ends at 32 characters."
    fix = Fix(
        blueprint="Choose a shorter or plainer project, title, environment or name, or another pattern in names:.",
        terraform="the argument that holds the name: bucket, identifier, name, family, ...",
        cloudformation="the property that holds the name: BucketName, DBInstanceIdentifier, Name, Family, ...",
    )
    source = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html"
    references = References(pillar="Operational Excellence")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for kind, named in NAMED.items():
            for field, name_kind in named.items():
                rule = names.rule(name_kind)
                for resource in architecture.of(kind):
                    name = getattr(resource, field)
                    problem = rule.problem(name) if isinstance(name, str) else None
                    if problem:
                        yield self.violation(resource, f"has an illegal {field}: {problem} ({rule.source.page})")
