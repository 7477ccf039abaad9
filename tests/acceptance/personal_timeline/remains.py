"""What is still there of an environment and would be paid for, or holds data."""

from __future__ import annotations

from collections.abc import Iterator

from tests.acceptance.system import Aws

REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


def remains(aws: Aws, token: str) -> set[str]:
    """By their names, in all regions: everything whose name has the environment's prefix."""
    prefix = f"personal-timeline-{token}-"
    return {name for region in REGIONS for name in _names(aws, region) if prefix in name} | {
        bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"] if bucket["Name"].startswith(prefix)
    }


def _names(aws: Aws, region: str) -> Iterator[str]:
    for vpc in aws.client("ec2", region).describe_vpcs()["Vpcs"]:
        yield from (tag["Value"] for tag in vpc.get("Tags", ()) if tag["Key"] == "Name")
    yield from aws.client("eks", region).list_clusters()["clusters"]
    for item in aws.client("rds", region).describe_db_instances()["DBInstances"]:
        yield item["DBInstanceIdentifier"]
    for item in aws.client("elasticache", region).describe_replication_groups()["ReplicationGroups"]:
        yield item["ReplicationGroupId"]
    for item in aws.client("elbv2", region).describe_load_balancers()["LoadBalancers"]:
        yield item["LoadBalancerName"]
    for item in aws.client("efs", region).describe_file_systems()["FileSystems"]:
        yield item.get("Name", "")
    for item in aws.client("ecr", region).describe_repositories()["repositories"]:
        yield item["repositoryName"]
    for page in aws.client("logs", region).get_paginator("describe_log_groups").paginate():
        yield from (group["logGroupName"].removeprefix("/").replace("/", "-") for group in page["logGroups"])
    for item in aws.client("secretsmanager", region).list_secrets()["SecretList"]:
        yield item["Name"].replace("/", "-")
    for item in aws.client("ssm", region).describe_parameters()["Parameters"]:
        yield item["Name"].removeprefix("/").replace("/", "-")
    for item in aws.client("backup", region).list_backup_vaults()["BackupVaultList"]:
        yield item["BackupVaultName"]
    for page in aws.client("cloudwatch", region).get_paginator("describe_alarms").paginate():
        yield from (alarm["AlarmName"] for alarm in page["MetricAlarms"])
    yield from (url.rpartition("/")[2] for url in aws.client("sqs", region).list_queues().get("QueueUrls", ()))
    yield from (topic["TopicArn"].rpartition(":")[2] for topic in aws.client("sns", region).list_topics()["Topics"])
