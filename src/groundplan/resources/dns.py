"""Amazon Route 53: zones and what they answer."""

from __future__ import annotations

from typing import ClassVar, Literal

from groundplan.resources.base import Resource
from groundplan.resources.delivery import Distribution
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.record import dataclass
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HostedZone(Resource):
    """A public zone. It answers nobody until the registrar, or the parent zone, points to its name servers."""

    title: ClassVar[str] = "Route 53 hosted zone"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "name_servers"})
    """``name_servers``: the four of them as one text, with commas."""
    zone_name: str
    comment: str


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DnsRecord(Resource):
    """An alias record that leads to a load balancer or a distribution."""

    title: ClassVar[str] = "Route 53 record"
    taggable: ClassVar[bool] = False
    hosted_zone_id: Textual
    record_name: str
    record_type: Literal["A", "AAAA"] = "A"
    target: Ref[LoadBalancer] | Ref[Distribution]
    evaluate_target_health: bool = True
    """Not possible for a distribution.
    Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""
