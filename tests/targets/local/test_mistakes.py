"""What AWS refuses is refused here, in AWS's own words. The mistakes are mistakes.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.catalog import names
from groundplan.targets.local.cloudformation.errors import StackError
from groundplan.targets.local.cloudformation.references import references
from groundplan.targets.local.cloudformation.templates import TemplateLoader
from groundplan.targets.local.types.refusals.names import NAMED
from groundplan.targets.local.types.rows import all_rows

from .conftest import Aws, failures, physical

_HERE = Path(__file__).parent
MISTAKES: list[dict[str, Any]] = yaml.load((_HERE / "mistakes.yaml").read_text(), TemplateLoader)["mistakes"]
SHARED: dict[str, Any] = yaml.load((_HERE / "types.yaml").read_text(), TemplateLoader)["shared"]


def template(mistake: dict[str, Any]) -> dict[str, Any]:
    """The mistake's resources, the shared ones that they use, and what those use in turn."""
    resources = dict(mistake["resources"])
    waiting = [*sorted(references(resources)), *mistake.get("uses", [])]
    while waiting:
        name = waiting.pop()
        if name in SHARED and name not in resources:
            resources[name] = SHARED[name]
            waiting += sorted(references(resources[name]))
    return {"Resources": resources}


@pytest.mark.parametrize("mistake", MISTAKES, ids=[item["title"].replace(" ", "-") for item in MISTAKES])
def test_mistake_is_refused(aws: Aws, mistake: dict[str, Any]) -> None:
    reason = first_reason(aws, mistake)
    assert mistake["says"] in reason, reason


def first_reason(aws: Aws, mistake: dict[str, Any]) -> str:
    """Why the change set was not made, or why the resource under test failed, with nothing left behind."""
    try:
        stack = aws.deploy(template(mistake), region=mistake.get("region", ""))
    except StackError as error:
        return str(error)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert not stack.resources
    reason = failures(stack)[0]
    assert reason.startswith("T: "), reason
    return reason


def test_a_version_that_is_retired_meanwhile_stays(aws: Aws) -> None:
    """Only what is asked for anew is refused: a running database keeps its version, its class may change."""
    properties = {"DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "EngineVersion": "15.13",
                  "AllocatedStorage": "20", "MasterUsername": "app", "MasterUserPassword": "Passw0rd1"}  # fmt: skip
    stack = aws.deploy({"Resources": {"T": _database(properties)}})
    stack.resources["T"].state.properties["EngineVersion"] = stack.resources["T"].properties["EngineVersion"] = "15.4"
    aws.update(
        stack, {"Resources": {"T": _database({**properties, "EngineVersion": "15.4", "AllocatedStorage": "30"})}}
    )
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    aws.update(stack, {"Resources": {"T": _database({**properties, "EngineVersion": "15.5"})}})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Cannot find version 15.5 for postgres" in " ".join(failures(stack))
    aws.delete(stack)


def _database(properties: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": properties}


def test_an_update_is_refused_too_and_rolled_back(aws: Aws) -> None:
    def logs(days: int) -> dict[str, Any]:
        return {"Resources": {"T": {"Type": "AWS::Logs::LogGroup", "Properties": {
            "LogGroupName": "/mistakes/logs", "RetentionInDays": days}}}}  # fmt: skip

    stack = aws.deploy(logs(30))
    aws.update(stack, logs(90))
    assert stack.status == "UPDATE_COMPLETE"
    aws.update(stack, logs(31))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix="/mistakes/logs")["logGroups"]
    assert [group["retentionInDays"] for group in groups] == [90]
    aws.delete(stack)


def test_two_listeners_on_one_port_are_refused_by_the_api_itself(aws: Aws) -> None:
    """Also for those who call the API without CloudFormation, and when a listener is moved."""
    stack = aws.deploy(template({"resources": {"T": SHARED["Listener"]}}))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    elbv2 = aws.client("elbv2")
    listener = {"LoadBalancerArn": physical(stack, "Balancer"), "Protocol": "HTTP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": physical(stack, "Targets")}]}  # fmt: skip
    with pytest.raises(elbv2.exceptions.DuplicateListenerException):
        elbv2.create_listener(**listener, Port=80)
    other = elbv2.create_listener(**listener, Port=81)["Listeners"][0]["ListenerArn"]
    with pytest.raises(elbv2.exceptions.DuplicateListenerException):
        elbv2.modify_listener(ListenerArn=other, Port=80)
    elbv2.delete_listener(ListenerArn=other)
    aws.delete(stack)


def test_capitals_that_aws_lowers_are_taken(aws: Aws) -> None:
    """RDS and ElastiCache store names in lower case; the reference is what is stored."""
    stack = aws.deploy({"Resources": {
        "Cache": {"Type": "AWS::ElastiCache::ReplicationGroup", "DeletionPolicy": "Delete", "Properties": {
            "ReplicationGroupId": "Shop-Redis", "ReplicationGroupDescription": "d", "Engine": "redis",
            "CacheNodeType": "cache.t3.micro", "NumCacheClusters": 1}},
        "Data": _database({"DBInstanceIdentifier": "Shop-Data", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres",
                           "AllocatedStorage": "20", "MasterUsername": "app", "MasterUserPassword": "Passw0rd1"}),
    }})  # fmt: skip
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    assert [physical(stack, name) for name in ("Cache", "Data")] == ["shop-redis", "shop-data"]
    aws.delete(stack)


@pytest.mark.parametrize(("type_name", "rule"), [(name, kind) for name, (_, kind, _) in NAMED.items()])
def test_generated_names_are_within_the_rules(type_name: str, rule: str) -> None:
    row = all_rows()[type_name]
    if row.name == NAMED[type_name][0]:
        assert row.name_limit <= names.rule(rule).maximum
