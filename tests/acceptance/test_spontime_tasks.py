"""SP-09 to SP-11, SP-17, SP-32 to SP-36, SP-54 to SP-62, SP-69: the task, its containers, its service and its logs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.acceptance.policies import allows
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at, pascal, same

from groundplan.catalog import fargate
from groundplan.resources import Architecture
from groundplan.resources.containers import (
    Container,
    ContainerDependency,
    ContainerRepository,
    EcsCluster,
    EcsService,
    TaskDefinition,
)
from groundplan.resources.edge import LoadBalancer, TargetGroup
from groundplan.resources.monitoring import Alarm, LogGroup
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.security import Role, Secret
from groundplan.resources.values import Ref

ENVIRONMENT = "poc"
CLUSTER = Ref(EcsCluster, "main")
TASK = Ref(TaskDefinition, "api")
SERVICE = Ref(EcsService, "api")
CHECK = "python -c \"import urllib.request as r; r.urlopen('http://localhost:8000/health', timeout=5)\""

TASK_VALUES = [
    proves("SP-10", "cpu", "256"),
    proves("SP-11", "memory", "512"),
    proves("SP-32", "requiresCompatibilities", ["FARGATE"]),
    proves("SP-32", "networkMode", "awsvpc"),
]
CONTAINER_VALUES = [
    proves("SP-34", "portMappings.0.containerPort", 8000),
    proves("SP-44", "healthCheck.command", ["CMD-SHELL", CHECK]),
    proves("SP-44", "healthCheck.interval", 30),
    proves("SP-44", "healthCheck.timeout", 5),
    proves("SP-44", "healthCheck.retries", 3),
    proves("SP-44", "healthCheck.startPeriod", 60),
    proves("SP-56", "environment.DEBUG.value", "False"),  # C-72
    proves("SP-61", "logConfiguration.logDriver", "awslogs"),
    proves("SP-61", "logConfiguration.options.awslogs-stream-prefix", "api"),
]
each_task_value = pytest.mark.parametrize(("path", "expected"), TASK_VALUES)
each_container_value = pytest.mark.parametrize(("path", "expected"), CONTAINER_VALUES)


def snake(path: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in path)


def django(architecture: Architecture) -> Container:
    """The one container that stays."""
    (container,) = (item for item in architecture[TASK].containers if item.essential)
    return container


def planned_container(terraform: TerraformRoot, name: str = "api") -> dict[str, Any]:
    found: dict[str, Any] = at(json.loads(terraform.of(TASK)["container_definitions"]), name)
    return found


def deployed_task(aws: Aws) -> dict[str, Any]:
    task: dict[str, Any] = aws.client("ecs").describe_task_definition(taskDefinition="spontime-poc-api")[
        "taskDefinition"
    ]
    return task


def deployed_container(aws: Aws, name: str = "api") -> dict[str, Any]:
    found: dict[str, Any] = at(deployed_task(aws)["containerDefinitions"], name)
    return found


def deployed_service(aws: Aws) -> dict[str, Any]:
    (service,) = aws.client("ecs").describe_services(cluster="spontime-poc-cluster", services=["spontime-poc-api"])[
        "services"
    ]
    found: dict[str, Any] = service
    return found


@each_task_value
def test_task(terraform: TerraformRoot, templates: Templates, path: str, expected: object) -> None:
    assert same(terraform.of(TASK)[snake(path)], expected)
    assert same(templates.properties(TASK)[pascal(path)], expected)


@each_task_value
def test_deployed_task(aws: Aws, path: str, expected: object) -> None:
    assert same(deployed_task(aws)[path], expected)


@requirement("SP-02", "SP-10", "SP-11")
def test_no_task_of_fargate_is_smaller(architecture: Architecture) -> None:
    task = architecture[TASK]
    smallest = fargate.valid_sizes()[0]
    assert (task.cpu, task.memory) == (smallest.cpu, smallest.memory_mib)


@each_container_value
def test_container(terraform: TerraformRoot, templates: Templates, path: str, expected: object) -> None:
    assert same(at(planned_container(terraform), path), expected)
    assert same(at(at(templates.properties(TASK)["ContainerDefinitions"], "api"), pascal(path)), expected)


@each_container_value
def test_deployed_container(aws: Aws, path: str, expected: object) -> None:
    assert same(at(deployed_container(aws), path), expected)


@requirement("SP-03", "SP-34")
def test_django_is_the_only_container_that_stays(architecture: Architecture) -> None:
    """C-78: the other one creates PostGIS, ends, and Django starts only if it did so without an error."""
    container = django(architecture)
    assert (container.name, container.port) == ("api", 8000)
    before = [item for item in architecture[TASK].containers if not item.essential]
    assert [item.name for item in before] == ["main-extensions"]
    assert [item.port for item in before] == [None]
    assert container.depends_on == (ContainerDependency("main-extensions", "SUCCESS"),)


@requirement("SP-34")
def test_deployed_containers(aws: Aws) -> None:
    containers = deployed_task(aws)["containerDefinitions"]
    assert [item["name"] for item in containers if item["essential"]] == ["api"]
    assert [item["name"] for item in containers if not item["essential"]] == ["main-extensions"]
    assert deployed_container(aws)["dependsOn"] == [{"containerName": "main-extensions", "condition": "SUCCESS"}]


@requirement("SP-34", "SP-47")
def test_image_comes_from_the_repository_with_a_fixed_tag(aws: Aws, terraform: TerraformRoot) -> None:
    """C-04"""
    url = terraform.of(Ref(ContainerRepository, "api"))["repository_url"]
    assert planned_container(terraform)["image"] == f"{url}:1.0.0"
    (repository,) = aws.client("ecr").describe_repositories()["repositories"]
    assert deployed_container(aws)["image"] == f"{repository['repositoryUri']}:1.0.0"


@requirement("SP-09", "SP-32", "SP-33", "SP-35", "SP-58", "SP-59", "SP-69")
def test_service(terraform: TerraformRoot, templates: Templates) -> None:
    """C-79: a service, so that ECS starts a task anew; its new task has to be healthy before the old one stops."""
    planned = terraform.of(SERVICE)
    assert (planned["name"], planned["desired_count"], planned["launch_type"]) == ("spontime-poc-api", 1, "FARGATE")
    percents = (planned["deployment_minimum_healthy_percent"], planned["deployment_maximum_percent"])
    assert percents == (100, 200)
    assert planned["deployment_circuit_breaker"] == [{"enable": True, "rollback": True}]
    assert planned["health_check_grace_period_seconds"] == 60
    balancer = planned["load_balancer"][0]
    assert balancer["target_group_arn"] == terraform.of(Ref(TargetGroup, "api"))["arn"]
    written = templates.properties(SERVICE)
    assert (written["ServiceName"], written["LaunchType"]) == ("spontime-poc-api", "FARGATE")
    deployment = written["DeploymentConfiguration"]
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert written["HealthCheckGracePeriodSeconds"] == 60


@requirement("SP-09", "SP-32", "SP-33", "SP-35", "SP-58", "SP-59", "SP-69")
def test_deployed_service(aws: Aws) -> None:
    service = deployed_service(aws)
    assert (service["status"], service["desiredCount"], service["launchType"]) == ("ACTIVE", 1, "FARGATE")
    assert service["schedulingStrategy"] == "REPLICA"
    assert service["taskDefinition"] == deployed_task(aws)["taskDefinitionArn"]
    deployment = service["deploymentConfiguration"]
    assert (deployment["minimumHealthyPercent"], deployment["maximumPercent"]) == (100, 200)
    (balancer,) = service["loadBalancers"]
    assert (balancer["containerName"], balancer["containerPort"]) == ("api", 8000)
    (group,) = aws.client("elbv2").describe_target_groups(TargetGroupArns=[balancer["targetGroupArn"]])["TargetGroups"]
    assert (group["TargetGroupName"], group["HealthCheckPath"]) == ("spontime-poc-api", "/health")


@requirement("SP-20", "SP-36")
def test_nothing_scales_by_itself(architecture: Architecture, terraform: TerraformRoot) -> None:
    assert architecture.of(ScalableTarget) == architecture.of(ScalingPolicy) == ()
    assert not any("aws_appautoscaling" in address for address in terraform.values)
    assert architecture[SERVICE].desired_count == 1


@requirement("SP-20", "SP-35", "SP-36")
def test_nothing_scales_the_deployed_service(aws: Aws) -> None:
    scaling = aws.client("application-autoscaling")
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    assert deployed_service(aws)["desiredCount"] == 1


@requirement("SP-54", "SP-55", "SP-56", "SP-57")
def test_what_the_application_is_told(architecture: Architecture, terraform: TerraformRoot) -> None:
    """C-73: the secrets keep the names of the specification's variables, and are none of the plain ones."""
    container = django(architecture)
    assert set(container.environment) == {"PORT", "DEBUG", "ALLOWED_HOSTS"}
    assert dict(container.secrets) == {
        "DATABASE_URL": Ref(Secret, "main_url").arn,
        "SECRET_KEY": Ref(Secret, "secret_key").arn,
    }
    planned = planned_container(terraform)
    host = terraform.of(Ref(LoadBalancer, "main"))["dns_name"]
    assert at(planned, "environment.ALLOWED_HOSTS.value") == f"{host},localhost"


@requirement("SP-54", "SP-55", "SP-56", "SP-57")
def test_what_the_deployed_application_is_told(aws: Aws) -> None:
    container = deployed_container(aws)
    plain = {item["name"]: item["value"] for item in container["environment"]}
    (balancer,) = aws.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert plain == {"PORT": "8000", "DEBUG": "False", "ALLOWED_HOSTS": f"{balancer['DNSName']},localhost"}
    secrets = {item["name"]: item["valueFrom"] for item in container["secrets"]}
    described = aws.client("secretsmanager").describe_secret
    assert described(SecretId=secrets["DATABASE_URL"])["Name"] == "spontime/poc/main_url"
    assert described(SecretId=secrets["SECRET_KEY"])["Name"] == "spontime/poc/secret-key"


@requirement("SP-54")
def test_deployed_database_url_leads_to_the_database(aws: Aws) -> None:
    secrets, rds = aws.client("secretsmanager"), aws.client("rds")
    value = secrets.get_secret_value(SecretId="spontime/poc/main_url")["SecretString"]
    (database,) = rds.describe_db_instances()["DBInstances"]
    user, rest = value.removeprefix("postgresql://").split(":", 1)
    password, place = rest.split("@")
    assert user == database["MasterUsername"] == "groundplan"
    assert place == f"{database['Endpoint']['Address']}:5432/spontime?sslmode=require"
    assert password not in json.dumps(deployed_task(aws), default=str)


@requirement("SP-55")
def test_deployed_secret_key_is_made_by_aws(aws: Aws) -> None:
    value = aws.client("secretsmanager").get_secret_value(SecretId="spontime/poc/secret-key")["SecretString"]
    assert len(value) == 64
    assert value.isascii()
    assert value.isalnum()
    assert value not in json.dumps(deployed_task(aws), default=str)


@requirement("SP-17", "SP-61")
def test_there_is_one_log_group(architecture: Architecture, terraform: TerraformRoot, templates: Templates) -> None:
    """C-81: its name is chosen."""
    (group,) = architecture.of(LogGroup)
    assert (group.log_group_name, group.retention_in_days) == ("/ecs/spontime-poc", 7)
    planned = terraform.of(group.ref)
    assert (planned["name"], planned["retention_in_days"]) == ("/ecs/spontime-poc", 7)
    assert at(planned_container(terraform), "logConfiguration.options.awslogs-group") == "/ecs/spontime-poc"
    assert templates.properties(group.ref)["RetentionInDays"] == 7


@requirement("SP-17", "SP-61")
def test_deployed_log_group(aws: Aws) -> None:
    groups = aws.client("logs").describe_log_groups()["logGroups"]
    assert [(group["logGroupName"], group["retentionInDays"]) for group in groups] == [("/ecs/spontime-poc", 7)]
    for container in deployed_task(aws)["containerDefinitions"]:
        options = container["logConfiguration"]["options"]
        assert (options["awslogs-group"], options["awslogs-region"]) == ("/ecs/spontime-poc", "us-east-1")


@requirement("SP-62", "SP-63")
def test_metrics_are_the_standard_ones_and_nothing_alarms(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    assert architecture.of(Alarm) == ()
    assert not any(kind in address for address in terraform.values for kind in ("metric_alarm", "dashboard", "_sns_"))
    assert terraform.of(CLUSTER)["setting"] == [{"name": "containerInsights", "value": "disabled"}]
    assert templates.properties(CLUSTER)["ClusterSettings"] == [{"Name": "containerInsights", "Value": "disabled"}]


@requirement("SP-62", "SP-63")
def test_deployed_metrics_are_the_standard_ones_and_nothing_alarms(aws: Aws) -> None:
    cloudwatch = aws.client("cloudwatch")
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []
    (cluster,) = aws.client("ecs").describe_clusters(clusters=["spontime-poc-cluster"], include=["SETTINGS"])[
        "clusters"
    ]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]


@requirement("SP-23")
def test_roles_allow_what_is_needed_and_nothing_else(architecture: Architecture) -> None:
    """The task's own role may do nothing; only signing in to ECR has no resource to be limited to."""
    roles = {role.ref: role for role in architecture.of(Role)}
    pipelines = {Ref(Role, "pipeline_release"), Ref(Role, "pipeline_plan")}
    assert set(roles) == {Ref(Role, "api_execution"), Ref(Role, "api_task")} | pipelines
    task = roles[Ref(Role, "api_task")]
    assert task.inline_policies == task.managed_policy_arns == ()
    (policy,) = roles[Ref(Role, "api_execution")].inline_policies
    assert roles[Ref(Role, "api_execution")].managed_policy_arns == ()
    for statement in policy.document.statements:
        assert not any("*" in action for action in statement.actions)
        assert statement.resources != ("*",) or statement.actions == ("ecr:GetAuthorizationToken",)


@requirement("SP-23", "SP-54", "SP-55")
def test_deployed_execution_role_reads_the_injected_secrets_only(aws: Aws) -> None:
    """C-09: ECS injects them with the execution role; the application itself may read none."""
    iam, task = aws.client("iam"), deployed_task(aws)
    role = task["executionRoleArn"].rpartition("/")[2]
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    injected = {
        item["valueFrom"].split(":username::")[0].split(":password::")[0]
        for container in task["containerDefinitions"]
        for item in container["secrets"]
    }
    read = ("secretsmanager:GetSecretValue",)
    assert [arn for arn in injected if not allows(documents, *read, arn)] == []
    assert not allows(documents, *read, f"arn:aws:secretsmanager:us-east-1:{aws.account}:secret:spontime/poc/other-1")
    (repository,) = aws.client("ecr").describe_repositories()["repositories"]
    assert allows(documents, "ecr:BatchGetImage", repository["repositoryArn"])
    assert not allows(documents, "ecr:PutImage", repository["repositoryArn"])
    own = task["taskRoleArn"].rpartition("/")[2]
    assert iam.list_role_policies(RoleName=own)["PolicyNames"] == []
    assert iam.list_attached_role_policies(RoleName=own)["AttachedPolicies"] == []
