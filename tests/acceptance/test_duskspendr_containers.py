"""DS-29 to DS-66: cluster, task definition, service, in both engines and as the local AWS answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.acceptance.policies import allows
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at, pascal, same

from groundplan.catalog import fargate
from groundplan.resources import Architecture
from groundplan.resources.containers import ContainerRepository, EcsCluster, EcsService, TaskDefinition
from groundplan.resources.edge import TargetGroup
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import SecurityGroup, SecurityGroupRule
from groundplan.resources.security import Role, Secret
from groundplan.resources.values import InputValue, Ref, Text

CLUSTER = Ref(EcsCluster, "main")
TASK = Ref(TaskDefinition, "api")
SERVICE = Ref(EcsService, "api")
CHECK = "node -e \"fetch('http://localhost:3000/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\""

TASK_VALUES = [
    proves("DS-34", "family", "DuskSpendr-api"),
    proves("DS-36", "networkMode", "awsvpc"),
    proves("DS-37", "cpu", "512"),
    proves("DS-38", "memory", "1024"),
]
CONTAINER_VALUES = [
    proves("DS-41", "name", "api"),
    proves("DS-44", "portMappings.0.containerPort", 3000),
    proves("DS-44", "portMappings.0.hostPort", 3000),
    proves("DS-44", "portMappings.0.protocol", "tcp"),
    proves("DS-45", "environment.NODE_ENV.value", "production"),
    proves("DS-46", "environment.PORT.value", "3000"),
    proves("DS-49", "logConfiguration.logDriver", "awslogs"),
    proves("DS-52", "logConfiguration.options.awslogs-stream-prefix", "api"),
    proves("DS-53", "healthCheck.command", ["CMD-SHELL", CHECK]),
    proves("DS-54", "healthCheck.interval", 30),
    proves("DS-55", "healthCheck.timeout", 5),
    proves("DS-56", "healthCheck.retries", 3),
    proves("DS-57", "healthCheck.startPeriod", 60),
]
each_task_value = pytest.mark.parametrize(("path", "expected"), TASK_VALUES)
each_container_value = pytest.mark.parametrize(("path", "expected"), CONTAINER_VALUES)


def snake(path: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in path)


def planned_container(terraform: TerraformRoot) -> dict[str, Any]:
    containers: list[dict[str, Any]] = json.loads(terraform.of(TASK)["container_definitions"])
    assert len(containers) == 1
    return containers[0]


def written_container(templates: Templates) -> dict[str, Any]:
    containers: list[dict[str, Any]] = templates.properties(TASK)["ContainerDefinitions"]
    assert len(containers) == 1
    return containers[0]


def deployed_task(aws: Aws) -> dict[str, Any]:
    task: dict[str, Any] = aws.client("ecs").describe_task_definition(taskDefinition="DuskSpendr-api")["taskDefinition"]
    return task


def deployed_service(aws: Aws) -> dict[str, Any]:
    found = aws.client("ecs").describe_services(cluster="DuskSpendr-cluster", services=["DuskSpendr-api"])["services"]
    assert len(found) == 1
    service: dict[str, Any] = found[0]
    return service


def deployed_group(aws: Aws, name: str) -> dict[str, Any]:
    filters = [{"Name": "group-name", "Values": [name]}]
    found = aws.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    assert len(found) == 1
    group: dict[str, Any] = found[0]
    return group


def only_ingress(aws: Aws, group: str, port: int, source: str) -> bool:
    """Whether a group lets in that port of TCP from that other group, and nothing else from anybody."""
    rules = deployed_group(aws, group)["IpPermissions"]
    return len(rules) == 1 and (
        rules[0]["IpProtocol"],
        rules[0]["FromPort"],
        rules[0]["ToPort"],
        [pair["GroupId"] for pair in rules[0]["UserIdGroupPairs"]],
        rules[0].get("IpRanges", []),
    ) == ("tcp", port, port, [deployed_group(aws, source)["GroupId"]], [])


@requirement("DS-30", "DS-31", "DS-32", "DS-33")
def test_cluster(terraform: TerraformRoot, templates: Templates) -> None:
    written = templates.properties(CLUSTER)
    assert written["ClusterName"] == "DuskSpendr-cluster"
    assert written["ClusterSettings"] == [{"Name": "containerInsights", "Value": "enabled"}]
    assert at(written, "Configuration.ExecuteCommandConfiguration.Logging") == "OVERRIDE"
    planned = terraform.of(CLUSTER)
    assert planned["name"] == "DuskSpendr-cluster"
    assert planned["setting"] == [{"name": "containerInsights", "value": "enabled"}]
    session = at(planned, "configuration.0.execute_command_configuration.0")
    assert session["logging"] == "OVERRIDE"
    group = at(session, "log_configuration.0.cloud_watch_log_group_name")
    assert group == terraform.of(Ref(LogGroup, "ecs_exec"))["name"] == "/DuskSpendr/production/ecs_exec"


@requirement("DS-30", "DS-31", "DS-32", "DS-33")
def test_deployed_cluster(aws: Aws) -> None:
    found = aws.client("ecs").describe_clusters(clusters=["DuskSpendr-cluster"], include=["SETTINGS", "CONFIGURATIONS"])
    cluster = found["clusters"][0]
    assert cluster["status"] == "ACTIVE"
    assert {"name": "containerInsights", "value": "enabled"} in cluster["settings"]
    session = at(cluster, "configuration.executeCommandConfiguration")
    assert session["logging"] == "OVERRIDE"
    group = at(session, "logConfiguration.cloudWatchLogGroupName")
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [item["logGroupName"] for item in groups] == [group] == ["/DuskSpendr/production/ecs_exec"]


@each_task_value
def test_task(terraform: TerraformRoot, templates: Templates, path: str, expected: str) -> None:
    assert same(terraform.of(TASK)[snake(path)], expected)
    assert same(templates.properties(TASK)[pascal(path)], expected)


@each_task_value
def test_deployed_task(aws: Aws, path: str, expected: str) -> None:
    assert same(deployed_task(aws)[path], expected)


@requirement("DS-35")
def test_task_is_for_fargate(terraform: TerraformRoot, templates: Templates) -> None:
    assert terraform.of(TASK)["requires_compatibilities"] == ["FARGATE"]
    assert templates.properties(TASK)["RequiresCompatibilities"] == ["FARGATE"]


@requirement("DS-35")
def test_deployed_task_is_for_fargate(aws: Aws) -> None:
    assert deployed_task(aws)["requiresCompatibilities"] == ["FARGATE"]


@requirement("DS-37", "DS-38")
def test_task_size_is_one_of_fargate(architecture: Architecture) -> None:
    task = architecture[TASK]
    assert fargate.is_valid(task.cpu, task.memory)


@each_container_value
def test_container(terraform: TerraformRoot, templates: Templates, path: str, expected: object) -> None:
    assert same(at(planned_container(terraform), path), expected)
    assert same(
        at(written_container(templates), pascal(path)),
        expected,
    )


@each_container_value
def test_deployed_container(aws: Aws, path: str, expected: object) -> None:
    assert same(at(deployed_task(aws)["containerDefinitions"][0], path), expected)


@requirement("DS-39", "DS-40")
def test_task_has_both_roles(architecture: Architecture, terraform: TerraformRoot) -> None:
    task = architecture[TASK]
    assert architecture[task.task_role].role_name == "DuskSpendr-ecs-task-role"
    assert task.execution_role != task.task_role
    planned = terraform.of(TASK)
    assert planned["execution_role_arn"] == terraform.of(Ref(Role, "api_execution"))["arn"]
    assert planned["task_role_arn"] == terraform.of(Ref(Role, "api_task"))["arn"]


@requirement("DS-39", "DS-40")
def test_deployed_roles_let_tasks_start(aws: Aws) -> None:
    task, iam = deployed_task(aws), aws.client("iam")
    assert task["taskRoleArn"] == iam.get_role(RoleName="DuskSpendr-ecs-task-role")["Role"]["Arn"]
    role = iam.get_role(RoleName="DuskSpendr-ecs-task-execution-role")["Role"]
    assert task["executionRoleArn"] == role["Arn"]
    documents = [
        iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    ]
    repository = aws.client("ecr").describe_repositories(repositoryNames=["duskspendr-api"])["repositories"][0]
    logs = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:/DuskSpendr/production/api:log-stream:api/1"
    secrets = {item["name"]: item["valueFrom"] for item in task["containerDefinitions"][0]["secrets"]}
    key = aws.client("kms").describe_key(KeyId="alias/DuskSpendr-main")["KeyMetadata"]["Arn"]
    needed = [
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchGetImage", repository["repositoryArn"]),
        ("ecr:GetDownloadUrlForLayer", repository["repositoryArn"]),
        ("logs:CreateLogStream", logs),
        ("logs:PutLogEvents", logs),
        *(("secretsmanager:GetSecretValue", arn) for arn in secrets.values()),
        ("kms:Decrypt", key),
    ]
    assert [(action, arn) for action, arn in needed if not allows(documents, action, arn)] == []
    other = f"arn:aws:secretsmanager:{aws.region}:{aws.account}:secret:DuskSpendr/production/db_password-AbCdEf"
    assert not allows(documents, "secretsmanager:GetSecretValue", other)


@requirement("DS-42")
def test_image_comes_from_the_repository_with_a_fixed_tag(architecture: Architecture, terraform: TerraformRoot) -> None:
    image = architecture[TASK].containers[0].image
    tag = InputValue("api_image_tag")
    assert image == Text((Ref(ContainerRepository, "api").attribute("url"), ":", tag))
    assert next(item.default for item in architecture.inputs if item.name == tag.name) == "1.0.0"
    assert architecture[Ref(ContainerRepository, "api")].image_tag_mutability == "IMMUTABLE"
    url = terraform.of(Ref(ContainerRepository, "api"))["repository_url"]
    assert planned_container(terraform)["image"] == f"{url}:1.0.0"
    assert ":latest" not in terraform.text()


@requirement("DS-42", "DS-43")
def test_deployed_image(aws: Aws) -> None:
    repository = aws.client("ecr").describe_repositories(repositoryNames=["duskspendr-api"])["repositories"][0]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert deployed_task(aws)["containerDefinitions"][0]["image"] == f"{repository['repositoryUri']}:1.0.0"


@requirement("DS-47", "DS-48")
def test_database_url_is_a_secret(architecture: Architecture, terraform: TerraformRoot) -> None:
    container = architecture[TASK].containers[0]
    assert container.secrets["DATABASE_URL"] == Ref(Secret, "main_url").arn
    assert "DATABASE_URL" not in container.environment
    assert architecture[Ref(Secret, "main_url")].secret_name == "DuskSpendr/production/db_url"
    planned = planned_container(terraform)
    assert at(planned, "secrets.DATABASE_URL.valueFrom") == terraform.of(Ref(Secret, "main_url"))["arn"]
    assert {item["name"] for item in planned["environment"]} == {"BACKUPS_BUCKET", "NODE_ENV", "PORT"}


@requirement("DS-47", "DS-48")
def test_deployed_database_url(aws: Aws) -> None:
    secret = aws.client("secretsmanager").describe_secret(SecretId="DuskSpendr/production/db_url")
    container = deployed_task(aws)["containerDefinitions"][0]
    assert at(container, "secrets.DATABASE_URL.valueFrom") == secret["ARN"]
    value = aws.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])["SecretString"]
    database = aws.client("rds").describe_db_instances(DBInstanceIdentifier="duskspendr-db")["DBInstances"][0]
    user, rest = value.removeprefix("postgresql://").split(":", 1)
    password, place = rest.split("@")
    assert user == database["MasterUsername"]
    assert place == f"{database['Endpoint']['Address']}:5432/DuskSpendr?sslmode=require"
    assert password.isascii()
    assert len(password) == 32
    assert password not in json.dumps(container)


@requirement("DS-50", "DS-51")
def test_logs_go_to_the_log_group_of_the_api(terraform: TerraformRoot, templates: Templates) -> None:
    options = at(planned_container(terraform), "logConfiguration.options")
    assert options["awslogs-group"] == terraform.of(Ref(LogGroup, "api"))["name"] == "/DuskSpendr/production/api"
    assert options["awslogs-region"] == "ap-south-1"
    written = at(written_container(templates), "LogConfiguration.Options")
    assert written["awslogs-region"] == {"Ref": "AWS::Region"}


@requirement("DS-50", "DS-51")
def test_deployed_log_group(aws: Aws) -> None:
    options = at(deployed_task(aws), "containerDefinitions.0.logConfiguration.options")
    assert options["awslogs-region"] == "ap-south-1"
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=options["awslogs-group"])["logGroups"]
    assert [(group["logGroupName"], group["retentionInDays"]) for group in groups] == [
        ("/DuskSpendr/production/api", 30)
    ]


@requirement("DS-58", "DS-59", "DS-60", "DS-63", "DS-64", "DS-65", "DS-66")
def test_service(terraform: TerraformRoot, templates: Templates) -> None:
    planned = terraform.of(SERVICE)
    assert planned["name"] == "DuskSpendr-api"
    assert planned["task_definition"] == terraform.of(TASK)["arn"]
    assert (planned["desired_count"], planned["launch_type"]) == (3, "FARGATE")
    assert at(planned, "network_configuration.0.assign_public_ip") is False
    balancer = at(planned, "load_balancer.0")
    assert balancer["target_group_arn"] == terraform.of(Ref(TargetGroup, "api"))["arn"]
    assert (balancer["container_name"], balancer["container_port"]) == ("api", 3000)
    assert planned["deployment_circuit_breaker"] == [{"enable": True, "rollback": True}]
    written = templates.properties(SERVICE)
    assert (written["ServiceName"], written["LaunchType"]) == ("DuskSpendr-api", "FARGATE")
    assert written["DesiredCount"]["Fn::If"][1] == 3
    assert at(written, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp") == "DISABLED"
    assert at(written, "LoadBalancers.0.ContainerPort") == 3000
    breaker = at(written, "DeploymentConfiguration.DeploymentCircuitBreaker")
    assert breaker == {"Enable": True, "Rollback": True}


@requirement("DS-59", "DS-78")
def test_an_apply_leaves_a_scaled_service_alone(terraform: TerraformRoot, templates: Templates) -> None:
    """C-22: three tasks are where the service starts; afterwards scaling owns the number."""
    ecs = terraform.text("ecs.tf")
    service = ecs[ecs.index('resource "aws_ecs_service"') :]
    assert "ignore_changes" in service
    assert "desired_count" in service[service.index("ignore_changes") :]
    stack = next(item for item in templates.rendering.stacks if item.concern == "services")
    kept = {**stack.update_parameters}
    assert list(kept.values()) == ["keep"]
    assert templates.properties(SERVICE)["DesiredCount"]["Fn::If"][2] == {"Ref": "AWS::NoValue"}


@requirement("DS-58", "DS-59", "DS-60", "DS-63", "DS-64", "DS-65", "DS-66")
def test_deployed_service(aws: Aws) -> None:
    service = deployed_service(aws)
    assert service["taskDefinition"] == deployed_task(aws)["taskDefinitionArn"]
    assert (service["status"], service["desiredCount"], service["launchType"]) == ("ACTIVE", 3, "FARGATE")
    assert at(service, "networkConfiguration.awsvpcConfiguration.assignPublicIp") == "DISABLED"
    balancer = service["loadBalancers"][0]
    assert (balancer["containerName"], balancer["containerPort"]) == ("api", 3000)
    breaker = at(service, "deploymentConfiguration.deploymentCircuitBreaker")
    assert (breaker["enable"], breaker["rollback"]) == (True, True)
    groups = aws.client("elbv2").describe_target_groups(TargetGroupArns=[balancer["targetGroupArn"]])["TargetGroups"]
    assert [(group["TargetType"], group["Port"], group["Protocol"]) for group in groups] == [("ip", 3000, "HTTP")]


@requirement("DS-62")
def test_only_the_load_balancer_reaches_the_api(architecture: Architecture) -> None:
    api = Ref(SecurityGroup, "api")
    assert architecture[SERVICE].security_groups == (api,)
    rules = [rule for rule in architecture.of(SecurityGroupRule) if rule.security_group == api]
    ingress = [(rule.from_port, rule.to_port, rule.peer) for rule in rules if rule.direction == "ingress"]
    assert ingress == [(3000, 3000, Ref(SecurityGroup, "alb"))]


@requirement("DS-62")
def test_deployed_security_group_of_the_api(aws: Aws) -> None:
    group = deployed_group(aws, "DuskSpendr-api")
    assert at(deployed_service(aws), "networkConfiguration.awsvpcConfiguration.securityGroups") == [group["GroupId"]]
    assert only_ingress(aws, "DuskSpendr-api", 3000, "DuskSpendr-alb")
