"""Where requests arrive: Elastic Load Balancing, AWS Certificate Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.network import SecurityGroup, Subnet, Vpc
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref, Textual

if TYPE_CHECKING:
    from groundplan.resources.architecture import Architecture


@dataclass(frozen=True, kw_only=True)
class Certificate(Resource):
    """A public ACM certificate, validated through DNS."""

    title: ClassVar[str] = "ACM certificate"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    domain_name: str
    subject_alternative_names: tuple[str, ...] = ()
    hosted_zone_id: Textual | None = None
    """Where the validation record is written; None: a person writes it, and the deployment waits for it."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancer(Resource):
    """An application load balancer."""

    title: ClassVar[str] = "Application Load Balancer"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "dns_name", "zone_id", "full_name"})
    load_balancer_name: str
    scheme: Literal["internet-facing", "internal"]
    subnets: tuple[Ref[Subnet], ...]
    security_groups: tuple[Ref[SecurityGroup], ...]
    deletion_protection: bool = True
    drop_invalid_header_fields: bool = True
    idle_timeout: int = 60
    """Seconds."""
    access_log_bucket: Ref[Bucket] | None = None
    access_log_prefix: str = ""


@dataclass(frozen=True, kw_only=True)
class TargetHealthCheck(Record):
    """How the load balancer checks a target. Times in seconds."""

    path: str
    interval: int
    timeout: int
    healthy_threshold: int
    unhealthy_threshold: int
    matcher: str = "200"


@dataclass(frozen=True, kw_only=True)
class TargetGroup(Resource):
    """Where a load balancer sends requests: addresses of tasks."""

    title: ClassVar[str] = "target group"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "full_name"})
    target_group_name: str
    vpc: Ref[Vpc]
    port: int
    protocol: Literal["HTTP", "HTTPS"] = "HTTP"
    target_type: Literal["ip", "instance"] = "ip"
    health_check: TargetHealthCheck
    deregistration_delay: int = 30
    """Seconds that a stopping task may finish its requests."""


@dataclass(frozen=True)
class Forward(Record):
    """Sends requests to a target group."""

    target_group: Ref[TargetGroup]


@dataclass(frozen=True)
class WeightedTargetGroup(Record):
    """A target group and its share of the requests, relative to the other weights: 0 to 999."""

    target_group: Ref[TargetGroup]
    weight: int


@dataclass(frozen=True)
class WeightedForward(Record):
    """Divides requests between target groups. The weights count at creation: deployments move them afterwards."""

    target_groups: tuple[WeightedTargetGroup, ...]


@dataclass(frozen=True, kw_only=True)
class Redirect(Record):
    """Sends the client elsewhere: same host, path and query on another protocol and port."""

    protocol: Literal["HTTPS"] = "HTTPS"
    port: int = 443
    status_code: Literal["HTTP_301", "HTTP_302"] = "HTTP_301"


@dataclass(frozen=True, kw_only=True)
class FixedResponse(Record):
    """Answers by itself."""

    status_code: int
    content_type: str = "text/plain"
    message_body: str = ""


Action = Forward | WeightedForward | Redirect | FixedResponse


def forwarded_to(action: Action) -> tuple[Ref[TargetGroup], ...]:
    """The target groups that an action sends requests to, now or after a deployment."""
    if isinstance(action, Forward):
        return (action.target_group,)
    return tuple(item.target_group for item in action.target_groups) if isinstance(action, WeightedForward) else ()


@dataclass(frozen=True, kw_only=True)
class Listener(Resource):
    """A port of a load balancer and what happens to requests that no rule takes."""

    title: ClassVar[str] = "listener"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    load_balancer: Ref[LoadBalancer]
    port: int
    protocol: Literal["HTTP", "HTTPS"]
    certificate: Ref[Certificate] | str | None = None
    """The default certificate: one of this architecture, or the ARN of one that exists."""
    ssl_policy: str | None = None
    default_action: Action


@dataclass(frozen=True, kw_only=True)
class ListenerCertificate(Resource):
    """A further certificate of a listener, chosen by the client's server name (SNI)."""

    title: ClassVar[str] = "listener certificate"
    taggable: ClassVar[bool] = False
    attributes: ClassVar[frozenset[str]] = frozenset()
    listener: Ref[Listener]
    certificate: Ref[Certificate] | str


@dataclass(frozen=True, kw_only=True)
class ListenerRule(Resource):
    """Which requests go to which target group."""

    title: ClassVar[str] = "listener rule"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    listener: Ref[Listener]
    priority: int
    host_headers: tuple[str, ...] = ()
    path_patterns: tuple[str, ...] = ()
    action: Action
    action_changes: bool = False
    """Whether the action is only what it begins with: somebody changes it later, and it stays as it is by then."""


def balancer_of(architecture: Architecture, group: Ref[TargetGroup]) -> Ref[LoadBalancer] | None:
    """The load balancer that sends requests to a target group, by a listener or one of its rules."""
    for user in architecture.dependents.get(group, ()):
        if isinstance(user, Listener) and group in forwarded_to(user.default_action):
            return user.load_balancer
        if isinstance(user, ListenerRule) and group in forwarded_to(user.action):
            return architecture[user.listener].load_balancer
    return None
