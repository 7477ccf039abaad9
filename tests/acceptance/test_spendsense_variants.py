"""SS-06, SS-67, SS-68, SS-95 to SS-98, SS-128 to SS-133, SS-142, SS-143, SS-174: environments and owners side by side
in one account, and what can be switched on: blue/green, a gateway, copies in another region, steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.acceptance import deployed
from tests.acceptance.conftest import Systems
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, CommandLine
from tests.acceptance.variants import loaded_with, with_settings
from tests.design.test_owners import shared
from tests.terraform_core.harness import TerraformCore

from groundplan.blueprint.loading import load_all
from groundplan.engines import cloudformation, terraform
from groundplan.errors import InputError
from groundplan.resources import Resource
from groundplan.resources.databases import (
    CacheSubnetGroup,
    DatabaseInstance,
    DatabaseParameterGroup,
    DatabaseSubnetGroup,
)
from groundplan.resources.edge import ListenerRule, TargetGroup
from groundplan.resources.gateway import RestApi
from groundplan.resources.monitoring import Alarm
from groundplan.resources.network import SecurityGroup, Vpc
from groundplan.resources.security import Role, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

ENVIRONMENT = "dev"
CLUSTER, NAME = "spendsense-dev-cluster", "spendsense-dev-backend"
BLUE_GREEN = (
    "services.backend.deployment.strategy=blue-green",
    "services.backend.deployment.maximum=null",  # tells of rolling deployments
    "services.backend.scaling.requests=null",  # AWS counts requests of one target group
)
GATEWAY = ("services.backend.public.gateway.rate=50", "services.backend.public.gateway.burst=100")
COPIES = ("buckets.files.replicate=us-west-2",)
COPIES_GO = ("--allow-replace", "FilesReplicaKey")
"""The key of the copies is lost with what was encrypted by it: somebody has to say so."""
STEPS = ("services.backend.scaling.method=step",)
VARIANTS = [
    pytest.param(BLUE_GREEN, marks=requirement("SS-95"), id="blue-green"),
    pytest.param(
        (*GATEWAY, *COPIES, *STEPS),
        marks=requirement("SS-06", "SS-174", "SS-67", "SS-68"),
        id="gateway, copies and steps",
    ),
]


def given(settings: tuple[str, ...]) -> list[str]:
    """Settings as the command line takes them."""
    return [word for setting in settings for word in ("--set", setting)]


@requirement("SS-130", "SS-133")
def test_there_are_three_environments(blueprint: Path) -> None:
    assert [loaded.name for loaded in load_all(blueprint)] == ["dev", "staging", "prod"]
    with pytest.raises(InputError, match="prodd"):
        loaded_with(blueprint, "prodd")


@requirement("SS-95", "SS-06", "SS-174")
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_what_is_optional_is_off(blueprint: Path, environment: str) -> None:
    service = loaded_with(blueprint, environment).blueprint.services["backend"]
    assert service.deployment.strategy == "rolling"
    assert service.public is not None
    assert service.public.gateway is None
    found = with_settings(blueprint, environment)
    assert len(found.of(TargetGroup)) == 1
    assert found.of(RestApi) == ()
    assert [bucket.region for bucket in found.of(Bucket)] == [None, None]


@pytest.mark.parametrize("settings", VARIANTS)
def test_variant_renders_and_plans_in_both_engines(blueprint: Path, tmp_path: Path, settings: tuple[str, ...]) -> None:
    found = with_settings(blueprint, ENVIRONMENT, *settings)
    rendering = terraform.render(found)
    terraform.write(rendering, tmp_path / "root")
    core = TerraformCore(tmp_path / "copies")
    core.fmt_check(tmp_path / "root")
    core.apply(tmp_path / "root")
    core.second_plan_is_empty(tmp_path / "root")
    assert cloudformation.render(found).unsupported == ()


@requirement("SS-95", "SS-96", "SS-97", "SS-98")
def test_blue_green(blueprint: Path) -> None:
    """A second target group beside the first, moved by ECS, with alarms that roll a deployment back."""
    found = with_settings(blueprint, ENVIRONMENT, *BLUE_GREEN)
    assert len(found.of(TargetGroup)) == 2
    assert len(found.of(ListenerRule)) == 1
    rollback = [alarm for alarm in found.of(Alarm) if "rollback" in alarm.alarm_name]
    assert len(rollback) == 4
    assert all(alarm.actions == () for alarm in rollback)
    assert Ref(Role, "ecs_load_balancer") in {role.ref for role in found.of(Role)}


@requirement("SS-95")
def test_blue_green_excludes_scaling_by_requests(blueprint: Path) -> None:
    """AWS: ALBRequestCountPerTarget looks at one target group, and blue/green moves between two."""
    with pytest.raises(InputError, match=r"scaling\.requests"):
        loaded_with(blueprint, ENVIRONMENT, *BLUE_GREEN[:2])
    with pytest.raises(InputError, match="maximum is for a rolling deployment"):
        loaded_with(blueprint, ENVIRONMENT, BLUE_GREEN[0], BLUE_GREEN[2])


@requirement("SS-06")
def test_gateway_is_a_rest_api(blueprint: Path) -> None:
    """C-90"""
    (api,) = with_settings(blueprint, ENVIRONMENT, *GATEWAY).of(RestApi)
    assert api.region is None


NAMED: tuple[tuple[type[Resource], str], ...] = (
    (Bucket, "bucket_name"),
    (DatabaseInstance, "identifier"),
    (DatabaseParameterGroup, "parameter_group_name"),
    (DatabaseSubnetGroup, "subnet_group_name"),
    (CacheSubnetGroup, "subnet_group_name"),
    (SecurityGroup, "group_name"),
    (Secret, "secret_name"),
)
"""What the specification wants the owner's name in, beside the VPC, whose name is a tag."""


@requirement("SS-128", "SS-142", "SS-143")
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_owner_is_in_every_name_it_affects(blueprint: Path, environment: str) -> None:
    jane, chuong, nobody = (
        with_settings(blueprint, environment, *owner) for owner in (["owner_id=jane"], ["owner_id=chuong"], [])
    )
    assert nobody.owner is None
    for kind, field in NAMED:
        names = {str(getattr(resource, field)) for resource in jane.of(kind)}
        assert names
        assert all("jane" in name for name in names), names
        assert not names & {str(getattr(resource, field)) for resource in nobody.of(kind)}
    assert "jane" in jane[Ref(Vpc, "main")].tags["Name"]
    for one, other in ((jane, chuong), (jane, nobody)):
        assert shared(one, other) == set()


@requirement("SS-128", "SS-143")
def test_environments_share_no_name(blueprint: Path) -> None:
    """Three of them can stand in one account."""
    architectures = [with_settings(blueprint, name) for name in ("dev", "staging", "prod")]
    for number, one in enumerate(architectures):
        for other in architectures[number + 1 :]:
            assert shared(one, other) == set()


@requirement("SS-128", "SS-142")
@pytest.mark.parametrize("owner", ["Jane", "jane_doe", "jane.doe", "much-too-long-a-name", "-jane"])
def test_owner_that_is_no_name_is_refused(blueprint: Path, owner: str) -> None:
    """C-95: S3 wants lower case; a target group's name ends at 32 characters."""
    with pytest.raises(InputError, match="owner_id"):
        loaded_with(blueprint, ENVIRONMENT, f"owner_id={owner}")


@requirement("SS-143")
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_long_names_are_shortened_for_owners(blueprint: Path, environment: str) -> None:
    """C-95: spendsense-staging-chuong-backend-tg has 36 characters."""
    found = with_settings(blueprint, environment, "owner_id=chuong-2-two")
    assert all(len(group.target_group_name) <= 32 for group in found.of(TargetGroup))


@pytest.fixture(scope="module")
def life(systems: Systems) -> CommandLine:
    """The local AWS with production, when all others have looked at it, for all that follows, in the order in which it
    stands here."""
    production = systems("spendsense", "prod")
    assert production.deployed_in
    return production.command_line


@pytest.fixture(scope="module")
def account(life: CommandLine) -> Aws:
    """Its APIs, with dev deployed beside."""
    life.run("deploy", "--target", "local", "--environment", "dev")
    return Aws(life.json("local", "env"), region="us-west-1")


def log_groups(aws: Aws) -> set[str]:
    found = aws.client("logs").describe_log_groups(logGroupNamePrefix="/ecs/")["logGroups"]
    return {group["logGroupName"] for group in found}


def nothing_to_change(life: CommandLine, *arguments: str) -> bool:
    changes: list[object] = life.json("plan", "--target", "local", *arguments)["changes"]
    return changes == []


@requirement("SS-128", "SS-130", "SS-143", "SS-148")
def test_environments_and_owners_stand_side_by_side(life: CommandLine, account: Aws) -> None:
    """Production has the specification's names; an owner's dev is beside everybody's, and goes without it. That two
    owners share no name either, test_owner_is_in_every_name_it_affects proves of every resource."""
    jane = ("--environment", "dev", "--set", "owner_id=jane")
    life.run("deploy", "--target", "local", *jane)
    stages = {"backend", "dev-backend", "dev-jane-backend"}
    paths = ("", "/access", "/errors")
    assert log_groups(account) == {f"/ecs/spendsense-{stage}{path}" for stage in stages for path in paths}
    found = account.client("rds").describe_db_instances()["DBInstances"]
    assert {item["DBInstanceIdentifier"] for item in found} == {
        "spendsense-main", "spendsense-dev-main", "spendsense-dev-jane-main",
    }  # fmt: skip
    assert nothing_to_change(life, "--environment", "dev")
    assert nothing_to_change(life, "--environment", "prod")
    assert nothing_to_change(life, *jane)
    life.run("destroy", "--target", "local", "--yes", *jane)
    left = stages - {"dev-jane-backend"}
    assert log_groups(account) == {f"/ecs/spendsense-{stage}{path}" for stage in left for path in paths}
    assert nothing_to_change(life, "--environment", "dev")
    life.run("destroy", "--target", "local", "--yes", "--delete-data", "--environment", "prod")


@requirement("SS-95", "SS-96", "SS-97", "SS-98")
def test_deployed_blue_green(life: CommandLine, account: Aws) -> None:
    chosen = ("--environment", "dev", *given(BLUE_GREEN))
    life.run("deploy", "--target", "local", *chosen)
    service = deployed.service(account, CLUSTER, NAME)
    deployment = service["deploymentConfiguration"]
    assert (deployment["strategy"], deployment["bakeTimeInMinutes"]) == ("BLUE_GREEN", 10)
    assert deployment["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    elb = account.client("elbv2")
    groups = {group["TargetGroupArn"]: group for group in elb.describe_target_groups()["TargetGroups"]}
    (balancer,) = service["loadBalancers"]
    alternate = balancer["advancedConfiguration"]["alternateTargetGroupArn"]
    assert {balancer["targetGroupArn"], alternate} == set(groups)
    assert {group["HealthCheckPath"] for group in groups.values()} == {"/health"}
    for arn in groups:  # what a person watches while requests move
        assert elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"] == []
    (rule,) = elb.describe_rules(RuleArns=[balancer["advancedConfiguration"]["productionListenerRule"]])["Rules"]
    assert weights(rule)[balancer["targetGroupArn"]] > 0
    alarms = deployment["alarms"]
    assert (alarms["enable"], alarms["rollback"], len(alarms["alarmNames"])) == (True, True, 4)
    found = account.client("cloudwatch").describe_alarms(AlarmNames=alarms["alarmNames"])["MetricAlarms"]
    assert len(found) == 4
    assert nothing_to_change(life, *chosen)


def weights(rule: dict[str, Any]) -> dict[str, int]:
    """Target group to its share of the requests."""
    (action,) = rule["Actions"]
    groups = action.get("ForwardConfig", {}).get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    return {group["TargetGroupArn"]: group.get("Weight", 1) for group in groups}


@requirement("SS-96", "SS-98")
def test_deployed_requests_move_and_return_by_the_role_of_ecs(life: CommandLine, account: Aws) -> None:
    """What ECS does at a deployment and at a rollback, by hand; a plan sees no change of the infrastructure in it."""
    service = deployed.service(account, CLUSTER, NAME)
    (balancer,) = service["loadBalancers"]
    advanced = balancer["advancedConfiguration"]
    blue, green = balancer["targetGroupArn"], advanced["alternateTargetGroupArn"]
    elb, rule = account.client("elbv2"), advanced["productionListenerRule"]

    def move(share: int) -> dict[str, int]:
        groups = [{"TargetGroupArn": blue, "Weight": 100 - share}, {"TargetGroupArn": green, "Weight": share}]
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        (changed,) = elb.modify_rule(RuleArn=rule, Actions=[action])["Rules"]
        return weights(changed)

    assert move(100) == {blue: 0, green: 100}
    assert nothing_to_change(life, "--environment", "dev", *given(BLUE_GREEN))
    assert move(0) == {blue: 100, green: 0}
    attached = account.client("iam").list_attached_role_policies(RoleName=advanced["roleArn"].rpartition("/")[2])
    assert [policy["PolicyName"] for policy in attached["AttachedPolicies"]] == [
        "AmazonECSInfrastructureRolePolicyForLoadBalancers"
    ]


@requirement("SS-06", "SS-174")
def test_deployed_gateway_and_copies(life: CommandLine, account: Aws) -> None:
    chosen = ("--environment", "dev", *given((*GATEWAY, *COPIES)))
    life.run("deploy", "--target", "local", *chosen)
    gateway = account.client("apigateway")
    (api,) = gateway.get_rest_apis()["items"]
    (stage,) = gateway.get_stages(restApiId=api["id"])["item"]
    settings = stage["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (50.0, 100)
    s3 = account.client("s3")
    replication = s3.get_bucket_replication(Bucket="spendsense-files-dev")["ReplicationConfiguration"]
    (rule,) = replication["Rules"]
    assert rule["Status"] == "Enabled"
    copy = rule["Destination"]["Bucket"].rpartition(":")[2]
    assert s3.get_bucket_location(Bucket=copy)["LocationConstraint"] == "us-west-2"
    assert s3.get_bucket_versioning(Bucket=copy)["Status"] == "Enabled"
    assert nothing_to_change(life, *chosen)


@requirement("SS-67", "SS-68")
def test_deployed_steps(life: CommandLine, account: Aws) -> None:
    """C-86"""
    chosen = ("--environment", "dev", *given(STEPS))
    life.run("deploy", "--target", "local", *chosen, *COPIES_GO)
    scaling = account.client("application-autoscaling")
    found = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert {policy["PolicyType"] for policy in found} == {"StepScaling"}
    steps = {
        policy["PolicyName"]: [
            step["ScalingAdjustment"] for step in policy["StepScalingPolicyConfiguration"]["StepAdjustments"]
        ]
        for policy in found
    }
    assert steps == {"backend-out-scaling": [1], "backend-in-scaling": [-1]}
    assert nothing_to_change(life, *chosen)


@requirement("SS-06", "SS-95", "SS-174")
def test_deployed_options_can_be_switched_off_again(life: CommandLine, account: Aws) -> None:
    """And dev leaves nothing behind."""
    life.run("deploy", "--target", "local", "--environment", "dev")
    assert account.client("apigateway").get_rest_apis()["items"] == []
    assert len(account.client("elbv2").describe_target_groups()["TargetGroups"]) == 1
    life.run("destroy", "--target", "local", "--yes", "--environment", "dev")
    assert log_groups(account) == set()
    assert account.client("rds").describe_db_instances()["DBInstances"] == []
    assert account.client("s3").list_buckets()["Buckets"] == []
    secrets = account.client("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert [secret["Name"] for secret in secrets if "/dev/" in secret["Name"]] == []
    assert account.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert [vpc for vpc in account.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
