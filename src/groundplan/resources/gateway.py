"""Amazon API Gateway: a REST API that passes every request on.

REST, not HTTP APIs: they exist in every region, and throttle by themselves.
Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
"""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.values import Ref


@dataclass(frozen=True, kw_only=True)
class RestApi(Resource):
    """A regional REST API."""

    title: ClassVar[str] = "REST API"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "root_resource_id"})
    api_name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class RestApiResource(Resource):
    """A path below the root of an API."""

    title: ClassVar[str] = "REST API resource"
    taggable: ClassVar[bool] = False
    rest_api: Ref[RestApi]
    path_part: str
    """``{proxy+}``: everything below the root."""


@dataclass(frozen=True, kw_only=True)
class RestApiMethod(Resource):
    """Passes requests of any method to a backend as they are (``HTTP_PROXY``).

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-set-up-simple-proxy.html
    """

    title: ClassVar[str] = "REST API method"
    taggable: ClassVar[bool] = False
    rest_api: Ref[RestApi]
    resource: Ref[RestApiResource] | None = None
    """None: the root."""
    uri: str
    """Where requests go; ``{proxy}`` stands for the path."""
    path_parameters: tuple[str, ...] = ()
    """Parts of the path that are passed on: ``proxy``."""
    timeout: int = 29_000
    """Milliseconds that the backend may take: 29,000 at most without a higher quota."""


@dataclass(frozen=True, kw_only=True)
class RestApiDeployment(Resource):
    """The API as it is at one moment. It never changes: other methods have another deployment."""

    title: ClassVar[str] = "REST API deployment"
    taggable: ClassVar[bool] = False
    rest_api: Ref[RestApi]
    definition: str
    """What the methods do, in words that change when they do."""


@dataclass(frozen=True, kw_only=True)
class RestApiStage(Resource):
    """Where a deployment answers, and how often."""

    title: ClassVar[str] = "REST API stage"
    rest_api: Ref[RestApi]
    deployment: Ref[RestApiDeployment]
    stage_name: str
    throttling_rate: int
    """Requests per second in the long run."""
    throttling_burst: int
    """Requests at once beyond the rate."""
    log_group: Ref[LogGroup] | None = None
    """Access logs. API Gateway takes them only where the account's CloudWatch role is set.
    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"""
    log_format: str | None = None
    """One line with ``$context`` variables.
    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html"""
