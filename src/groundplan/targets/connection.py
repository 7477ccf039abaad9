"""Where an architecture is deployed: AWS, or the local AWS. Both speak the same API."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from groundplan.errors import EnvironmentalError

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_backup import BackupClient
    from mypy_boto3_ce import CostExplorerClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_eks import EKSClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

    from groundplan.targets.ec2 import SecurityGroups

TargetName = Literal["local", "aws"]
_Service = Literal[
    "autoscaling", "backup", "ce", "cloudformation", "cloudwatch", "ec2", "ecr", "eks", "elbv2", "iam", "kms",
    "route53", "s3", "secretsmanager", "ssm", "sts",
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
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
        if self.target == "local":
            session.set_credentials(self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"])
        return session

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

    def autoscaling(self, region: str) -> AutoScalingClient:
        """A client for Amazon EC2 Auto Scaling."""
        return cast("AutoScalingClient", self._client("autoscaling", region))

    def cost_explorer(self, region: str) -> CostExplorerClient:
        """A client for AWS Cost Explorer, which is the same in every region."""
        return cast("CostExplorerClient", self._client("ce", region))

    def cloudformation(self, region: str) -> CloudFormationClient:
        """A client for AWS CloudFormation."""
        return cast("CloudFormationClient", self._client("cloudformation", region))

    def cloudwatch(self, region: str) -> CloudWatchClient:
        """A client for Amazon CloudWatch."""
        return cast("CloudWatchClient", self._client("cloudwatch", region))

    def ec2(self, region: str) -> SecurityGroups:
        """A client for Amazon EC2, as far as security groups go."""
        return cast("SecurityGroups", self._client("ec2", region))

    def ecr(self, region: str) -> ECRClient:
        """A client for Amazon ECR."""
        return cast("ECRClient", self._client("ecr", region))

    def eks(self, region: str) -> EKSClient:
        """A client for Amazon EKS."""
        return cast("EKSClient", self._client("eks", region))

    def elbv2(self, region: str) -> ElasticLoadBalancingv2Client:
        """A client for Elastic Load Balancing."""
        return cast("ElasticLoadBalancingv2Client", self._client("elbv2", region))

    def iam(self, region: str) -> IAMClient:
        """A client for AWS IAM, which is the same in every region."""
        return cast("IAMClient", self._client("iam", region))

    def kms(self, region: str) -> KMSClient:
        """A client for AWS KMS."""
        return cast("KMSClient", self._client("kms", region))

    def route53(self, region: str) -> Route53Client:
        """A client for Amazon Route 53, which is the same in every region."""
        return cast("Route53Client", self._client("route53", region))

    def s3(self, region: str) -> S3Client:
        """A client for Amazon S3."""
        return cast("S3Client", self._client("s3", region))

    def secretsmanager(self, region: str) -> SecretsManagerClient:
        """A client for AWS Secrets Manager."""
        return cast("SecretsManagerClient", self._client("secretsmanager", region))

    def sts(self, region: str) -> STSClient:
        """A client for AWS STS."""
        return cast("STSClient", self._client("sts", region))

    def ssm(self, region: str) -> SSMClient:
        """A client for AWS Systems Manager."""
        return cast("SSMClient", self._client("ssm", region))

    def _client(self, service: _Service, region: str) -> object:
        with self._making:
            made = self._clients.get((service, region))
            if made is None:
                made = self._session.create_client(service, region_name=region, endpoint_url=self.endpoint)
                self._clients[service, region] = made
            return made


def _timestamp(value: str) -> datetime:
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

    return Connection("local", local.environment(local.start()))


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn what botocore raises into an error that a person can act on.

    Raises EnvironmentalError: no credentials, no network, an expired session, or AWS's own refusal in its own words.
    """
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError
    from botocore.parsers import ResponseParserError

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
        raise EnvironmentalError(
            f"{doing}: AWS says {details.get('Code', 'Error')}: {details.get('Message', error)}"
        ) from error
    except ResponseParserError as error:  # no BotoCoreError: who answered was ended before it had said all
        raise EnvironmentalError(f"{doing}: the answer broke off. Try again") from error
    except BotoCoreError as error:
        raise EnvironmentalError(f"{doing}: {error}") from error
