"""The sample on the local AWS: every stack is created, and the plain AWS APIs say what the architecture says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines.cloudformation.deploying import Client, Deployment, local_aws
from tests.engines.samples import REGION, sample_architecture

from groundplan.engines.cloudformation import Rendering, Stack, render
from groundplan.resources import Architecture, Resource
from groundplan.resources.dns import DnsRecord
from groundplan.resources.edge import Certificate, Listener

INPUTS = {"api_image_tag": "v1.2.3", "alert_email": "ops@example.com"}


@dataclass
class Deployed:
    """The sample, deployed once for all tests of this file."""

    rendering: Rendering
    deployment: Deployment
    client: Client

    def stack(self, concern: str) -> Stack:
        return next(stack for stack in self.rendering.stacks if stack.concern == concern)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with local_aws(tmp_path_factory.mktemp("local"), REGION) as client:
        yield client


def in_an_account(aws: Client) -> Architecture:
    """The sample with what a person's account has: a hosted zone, a certificate, API Gateway's role for logs."""
    zone = aws("route53").create_hosted_zone(Name="example.com", CallerReference="test")["HostedZone"]["Id"]
    zone = zone.rsplit("/", 1)[-1]
    certificate = aws("acm").request_certificate(DomainName="old.example.com")["CertificateArn"]

    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws("iam").create_role(
        RoleName="gateway-logs", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    aws("apigateway").update_account(
        patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role["Role"]["Arn"]}]
    )

    def placed(resource: Resource) -> Resource:
        if isinstance(resource, DnsRecord | Certificate) and isinstance(resource.hosted_zone_id, str):
            return replace(resource, hosted_zone_id=zone)
        if isinstance(resource, Listener) and isinstance(resource.certificate, str):
            return replace(resource, certificate=certificate)
        return resource

    sample = sample_architecture()
    return sample.with_resources(placed(resource) for resource in sample)


@pytest.fixture(scope="module")
def deployed(aws: Client) -> Deployed:
    rendering = render(in_an_account(aws))
    deployment = Deployment(rendering, aws, INPUTS)
    deployment.create()
    return Deployed(rendering, deployment, aws)


def test_every_place_exists(deployed: Deployed) -> None:
    for stack in deployed.rendering.stacks:
        cloudformation = deployed.client("cloudformation", stack.region)
        found = {
            (item["LogicalResourceId"], item["ResourceType"])
            for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.name)
            for item in page["StackResourceSummaries"]
        }
        places = {
            (place.logical_id, place.type)
            for several in deployed.rendering.locations.values()
            for place in several
            if place.stack == stack.name
        }
        assert found == places


def test_network(deployed: Deployed) -> None:
    ec2 = deployed.client("ec2")
    vpc = next(item for item in ec2.describe_vpcs()["Vpcs"] if item["CidrBlock"] == "10.0.0.0/16")
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    assert {item["AvailabilityZone"] for item in subnets} == {"ap-south-1a", "ap-south-1b"}
    assert len(subnets) == 6
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["sample-production-database"]}])
    (group,) = groups["SecurityGroups"]
    assert [(rule["FromPort"], rule["ToPort"]) for rule in group["IpPermissions"]] == [(5432, 5432)]
    assert all(peer["CidrIp"] != "0.0.0.0/0" for rule in group["IpPermissionsEgress"] for peer in rule["IpRanges"])


def test_database_and_replica(deployed: Deployed) -> None:
    rds = deployed.client("rds")
    found = {item["DBInstanceIdentifier"]: item for item in rds.describe_db_instances()["DBInstances"]}
    primary, replica = found["sample-production"], found["sample-production-replica-1"]
    assert primary["MultiAZ"]
    assert primary["StorageEncrypted"]
    assert primary["AllocatedStorage"] == 100
    assert primary["DeletionProtection"]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "sample-production"
    assert replica["StorageEncrypted"]


def test_cache(deployed: Deployed) -> None:
    elasticache = deployed.client("elasticache")
    found = elasticache.describe_replication_groups(ReplicationGroupId="sample-production-sessions")
    (group,) = found["ReplicationGroups"]
    assert group["AutomaticFailover"] == "enabled"
    assert group["TransitEncryptionEnabled"]
    assert len(group["MemberClusters"]) == 2


def test_secrets_are_put_together_by_aws(deployed: Deployed) -> None:
    secrets = deployed.client("secretsmanager")
    master = json.loads(secrets.get_secret_value(SecretId="sample/production/database")["SecretString"])
    assert master["username"] == "sample_admin"
    assert len(master["password"]) == 32
    url = secrets.get_secret_value(SecretId="sample/production/database-url")["SecretString"]
    assert url.startswith(f"postgresql://sample_admin:{master['password']}@")
    assert len(secrets.get_secret_value(SecretId="sample/production/cache")["SecretString"]) == 64
    for stack in deployed.rendering.stacks:
        assert master["password"] not in stack.body


def test_buckets(deployed: Deployed) -> None:
    s3 = deployed.client("s3")
    name = "sample-production-backups-4f1c2a"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert {rule["ID"] for rule in rules} == {"auto-backups", "manual-backups"}
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    logging = s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]
    assert logging["TargetBucket"] == "sample-production-logs-4f1c2a"


def test_edge(deployed: Deployed) -> None:
    elb = deployed.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["sample-production"])["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    actions = {listener["Port"]: listener["DefaultActions"][0]["Type"] for listener in listeners}
    assert actions == {80: "redirect", 443: "forward", 8443: "fixed-response"}


def _services(deployed: Deployed) -> dict[str, Any]:
    names = ["sample-production-api", "sample-production-worker"]
    found = deployed.client("ecs").describe_services(cluster="sample-production", services=names)["services"]
    return {service["serviceName"]: service for service in found}


def test_services(deployed: Deployed) -> None:
    services = _services(deployed)
    assert services["sample-production-api"]["desiredCount"] == 3
    assert services["sample-production-worker"]["desiredCount"] == 1
    ecs = deployed.client("ecs")
    task = ecs.describe_task_definition(taskDefinition=services["sample-production-api"]["taskDefinition"])
    (container,) = task["taskDefinition"]["containerDefinitions"]
    assert container["image"].endswith("/sample/api:v1.2.3")
    environment = {item["name"]: item["value"] for item in container["environment"]}
    assert environment["GREETING"] == "Hello ${name}"
    scaling = deployed.client("application-autoscaling")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert target["ResourceId"] == "service/sample-production/sample-production-api"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (3, 20)


def test_monitoring(deployed: Deployed) -> None:
    cloudwatch = deployed.client("cloudwatch")
    alarms = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert {query["Id"] for query in alarms["sample-production-errors"]["Metrics"]} == {"result", "errors", "requests"}
    body = json.loads(cloudwatch.get_dashboard(DashboardName="sample-production")["DashboardBody"])
    assert body["widgets"][0]["properties"]["region"] == REGION
    assert body["widgets"][1]["properties"]["markdown"] == 'Sample "production" ${literal}'


def test_deploying_again_changes_nothing(deployed: Deployed) -> None:
    for stack in deployed.rendering.stacks:
        assert deployed.deployment.changes(stack, {}) == []


def test_a_service_that_has_scaled_out_keeps_its_tasks_when_it_is_updated(deployed: Deployed) -> None:
    stack = deployed.stack("services")
    ecs = deployed.client("ecs")
    ecs.update_service(cluster="sample-production", service="sample-production-api", desiredCount=11)
    deployed.deployment.update(stack, stack.update_parameters)
    assert _services(deployed)["sample-production-api"]["desiredCount"] == 11


def test_writing_files_and_deploying_them_is_the_same(deployed: Deployed, tmp_path: Path) -> None:
    from groundplan.engines.cloudformation import write

    write(deployed.rendering, tmp_path)
    cloudformation = deployed.client("cloudformation")
    for stack in deployed.rendering.stacks:
        if stack.region == REGION:
            body = (tmp_path / f"{stack.name}.yaml").read_text(encoding="utf-8")
            assert cloudformation.get_template(StackName=stack.name)["TemplateBody"] == body
