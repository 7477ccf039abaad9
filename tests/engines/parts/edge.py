"""Load balancer, certificates and DNS."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.parts.names import BALANCER, GATEWAY, REGION, VPC, subnets

from groundplan.resources import Resource
from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import (
    Certificate,
    FixedResponse,
    Forward,
    Listener,
    ListenerCertificate,
    ListenerRule,
    LoadBalancer,
    Redirect,
    TargetGroup,
    TargetHealthCheck,
)
from groundplan.resources.network import SecurityGroup
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Ref


def edge() -> Iterator[Resource]:
    """Load balancer, certificates and DNS of the sample."""
    targets = Ref(TargetGroup, "api")
    yield Certificate(
        name="api",
        concern="edge",
        domain_name="api.example.com",
        subject_alternative_names=("www.api.example.com",),
        hosted_zone_id="Z0123456789ABCDEFGHIJ",
    )
    yield Certificate(name="admin", concern="edge", domain_name="admin.example.com")
    yield Certificate(name="global", concern="edge", region="us-east-1", domain_name="cdn.example.com")
    yield LoadBalancer(
        name="main",
        concern="edge",
        load_balancer_name="sample-production",
        scheme="internet-facing",
        subnets=subnets("public"),
        security_groups=(Ref(SecurityGroup, "alb"),),
        access_log_bucket=Ref(Bucket, "logs"),
        access_log_prefix="alb",
        depends_on=(Ref(BucketPolicy, "logs"), GATEWAY),
    )
    yield TargetGroup(
        name="api",
        concern="edge",
        target_group_name="sample-production-api",
        vpc=VPC,
        port=3000,
        health_check=TargetHealthCheck(
            path="/health", interval=30, timeout=5, healthy_threshold=2, unhealthy_threshold=3, matcher="200-299"
        ),
    )
    yield Listener(
        name="http", concern="edge", load_balancer=BALANCER, port=80, protocol="HTTP", default_action=Redirect()
    )
    yield Listener(
        name="https",
        concern="edge",
        load_balancer=BALANCER,
        port=443,
        protocol="HTTPS",
        certificate=Ref(Certificate, "api"),
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        default_action=Forward(targets),
    )
    yield Listener(
        name="maintenance",
        concern="edge",
        load_balancer=BALANCER,
        port=8443,
        protocol="HTTPS",
        certificate=f"arn:aws:acm:{REGION}:123456789012:certificate/12345678-1234-1234-1234-123456789012",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        default_action=FixedResponse(status_code=503, message_body="Back soon"),
    )
    yield ListenerCertificate(
        name="admin", concern="edge", listener=Ref(Listener, "https"), certificate=Ref(Certificate, "admin")
    )
    yield ListenerRule(
        name="api",
        concern="edge",
        listener=Ref(Listener, "https"),
        priority=10,
        host_headers=("api.example.com",),
        path_patterns=("/v1/*", "/v2/*"),
        action=Forward(targets),
    )
    yield ListenerRule(
        name="old",
        concern="edge",
        listener=Ref(Listener, "https"),
        priority=20,
        path_patterns=("/old/*",),
        action=FixedResponse(status_code=410, content_type="application/json", message_body='{"error": "gone"}'),
        action_changes=True,
    )
    for kind in ("A", "AAAA"):
        yield DnsRecord(
            name="api",
            key=kind,
            concern="edge",
            hosted_zone_id="Z0123456789ABCDEFGHIJ",
            record_name="api.example.com",
            record_type="A" if kind == "A" else "AAAA",
            target=BALANCER,
        )
