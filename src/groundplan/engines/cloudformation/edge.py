"""Elastic Load Balancing and AWS Certificate Manager in CloudFormation."""

from __future__ import annotations

from groundplan.engines.cloudformation.rows import RETURNED, LiveWeight, Row, key_values, present
from groundplan.resources import Architecture
from groundplan.resources.edge import (
    Action,
    Certificate,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    LoadBalancer,
    Redirect,
    TargetGroup,
    WeightedForward,
)
from groundplan.resources.values import Ref


def _certificate(certificate: Certificate, _: Architecture) -> dict[str, object]:
    zone = certificate.hosted_zone_id
    names = (certificate.domain_name, *certificate.subject_alternative_names)
    return present(
        ValidationMethod="DNS",
        # CloudFormation writes the validation records itself where it knows the zone, and waits for them where not.
        DomainValidationOptions=[{"DomainName": name, "HostedZoneId": zone} for name in names] if zone else None,
    )


def _load_balancer(balancer: LoadBalancer, _: Architecture) -> dict[str, object]:
    attributes: dict[str, object] = {
        "deletion_protection.enabled": _switch(balancer.deletion_protection),
        "routing.http.drop_invalid_header_fields.enabled": _switch(balancer.drop_invalid_header_fields),
        "idle_timeout.timeout_seconds": str(balancer.idle_timeout),
        "access_logs.s3.enabled": _switch(balancer.access_log_bucket is not None),
    }
    if balancer.access_log_bucket:
        attributes["access_logs.s3.bucket"] = balancer.access_log_bucket
        attributes["access_logs.s3.prefix"] = balancer.access_log_prefix
    return {"LoadBalancerAttributes": key_values(attributes)}


def _switch(on: bool) -> str:
    return "true" if on else "false"


def _target_group(group: TargetGroup, _: Architecture) -> dict[str, object]:
    check = group.health_check
    return {
        "HealthCheckEnabled": True,
        "HealthCheckPath": check.path,
        "HealthCheckProtocol": group.protocol,
        "HealthCheckIntervalSeconds": check.interval,
        "HealthCheckTimeoutSeconds": check.timeout,
        "HealthyThresholdCount": check.healthy_threshold,
        "UnhealthyThresholdCount": check.unhealthy_threshold,
        "Matcher": {"HttpCode": check.matcher},
        "TargetGroupAttributes": key_values(
            {"deregistration_delay.timeout_seconds": str(group.deregistration_delay)}
        ),
    }  # fmt: skip


def _certificates(certificate: Ref[Certificate] | str) -> list[dict[str, object]]:
    return [{"CertificateArn": certificate if isinstance(certificate, str) else certificate.arn}]


def _listener(listener: Listener, _: Architecture) -> dict[str, object]:
    return present(
        Certificates=None if listener.certificate is None else _certificates(listener.certificate),
        DefaultActions=[_action(listener.default_action, listener.ref)],
    )


def _listener_certificate(certificate: ListenerCertificate, _: Architecture) -> dict[str, object]:
    return {"Certificates": _certificates(certificate.certificate)}


def _listener_rule(rule: ListenerRule, _: Architecture) -> dict[str, object]:
    conditions: list[object] = []
    if rule.host_headers:
        conditions.append({"Field": "host-header", "HostHeaderConfig": {"Values": rule.host_headers}})
    if rule.path_patterns:
        conditions.append({"Field": "path-pattern", "PathPatternConfig": {"Values": rule.path_patterns}})
    return {"Conditions": conditions, "Actions": [_action(rule.action, rule.ref)]}


def _action(action: Action, owner: Ref[Listener] | Ref[ListenerRule]) -> dict[str, object]:
    if isinstance(action, Forward):
        return {"Type": "forward", "TargetGroupArn": action.target_group.arn}
    if isinstance(action, WeightedForward):
        groups = [
            {
                "TargetGroupArn": item.target_group.arn,
                "Weight": LiveWeight(owner, item.target_group, item.weight),
            }
            for item in action.target_groups
        ]
        return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    if isinstance(action, Redirect):
        redirect = {"Protocol": action.protocol, "Port": str(action.port), "StatusCode": action.status_code}
        return {"Type": "redirect", "RedirectConfig": redirect}
    response = present(
        StatusCode=str(action.status_code), ContentType=action.content_type, MessageBody=action.message_body or None
    )
    return {"Type": "fixed-response", "FixedResponseConfig": response}


ROWS = (
    Row(
        Certificate,
        "AWS::CertificateManager::Certificate",
        attributes={"id": RETURNED, "arn": RETURNED},
        write=_certificate,
        written=frozenset({"hosted_zone_id"}),
    ),
    Row(
        LoadBalancer,
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        attributes={
            "id": RETURNED,
            "arn": RETURNED,
            "dns_name": "DNSName",
            "zone_id": "CanonicalHostedZoneID",
            "full_name": "LoadBalancerFullName",
        },
        fixed={"Type": "application"},
        rename={"load_balancer_name": "Name", "subnets": "Subnets", "security_groups": "SecurityGroups"},
        write=_load_balancer,
        written=frozenset(
            {
                "deletion_protection", "drop_invalid_header_fields", "idle_timeout", "access_log_bucket",
                "access_log_prefix",
            }
        ),
    ),
    Row(
        TargetGroup,
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        attributes={"id": RETURNED, "arn": RETURNED, "full_name": "TargetGroupFullName"},
        rename={"target_group_name": "Name"},
        write=_target_group,
        written=frozenset({"health_check", "deregistration_delay"}),
    ),
    Row(
        Listener,
        "AWS::ElasticLoadBalancingV2::Listener",
        attributes={"id": RETURNED, "arn": RETURNED},
        rename={"load_balancer": "LoadBalancerArn"},
        write=_listener,
        written=frozenset({"certificate", "default_action"}),
    ),
    Row(
        ListenerCertificate,
        "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        rename={"listener": "ListenerArn"},
        write=_listener_certificate,
        written=frozenset({"certificate"}),
    ),
    Row(
        ListenerRule,
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        attributes={"id": RETURNED, "arn": RETURNED},
        rename={"listener": "ListenerArn"},
        write=_listener_rule,
        written=frozenset({"host_headers", "path_patterns", "action"}),
        not_rendered={"action_changes": "an update leaves alone what the template says as before"},
    ),
)  # fmt: skip
