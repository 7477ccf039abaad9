"""Elastic Load Balancing and AWS Certificate Manager in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Expression
from groundplan.engines.terraform.rows import Beside, Row
from groundplan.resources.edge import (
    Action,
    Certificate,
    FixedResponse,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    LoadBalancer,
    Redirect,
    TargetGroup,
    WeightedForward,
)
from groundplan.resources.network import InternetGateway
from groundplan.resources.storage import BucketPolicy

FILE = "alb.tf"
VALIDATION = "aws_acm_certificate_validation"


def _validation(certificate: Certificate, context: Context) -> Iterator[Block]:
    """Waits until the certificate is issued. Where the zone is known the records that prove ownership are written.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate_validation
    """
    own, name = context.address(certificate.ref), label(certificate.ref)
    records = f"{name}_validation"
    validation: dict[str, object] = {"certificate_arn": Expression(f"{own}.arn")}
    if certificate.hosted_zone_id:
        yield context.resource(
            "aws_route53_record",
            records,
            Argument("for_each", Expression(_OPTIONS_BY_DOMAIN.format(certificate=own))),
            Blank(),
            Argument("zone_id", context.value(certificate.hosted_zone_id)),
            Argument("name", Expression("each.value.name")),
            Argument("type", Expression("each.value.type")),
            Argument("records", [Expression("each.value.record")]),
            Argument("ttl", 60),
            # A wildcard and its apex are proved by one and the same record.
            Argument("allow_overwrite", True),
        )
        fqdns = f"[for record in aws_route53_record.{records} : record.fqdn]"
        validation["validation_record_fqdns"] = Expression(fqdns)
    yield context.resource(VALIDATION, name, *context.arguments(validation))


_OPTIONS_BY_DOMAIN = """\
{{
  for option in {certificate}.domain_validation_options : option.domain_name => {{
    name   = option.resource_record_name
    type   = option.resource_record_type
    record = option.resource_record_value
  }}
}}"""


def _load_balancer(balancer: LoadBalancer, context: Context) -> dict[str, object]:
    return {
        "internal": balancer.scheme == "internal",
        "subnets": [context.refer(subnet) for subnet in balancer.subnets],
        "security_groups": [context.refer(group) for group in balancer.security_groups],
        "enable_deletion_protection": balancer.deletion_protection,
        "drop_invalid_header_fields": balancer.drop_invalid_header_fields,
        "idle_timeout": balancer.idle_timeout,
    }


def _access_logs(balancer: LoadBalancer, context: Context) -> Iterator[Block]:
    if balancer.access_log_bucket:
        bucket = context.refer(balancer.access_log_bucket)
        yield context.block("access_logs", {"enabled": True, "bucket": bucket, "prefix": balancer.access_log_prefix})


def _before_load_balancer(balancer: LoadBalancer, context: Context) -> Iterator[str]:
    """What Elastic Load Balancing tries when the balancer is made: the way to the internet, the right to write logs."""
    architecture = context.architecture
    if balancer.scheme == "internet-facing":
        networks = {architecture[subnet].vpc for subnet in balancer.subnets}
        yield from (context.address(item.ref) for item in architecture.of(InternetGateway) if item.vpc in networks)
    if balancer.access_log_bucket:
        users = architecture.dependents.get(balancer.access_log_bucket, ())
        yield from (
            context.address(user.ref)
            for user in users
            if isinstance(user, BucketPolicy)
            and user.bucket == balancer.access_log_bucket
            and not context.leads_to(user.ref, balancer.ref)
        )


def _health_check(group: TargetGroup, context: Context) -> Iterator[Block]:
    check = group.health_check
    yield context.block(
        "health_check",
        {
            "path": check.path,
            "matcher": check.matcher,
            "interval": check.interval,
            "timeout": check.timeout,
            "healthy_threshold": check.healthy_threshold,
            "unhealthy_threshold": check.unhealthy_threshold,
        },
    )


def _action(block: str, action: Action, context: Context) -> Block:
    match action:
        case Forward(target_group):
            return context.block(block, {"type": "forward", "target_group_arn": context.refer(target_group)})
        case WeightedForward(target_groups):
            groups = [
                context.block("target_group", {"arn": context.refer(item.target_group), "weight": item.weight})
                for item in target_groups
            ]
            return context.block(block, {"type": "forward"}, context.block("forward", {}, *groups))
        case Redirect():
            redirect = {"protocol": action.protocol, "port": str(action.port), "status_code": action.status_code}
            return context.block(block, {"type": "redirect"}, context.block("redirect", redirect))
        case FixedResponse():
            response = {
                "status_code": str(action.status_code),
                "content_type": action.content_type,
                "message_body": action.message_body,
            }
            return context.block(block, {"type": "fixed-response"}, context.block("fixed_response", response))


def _default_action(listener: Listener, context: Context) -> Iterator[Block]:
    yield _action("default_action", listener.default_action, context)


def _rule(rule: ListenerRule, context: Context) -> Iterator[Block]:
    for kind, values in (("host_header", rule.host_headers), ("path_pattern", rule.path_patterns)):
        if values:
            yield context.block("condition", {}, context.block(kind, {"values": values}))
    yield _action("action", rule.action, context)


ROWS = (
    Row(
        Certificate,
        "aws_acm_certificate",
        FILE,
        # Nothing may use the certificate before it is issued, so others take its ARN from the validation.
        attributes={"id": Beside(VALIDATION, "certificate_arn"), "arn": Beside(VALIDATION, "certificate_arn")},
        referred=("arn", "arn"),
        fixed={"validation_method": "DNS"},
        # A listener lets go of its certificate only when it has the next one.
        create_before_destroy=True,
        beside=_validation,
        written=frozenset({"hosted_zone_id"}),
        ready=frozenset({VALIDATION}),
    ),
    Row(
        LoadBalancer,
        "aws_lb",
        FILE,
        attributes={
            "id": "id", "arn": "arn", "dns_name": "dns_name", "zone_id": "zone_id", "full_name": "arn_suffix",
        },
        referred=("arn", "arn"),
        rename={"load_balancer_name": "name"},
        fixed={"load_balancer_type": "application"},
        arguments=_load_balancer,
        blocks=_access_logs,
        written=frozenset(
            {
                "scheme", "subnets", "security_groups", "deletion_protection", "drop_invalid_header_fields",
                "idle_timeout", "access_log_bucket", "access_log_prefix",
            }
        ),
        waits_for=_before_load_balancer,
        section=1,
    ),
    Row(
        TargetGroup,
        "aws_lb_target_group",
        FILE,
        attributes={"id": "id", "arn": "arn", "full_name": "arn_suffix"},
        referred=("arn", "arn"),
        rename={"target_group_name": "name"},
        blocks=_health_check,
        written=frozenset({"health_check"}),
        section=2,
    ),
    Row(
        Listener,
        "aws_lb_listener",
        FILE,
        attributes={"id": "id", "arn": "arn"},
        referred=("arn", "arn"),
        rename={"certificate": "certificate_arn"},
        blocks=_default_action,
        written=frozenset({"default_action"}),
        section=3,
    ),
    Row(
        ListenerCertificate,
        "aws_lb_listener_certificate",
        FILE,
        rename={"certificate": "certificate_arn"},
        section=4,
    ),
    Row(
        ListenerRule,
        "aws_lb_listener_rule",
        FILE,
        attributes={"id": "id", "arn": "arn"},
        referred=("arn", "arn"),
        ignore_changes=lambda rule: (
            ("action",) if isinstance(rule.action, WeightedForward) or rule.action_changes else ()
        ),
        ignored_because=lambda rule: (
            "A promotion changes the answer, and it stays." if rule.action_changes
            else "Deployments move the requests: they change the weights."
        ),
        blocks=_rule,
        written=frozenset({"host_headers", "path_patterns", "action", "action_changes"}),
        section=5,
    ),
)  # fmt: skip
