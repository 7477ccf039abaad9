"""SM-19 to SM-24, SM-53, SM-81 to SM-91, SM-98, SM-104, SM-133: cluster, task, service, EC2 capacity, load balancer and
scaling of both environments."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.environments import in_each
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at, pascal, same, tags
from tests.acceptance.target_tracking import Load, replay
from tests.acceptance.test_solemate_network import deployed_group, subnets_of
from tests.acceptance.variants import with_settings

from groundplan.blueprint.loading import LoadedEnvironment, load_environment
from groundplan.catalog import fargate, images
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.compute import AutoScalingGroup, LaunchTemplate
from groundplan.resources.containers import EcsCluster, EcsService, TaskDefinition
from groundplan.resources.edge import LoadBalancer
from groundplan.resources.network import Subnet
from groundplan.resources.scaling import ScalableTarget, ScalingPolicy
from groundplan.resources.tracing import SamplingRule, TraceGroup
from groundplan.resources.values import Ref

ENVIRONMENT = "production"
CLUSTER, TASK, SERVICE = Ref(EcsCluster, "main"), Ref(TaskDefinition, "api"), Ref(EcsService, "api")
BALANCER, INSTANCES = Ref(LoadBalancer, "main"), Ref(AutoScalingGroup, "instances")
TARGET = Ref(ScalableTarget, "api")
DESIRED = {"staging": 1, "production": 3}
"""C-53: the values of environments.ts, not the stack's 2."""
BOUNDS = {"staging": (1, 4), "production": (3, 20)}
both = in_each("staging", "production")

CHECK = "node -e \"fetch('http://localhost:3000/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\""
TASK_VALUES = [
    proves("SM-88", "memory", "512"),
    proves("SM-89", "cpu", "256"),
    proves("SM-86", "requiresCompatibilities", ["FARGATE"]),
    proves("SM-86", "networkMode", "awsvpc"),
]
CONTAINER_VALUES = [
    proves("SM-87", "essential", True),
    proves("SM-87", "portMappings.0.containerPort", 3000),
    proves("SM-24 SM-87", "healthCheck.command", ["CMD-SHELL", CHECK]),
    proves("SM-24", "healthCheck.interval", 30),
    proves("SM-87", "logConfiguration.logDriver", "awslogs"),
]
each_task_value = pytest.mark.parametrize(("path", "expected"), TASK_VALUES)
each_container_value = pytest.mark.parametrize(("path", "expected"), CONTAINER_VALUES)


def snake(path: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in path)


def planned_container(terraform: TerraformRoot, name: str = "api") -> dict[str, Any]:
    found: dict[str, Any] = at(json.loads(terraform.of(TASK)["container_definitions"]), name)
    return found


def deployed_task(aws: Aws, environment: str) -> dict[str, Any]:
    name = f"Solemate-{environment}-api"
    task: dict[str, Any] = aws.client("ecs").describe_task_definition(taskDefinition=name)["taskDefinition"]
    return task


def deployed_service(aws: Aws, environment: str) -> dict[str, Any]:
    cluster, name = f"Solemate-{environment}-cluster", f"Solemate-{environment}-api"
    (service,) = aws.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    found: dict[str, Any] = service
    return found


def deployed_balancer(aws: Aws, environment: str) -> dict[str, Any]:
    (balancer,) = aws.client("elbv2").describe_load_balancers(Names=[f"Solemate-{environment}-alb"])["LoadBalancers"]
    found: dict[str, Any] = balancer
    return found


@both
@requirement("SM-20", "SM-81", "SM-82", "SM-114")
def test_cluster(terraform: TerraformRoot, templates: Templates, environment: str) -> None:
    """C-57: the setting, which the CDK's property containerInsights is the old name of."""
    written, planned = templates.properties(CLUSTER), terraform.of(CLUSTER)
    assert written["ClusterName"] == planned["name"] == f"Solemate-{environment}-cluster"
    assert written["ClusterSettings"] == [{"Name": "containerInsights", "Value": "enabled"}]
    assert planned["setting"] == [{"name": "containerInsights", "value": "enabled"}]


@both
@requirement("SM-20", "SM-81", "SM-82", "SM-183")
def test_deployed_cluster(aws: Aws, environment: str) -> None:
    found = aws.client("ecs").describe_clusters(clusters=[f"Solemate-{environment}-cluster"], include=["SETTINGS"])
    (cluster,) = found["clusters"]
    assert cluster["status"] == "ACTIVE"
    assert {"name": "containerInsights", "value": "enabled"} in cluster["settings"]
    assert set(cluster["capacityProviders"]) == {"FARGATE", "FARGATE_SPOT", f"Solemate-{environment}-instances"}


@both
@each_task_value
def test_task(terraform: TerraformRoot, templates: Templates, environment: str, path: str, expected: object) -> None:
    assert same(terraform.of(TASK)[snake(path)], expected)
    assert same(templates.properties(TASK)[pascal(path)], expected)


@both
@each_task_value
def test_deployed_task(aws: Aws, environment: str, path: str, expected: object) -> None:
    assert same(deployed_task(aws, environment)[path], expected)


@both
@each_container_value
def test_container(
    terraform: TerraformRoot, templates: Templates, environment: str, path: str, expected: object
) -> None:
    assert same(at(planned_container(terraform), path), expected)
    assert same(at(at(templates.properties(TASK)["ContainerDefinitions"], "api"), pascal(path)), expected)


@both
@each_container_value
def test_deployed_container(aws: Aws, environment: str, path: str, expected: object) -> None:
    assert same(at(deployed_task(aws, environment)["containerDefinitions"], f"api.{path}"), expected)


@requirement("SM-87")
@pytest.mark.parametrize("missing", ["image", "port"])
def test_a_service_cannot_be_without_a_container(
    blueprint: Path, production: LoadedEnvironment, tmp_path: Path, missing: str
) -> None:
    """C-52, C-69: what the specification's task definition lacks is refused before anything is written."""
    text = blueprint.read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith(f"    {missing}:")]
    copy = tmp_path / "groundplan.yaml"
    copy.write_text(text.replace(f"{line}\n", ""), encoding="utf-8")
    with pytest.raises(InputError, match=rf"services\.api.*{missing}"):
        design(load_environment(copy, production.name))


@both
@requirement("SM-88", "SM-89", "SM-53")
def test_the_collector_leaves_room_for_the_application(architecture: Architecture, environment: str) -> None:
    """C-64: the demanded size is the task's, with everything in it; Node.js is told of its half."""
    task = architecture[TASK]
    assert fargate.is_valid(task.cpu, task.memory)
    collector = images.image("otel_collector")
    assert (task.cpu - collector.cpu, task.memory - collector.memory_mib) == (128, 256)
    application = next(item for item in task.containers if item.name == "api")
    heap = int(str(application.environment["NODE_OPTIONS"]).removeprefix("--max-old-space-size="))
    assert 0.5 * 256 < heap < 0.75 * 256


@both
@requirement("SM-53", "SM-120")
def test_tracing(architecture: Architecture, templates: Templates, environment: str) -> None:
    """C-57: OpenTelemetry's collector instead of the X-Ray daemon, whose support ends."""
    containers = {item.name: item for item in architecture[TASK].containers}
    assert set(containers) == {"api", "otel-collector"}
    assert "aws-otel-collector:v" in str(containers["otel-collector"].image)
    assert containers["api"].environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://localhost:4318"
    (group,), (rule,) = architecture.of(TraceGroup), architecture.of(SamplingRule)
    assert templates.entry(group.ref)["Type"] == "AWS::XRay::Group"
    assert (rule.fixed_rate, rule.reservoir_size) == (Decimal("0.05"), 1)
    assert "xray-daemon" not in "".join(stack.body for stack in templates.rendering.stacks)


@requirement("SM-53")
def test_deployed_tracing(aws: Aws) -> None:
    (group,) = aws.client("xray").get_groups()["Groups"]
    assert group["FilterExpression"] == 'service("Solemate-production-api")'
    collector = at(deployed_task(aws, "production")["containerDefinitions"], "otel-collector")
    assert collector["essential"] is False
    role = deployed_task(aws, "production")["taskRoleArn"].rpartition("/")[2]
    iam = aws.client("iam")
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    assert "xray:PutTraceSegments" in json.dumps(documents)


@both
@requirement("SM-86", "SM-90", "SM-91", "SM-98", "SM-104", "SM-110")
def test_service(terraform: TerraformRoot, templates: Templates, architecture: Architecture, environment: str) -> None:
    """C-53, C-60: attached to a target group, with the number of environments.ts."""
    planned, written = terraform.of(SERVICE), templates.properties(SERVICE)
    assert (planned["launch_type"], planned["desired_count"]) == ("FARGATE", DESIRED[environment])
    assert (written["LaunchType"], written["DesiredCount"]["Fn::If"][1]) == ("FARGATE", DESIRED[environment])
    assert at(planned, "load_balancer.0.container_port") == at(written, "LoadBalancers.0.ContainerPort") == 3000
    assert architecture[SERVICE].subnets == (Ref(Subnet, "private", "a"), Ref(Subnet, "private", "b"))
    private = {terraform.of(Ref(Subnet, "private", zone))["id"] for zone in "ab"}
    assert set(at(planned, "network_configuration.0.subnets")) == private
    assert at(planned, "network_configuration.0.assign_public_ip") is False


@both
@requirement("SM-86", "SM-90", "SM-91", "SM-98", "SM-104")
def test_deployed_service(aws: Aws, environment: str) -> None:
    service = deployed_service(aws, environment)
    assert (service["status"], service["launchType"]) == ("ACTIVE", "FARGATE")
    assert service["desiredCount"] == DESIRED[environment]
    network = at(service, "networkConfiguration.awsvpcConfiguration")
    assert set(network["subnets"]) == subnets_of(aws, environment, "private")
    assert network["assignPublicIp"] == "DISABLED"
    assert network["securityGroups"] == [deployed_group(aws, f"Solemate-{environment}-api")["GroupId"]]


@both
@requirement("SM-19", "SM-21", "SM-110")
def test_ec2_capacity(
    architecture: Architecture, templates: Templates, terraform: TerraformRoot, environment: str
) -> None:
    """C-63: the second capacity provider of the same cluster."""
    group = architecture[INSTANCES]
    template = architecture[group.launch_template]
    assert (template.instance_type, template.http_tokens, template.volume_encrypted) == ("t3.small", "required", True)
    assert (group.min_size, group.max_size) == (1, 4)
    assert group.subnets == (Ref(Subnet, "private", "a"), Ref(Subnet, "private", "b"))
    written = templates.properties(template.ref)["LaunchTemplateData"]
    assert (written["InstanceType"], written["MetadataOptions"]["HttpTokens"]) == ("t3.small", "required")
    assert "KeyName" not in written
    assert terraform.of(template.ref)["instance_type"] == "t3.small"
    assert not terraform.of(template.ref)["key_name"]


@both
@requirement("SM-19", "SM-21", "SM-179")
def test_deployed_instances(aws: Aws, environment: str) -> None:
    """Running, in private subnets, reached by Session Manager: no open port, no key pair, no public address."""
    (group,) = aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert (group["MinSize"], group["MaxSize"]) == (1, 4)
    assert {item["Key"]: item["PropagateAtLaunch"] for item in group["Tags"]}["Environment"] is True
    ids = [item["InstanceId"] for item in group["Instances"]]
    ec2 = aws.client("ec2")
    (instance,) = (
        instance for item in ec2.describe_instances(InstanceIds=ids)["Reservations"] for instance in item["Instances"]
    )
    assert instance["State"]["Name"] == "running"
    assert instance["SubnetId"] in subnets_of(aws, environment, "private")
    assert not instance.get("KeyName")
    assert not instance.get("PublicIpAddress")
    worn = deployed_group(aws, f"Solemate-{environment}-instances")
    assert [item["GroupId"] for item in instance["SecurityGroups"]] == [worn["GroupId"]]
    assert worn["IpPermissions"] == []
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=group["LaunchTemplate"]["LaunchTemplateId"])
    data = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["IamInstanceProfile"]


@both
@requirement("SM-179")
def test_deployed_role_of_the_instances_opens_sessions(aws: Aws, architecture: Architecture, environment: str) -> None:
    iam, profile = aws.client("iam"), architecture[architecture[Ref(LaunchTemplate, "instances")].instance_profile]
    (role,) = iam.get_instance_profile(InstanceProfileName=profile.instance_profile_name)["InstanceProfile"]["Roles"]
    inline = json.dumps([
        iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    ])  # fmt: skip
    attached = [
        item["PolicyName"] for item in iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
    ]
    assert "ssmmessages:OpenDataChannel" in inline or "AmazonSSMManagedInstanceCore" in attached


@both
@requirement("SM-19", "SM-21")
def test_deployed_capacity_provider(aws: Aws, environment: str) -> None:
    name = f"Solemate-{environment}-instances"
    (provider,) = aws.client("ecs").describe_capacity_providers(capacityProviders=[name])["capacityProviders"]
    assert provider["status"] == "ACTIVE"
    managed = at(provider, "autoScalingGroupProvider.managedScaling")
    assert (managed["status"], managed["targetCapacity"]) == ("ENABLED", 100)


@requirement("SM-19", "SM-110")
def test_the_backend_moves_to_the_instances_by_one_line(blueprint: Path, production: LoadedEnvironment) -> None:
    """C-63: EC2 instances host the backend whenever that is wanted."""
    found = with_settings(blueprint, production.name, "services.api.capacity=instances")
    service, task = found[SERVICE], found[TASK]
    assert service.launch_type is None
    assert task.requires_compatibilities == ("EC2",)


@both
@requirement("SM-22", "SM-83", "SM-84", "SM-85")
def test_load_balancer(terraform: TerraformRoot, templates: Templates, environment: str) -> None:
    written, planned = templates.properties(BALANCER), terraform.of(BALANCER)
    assert (written["Scheme"], written["Type"]) == ("internet-facing", "application")
    assert (planned["internal"], planned["load_balancer_type"]) == (False, "application")
    assert set(planned["subnets"]) == {terraform.of(Ref(Subnet, "public", zone))["id"] for zone in "ab"}


@both
@requirement("SM-22", "SM-83", "SM-84", "SM-85", "SM-184")
def test_deployed_load_balancer(aws: Aws, environment: str) -> None:
    balancer = deployed_balancer(aws, environment)
    assert (balancer["Scheme"], balancer["Type"]) == ("internet-facing", "application")
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == subnets_of(aws, environment, "public")
    assert balancer["SecurityGroups"] == [deployed_group(aws, f"Solemate-{environment}-alb")["GroupId"]]


@both
@requirement("SM-23", "SM-45", "SM-128", "SM-184")
def test_deployed_tls_and_the_way_to_the_service(aws: Aws, environment: str) -> None:
    """C-55, C-60: HTTPS with a certificate of the load balancer's own region, to the targets of the service."""
    elb = aws.client("elbv2")
    found = elb.describe_listeners(LoadBalancerArn=deployed_balancer(aws, environment)["LoadBalancerArn"])["Listeners"]
    listeners = {listener["Port"]: listener for listener in found}
    assert sorted(listeners) == [80, 443]
    redirect = listeners[80]["DefaultActions"][0]["RedirectConfig"]
    assert (redirect["Protocol"], redirect["Port"], redirect["StatusCode"]) == ("HTTPS", "443", "HTTP_301")
    assert listeners[443]["Protocol"] == "HTTPS"
    assert "TLS13" in listeners[443]["SslPolicy"]
    arn = listeners[443]["Certificates"][0]["CertificateArn"]
    assert arn.split(":")[3] == "us-west-2"
    domain = aws.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]["DomainName"]
    assert domain == {"staging": "api.staging.solemate.com", "production": "api.solemate.com"}[environment]
    forward = listeners[443]["DefaultActions"][0]
    (target,) = deployed_service(aws, environment)["loadBalancers"]
    group = forward.get("TargetGroupArn") or forward["ForwardConfig"]["TargetGroups"][0]["TargetGroupArn"]
    assert group == target["targetGroupArn"]
    assert (target["containerName"], target["containerPort"]) == ("api", 3000)


@both
@requirement("SM-24")
def test_deployed_health_checks(aws: Aws, environment: str) -> None:
    (group,) = aws.client("elbv2").describe_target_groups()["TargetGroups"]
    assert (group["TargetType"], group["Port"], group["HealthCheckPath"]) == ("ip", 3000, "/health")
    assert (group["HealthCheckIntervalSeconds"], group["Matcher"]["HttpCode"]) == (30, "200")
    names = {alarm["AlarmName"] for alarm in aws.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    assert {f"Solemate-{environment}-api-{what}" for what in ("cpu-high", "memory-high", "unhealthy-hosts")} <= names


@both
@requirement("SM-13", "SM-133")
def test_scaling(architecture: Architecture, terraform: TerraformRoot, templates: Templates, environment: str) -> None:
    """C-60"""
    planned, written = terraform.of(TARGET), templates.properties(TARGET)
    assert (planned["min_capacity"], planned["max_capacity"]) == BOUNDS[environment]
    assert (written["MinCapacity"], written["MaxCapacity"]) == BOUNDS[environment]
    targets = {policy.predefined_metric: policy.target_value for policy in architecture.of(ScalingPolicy)}
    assert targets == {
        "ECSServiceAverageCPUUtilization": 70,
        "ECSServiceAverageMemoryUtilization": 80,
        "ALBRequestCountPerTarget": 1000,
    }


@both
@requirement("SM-119", "SM-133")
def test_deployed_scaling(aws: Aws, environment: str) -> None:
    """Nothing but target tracking: advanced strategies are a non-goal."""
    client = aws.client("application-autoscaling")
    (target,) = client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == BOUNDS[environment]
    policies = client.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert [policy["PolicyType"] for policy in policies] == ["TargetTrackingScaling"] * 3
    assert client.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []


@both
@requirement("SM-119")
def test_only_target_tracking(templates: Templates, environment: str) -> None:
    types = [entry for _, entry in templates.every() if entry["Type"].endswith("::ScalingPolicy")]
    assert {entry["Properties"]["PolicyType"] for entry in types} == {"TargetTrackingScaling"}
    assert "ScheduledActions" not in templates.properties(TARGET)


@both
@requirement("SM-13", "SM-187")
def test_tasks_follow_the_load_up_to_their_bound_and_back(architecture: Architecture, environment: str) -> None:
    """A sale: far more than the most tasks can take, then quiet again; one step is a minute."""
    fewest, most = BOUNDS[environment]
    quiet, rush = Load(cpu=Decimal(60) * fewest), Load(cpu=Decimal(70) * (most + 5))
    counts = replay(architecture, TARGET, [quiet] * 10 + [rush] * 20 + [quiet] * 90, start=fewest)
    assert counts[:10] == [fewest] * 10
    assert max(counts) == counts[29] == most
    assert counts[-1] == fewest
    assert counts == sorted(counts[:30]) + sorted(counts[30:], reverse=True)  # no swinging to and fro


@requirement("SM-187")
@pytest.mark.parametrize("lost", ["a", "b"])
def test_what_is_left_without_a_zone_has_room_for_all_tasks(architecture: Architecture, lost: str) -> None:
    left = [subnet for subnet in architecture[SERVICE].subnets if subnet.key != lost]
    assert len(left) == 1
    assert architecture[left[0]].cidr_block.num_addresses - 5 >= architecture[TARGET].max_capacity


@both
@requirement("SM-108")
def test_instances_and_tasks_hand_their_tags_on(aws: Aws, environment: str) -> None:
    assert deployed_service(aws, environment)["propagateTags"] == "SERVICE"
    filters = [{"Name": "instance-state-name", "Values": ["running"]}]
    for item in aws.client("ec2").describe_instances(Filters=filters)["Reservations"]:
        for instance in item["Instances"]:
            assert tags(instance["Tags"])["CostCenter"] == "solemate"
