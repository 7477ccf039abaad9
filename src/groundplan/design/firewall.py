"""AWS WAF: one web ACL for the load balancer, one for the distributions."""

from __future__ import annotations

from typing import Literal

from groundplan.blueprint.delivery import Firewall
from groundplan.catalog import firewall as catalog
from groundplan.design.draft import Draft
from groundplan.design.edge import BALANCER
from groundplan.design.logs import add_log_group
from groundplan.resources.delivery import GLOBAL_REGION
from groundplan.resources.firewall import ManagedRuleGroup, RateLimit, WebAcl, WebAclAssociation, WebAclLogging
from groundplan.resources.values import Ref

BALANCER_ACL = Ref(WebAcl, "load_balancer")
CDN_ACL = Ref(WebAcl, "cdn")
_SHOWN = {"load-balancer": "load balancer", "cdn": "CDN"}


def add_firewall(draft: Draft) -> None:
    """The web ACLs, as far as the blueprint has what they protect."""
    blueprint = draft.blueprint
    firewall = blueprint.firewall
    if firewall is None:
        return
    if "load-balancer" in firewall.protects and any(service.public for service in blueprint.services.values()):
        acl = _add_web_acl(draft, firewall, "load-balancer", "REGIONAL")
        draft.add(
            WebAclAssociation(name="load_balancer", concern="delivery", web_acl=acl, load_balancer=BALANCER)
        )  # fmt: skip
    if protects_cdn(draft):
        _add_web_acl(draft, firewall, "cdn", "CLOUDFRONT")


def protects_cdn(draft: Draft) -> bool:
    """Whether distributions have a web ACL."""
    blueprint = draft.blueprint
    has_cdn = any(bucket.cdn for bucket in blueprint.buckets.values())
    return blueprint.firewall is not None and "cdn" in blueprint.firewall.protects and has_cdn


def _add_web_acl(draft: Draft, firewall: Firewall, what: str, scope: Literal["REGIONAL", "CLOUDFRONT"]) -> Ref[WebAcl]:
    name = what.replace("-", "_")
    groups = tuple(
        ManagedRuleGroup(group_name=catalog.rule_group(rule).name, priority=number * 10, only_count=firewall.only_count)
        for number, rule in enumerate(firewall.rules, start=1)
    )
    # Last: what a rule group blocks does not count against an address.
    limit = None
    if firewall.rate:
        priority = (len(groups) + 1) * 10
        limit = RateLimit(priority=priority, limit=firewall.rate, only_count=firewall.only_count)
    region = draft.elsewhere(GLOBAL_REGION) if scope == "CLOUDFRONT" else None
    acl = draft.add(
        WebAcl(
            name=name,
            concern="delivery",
            region=region,
            acl_name=draft.called("web_acl", what, "firewall"),
            description=f"In front of the {_SHOWN[what]} of {draft.title} {draft.stage}",
            scope=scope,
            managed_rule_groups=groups,
            rate_limit=limit,
            tags=draft.name_tag(what),
        )
    )
    if firewall.logs:
        group = add_log_group(
            draft,
            f"waf_{name}",
            "",
            firewall.logs.days,
            "delivery",
            "firewall.logs",
            full_name=f"aws-waf-logs-{draft.plain(what)}",
            region=region,
        )
        draft.add(WebAclLogging(name=name, concern="delivery", region=region, web_acl=acl, log_group=group))
    return acl
