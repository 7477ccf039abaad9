"""What is taken away in the local AWS: tasks of services and primaries of databases, and how they come back."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.targets.local.conftest import Aws

MODULE = "groundplan.targets.local.disruptions"


def test_a_service_has_one_task_less_until_another_runs(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MODULE}.REPLACEMENT_SECONDS", 600)
    ecs, name = aws.client("ecs"), "disrupted"
    ecs.create_cluster(clusterName=name)
    container = {"name": "web", "image": "web:1", "memory": 64}
    definition = ecs.register_task_definition(family=name, containerDefinitions=[container])["taskDefinition"]
    ecs.create_service(cluster=name, serviceName="web", desiredCount=2, taskDefinition=definition["taskDefinitionArn"])

    def counted() -> tuple[int, int]:
        (service,) = ecs.describe_services(cluster=name, services=["web"])["services"]
        assert service["deployments"][0]["runningCount"] == service["runningCount"]
        return service["runningCount"], service["pendingCount"]

    def listed(status: Any = "RUNNING") -> list[str]:
        found: list[str] = ecs.list_tasks(cluster=name, serviceName="web", desiredStatus=status)["taskArns"]
        return found

    first, second = listed()
    assert counted() == (2, 0)
    stopped = ecs.stop_task(cluster=name, task=first, reason="a drill")["task"]
    assert (stopped["lastStatus"], stopped["stoppedReason"]) == ("STOPPED", "a drill")
    assert counted() == (1, 1)
    replacement = next(arn for arn in listed() if arn != second)
    described = ecs.describe_tasks(cluster=name, tasks=[replacement, "nobody"])
    assert described["tasks"][0]["lastStatus"] == "PENDING"
    assert described["failures"] == [{"arn": "nobody", "reason": "MISSING"}]
    assert listed("STOPPED") == [first]
    monkeypatch.setattr(f"{MODULE}.REPLACEMENT_SECONDS", 0)
    ecs.stop_task(cluster=name, task=replacement)
    assert counted() == (2, 0)
    (third,) = set(listed()) - {second}
    assert ecs.describe_tasks(cluster=name, tasks=[third])["tasks"][0]["group"] == "service:web"

    ecs.update_service(cluster=name, service="web", desiredCount=1)
    assert len(listed()) == 1
    assert counted() == (1, 0)
    with pytest.raises(ClientError, match="ServiceNotFoundException"):
        ecs.list_tasks(cluster=name, serviceName="nobody")


def test_a_reboot_takes_its_time(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MODULE}.FAILOVER_SECONDS", 600)
    rds = aws.client("rds")

    def made(name: str, *, multi_az: bool) -> None:
        rds.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20,
            MasterUsername="somebody", MasterUserPassword="not-a-secret", MultiAZ=multi_az,
        )  # fmt: skip

    def status(name: str) -> str:
        found: str = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"]
        return found

    made("alone", multi_az=False)
    made("twice", multi_az=True)
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        rds.reboot_db_instance(DBInstanceIdentifier="alone", ForceFailover=True)
    assert status("alone") == "available"
    rds.reboot_db_instance(DBInstanceIdentifier="alone")
    assert status("alone") == "rebooting"
    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        rds.reboot_db_instance(DBInstanceIdentifier="alone")
    monkeypatch.setattr(f"{MODULE}.FAILOVER_SECONDS", 0)
    rds.reboot_db_instance(DBInstanceIdentifier="twice", ForceFailover=True)
    assert status("twice") == "available"


def test_an_experiment_says_what_it_could_not_do(aws: Aws) -> None:
    fis = aws.client("fis")
    target = {"resourceType": "aws:ec2:instance", "resourceTags": {"app": "shop"}, "selectionMode": "ALL"}
    template = fis.create_experiment_template(
        clientToken="one",
        description="Instances go",
        roleArn="arn:aws:iam::123456789012:role/fis",
        stopConditions=[{"source": "none"}],
        targets={"Instances": target},
        actions={"Stop": {"actionId": "aws:ec2:stop-instances", "targets": {"Instances": "Instances"}}},
    )["experimentTemplate"]
    started = fis.start_experiment(clientToken="two", experimentTemplateId=template["id"])["experiment"]
    state = fis.get_experiment(id=started["id"])["experiment"]["actions"]["Stop"]["state"]
    assert state == {"status": "skipped", "reason": "aws:ec2:stop-instances: the local AWS cannot do it"}
