"""GP-VAL-107."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.services import allows_service
from groundplan.resources.architecture import Architecture
from groundplan.resources.base import Resource
from groundplan.resources.compute import InstanceProfile
from groundplan.resources.containers import TaskDefinition
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.governance import BackupSelection, ConfigurationRecorder, RestoreTestingSelection, Trail
from groundplan.resources.kubernetes import KubernetesCluster, NodeGroup, PodIdentityAssociation
from groundplan.resources.network import FlowLog
from groundplan.resources.schedules import ApiSchedule, Schedule
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

TAKEN: tuple[tuple[type[Resource], str, str], ...] = (
    (TaskDefinition, "execution_role", "ecs-tasks.amazonaws.com"),
    (TaskDefinition, "task_role", "ecs-tasks.amazonaws.com"),
    (FlowLog, "role", "vpc-flow-logs.amazonaws.com"),
    (DatabaseInstance, "monitoring_role", "monitoring.rds.amazonaws.com"),
    (Schedule, "role", "scheduler.amazonaws.com"),
    (ApiSchedule, "role", "scheduler.amazonaws.com"),
    (ConfigurationRecorder, "role", "config.amazonaws.com"),
    (BackupSelection, "role", "backup.amazonaws.com"),
    (RestoreTestingSelection, "role", "backup.amazonaws.com"),
    (KubernetesCluster, "role", "eks.amazonaws.com"),
    (NodeGroup, "role", "ec2.amazonaws.com"),
    (InstanceProfile, "role", "ec2.amazonaws.com"),
    (Trail, "log_role", "cloudtrail.amazonaws.com"),
    (PodIdentityAssociation, "role", "pods.eks.amazonaws.com"),
)
"""Kind, the field that names a role, and the service that takes it."""


class RoleTrust(Rule):
    id = "GP-VAL-107"
    title = "A role is trusted by the service that takes it"
    severity = "error"
    why = "The service cannot assume the role: the task does not start, the log stays empty, the backup is not made."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role: assume_role_policy, Principal.Service",
        cloudformation="AWS::IAM::Role: AssumeRolePolicyDocument, Principal.Service",
    )
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        trusted: dict[tuple[Ref[Role], str], bool] = {}
        for taker, ref, service in _taken(architecture):
            key = (ref, service)
            if key not in trusted:
                trusted[key] = ref not in architecture or allows_service(
                    architecture[ref].trust, service, "sts:AssumeRole"
                )
            if not trusted[key]:
                yield self.violation(taker, f"takes {ref}, which does not trust {service}; it has to")


def _taken(architecture: Architecture) -> Iterator[tuple[Resource, Ref[Role], str]]:
    for kind, field, service in TAKEN:
        for resource in architecture.of(kind):
            ref = getattr(resource, field)
            if ref is not None:
                yield resource, ref, service
    for bucket in architecture.of(Bucket):
        if bucket.replication:
            yield bucket, bucket.replication.role, "s3.amazonaws.com"
