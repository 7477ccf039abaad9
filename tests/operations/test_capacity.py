"""EC2 capacity and shifting deployments on the local AWS: read back with boto3, and taken away again."""

from __future__ import annotations

import base64

from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode


def blueprint(project: str) -> str:
    return f"""\
project: {project}
region: {REGION}
profile: development
network: {{nat: single, endpoints: []}}
services:
  api:
    image: {{repository: api, tag: '1'}}
    port: 80
    public: {{tls: false}}
    deployment: {{strategy: canary, step: 5%, step_bake: 7m, bake: 20m}}
    capacity: {{fargate: {{base: 1, weight: 1}}, fargate-spot: 3}}
  worker:
    image: {{repository: worker, tag: '1'}}
    size: {{cpu: 300, memory: 700}}
    capacity: {{machines: {{base: 1, weight: 1}}, spare: 2}}
    zones: [b]
jobs:
  night: {{image: {{repository: worker, tag: '1'}}, schedule: rate(1 day), capacity: machines}}
capacity:
  machines: {{instance: t3.small, max: 2, target: 90%}}
  spare: {{instance: t3.small, min: 0, spot: true}}
"""


def test_capacity_and_a_canary(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    deployed = groundplan("deploy")
    assert deployed.code == ExitCode.FINE, deployed.err
    _services(aws, project)
    _groups(aws, project)
    _instances(aws, project)
    _balancer(aws, project)

    again = groundplan("plan")
    assert again.code == ExitCode.FINE, again.err
    assert again.out == "local: nothing to change\n"

    gone = groundplan("destroy", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert "auto_scaling_group.machines: 1 instances released" in gone.err
    assert aws.stacks(project) == {}
    groups = aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert not [group for group in groups if group["AutoScalingGroupName"].startswith(project)]


def _services(aws: Aws, project: str) -> None:
    ecs, cluster = aws.client("ecs"), f"{project}-production-cluster"
    names = [f"{project}-production-{name}" for name in ("api", "worker")]
    api, worker = ecs.describe_services(cluster=cluster, services=names)["services"]
    assert api["capacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
    ]
    deployment = api["deploymentConfiguration"]
    assert deployment["strategy"] == "CANARY"
    assert deployment["bakeTimeInMinutes"] == 20
    assert deployment["canaryConfiguration"] == {"canaryPercent": 5, "canaryBakeTimeInMinutes": 7}
    assert deployment["alarms"]["enable"]
    assert deployment["alarms"]["rollback"]
    alarms = aws.client("cloudwatch").describe_alarms(AlarmNames=deployment["alarms"]["alarmNames"])["MetricAlarms"]
    assert len(alarms) == len(deployment["alarms"]["alarmNames"]) == 4
    assert [share["capacityProvider"] for share in worker["capacityProviderStrategy"]] == [
        f"{project}-production-machines",
        f"{project}-production-spare",
    ]
    task = ecs.describe_task_definition(taskDefinition=worker["taskDefinition"])["taskDefinition"]
    assert (task["requiresCompatibilities"], task["cpu"], task["memory"]) == (["EC2"], "300", "700")
    subnets = worker["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
    found = aws.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    assert [subnet["AvailabilityZone"] for subnet in found] == [f"{REGION}b"]
    (schedule,) = [
        item
        for item in aws.client("scheduler").list_schedules()["Schedules"]
        if item["Name"] == f"{project}-production-night"
    ]
    target = aws.client("scheduler").get_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])["Target"]
    (share,) = target["EcsParameters"]["CapacityProviderStrategy"]
    assert share["capacityProvider"] == f"{project}-production-machines"
    providers = ecs.describe_clusters(clusters=[cluster])["clusters"][0]
    assert providers["capacityProviders"] == [
        "FARGATE",
        "FARGATE_SPOT",
        f"{project}-production-machines",
        f"{project}-production-spare",
    ]
    assert [item["capacityProvider"] for item in providers["defaultCapacityProviderStrategy"]] == ["FARGATE"]


def _groups(aws: Aws, project: str) -> None:
    names = [f"{project}-production-{name}" for name in ("machines", "spare")]
    found = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"]
    machines, spare = sorted(found, key=lambda group: str(group["AutoScalingGroupName"]))
    assert (machines["MinSize"], machines["MaxSize"], spare["MinSize"]) == (1, 2, 0)
    assert machines["NewInstancesProtectedFromScaleIn"]
    distribution = spare["MixedInstancesPolicy"]["InstancesDistribution"]
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 0
    assert {"Name", "Project", "AmazonECSManaged"} <= {tag["Key"] for tag in machines["Tags"]}
    (provider,) = aws.client("ecs").describe_capacity_providers(capacityProviders=names[:1])["capacityProviders"]
    settings = provider["autoScalingGroupProvider"]
    assert settings["autoScalingGroupArn"] == machines["AutoScalingGroupARN"]
    assert settings["managedScaling"]["targetCapacity"] == 90
    assert settings["managedTerminationProtection"] == settings["managedDraining"] == "ENABLED"


def _instances(aws: Aws, project: str) -> None:
    """Running, and reached through Systems Manager alone."""
    ec2 = aws.client("ec2")
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName=f"{project}-production-machines")[
        "LaunchTemplateVersions"
    ]
    template = version["LaunchTemplateData"]
    assert template["MetadataOptions"]["HttpTokens"] == "required"
    assert template["BlockDeviceMappings"][0]["Ebs"]["Encrypted"]
    assert "KeyName" not in template
    assert template["ImageId"].startswith("resolve:ssm:/aws/service/ecs/")
    assert f"ECS_CLUSTER={project}-production-cluster\n" in base64.b64decode(template["UserData"]).decode()
    mine = [{"Name": "tag:aws:autoscaling:groupName", "Values": [f"{project}-production-machines"]}]
    (reservation,) = ec2.describe_instances(Filters=mine)["Reservations"]
    (instance,) = reservation["Instances"]
    assert instance["State"]["Name"] == "running"
    assert "PublicIpAddress" not in instance
    groups = [group["GroupId"] for group in instance["SecurityGroups"]]
    assert [group["IpPermissions"] for group in ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"]] == [[]]
    profile = template["IamInstanceProfile"]["Arn"].rsplit("/", 1)[-1]
    iam = aws.client("iam")
    (role,) = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"]
    policies = iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
    assert {policy["PolicyName"] for policy in policies} == {
        "AmazonEC2ContainerServiceforEC2Role",
        "AmazonSSMManagedInstanceCore",
    }


def _balancer(aws: Aws, project: str) -> None:
    elb = aws.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=[f"{project}-production-alb"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    rule = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"][0]
    weights = [item["Weight"] for item in rule["Actions"][0]["ForwardConfig"]["TargetGroups"]]
    assert weights == [100, 0]
    service = aws.client("ecs").describe_services(
        cluster=f"{project}-production-cluster", services=[f"{project}-production-api"]
    )["services"][0]
    shift = service["loadBalancers"][0]["advancedConfiguration"]
    assert shift["productionListenerRule"] == rule["RuleArn"]
    assert shift["alternateTargetGroupArn"] == rule["Actions"][0]["ForwardConfig"]["TargetGroups"][1]["TargetGroupArn"]


def test_an_update_leaves_requests_where_a_deployment_moved_them(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    text = (
        f"project: {project}\nregion: {REGION}\nprofile: development\nalarms: null\n"
        "network: {nat: single, endpoints: []}\n"
        "services: {api: {image: {repository: api, tag: '1'}, port: 80, public: {tls: false}, "
        "deployment: {strategy: blue-green}}}\n"
    )
    write(text)
    assert groundplan("deploy").code == ExitCode.FINE
    elb = aws.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=[f"{project}-production-alb"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    rule = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"][0]
    blue, green = (item["TargetGroupArn"] for item in rule["Actions"][0]["ForwardConfig"]["TargetGroups"])
    # As ECS leaves it, which turns the order round as well.
    shifted = [{"TargetGroupArn": green, "Weight": 100}, {"TargetGroupArn": blue, "Weight": 0}]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": shifted}}
    elb.modify_rule(RuleArn=rule["RuleArn"], Actions=[action])

    assert groundplan("plan").out == "local: nothing to change\n"
    write(text + "tags: {Team: shop}\n")
    changed = groundplan("deploy")
    assert changed.code == ExitCode.FINE, changed.err
    after = elb.describe_rules(RuleArns=[rule["RuleArn"]])["Rules"][0]
    weights = {item["TargetGroupArn"]: item["Weight"] for item in after["Actions"][0]["ForwardConfig"]["TargetGroups"]}
    assert weights == {blue: 0, green: 100}
    tags = elb.describe_tags(ResourceArns=[rule["RuleArn"]])["TagDescriptions"][0]["Tags"]
    assert {"Key": "Team", "Value": "shop"} in tags
    assert groundplan("plan").out == "local: nothing to change\n"
