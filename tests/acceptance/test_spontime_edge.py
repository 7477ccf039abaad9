"""SP-08, SP-16, SP-41 to SP-49: load balancer, target group, repository, as written and as the local AWS answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.acceptance.deployed import subnet as deployed_subnet
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, CommandLine, Templates, TerraformRoot
from tests.acceptance.test_spontime_tasks import deployed_service

from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository
from groundplan.resources.edge import Certificate, Forward, Listener, ListenerRule, LoadBalancer, TargetGroup
from groundplan.resources.network import Subnet
from groundplan.resources.values import Ref

ENVIRONMENT = "poc"
BALANCER, GROUP = Ref(LoadBalancer, "main"), Ref(TargetGroup, "api")
REPOSITORY = Ref(ContainerRepository, "api")
# Argument of Terraform's health_check, CloudFormation's property, and what DescribeTargetGroups calls it.
HEALTH = [
    proves("SP-42", "path", "HealthCheckPath", "HealthCheckPath", "/health"),
    proves("SP-44", "interval", "HealthCheckIntervalSeconds", "HealthCheckIntervalSeconds", 30),
    proves("SP-45", "matcher", "Matcher", "Matcher", "200"),
]
each_health_value = pytest.mark.parametrize(("argument", "written", "answered", "expected"), HEALTH)


def deployed_balancer(aws: Aws) -> dict[str, Any]:
    (balancer,) = aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    found: dict[str, Any] = balancer
    return found


def deployed_repository(aws: Aws) -> dict[str, Any]:
    (repository,) = aws.client("ecr").describe_repositories()["repositories"]
    found: dict[str, Any] = repository
    return found


@requirement("SP-08", "SP-41")
def test_load_balancer_speaks_http_only(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    """C-75"""
    assert architecture[BALANCER].subnets == (Ref(Subnet, "public", "a"), Ref(Subnet, "public", "b"))
    assert terraform.of(BALANCER)["internal"] is False
    assert templates.properties(BALANCER)["Scheme"] == "internet-facing"
    (listener,) = architecture.of(Listener)
    assert (listener.port, listener.protocol, listener.certificate) == (80, "HTTP", None)
    assert listener.default_action == Forward(GROUP)
    assert architecture.of(ListenerRule) == ()


@requirement("SP-08", "SP-41")
def test_deployed_load_balancer_speaks_http_only(aws: Aws) -> None:
    balancer = deployed_balancer(aws)
    assert (balancer["LoadBalancerName"], balancer["Scheme"]) == ("spontime-poc-alb", "internet-facing")
    public = {deployed_subnet(aws, cidr)["SubnetId"] for cidr in ("10.0.1.0/24", "10.0.2.0/24")}
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == public
    elb = aws.client("elbv2")
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")
    assert [action["Type"] for action in listener["DefaultActions"]] == ["forward"]


@requirement("SP-43")
def test_single_target_group(architecture: Architecture) -> None:
    (group,) = architecture.of(TargetGroup)
    assert (group.target_type, group.port, group.protocol) == ("ip", 8000, "HTTP")


@requirement("SP-43", "SP-59")
def test_deployed_target_group_points_to_the_service(aws: Aws) -> None:
    (group,) = aws.client("elbv2").describe_target_groups()["TargetGroups"]
    assert (group["TargetType"], group["Port"], group["Protocol"]) == ("ip", 8000, "HTTP")
    assert group["LoadBalancerArns"] == [deployed_balancer(aws)["LoadBalancerArn"]]
    assert [item["targetGroupArn"] for item in deployed_service(aws)["loadBalancers"]] == [group["TargetGroupArn"]]


@each_health_value
def test_health_check(
    terraform: TerraformRoot, templates: Templates, argument: str, written: str, answered: str, expected: object
) -> None:
    assert terraform.of(GROUP)["health_check"][0][argument] == expected
    found = templates.properties(GROUP)[written]
    assert (found["HttpCode"] if isinstance(found, dict) else found) == expected


@each_health_value
def test_deployed_health_check(aws: Aws, argument: str, written: str, answered: str, expected: object) -> None:
    (group,) = aws.client("elbv2").describe_target_groups()["TargetGroups"]
    found = group[answered]
    assert (found["HttpCode"] if isinstance(found, dict) else found) == expected


@requirement("SP-46")
def test_there_is_no_domain_and_no_certificate(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    assert architecture.of(Certificate) == ()
    assert not any(kind in address for address in terraform.values for kind in ("aws_route53", "aws_acm"))
    types = {entry["Type"] for _, entry in templates.every()}
    assert not any(found.startswith(("AWS::Route53", "AWS::CertificateManager")) for found in types)
    assert "load_balancer_address" in terraform.plan["planned_values"]["outputs"]


@requirement("SP-46")
def test_output_is_the_name_of_the_load_balancer(aws: Aws, command_line: CommandLine) -> None:
    outputs = command_line.json("status", "--target", "local")["outputs"]
    assert outputs["load_balancer_address"] == deployed_balancer(aws)["DNSName"]
    assert aws.client("route53").list_hosted_zones()["HostedZones"] == []
    assert aws.client("acm").list_certificates()["CertificateSummaryList"] == []


@requirement("SP-16", "SP-47", "SP-49")
def test_repository(terraform: TerraformRoot, templates: Templates) -> None:
    """C-04, C-76"""
    planned = terraform.of(REPOSITORY)
    assert (planned["name"], planned["image_tag_mutability"]) == ("spontime-poc-api", "IMMUTABLE")
    assert planned["image_scanning_configuration"] == [{"scan_on_push": False}]
    written = templates.properties(REPOSITORY)
    assert written["RepositoryName"] == "spontime-poc-api"
    assert written["ImageScanningConfiguration"] == {"ScanOnPush": False}


@requirement("SP-16", "SP-47", "SP-49")
def test_deployed_repository(aws: Aws) -> None:
    repository = deployed_repository(aws)
    assert (repository["repositoryName"], repository["imageTagMutability"]) == ("spontime-poc-api", "IMMUTABLE")
    assert repository["imageScanningConfiguration"]["scanOnPush"] is False
    assert repository["encryptionConfiguration"]["encryptionType"] == "AES256"


@requirement("SP-48")
def test_deployed_lifecycle_policy_keeps_five_images(aws: Aws) -> None:
    found = aws.client("ecr").get_lifecycle_policy(repositoryName="spontime-poc-api")["lifecyclePolicyText"]
    rules = [rule["selection"] for rule in json.loads(found)["rules"] if rule["action"] == {"type": "expire"}]
    counted = [rule for rule in rules if rule["countType"] == "imageCountMoreThan"]
    assert [(rule["tagStatus"], rule["countNumber"]) for rule in counted] == [("any", 5)]


@requirement("SP-48")
def test_lifecycle_policy_keeps_five_images(architecture: Architecture, terraform: TerraformRoot) -> None:
    assert architecture[REPOSITORY].keep_images == 5
    policy = json.loads(terraform.of(REPOSITORY, "aws_ecr_lifecycle_policy")["policy"])
    numbers = {rule["selection"]["countType"]: rule["selection"]["countNumber"] for rule in policy["rules"]}
    assert numbers["imageCountMoreThan"] == 5
