"""How many things of each kind an account has: what a failed deployment leaves behind shows as one too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

KINDS = (
    ("ec2", "describe_vpcs", "Vpcs"),
    ("ec2", "describe_subnets", "Subnets"),
    ("ec2", "describe_internet_gateways", "InternetGateways"),
    ("ec2", "describe_addresses", "Addresses"),
    ("ec2", "describe_route_tables", "RouteTables"),
    ("ec2", "describe_network_acls", "NetworkAcls"),
    ("ec2", "describe_security_groups", "SecurityGroups"),
    ("ec2", "describe_security_group_rules", "SecurityGroupRules"),
    ("ec2", "describe_flow_logs", "FlowLogs"),
    ("ec2", "describe_launch_templates", "LaunchTemplates"),
    ("rds", "describe_db_instances", "DBInstances"),
    ("rds", "describe_db_snapshots", "DBSnapshots"),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups"),
    ("elasticache", "describe_replication_groups", "ReplicationGroups"),
    ("elbv2", "describe_load_balancers", "LoadBalancers"),
    ("elbv2", "describe_target_groups", "TargetGroups"),
    ("ecs", "list_clusters", "clusterArns"),
    ("ecr", "describe_repositories", "repositories"),
    ("eks", "list_clusters", "clusters"),
    ("efs", "describe_file_systems", "FileSystems"),
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"),
    ("dynamodb", "list_tables", "TableNames"),
    ("s3", "list_buckets", "Buckets"),
    ("sqs", "list_queues", "QueueUrls"),
    ("sns", "list_topics", "Topics"),
    ("logs", "describe_log_groups", "logGroups"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("events", "list_rules", "Rules"),
    ("iam", "list_roles", "Roles"),
    ("iam", "list_instance_profiles", "InstanceProfiles"),
    ("secretsmanager", "list_secrets", "SecretList"),
    ("ssm", "describe_parameters", "Parameters"),
    ("kms", "list_aliases", "Aliases"),
    ("route53", "list_hosted_zones", "HostedZones"),
    ("cloudfront", "list_distributions", "DistributionList"),
    ("acm", "list_certificates", "CertificateSummaryList"),
)
"""Service, operation and what its answer has them under."""
GLOBAL = {"cloudfront", "iam", "route53", "s3"}
"""Services that tell of all regions wherever they are asked."""
ENDED = {"deleted", "failed"}


def census(client: Callable[[str, str], Any], regions: Iterable[str]) -> Counter[str]:
    """Kind and region to how many there are."""
    found: Counter[str] = Counter()
    for number, region in enumerate(regions):
        for service, operation, key in KINDS:
            if number and service in GLOBAL:
                continue
            found[f"{service} {key} {region}"] = _count(client(service, region), operation, key)
        gateways = client("ec2", region).describe_nat_gateways()["NatGateways"]
        found[f"ec2 NatGateways {region}"] = sum(item["State"] not in ENDED for item in gateways)
        endpoints = client("ec2", region).describe_vpc_endpoints()["VpcEndpoints"]
        found[f"ec2 VpcEndpoints {region}"] = sum(item["State"] not in ENDED for item in endpoints)
        keys = client("kms", region).list_keys()["Keys"]
        states = [client("kms", region).describe_key(KeyId=item["KeyId"])["KeyMetadata"]["KeyState"] for item in keys]
        found[f"kms Keys {region}"] = sum(state != "PendingDeletion" for state in states)
    return found


def _count(client: Any, operation: str, key: str) -> int:
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate()
    else:
        pages = [getattr(client, operation)()]
    found = [page.get(key, []) for page in pages]
    return sum(len(items.get("Items", []) if isinstance(items, dict) else items) for items in found)
