"""Deployments of ECS services in the local AWS: their order, their faults, and who waits for them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.targets.local.conftest import Aws, failures

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def _push(aws: Aws, repository: str, tag: str, fault: str = "") -> str:
    ecr = aws.client("ecr")
    if not [item for item in ecr.describe_repositories()["repositories"] if item["repositoryName"] == repository]:
        ecr.create_repository(repositoryName=repository)
    manifest: dict[str, Any] = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}
    manifest |= {"annotations": {"dev.groundplan.local.fault": fault}} if fault else {}
    ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=json.dumps(manifest))
    return f"{REGISTRY}/{repository}:{tag}"


def _register(aws: Aws, family: str, image: str) -> str:
    made = aws.client("ecs").register_task_definition(
        family=family, containerDefinitions=[{"name": "web", "image": image, "memory": 64}]
    )
    arn: str = made["taskDefinition"]["taskDefinitionArn"]
    return arn


def _newest(aws: Aws, cluster: str) -> dict[str, Any]:
    ecs = aws.client("ecs")
    listed = ecs.list_service_deployments(cluster=cluster, service="web")["serviceDeployments"]
    found: dict[str, Any] = ecs.describe_service_deployments(
        serviceDeploymentArns=[listed[0]["serviceDeploymentArn"]]
    )["serviceDeployments"][0]  # fmt: skip
    return found


def _ended(aws: Aws, cluster: str) -> dict[str, Any]:
    """The newest deployment at its end. The waiter is as patient as a deployment here takes."""
    for _ in range(200):
        found = _newest(aws, cluster)
        if "finishedAt" in found:
            return found
        time.sleep(0.02)
    raise AssertionError(found)


@pytest.mark.parametrize(
    ("fault", "configuration", "status", "runs"),
    [
        ("", BREAKER, "SUCCESSFUL", 2),
        ("cannot-pull", BREAKER, "ROLLBACK_SUCCESSFUL", 1),
        ("exits", {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}, "STOPPED", 2),
    ],
)
def test_ends(aws: Aws, fault: str, configuration: dict[str, Any], status: str, runs: int) -> None:
    name = f"ends-{fault or 'well'}"
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName=name)
    arns = [_register(aws, name, "nginx:1"), _register(aws, name, _push(aws, name, "2", fault))]
    ecs.create_service(
        cluster=name, serviceName="web", taskDefinition=arns[0], desiredCount=2, deploymentConfiguration=configuration
    )
    ecs.update_service(cluster=name, service="web", taskDefinition=arns[1])
    [new, old] = ecs.describe_services(cluster=name, services=["web"])["services"][0]["deployments"]
    assert (new["taskDefinition"], old["taskDefinition"]) == (arns[1], arns[0])
    assert (new["rolloutState"], new["runningCount"], old["runningCount"]) == ("IN_PROGRESS", 0, 2)
    ended = _ended(aws, name)
    assert ended["status"] == status
    service = ecs.describe_services(cluster=name, services=["web"])["services"][0]
    assert service["taskDefinition"] == arns[runs - 1]
    assert service["runningCount"] == 2
    if fault:
        assert ended["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
        assert len(service["events"]) == 3, "each task that failed"
        assert {"exits": "exit code 1", "cannot-pull": "CannotPullContainerError"}[fault] in service["events"][0][
            "message"
        ]
    [revision] = ecs.describe_service_revisions(
        serviceRevisionArns=[ended["targetServiceRevision"]["arn"]]
    )["serviceRevisions"]  # fmt: skip
    assert revision["taskDefinition"] == arns[1]
    with pytest.raises(ClientError, match="has ended"):
        ecs.stop_service_deployment(serviceDeploymentArn=ended["serviceDeploymentArn"])


def test_stopped(aws: Aws) -> None:
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="stopped")
    arns = [_register(aws, "stopped", "nginx:1"), _register(aws, "stopped", "nginx:2")]
    ecs.create_service(cluster="stopped", serviceName="web", taskDefinition=arns[0], desiredCount=1)
    ecs.update_service(cluster="stopped", service="web", taskDefinition=arns[1])
    ecs.stop_service_deployment(serviceDeploymentArn=_newest(aws, "stopped")["serviceDeploymentArn"])
    assert _newest(aws, "stopped")["status"] == "ROLLBACK_IN_PROGRESS"
    assert _ended(aws, "stopped")["status"] == "ROLLBACK_SUCCESSFUL"
    assert ecs.describe_services(cluster="stopped", services=["web"])["services"][0]["taskDefinition"] == arns[0]
    with pytest.raises(ClientError, match="was not found"):
        ecs.stop_service_deployment(serviceDeploymentArn=f"{arns[0]}-none")


def test_a_stack_waits_and_fails_with_its_service(aws: Aws) -> None:
    """CloudFormation rolls an update back whose tasks do not run, and a new service never comes to be."""
    good, bad = _push(aws, "stacked", "1"), _push(aws, "stacked", "2", "unhealthy")

    def template(image: str) -> dict[str, Any]:
        container = {"Name": "web", "Image": image, "Memory": 64}
        service = {
            "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "Task"}, "DesiredCount": 1,
            "ServiceName": "stacked",
            "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
        }  # fmt: skip
        return {
            "Resources": {
                "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "stacked"}},
                "Task": {
                    "Type": "AWS::ECS::TaskDefinition",
                    "Properties": {"Family": "stacked", "ContainerDefinitions": [container]},
                },
                "Service": {"Type": "AWS::ECS::Service", "Properties": service},
            }
        }

    refused = aws.deploy(template(bad))
    assert refused.status == "ROLLBACK_COMPLETE"
    assert any("ECS Deployment Circuit Breaker was triggered" in line for line in failures(refused))
    stack = aws.deploy(template(good))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    stack = aws.update(stack, template(bad))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE", failures(stack)
    assert any("the circuit breaker threshold was exceeded" in line for line in failures(stack))
    [service] = aws.client("ecs").describe_services(cluster="stacked", services=["stacked"])["services"]
    image = aws.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    assert image["taskDefinition"]["containerDefinitions"][0]["image"] == good
    aws.delete(stack)
