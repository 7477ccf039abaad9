"""A look at the local AWS past Groundplan: with boto3, as anybody would."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from groundplan.targets import local

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

REGION: Literal["ap-south-1"] = "ap-south-1"


class Aws:
    """Clients of the local AWS that runs at the moment."""

    def client(self, service: Any, region: str = REGION) -> Any:
        """Any client."""
        variables = local.environment(local.start())
        keys = variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]
        return _client(service, region, variables["AWS_ENDPOINT_URL"], *keys)

    @property
    def s3(self) -> S3Client:
        """Buckets."""
        client: S3Client = self.client("s3")
        return client

    @property
    def cloudformation(self) -> CloudFormationClient:
        """Stacks."""
        client: CloudFormationClient = self.client("cloudformation")
        return client

    def create_bucket(self, name: str) -> None:
        """A bucket that somebody else made."""
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def buckets(self, project: str) -> set[str]:
        """The buckets of a project."""
        return {item["Name"] for item in self.s3.list_buckets()["Buckets"] if item["Name"].startswith(f"{project}-")}

    def vpcs(self, project: str) -> list[str]:
        """The ids of a project's VPCs."""
        found = self.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Project", "Values": [project]}])
        return [item["VpcId"] for item in found["Vpcs"]]

    def stacks(self, project: str, region: str = REGION) -> dict[str, str]:
        """The stacks of a project that exist in a region, each with its status."""
        return {
            item["StackName"]: item["StackStatus"]
            for page in self.client("cloudformation", region).get_paginator("describe_stacks").paginate()
            for item in page["Stacks"]
            if item["StackName"].startswith(f"{project}-") and item["StackStatus"] != "DELETE_COMPLETE"
        }


@cache
def _client(service: Any, region: str, endpoint: str, key: str, secret: str) -> Any:
    """Made once in a process: that takes longer than nearly everything that is asked of it."""
    import boto3

    return boto3.client(
        service, region_name=region, endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret
    )
