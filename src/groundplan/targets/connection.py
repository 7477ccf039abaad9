"""Where an architecture is deployed: AWS, or the local AWS. Both speak the same API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from groundplan.errors import EnvironmentalError

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

TargetName = Literal["local", "aws"]


@dataclass(frozen=True)
class Connection:
    """A way to AWS's API. ``environment`` holds the credentials and the endpoint of a local AWS."""

    target: TargetName
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def _session(self, region: str) -> Session:
        from boto3.session import Session

        if self.target == "aws":
            return Session(region_name=region)
        return Session(
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            region_name=region,
        )

    @property
    def endpoint(self) -> str | None:
        """URL of the local AWS, or None for AWS itself."""
        return self.environment.get("AWS_ENDPOINT_URL")

    @property
    def poll_seconds(self) -> float:
        """Time between two looks at a deployment."""
        return 0.05 if self.target == "local" else 3.0

    def cloudformation(self, region: str) -> CloudFormationClient:
        """A client for AWS CloudFormation."""
        return self._session(region).client("cloudformation", endpoint_url=self.endpoint)

    def s3(self, region: str) -> S3Client:
        """A client for Amazon S3."""
        return self._session(region).client("s3", endpoint_url=self.endpoint)


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

    try:
        yield
    except NoCredentialsError as error:
        raise EnvironmentalError(
            f"{doing}: no AWS credentials were found. Run `aws configure sso` or `aws sso login`, or set "
            "AWS_PROFILE; to try without an account, use --target local"
        ) from error
    except EndpointConnectionError as error:
        raise EnvironmentalError(f"{doing}: {error}. Is the network up, and does the region exist?") from error
    except ClientError as error:
        details = error.response.get("Error", {})
        raise EnvironmentalError(
            f"{doing}: AWS says {details.get('Code', 'Error')}: {details.get('Message', error)}"
        ) from error
    except BotoCoreError as error:
        raise EnvironmentalError(f"{doing}: {error}") from error
