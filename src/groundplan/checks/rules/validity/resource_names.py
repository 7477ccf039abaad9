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
)
from groundplan.resources.edge import LoadBalancer, TargetGroup
from groundplan.resources.monitoring import Alarm, Budget, Dashboard, LogGroup, Topic
from groundplan.resources.network import SecurityGroup
from groundplan.resources.scaling import ScalingPolicy
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.storage import Bucket

NAMED: dict[type[Resource], dict[str, str]] = {
    Alarm: {"alarm_name": "alarm"},
    AutoScalingGroup: {"auto_scaling_group_name": "auto_scaling_group"},
    Bucket: {"bucket_name": "s3_bucket"},
    Budget: {"budget_name": "budget"},
    CacheParameterGroup: {"parameter_group_name": "cache_parameter_group"},
    CacheReplicationGroup: {"replication_group_id": "cache_replication_group"},
    CacheSubnetGroup: {"subnet_group_name": "cache_subnet_group"},
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
    EcsCapacityProvider: {"capacity_provider_name": "ecs_capacity_provider"},
    EcsCluster: {"cluster_name": "ecs_cluster"},
    EcsService: {"service_name": "ecs_service"},
    InstanceProfile: {"instance_profile_name": "instance_profile"},
    Key: {"alias": "kms_alias"},
    LaunchTemplate: {"launch_template_name": "launch_template"},
    LoadBalancer: {"load_balancer_name": "load_balancer"},
    LogGroup: {"log_group_name": "log_group"},
    Role: {"role_name": "iam_role"},
    ScalingPolicy: {"policy_name": "scaling_policy"},
    Secret: {"secret_name": "secret"},
    SecurityGroup: {"group_name": "security_group"},
    TargetGroup: {"target_group_name": "target_group"},
    TaskDefinition: {"family": "ecs_task_family"},
    Topic: {"topic_name": "sns_topic"},
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
