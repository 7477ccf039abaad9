"""Load balancer, certificates and firewall of an environment."""

from __future__ import annotations

from typing import Any

from tests.acceptance.personal_timeline.expected import ZONES, expected
from tests.acceptance.personal_timeline.network import subnets_of
from tests.acceptance.personal_timeline.storage import distribution_of
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, System, at


def balancer_of(aws: Aws, system: System) -> dict[str, Any]:
    """The environment's load balancer."""
    names = [f"{expected(system).prefix}alb"]
    (found,) = aws.client("elbv2").describe_load_balancers(Names=names)["LoadBalancers"]
    balancer: dict[str, Any] = found
    return balancer


def listeners_of(aws: Aws, system: System) -> dict[int, dict[str, Any]]:
    """Its listeners by their port."""
    arn = balancer_of(aws, system)["LoadBalancerArn"]
    found = aws.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
    return {listener["Port"]: listener for listener in found}


def api_domain(system: System) -> str:
    """Where people find the api."""
    return f"api.{expected(system).domain}personal-timeline.com"


class Edge:
    """Where requests come in."""

    @requirement("PT-16", "PT-43", "PT-62", "PT-164", "PT-197")
    def test_load_balancer(self, aws: Aws, system: System) -> None:
        """One of the environment's, which all public services share; EKS makes no other."""
        balancer = balancer_of(aws, system)
        assert (balancer["Type"], balancer["Scheme"]) == ("application", "internet-facing")
        subnets = subnets_of(aws, system)
        own = {subnets[expected(system).cidr("public", zone)]["SubnetId"] for zone in ZONES}
        assert {item["SubnetId"] for item in balancer["AvailabilityZones"]} == own
        every = aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
        assert len([item for item in every if item["VpcId"] == balancer["VpcId"]]) == 1

    @requirement("PT-28", "PT-89", "PT-166", "PT-216", "PT-258")
    def test_tls_ends_at_the_load_balancer(self, aws: Aws, system: System) -> None:
        """C-39: 1.3 wherever a client knows it."""
        listeners = listeners_of(aws, system)
        assert set(listeners) == {80, 443}
        assert listeners[443]["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-")
        (certificate,) = listeners[443]["Certificates"]
        found = aws.client("acm").describe_certificate(CertificateArn=certificate["CertificateArn"])["Certificate"]
        assert api_domain(system) in [found["DomainName"], *found["SubjectAlternativeNames"]]
        (action,) = listeners[80]["DefaultActions"]
        assert (action["Type"], action["RedirectConfig"]["Protocol"]) == ("redirect", "HTTPS")

    @requirement("PT-28", "PT-89", "PT-258")
    def test_distribution_has_its_certificate(self, aws: Aws, system: System) -> None:
        arn = at(distribution_of(aws, system), "DistributionConfig.ViewerCertificate.ACMCertificateArn")
        assert arn.split(":")[3] == "us-east-1"
        found = aws.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        assert found["DomainName"] == f"www.{expected(system).domain}personal-timeline.com"

    @requirement("PT-43", "PT-167", "PT-172")
    def test_requests_go_to_healthy_pods(self, aws: Aws, system: System) -> None:
        arn = balancer_of(aws, system)["LoadBalancerArn"]
        groups = aws.client("elbv2").describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]
        for group in groups:
            assert (group["TargetType"], group["Port"], group["Protocol"]) == ("ip", 8000, "HTTP")
            assert (group["HealthCheckPath"], group["Matcher"]) == ("/health", {"HttpCode": "200"})
        targets = {group["TargetGroupArn"] for group in groups}
        assert targets
        rules = aws.client("elbv2").describe_rules(ListenerArn=listeners_of(aws, system)[443]["ListenerArn"])["Rules"]
        assert _forwarded(rules) == targets

    @requirement("PT-88")
    def test_names_lead_to_it(self, aws: Aws, system: System) -> None:
        """In the one zone of the account."""
        route53 = aws.client("route53")
        (zone,) = route53.list_hosted_zones()["HostedZones"]
        assert zone["Name"] == "personal-timeline.com."
        records = route53.list_resource_record_sets(HostedZoneId=zone["Id"], MaxItems="300")["ResourceRecordSets"]
        found = {record["Name"] for record in records if "AliasTarget" in record}
        assert {f"{api_domain(system)}.", f"www.{expected(system).domain}personal-timeline.com."} <= found


def _forwarded(rules: list[dict[str, Any]]) -> set[str]:
    """The target groups that rules send requests to."""
    found = set()
    for action in (action for rule in rules for action in rule["Actions"] if action["Type"] == "forward"):
        weighted = action.get("ForwardConfig", {}).get("TargetGroups", [])
        found |= {item["TargetGroupArn"] for item in weighted}
        if "TargetGroupArn" in action:
            found.add(action["TargetGroupArn"])
    return found
