"""AWS WAF: what is let through to load balancers and distributions.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-chapter.html
"""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.values import Ref


@dataclass(frozen=True, kw_only=True)
class ManagedRuleGroup(Record):
    """Rules that AWS keeps up to date."""

    group_name: str
    """``AWSManagedRulesCommonRuleSet``; the rule is called alike."""
    priority: int
    only_count: bool = False
    """Whether matches are only counted."""


@dataclass(frozen=True, kw_only=True)
class RateLimit(Record):
    """Blocks an address that asks too often."""

    rule_name: str = "RateLimit"
    priority: int
    limit: int
    """Requests of one address within the window."""
    window: int = 300
    """Seconds: 60, 120, 300 or 600."""
    only_count: bool = False


@dataclass(frozen=True, kw_only=True)
class WebAcl(Resource):
    """The rules of one firewall. What no rule blocks is let through."""

    title: ClassVar[str] = "web ACL"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    acl_name: str
    description: str
    scope: Literal["REGIONAL", "CLOUDFRONT"]
    """``CLOUDFRONT``: for distributions; such a web ACL lives in us-east-1."""
    managed_rule_groups: tuple[ManagedRuleGroup, ...] = ()
    rate_limit: RateLimit | None = None


@dataclass(frozen=True, kw_only=True)
class WebAclAssociation(Resource):
    """Puts a regional web ACL in front of a load balancer. A distribution names its web ACL itself."""

    title: ClassVar[str] = "web ACL association"
    taggable: ClassVar[bool] = False
    web_acl: Ref[WebAcl]
    load_balancer: Ref[LoadBalancer]


@dataclass(frozen=True, kw_only=True)
class WebAclLogging(Resource):
    """Writes the requests that a rule matched to a log group, whose name has to begin with ``aws-waf-logs-``.

    Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    """

    title: ClassVar[str] = "web ACL logging configuration"
    taggable: ClassVar[bool] = False
    web_acl: Ref[WebAcl]
    log_group: Ref[LogGroup]
    redacted_headers: tuple[str, ...] = ("authorization", "cookie")
    """Headers that never reach the log, in lower case."""
    logged_actions: tuple[Literal["BLOCK", "COUNT"], ...] = ("BLOCK", "COUNT")
    """What happened to the requests that are logged; the others are not."""
