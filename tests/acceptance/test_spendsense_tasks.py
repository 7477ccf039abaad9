"""SS-04, SS-25, SS-27 to SS-53, SS-92 to SS-94, SS-109 to SS-116: cluster, task, service, roles, secrets."""

from __future__ import annotations

import json
from math import ceil, floor
from typing import Any

import pytest
from tests.acceptance import deployed
from tests.acceptance.policies import allows
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, CommandLine, Templates, TerraformRoot, at, pascal, same

from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository, EcsService, TaskDefinition
from groundplan.resources.edge import TargetGroup
from groundplan.resources.network import Subnet
from groundplan.resources.security import Role, Secret
from groundplan.resources.values import Ref

ENVIRONMENT = "prod"
CLUSTER, NAME = "spendsense-cluster", "spendsense-backend"
TASK, SERVICE = Ref(TaskDefinition, "backend"), Ref(EcsService, "backend")
CHECK = "python -c \"import urllib.request as r; r.urlopen('http://localhost:8000/health', timeout=5)\""
MANAGED = ("MAIN_USERNAME", "MAIN_PASSWORD")
"""What comes from the secret that RDS keeps."""

dev = pytest.mark.environment("dev")
SIZES = [
    pytest.param("512", "1024", marks=[dev, requirement("SS-27", "SS-28", "SS-138", "SS-139")], id="dev"),
    pytest.param("1024", "2048", marks=requirement("SS-27", "SS-28", "SS-138", "SS-139"), id="prod"),
]
TASK_VALUES = [
    proves("SS-04", "requiresCompatibilities", ["FARGATE"]),
    proves("SS-29", "networkMode", "awsvpc"),
    proves("SS-111", "family", NAME),
]
CONTAINER_VALUES = [
    proves("SS-33", "portMappings.0.containerPort", 8000),
    proves("SS-33", "portMappings.0.hostPort", 8000),
    proves("SS-38", "healthCheck.command", ["CMD-SHELL", CHECK]),  # C-10
    proves("SS-39", "healthCheck.interval", 30),
    proves("SS-40", "healthCheck.timeout", 5),
    proves("SS-41", "healthCheck.startPeriod", 60),
    proves("SS-42", "healthCheck.retries", 3),
]
LEVELS = [
    pytest.param("DEBUG", marks=[dev, requirement("SS-151")], id="dev"),
    pytest.param("INFO", marks=requirement("SS-151"), id="prod"),
]
each_task_value = pytest.mark.parametrize(("path", "expected"), TASK_VALUES)
each_container_value = pytest.mark.parametrize(("path", "expected"), CONTAINER_VALUES)
each_size = pytest.mark.parametrize(("cpu", "memory"), SIZES)


def snake(path: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in path)


def planned_container(terraform: TerraformRoot, name: str = "backend") -> dict[str, Any]:
    found: dict[str, Any] = at(json.loads(terraform.of(TASK)["container_definitions"]), name)
    return found


def deployed_container(aws: Aws, name: str = "backend", family: str = NAME) -> dict[str, Any]:
    found: dict[str, Any] = at(deployed.task(aws, family)["containerDefinitions"], name)
    return found


@each_size
def test_size(terraform: TerraformRoot, templates: Templates, cpu: str, memory: str) -> None:
    assert (terraform.of(TASK)["cpu"], terraform.of(TASK)["memory"]) == (cpu, memory)
    written = templates.properties(TASK)
    assert (written["Cpu"], written["Memory"]) == (cpu, memory)


@each_size
def test_deployed_size(aws: Aws, architecture: Architecture, cpu: str, memory: str) -> None:
    task = deployed.task(aws, architecture[TASK].family)
    assert (task["cpu"], task["memory"]) == (cpu, memory)


@each_task_value
def test_task(terraform: TerraformRoot, templates: Templates, path: str, expected: object) -> None:
    assert same(terraform.of(TASK)[snake(path)], expected)
    assert same(templates.properties(TASK)[pascal(path)], expected)


@each_task_value
def test_deployed_task(aws: Aws, path: str, expected: object) -> None:
    assert same(deployed.task(aws, NAME)[path], expected)


@each_container_value
def test_container(terraform: TerraformRoot, templates: Templates, path: str, expected: object) -> None:
    assert same(at(planned_container(terraform), path), expected)
    written = at(templates.properties(TASK)["ContainerDefinitions"], "backend")
    if not path.endswith("hostPort"):  # with awsvpc it is the container's port
        assert same(at(written, pascal(path)), expected)


@each_container_value
def test_deployed_container(aws: Aws, path: str, expected: object) -> None:
    assert same(at(deployed_container(aws), path), expected)


@requirement("SS-25", "SS-32", "SS-89")
def test_image_comes_from_the_repository_with_a_tag_of_its_own(
    terraform: TerraformRoot, architecture: Architecture
) -> None:
    """C-04: tags are immutable, and the first one is an input."""
    repository = Ref(ContainerRepository, "backend")
    url = terraform.of(repository)["repository_url"]
    assert planned_container(terraform)["image"] == f"{url}:1.0.0"
    assert terraform.of(repository)["image_tag_mutability"] == "IMMUTABLE"
    assert [item.name for item in architecture.inputs if "tag" in item.name] == ["backend_image_tag"]


@requirement("SS-25")
def test_latest_is_refused(command_line: CommandLine) -> None:
    done = command_line.run("validate", "--set", "services.backend.image.tag=latest", expect=2)
    assert done == ""


@requirement("SS-08", "SS-32", "SS-72", "SS-84", "SS-88")
def test_deployed_image_comes_from_the_repository(aws: Aws, command_line: CommandLine) -> None:
    """C-93: the output is the repository's URI; Docker signs in to the host in front of it."""
    (repository,) = aws.client("ecr").describe_repositories()["repositories"]
    assert (repository["repositoryName"], repository["imageTagMutability"]) == (NAME, "IMMUTABLE")
    assert deployed_container(aws)["image"] == f"{repository['repositoryUri']}:1.0.0"
    outputs = command_line.json("status", "--target", "local", "--environment", ENVIRONMENT)["outputs"]
    assert outputs["backend_repository"] == repository["repositoryUri"]
    registry = aws.client("ecr").get_authorization_token()["authorizationData"][0]["proxyEndpoint"]
    assert f"https://{outputs['backend_repository'].partition('/')[0]}" == registry


@requirement("SS-04", "SS-90", "SS-109")
def test_deployed_cluster(aws: Aws, command_line: CommandLine) -> None:
    (cluster,) = aws.client("ecs").describe_clusters(clusters=[CLUSTER])["clusters"]
    assert cluster["status"] == "ACTIVE"
    outputs = command_line.json("status", "--target", "local", "--environment", ENVIRONMENT)["outputs"]
    assert outputs["cluster"] == cluster["clusterName"]


@requirement("SS-43", "SS-44", "SS-46", "SS-49", "SS-91", "SS-92", "SS-93", "SS-94", "SS-110")
def test_service(terraform: TerraformRoot, templates: Templates, architecture: Architecture) -> None:
    planned, written = terraform.of(SERVICE), templates.properties(SERVICE)
    assert (planned["name"], planned["desired_count"], planned["launch_type"]) == (NAME, 2, "FARGATE")
    assert (written["ServiceName"], written["LaunchType"]) == (NAME, "FARGATE")
    first = written["DesiredCount"]["Fn::If"]  # later the number belongs to scaling
    assert first == ["SetInitialValues", 2, {"Ref": "AWS::NoValue"}]
    assert (planned["deployment_minimum_healthy_percent"], planned["deployment_maximum_percent"]) == (100, 150)
    deployment = written["DeploymentConfiguration"]
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 150)
    assert planned["deployment_circuit_breaker"] == [{"enable": True, "rollback": True}]
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    (balancer,) = planned["load_balancer"]
    assert balancer["target_group_arn"] == terraform.of(Ref(TargetGroup, "backend"))["arn"]
    assert (balancer["container_name"], balancer["container_port"]) == ("backend", 8000)
    assert architecture[SERVICE].task_definition == TASK


@requirement("SS-43", "SS-44", "SS-46", "SS-49", "SS-91", "SS-93", "SS-94", "SS-110")
def test_deployed_service(aws: Aws) -> None:
    service = deployed.service(aws, CLUSTER, NAME)
    assert (service["status"], service["desiredCount"], service["launchType"]) == ("ACTIVE", 2, "FARGATE")
    deployment = service["deploymentConfiguration"]
    assert (deployment["minimumHealthyPercent"], deployment["maximumPercent"]) == (100, 150)
    assert deployment["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    (balancer,) = service["loadBalancers"]
    assert balancer["targetGroupArn"] == deployed.target_group(aws, NAME)["TargetGroupArn"]


@requirement("SS-45")
def test_deployed_service_runs_the_latest_revision(aws: Aws) -> None:
    revisions = aws.client("ecs").list_task_definitions(familyPrefix=NAME, sort="DESC")["taskDefinitionArns"]
    assert deployed.service(aws, CLUSTER, NAME)["taskDefinition"] == revisions[0]


@requirement("SS-47")
def test_tasks_run_in_private_subnets(
    architecture: Architecture, terraform: TerraformRoot, templates: Templates
) -> None:
    assert architecture[SERVICE].subnets == (Ref(Subnet, "private", "a"), Ref(Subnet, "private", "b"))
    network = terraform.of(SERVICE)["network_configuration"][0]
    private = {terraform.of(subnet)["id"] for subnet in architecture[SERVICE].subnets}
    assert (set(network["subnets"]), network["assign_public_ip"]) == (private, False)
    assert templates.properties(SERVICE)["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"


def most_replaced_at_once(desired: int, minimum: int, maximum: int) -> int:
    """The most old tasks that stop together during a rolling update in which new tasks become healthy at once.

    ECS rounds the minimum up and the maximum down.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    least, most = ceil(desired * minimum / 100), floor(desired * maximum / 100)
    old, new, steps = desired, 0, []
    while old:
        new += min(most - old - new, desired - new)
        stopped = min(old, old + new - least)
        assert stopped, "the update stands still"
        old -= stopped
        steps.append(stopped)
    assert new == desired
    return max(steps)


@requirement("SS-92", "SS-93")
def test_tasks_are_updated_one_at_a_time(architecture: Architecture) -> None:
    """Of the two that there are at least; new ones are healthy before old ones stop."""
    service = architecture[SERVICE]
    minimum, maximum = service.minimum_healthy_percent, service.maximum_percent
    assert (minimum, maximum) == (100, 150)
    assert minimum is not None
    assert maximum is not None
    assert most_replaced_at_once(service.desired_count, minimum, maximum) == 1
    assert [most_replaced_at_once(tasks, minimum, maximum) for tasks in (2, 3, 4, 10)] == [1, 1, 2, 5]
    assert most_replaced_at_once(2, 100, 200) == 2  # what ECS does by default


@pytest.mark.parametrize("level", LEVELS)
def test_deployed_log_level(aws: Aws, architecture: Architecture, level: str) -> None:
    container = deployed_container(aws, family=architecture[TASK].family)
    plain = {item["name"]: item["value"] for item in container["environment"]}
    assert plain["LOG_LEVEL"] == level


@requirement("SS-34", "SS-35", "SS-36", "SS-37")
def test_what_the_application_is_told(architecture: Architecture) -> None:
    """C-09: nothing that is secret is a plain variable."""
    container = next(item for item in architecture[TASK].containers if item.name == "backend")
    assert set(container.secrets) == {*MANAGED, "REDIS_URL", "JWT_SECRET_KEY", "OAUTH_CREDENTIALS"}
    assert container.secrets["REDIS_URL"] == Ref(Secret, "sessions_url").arn
    assert container.secrets["JWT_SECRET_KEY"] == Ref(Secret, "jwt").arn
    assert container.secrets["OAUTH_CREDENTIALS"] == Ref(Secret, "oauth").arn
    assert not set(container.secrets) & set(container.environment)


INJECTED = [
    proves("SS-35 SS-116", "REDIS_URL", "spendsense/prod/sessions_url"),
    proves("SS-36 SS-116", "JWT_SECRET_KEY", "spendsense/prod/jwt"),
    proves("SS-37 SS-116", "OAUTH_CREDENTIALS", "spendsense/prod/oauth"),
]


@pytest.mark.parametrize(("variable", "secret"), INJECTED)
def test_deployed_secret_is_injected(aws: Aws, variable: str, secret: str) -> None:
    injected = at(deployed_container(aws), f"secrets.{variable}.valueFrom")
    assert aws.client("secretsmanager").describe_secret(SecretId=injected)["Name"] == secret


@requirement("SS-34")
def test_deployed_way_to_the_database_is_injected(aws: Aws) -> None:
    """Host, port and name are no secret; user and password come from the secret that RDS keeps."""
    container, database = deployed_container(aws), deployed.database(aws, "spendsense-main")
    plain = {item["name"]: item["value"] for item in container["environment"]}
    endpoint = database["Endpoint"]
    assert (plain["MAIN_HOST"], plain["MAIN_PORT"]) == (endpoint["Address"], str(endpoint["Port"]))
    assert plain["MAIN_NAME"] == database["DBName"] == "spendsense"
    secret = database["MasterUserSecret"]["SecretArn"]
    assert plain["MAIN_SECRET_ARN"] == secret
    for variable, key in zip(MANAGED, ("username", "password"), strict=True):
        assert at(container, f"secrets.{variable}.valueFrom") == f"{secret}:{key}::"
    value = json.loads(aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
    assert value["username"] == database["MasterUsername"]
    assert value["password"] not in json.dumps(deployed.task(aws, NAME), default=str)


@requirement("SS-35")
def test_deployed_redis_url_leads_to_the_cache(aws: Aws) -> None:
    value = aws.client("secretsmanager").get_secret_value(SecretId="spendsense/prod/sessions_url")["SecretString"]
    (node,) = deployed.replication_group(aws, "spendsense-sessions")["NodeGroups"]
    endpoint = node["PrimaryEndpoint"]
    assert value.startswith("rediss://:")
    assert value.rpartition("@")[2].startswith(f"{endpoint['Address']}:{endpoint['Port']}")


@requirement("SS-36")
def test_deployed_token_secret_is_made_by_aws(aws: Aws) -> None:
    value = aws.client("secretsmanager").get_secret_value(SecretId="spendsense/prod/jwt")["SecretString"]
    assert len(value) == 64
    assert value.isalnum()


@requirement("SS-30", "SS-31", "SS-114")
def test_roles_allow_what_is_needed_and_nothing_else(architecture: Architecture) -> None:
    """C-88: databases and caches are no matter of IAM. Only signing in to ECR has no resource to be limited to."""
    roles = {role.name: role for role in architecture.of(Role)}
    for name in ("backend_task", "backend_execution"):
        assert roles[name].managed_policy_arns == ()
        for policy in roles[name].inline_policies:
            for statement in policy.document.statements:
                assert not any("*" in action for action in statement.actions)
                assert statement.resources != ("*",) or statement.actions == ("ecr:GetAuthorizationToken",)


@requirement("SS-30", "SS-114")
def test_deployed_task_role(aws: Aws) -> None:
    """C-88: exactly the bucket, the secret that RDS rotates, and the log groups that the router writes to."""
    documents = deployed.policies(aws, "spendsense-backend-task-role")
    bucket = "arn:aws:s3:::spendsense-files-prod"
    for action in ("s3:GetObject", "s3:PutObject"):
        assert allows(documents, action, f"{bucket}/a.json")
        assert not allows(documents, action, "arn:aws:s3:::spendsense-logs-prod/a.json")
    secret = deployed.database(aws, "spendsense-main")["MasterUserSecret"]["SecretArn"]
    assert allows(documents, "secretsmanager:GetSecretValue", secret)
    jwt = aws.client("secretsmanager").describe_secret(SecretId="spendsense/prod/jwt")["ARN"]
    assert not allows(documents, "secretsmanager:GetSecretValue", jwt)
    assert not allows(documents, "rds-db:connect", f"arn:aws:rds-db:us-west-1:{aws.account}:dbuser:x/y")
    group = f"arn:aws:logs:us-west-1:{aws.account}:log-group:/ecs/spendsense-backend"
    for path in ("", "/access", "/errors"):
        assert allows(documents, "logs:PutLogEvents", f"{group}{path}:log-stream:backend/1")


@requirement("SS-31", "SS-114")
def test_deployed_execution_role(aws: Aws) -> None:
    """C-09: ECS injects secrets with this role, so that it may read exactly those."""
    documents = deployed.policies(aws, "spendsense-backend-execution-role")
    secrets = [item["valueFrom"] for item in deployed_container(aws)["secrets"]]
    read = "secretsmanager:GetSecretValue"
    arns = {secret.split(":username::")[0].split(":password::")[0] for secret in secrets}
    assert len(arns) == 4
    assert [arn for arn in arns if not allows(documents, read, arn)] == []
    token = aws.client("secretsmanager").describe_secret(SecretId="spendsense/prod/sessions_token")["ARN"]
    assert not allows(documents, read, token)
    (repository,) = aws.client("ecr").describe_repositories()["repositories"]
    assert allows(documents, "ecr:BatchGetImage", repository["repositoryArn"])
    assert not allows(documents, "ecr:PutImage", repository["repositoryArn"])
    group = f"arn:aws:logs:us-west-1:{aws.account}:log-group:/ecs/spendsense-backend:log-stream:log-router/1"
    assert allows(documents, "logs:PutLogEvents", group)
