"""Names: their length, characters and case, as the catalog knows them.

Source: ``groundplan.catalog.names``, which names the page of AWS's documentation for each kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.catalog import names
from groundplan.targets.local.types.refusals.wish import Refused, Wish, refuses

NAMED: Mapping[str, tuple[str, str, str]] = {
    "AWS::S3::Bucket": ("BucketName", "s3_bucket", "S3"),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName", "db_subnet_group", "Rds"),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName", "db_parameter_group", "Rds"),
    "AWS::ElastiCache::SubnetGroup": ("CacheSubnetGroupName", "cache_subnet_group", "ElastiCache"),
    "AWS::ECR::Repository": ("RepositoryName", "ecr_repository", "Ecr"),
    "AWS::ECS::Cluster": ("ClusterName", "ecs_cluster", "AmazonECS"),
    "AWS::ECS::Service": ("ServiceName", "ecs_service", "AmazonECS"),
    "AWS::ECS::TaskDefinition": ("Family", "ecs_task_family", "AmazonECS"),
    "AWS::EKS::Cluster": ("Name", "eks_cluster", "Eks"),
    "AWS::IAM::Role": ("RoleName", "iam_role", "Iam"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "iam_policy", "Iam"),
    "AWS::IAM::User": ("UserName", "iam_user", "Iam"),
    "AWS::KMS::Alias": ("AliasName", "kms_alias", "Kms"),
    "AWS::SecretsManager::Secret": ("Name", "secret", "SecretsManager"),
    "AWS::Logs::LogGroup": ("LogGroupName", "log_group", "CloudWatchLogs"),
    "AWS::CloudWatch::Alarm": ("AlarmName", "alarm", "CloudWatch"),
    "AWS::CloudWatch::Dashboard": ("DashboardName", "dashboard", "CloudWatch"),
    "AWS::Lambda::Function": ("FunctionName", "lambda_function", "Lambda"),
    "AWS::DynamoDB::Table": ("TableName", "dynamodb_table", "DynamoDb"),
    "AWS::Events::Rule": ("Name", "event_rule", "EventBridge"),
    "AWS::WAFv2::WebACL": ("Name", "web_acl", "Wafv2"),
}
"""The property that names a type, the kind of its name in the catalog, and the service."""

_LOWERED: Mapping[str, tuple[str, str, str]] = {
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier", "rds_instance", "Rds"),
    "AWS::ElastiCache::ReplicationGroup": ("ReplicationGroupId", "cache_replication_group", "ElastiCache"),
    "AWS::ElastiCache::ParameterGroup": ("CacheParameterGroupName", "cache_parameter_group", "ElastiCache"),
}
"""Names that AWS takes with capitals and stores without them."""


@refuses(*NAMED)
def wrong_name(wish: Wish) -> Iterator[Refused]:
    name, kind, service = NAMED[wish.type]
    yield from _problem(wish, name, kind, service, lowered=wish.type.startswith(("AWS::RDS::", "AWS::ElastiCache::")))


@refuses(*_LOWERED)
def wrong_lowered_name(wish: Wish) -> Iterator[Refused]:
    name, kind, service = _LOWERED[wish.type]
    yield from _problem(wish, name, kind, service, lowered=True)


def _problem(wish: Wish, name: str, kind: str, service: str, *, lowered: bool) -> Iterator[Refused]:
    value = wish.get(name)
    if not isinstance(value, str) or not wish.changed(name):
        return
    rule = names.rule(kind)
    problem = rule.problem(value.lower() if lowered else value)
    if not problem:
        return
    if wish.type == "AWS::S3::Bucket":
        yield Refused(f"The specified bucket is not valid: {problem}", service)
    elif len(value) > rule.maximum:
        yield Refused(
            f"1 validation error detected: Value '{value}' at '{name[0].lower()}{name[1:]}' failed to satisfy "
            f"constraint: Member must have length less than or equal to {rule.maximum}", service,
        )  # fmt: skip
    else:
        yield Refused(f"The parameter {name} is not valid: {problem}", service)


@refuses("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup")
def wrong_balancer_name(wish: Wish) -> Iterator[Refused]:
    balancer = wish.type.endswith("LoadBalancer")
    rule, value = names.rule("load_balancer" if balancer else "target_group"), wish.get("Name")
    if not isinstance(value, str) or not wish.changed("Name"):
        return
    title = "load balancer" if balancer else "target group"
    problem = rule.problem(value)
    if len(value) > rule.maximum:
        yield Refused(f"The {title} name '{value}' cannot be longer than '{rule.maximum}' characters", "ELBv2")
    elif problem:
        yield Refused(f"The {title} name is not valid: {problem}", "ELBv2")
