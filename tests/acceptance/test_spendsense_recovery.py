"""SS-172, SS-175 to SS-181: the recovery that the README tells, step by step against a local AWS, in dev."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
from tests.acceptance import deployed
from tests.acceptance.conftest import Systems
from tests.acceptance.documents import section, table
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, CommandLine, at

from groundplan.recovery import Seconds
from groundplan.recovery.wording import span, written

ENVIRONMENT = "dev"
CLUSTER, NAME, SUFFIX = "spendsense-dev-cluster", "spendsense-dev-backend", "dev"
BUCKET = f"spendsense-files-{SUFFIX}"


@pytest.fixture(scope="module")
def life(systems: Systems) -> CommandLine:
    """The local AWS with dev, when all others have looked at it: what is restored stays in it."""
    dev = systems("spendsense", "dev")
    assert dev.deployed_in
    return dev.command_line


@pytest.fixture(scope="module")
def account(life: CommandLine) -> Aws:
    """Its APIs."""
    return Aws(life.json("local", "env"), region="us-west-1")


def steps(readme: str) -> dict[str, str]:
    """The commands of the recovery by their step."""
    return {row["step"]: row["command"].strip("`").replace(r"\|", "|") for row in table(readme, "Recovery")}


def call(aws: Aws, command: str, **known: str) -> Any:
    """Make the call of a command of the AWS CLI, with ``<…>`` in it filled in."""
    for name, value in known.items():
        command = command.replace(f"<{name}>", value)
    assert "<" not in command, command
    program, service, operation, *options = shlex.split(command)
    assert program == "aws"
    arguments: dict[str, Any] = {}
    for word in options:
        if word.startswith("--"):
            name = "".join(part.capitalize() for part in word[2:].split("-"))
            arguments[name] = True
        else:
            arguments[name] = word  # the value of the option before it
    client = aws.client({"s3api": "s3"}.get(service, service))  # what the AWS CLI calls it
    method = client.meta.method_to_api_mapping[operation.replace("-", "_")]
    shape = client.meta.service_model.operation_model(method).input_shape
    members = {member.lower(): (member, model) for member, model in shape.members.items()}
    given: dict[str, Any] = {}
    for name, value in arguments.items():
        negative = name.startswith("No") and name.lower() not in members
        member, model = members[name[2:].lower() if negative else name.lower()]
        if model.type_name == "list":
            given[member] = value.split() if isinstance(value, str) else value
        elif model.type_name == "boolean":
            given[member] = not negative
        else:
            given[member] = value
    return getattr(client, operation.replace("-", "_"))(**given)


@requirement("SS-175", "SS-177", "SS-178", "SS-179", "SS-180", "SS-181")
def test_recovery_is_told_in_five_steps(readme: str) -> None:
    assert [re.sub(r"\D", "", step) for step in steps(readme)] == ["1", "2", "3", "4", "5"]
    told = section(readme, "Recovery")
    assert "30 days" in told
    assert "5 minutes" in told


@requirement("SS-172", "SS-177")
def test_step_1_restores_the_database(readme: str, account: Aws) -> None:
    """Beside the old one, in its subnets and behind its security group, at the latest second there is."""
    old = deployed.database(account, "spendsense-dev-main")
    group = deployed.security_group(account, "spendsense-dev-main")["GroupId"]
    command = steps(readme)["1. restore the database"]
    call(account, command, environment="dev-", group=group)
    new = deployed.database(account, "spendsense-dev-main-restored")
    assert (new["EngineVersion"], new["StorageEncrypted"]) == ("16.10", True)
    assert new["DBSubnetGroup"]["DBSubnetGroupName"] == old["DBSubnetGroup"]["DBSubnetGroupName"]
    assert [item["VpcSecurityGroupId"] for item in new["VpcSecurityGroups"]] == [group]
    assert deployed.database(account, "spendsense-dev-main")["DBInstanceStatus"] == "available"


@requirement("SS-173", "SS-178")
def test_step_2_restores_files_from_their_versions(readme: str, account: Aws) -> None:
    """Without its delete marker an object is there again as it was."""
    s3 = account.client("s3")
    s3.put_object(Bucket=BUCKET, Key="report.csv", Body=b"first")
    s3.put_object(Bucket=BUCKET, Key="report.csv", Body=b"second")
    s3.delete_object(Bucket=BUCKET, Key="report.csv")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=BUCKET, Key="report.csv")
    (marker,) = s3.list_object_versions(Bucket=BUCKET, Prefix="report.csv")["DeleteMarkers"]
    command = steps(readme)["2. restore files"]
    call(account, command, stage="dev", key="report.csv", version=marker["VersionId"])
    assert s3.get_object(Bucket=BUCKET, Key="report.csv")["Body"].read() == b"second"


@requirement("SS-45", "SS-179")
def test_step_3_makes_the_tasks_anew_from_the_latest_revision(readme: str, account: Aws) -> None:
    """A new revision names the restored database; without a number the service takes the latest."""
    ecs = account.client("ecs")
    before = deployed.task(account, NAME)
    restored = deployed.database(account, "spendsense-dev-main-restored")["Endpoint"]["Address"]
    old = deployed.database(account, "spendsense-dev-main")["Endpoint"]["Address"]
    containers = json.loads(json.dumps(before["containerDefinitions"]).replace(old, restored))
    kept = ("family", "taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory")
    made = ecs.register_task_definition(**{name: before[name] for name in kept}, containerDefinitions=containers)
    latest = made["taskDefinition"]
    assert latest["revision"] == before["revision"] + 1
    call(account, steps(readme)["3. make the service's tasks anew"], environment="dev-")
    service = deployed.service(account, CLUSTER, NAME)
    assert service["taskDefinition"] == latest["taskDefinitionArn"]
    host = at(deployed.task(account, NAME)["containerDefinitions"], "backend.environment.MAIN_HOST.value")
    assert host == restored


@requirement("SS-180")
def test_step_4_points_the_load_balancer_at_the_tasks(readme: str, account: Aws) -> None:
    elb = account.client("elbv2")
    balancer = deployed.load_balancer(account, "spendsense-dev-alb")["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    group = deployed.target_group(account, NAME)["TargetGroupArn"]
    command = steps(readme)["4. point the load balancer at it"]
    words = command.replace("<listener>", listener["ListenerArn"]).replace("<group>", group)
    found = re.fullmatch(
        r"aws elbv2 modify-listener --listener-arn (\S+) --default-actions Type=forward,TargetGroupArn=(\S+)", words
    )
    assert found
    (changed,) = elb.modify_listener(
        ListenerArn=found[1], DefaultActions=[{"Type": "forward", "TargetGroupArn": found[2]}]
    )["Listeners"]
    assert [action["TargetGroupArn"] for action in changed["DefaultActions"]] == [group]


@requirement("SS-181")
def test_step_5_asks_for_health(readme: str, account: Aws) -> None:
    """Only a real account has tasks that answer."""
    group = deployed.target_group(account, NAME)
    answer = call(account, steps(readme)["5. verify health"], group=group["TargetGroupArn"])
    assert "TargetHealthDescriptions" in answer
    assert (group["HealthCheckPath"], group["Matcher"]) == ("/health", {"HttpCode": "200"})


def told(recovery: dict[str, Any]) -> dict[str, str]:
    """A recovery as the README has it."""
    answers = {item["name"].rpartition(".")[2]: item for item in recovery["objectives"]}
    words = {True: "met", False: "not met", None: "perhaps"}
    point, lost = answers["point"], recovery["point"]
    judged = "unknown" if point["predicted"] is None else words[point["met"]]
    return {
        "users can work again": span(Seconds(**recovery["time"])),
        "time": f"{answers['time']['required']['text']}: {words[answers['time']['met']]}",
        "lost at the most": "not known" if lost is None else written(lost["high"]) if lost["high"] else "nothing",
        "point": f"{point['required']['text']}: {judged}",
    }


@requirement("SS-175", "SS-176")
def test_it_is_within_the_hour_and_the_quarter(systems: Systems) -> None:
    """The sum of each recovery's steps: at the most where nothing is restored, as expected where it is."""
    prod = systems("spendsense", "prod")
    found = prod.command_line.json("simulate", "recovery", "-e", "prod", expect=1)
    recoveries = {item["disruption"]: item for item in found["recoveries"]}
    assert recoveries.pop("region")["objectives"] == []
    assert {name for name, item in recoveries.items() if item["time"]["high"] > 3600} == {"table", "corruption"}
    assert all(item["time"]["expected"] < 3600 for item in recoveries.values())
    assert {name for name, item in recoveries.items() if item["point"] is None} == {"corruption"}
    assert all(item["point"]["high"] < 900 for item in recoveries.values() if item["point"] is not None)
    lines = [line.strip("|").split("|") for line in section(prod.readme, "Within the hour").splitlines()]
    rows = [[cell.strip() for cell in line] for line in lines if len(line) == 5]
    assert rows[2:] == [[name, *told(item).values()] for name, item in recoveries.items()]


@requirement("SS-176")
def test_without_the_standby_it_is_what_the_logs_have_not_had(systems: Systems) -> None:
    """RDS uploads its logs every 5 minutes: that is lost when a lone instance is restored in another zone."""
    prod = systems("spendsense", "prod")
    alone = ("--set", "databases.main.standby=false", "--after", "zone")
    found = prod.command_line.json("simulate", "recovery", "-e", "prod", *alone, expect=1)
    (zone,) = found["recoveries"]
    assert zone["point"] == {"low": 0, "expected": 150, "high": 300}
