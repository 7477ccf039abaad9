"""Where an architecture is deployed: AWS, or the local AWS. Both speak the same API."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, cast

from groundplan.errors import EnvironmentalError

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.loaders import Loader
    from botocore.session import Session
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_backup import BackupClient
    from mypy_boto3_budgets import BudgetsClient
    from mypy_boto3_ce import CostExplorerClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_efs import EFSClient
    from mypy_boto3_eks import EKSClient
    from mypy_boto3_elasticache import ElastiCacheClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_fis import FISClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

    from groundplan.targets.ec2 import SecurityGroups

TargetName = Literal["local", "aws"]
TRIES = 6
"""Times that AWS is asked before its throttling, or silence, counts as an answer."""
_Service = Literal[
    "application-autoscaling", "autoscaling", "backup", "budgets", "ce", "cloudformation", "cloudtrail", "cloudwatch",
    "dynamodb", "ec2", "ecr", "ecs", "efs", "eks", "elasticache", "elbv2", "fis", "iam", "kms", "logs", "rds",
    "resourcegroupstaggingapi", "route53", "s3", "scheduler", "secretsmanager", "sqs", "ssm", "sts",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Connection:
    """A way to AWS's API. ``environment`` holds the credentials and the endpoint of a local AWS.

    Clients are made once: making one costs more than most of the calls it is made for. Threads may share a connection.
    """

    target: TargetName
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    _clients: dict[tuple[str, str], object] = field(default_factory=dict, repr=False)
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held while a client is made, which sessions do for one thread at a time.
    Source: https://docs.aws.amazon.com/boto3/latest/guide/clients.html#caveats"""

    @cached_property
    def _session(self) -> Session:
        """botocore's own: boto3's loads what transfers files, too, which takes longer than many a command."""
        from botocore.session import get_session

        session = get_session()
        session.register_component("data_loader", _descriptions())
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_timestamp)
        if self.target == "local":
            session.set_credentials(self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"])
        return session

    @cached_property
    def _patience(self) -> Config:
        """How often a request is made again that AWS throttles or that is lost: with exponential back-off and jitter,
        15 seconds on average in all. The local AWS throttles nobody.

        Source: https://docs.aws.amazon.com/boto3/latest/guide/retries.html
        """
        from botocore.config import Config

        return Config() if self.target == "local" else Config(retries={"mode": "standard", "total_max_attempts": TRIES})

    @property
    def endpoint(self) -> str | None:
        """URL of the local AWS, or None for AWS itself."""
        return self.environment.get("AWS_ENDPOINT_URL")

    @property
    def poll_seconds(self) -> float:
        """Longest time between two looks at a deployment."""
        return 0.2 if self.target == "local" else 3.0

    def backup(self, region: str) -> BackupClient:
        """A client for AWS Backup."""
        return cast("BackupClient", self._client("backup", region))

    def application_autoscaling(self, region: str) -> ApplicationAutoScalingClient:
        """A client for Application Auto Scaling."""
        return cast("ApplicationAutoScalingClient", self._client("application-autoscaling", region))

    def autoscaling(self, region: str) -> AutoScalingClient:
        """A client for Amazon EC2 Auto Scaling."""
        return cast("AutoScalingClient", self._client("autoscaling", region))

    def budgets(self, region: str) -> BudgetsClient:
        """A client for AWS Budgets, which is the same in every region."""
        return cast("BudgetsClient", self._client("budgets", region))

    def cost_explorer(self, region: str) -> CostExplorerClient:
        """A client for AWS Cost Explorer, which is the same in every region."""
        return cast("CostExplorerClient", self._client("ce", region))

    def cloudformation(self, region: str) -> CloudFormationClient:
        """A client for AWS CloudFormation."""
        return cast("CloudFormationClient", self._client("cloudformation", region))

    def cloudtrail(self, region: str) -> CloudTrailClient:
        """A client for AWS CloudTrail."""
        return cast("CloudTrailClient", self._client("cloudtrail", region))

    def cloudwatch(self, region: str) -> CloudWatchClient:
        """A client for Amazon CloudWatch."""
        return cast("CloudWatchClient", self._client("cloudwatch", region))

    def dynamodb(self, region: str) -> DynamoDBClient:
        """A client for Amazon DynamoDB."""
        return cast("DynamoDBClient", self._client("dynamodb", region))

    def ec2(self, region: str) -> SecurityGroups:
        """A client for Amazon EC2, as far as security groups go."""
        return cast("SecurityGroups", self._client("ec2", region))

    def ecr(self, region: str) -> ECRClient:
        """A client for Amazon ECR."""
        return cast("ECRClient", self._client("ecr", region))

    def ecs(self, region: str) -> ECSClient:
        """A client for Amazon ECS."""
        return cast("ECSClient", self._client("ecs", region))

    def efs(self, region: str) -> EFSClient:
        """A client for Amazon EFS."""
        return cast("EFSClient", self._client("efs", region))

    def eks(self, region: str) -> EKSClient:
        """A client for Amazon EKS."""
        return cast("EKSClient", self._client("eks", region))

    def elasticache(self, region: str) -> ElastiCacheClient:
        """A client for Amazon ElastiCache."""
        return cast("ElastiCacheClient", self._client("elasticache", region))

    def elbv2(self, region: str) -> ElasticLoadBalancingv2Client:
        """A client for Elastic Load Balancing."""
        return cast("ElasticLoadBalancingv2Client", self._client("elbv2", region))

    def fis(self, region: str) -> FISClient:
        """A client for AWS Fault Injection Service."""
        return cast("FISClient", self._client("fis", region))

    def iam(self, region: str) -> IAMClient:
        """A client for AWS IAM, which is the same in every region."""
        return cast("IAMClient", self._client("iam", region))

    def kms(self, region: str) -> KMSClient:
        """A client for AWS KMS."""
        return cast("KMSClient", self._client("kms", region))

    def logs(self, region: str) -> CloudWatchLogsClient:
        """A client for Amazon CloudWatch Logs."""
        return cast("CloudWatchLogsClient", self._client("logs", region))

    def rds(self, region: str) -> RDSClient:
        """A client for Amazon RDS."""
        return cast("RDSClient", self._client("rds", region))

    def resource_tags(self, region: str) -> ResourceGroupsTaggingAPIClient:
        """A client for the Resource Groups Tagging API, which knows the tagged resources of most services."""
        return cast("ResourceGroupsTaggingAPIClient", self._client("resourcegroupstaggingapi", region))

    def route53(self, region: str) -> Route53Client:
        """A client for Amazon Route 53, which is the same in every region."""
        return cast("Route53Client", self._client("route53", region))

    def s3(self, region: str) -> S3Client:
        """A client for Amazon S3."""
        return cast("S3Client", self._client("s3", region))

    def scheduler(self, region: str) -> EventBridgeSchedulerClient:
        """A client for Amazon EventBridge Scheduler."""
        return cast("EventBridgeSchedulerClient", self._client("scheduler", region))

    def secretsmanager(self, region: str) -> SecretsManagerClient:
        """A client for AWS Secrets Manager."""
        return cast("SecretsManagerClient", self._client("secretsmanager", region))

    def sts(self, region: str) -> STSClient:
        """A client for AWS STS."""
        return cast("STSClient", self._client("sts", region))

    def sqs(self, region: str) -> SQSClient:
        """A client for Amazon SQS."""
        return cast("SQSClient", self._client("sqs", region))

    def ssm(self, region: str) -> SSMClient:
        """A client for AWS Systems Manager."""
        return cast("SSMClient", self._client("ssm", region))

    def _client(self, service: _Service, region: str) -> object:
        with self._making:
            made = self._clients.get((service, region))
            if made is None:
                with explained(f"Connecting to AWS ({service})"):  # a profile may be missing, or half written
                    made = self._session.create_client(
                        service, region_name=region, endpoint_url=self.endpoint, config=self._patience
                    )
                self._clients[service, region] = made
            return made


@cache
def _descriptions() -> Loader:
    """botocore's descriptions of AWS's services, read once in a process: that takes as long as many calls."""
    from botocore.session import get_session

    loader: Loader = get_session().get_component("data_loader")
    return loader


def read_timestamp(value: str) -> datetime:
    """A time of an answer. botocore's way tries every form there is, for each of the hundred events of a page."""
    from botocore.utils import parse_timestamp

    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):  # a number in JSON, or another form
        return parse_timestamp(value)
    return found if found.tzinfo else parse_timestamp(value)


def connect(target: TargetName) -> Connection:
    """A connection to AWS, or to the local AWS, which is started where it is not running."""
    if target == "aws":
        return Connection("aws")
    from groundplan.targets import local

    return _to_local(tuple(sorted(local.environment(local.start()).items())))


@lru_cache(maxsize=4)
def _to_local(variables: tuple[tuple[str, str], ...]) -> Connection:
    """What a process does to one local AWS it does over one connection: its clients cost more than most commands do.
    Its credentials are always the same, which those of AWS need not be from one call to the next."""
    return Connection("local", dict(variables))


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn what botocore raises into an error that a person can act on.

    Raises EnvironmentalError: no credentials, no network, an expired session, or AWS's own refusal in its own words,
    with what to do about it.
    """
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError
    from botocore.parsers import ResponseParserError

    from groundplan.targets.refusals import advice, without_answer

    try:
        yield
    except NoCredentialsError as error:
        raise EnvironmentalError(
            f"{doing}: no AWS credentials were found. Run `aws configure sso` or `aws sso login`, or set "
            "AWS_PROFILE; to try without an account, use --target local"
        ) from error
    except EndpointConnectionError as error:
        if "://127.0.0.1:" in str(error):
            raise EnvironmentalError(
                f"{doing}: the local AWS has stopped answering. The next command starts it again and says what it finds"
            ) from error
        raise EnvironmentalError(f"{doing}: {error}. Is the network up, and does the region exist?") from error
    except ClientError as error:
        details = error.response.get("Error", {})
        said = f"{doing}: AWS says {details.get('Code', 'Error')}: {details.get('Message', error)}"
        told = advice(error)
        raise EnvironmentalError(f"{said.rstrip('.')}. {told}" if told else said) from error
    except ResponseParserError as error:  # no BotoCoreError: who answered was ended before it had said all
        raise EnvironmentalError(f"{doing}: the answer broke off. Try again") from error
    except BotoCoreError as error:
        told = without_answer(error)
        said = f"{doing}: {error}"
        raise EnvironmentalError(f"{said.rstrip('.')}. {told}" if told else said) from error
