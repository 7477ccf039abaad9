"""REST APIs beyond the cases of types.yaml: what their API refuses, and stages that outlive a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Aws, failures, physical


@pytest.fixture
def api(aws: Aws) -> Iterator[str]:
    """A REST API with one method and a stage ``live``."""
    client = aws.client("apigateway", "eu-west-1")
    made = client.create_rest_api(name="pets")
    method = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**method, authorizationType="NONE")
    client.put_integration(**method, type="MOCK")
    client.create_deployment(restApiId=made["id"], stageName="live")
    yield made["id"]
    client.delete_rest_api(restApiId=made["id"])


def message(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value)


def patch(path: str, value: str = "", op: str = "replace") -> dict[str, str]:
    return {"op": op, "path": path, "value": value}


def test_logs_need_the_role_of_the_account(aws: Aws, api: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    stage = {"restApiId": api, "stageName": "live"}
    logs = [patch("/*/*/logging/loglevel", "INFO")]
    words = "CloudWatch Logs role ARN must be set in account settings to enable logging"
    assert words in message(client.update_stage, **stage, patchOperations=logs)
    access = [patch("/accessLogSettings/destinationArn", "arn:aws:logs:eu-west-1:123456789012:log-group:a")]
    assert words in message(client.update_stage, **stage, patchOperations=access)
    client.update_account(patchOperations=[patch("/cloudwatchRoleArn", "arn:aws:iam::123456789012:role/r")])
    settings = client.update_stage(**stage, patchOperations=logs)["methodSettings"]
    assert settings == {"*/*": {"loggingLevel": "INFO"}}
    client.update_account(patchOperations=[patch("/cloudwatchRoleArn", op="remove")])
    assert "cloudwatchRoleArn" not in client.get_account()


@pytest.mark.parametrize("path", ["/nothing", "/*/*/logging/volume", "/canarySettings/nothing", "/description/deep"])
def test_unknown_patch_paths_are_refused(aws: Aws, api: str, path: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    stage = {"restApiId": api, "stageName": "live"}
    assert f"Invalid patch path {path}" in message(client.update_stage, **stage, patchOperations=[patch(path, "1")])


def test_values_that_are_no_numbers_are_refused(aws: Aws, api: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    wrong = [patch("/*/*/throttling/rateLimit", "many")]
    assert "Invalid number" in message(client.update_stage, restApiId=api, stageName="live", patchOperations=wrong)


def test_a_deployment_that_a_stage_shows_stays(aws: Aws, api: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    [first] = client.get_deployments(restApiId=api)["items"]
    gone = {"restApiId": api, "deploymentId": first["id"]}
    assert "Active stages pointing to this deployment" in message(client.delete_deployment, **gone)
    second = client.create_deployment(restApiId=api)["id"]
    client.update_stage(restApiId=api, stageName="live", patchOperations=[patch("/deploymentId", second)])
    client.delete_deployment(**gone)
    assert "Invalid Deployment identifier" in message(client.get_deployment, **gone)
    unknown = [patch("/deploymentId", first["id"])]
    assert "Invalid deployment" in message(client.update_stage, restApiId=api, stageName="live",
                                           patchOperations=unknown)  # fmt: skip


def test_a_canary_gets_a_new_deployment_before_the_stage(aws: Aws, api: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    before = client.get_stage(restApiId=api, stageName="live")["deploymentId"]
    new = client.create_deployment(restApiId=api, stageName="live", canarySettings={"percentTraffic": 10})["id"]
    stage = client.get_stage(restApiId=api, stageName="live")
    assert stage["deploymentId"] == before != new
    assert stage["canarySettings"] == {"percentTraffic": 10.0, "deploymentId": new}


def test_one_path_is_one_resource(aws: Aws, api: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    [root] = client.get_resources(restApiId=api)["items"]
    client.create_resource(restApiId=api, parentId=root["id"], pathPart="pets")
    again = {"restApiId": api, "parentId": root["id"], "pathPart": "pets"}
    assert "Another resource with the same parent already has this name" in message(client.create_resource, **again)


def test_plans_name_stages_that_exist_and_go_without_them(aws: Aws, api: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    nowhere = [{"apiId": api, "stage": "nowhere"}]
    assert "Invalid stage identifier" in message(client.create_usage_plan, name="p", apiStages=nowhere)
    plan = client.create_usage_plan(name="p", apiStages=[{"apiId": api, "stage": "live"}])["id"]
    limit = [patch(f"/apiStages/{api}:live/throttle/~1pets/GET/rateLimit", "2.5")]
    stages = client.update_usage_plan(usagePlanId=plan, patchOperations=limit)["apiStages"]
    assert stages[0]["throttle"] == {"/pets/GET": {"rateLimit": 2.5}}
    assert "has associated API stages" in message(client.delete_usage_plan, usagePlanId=plan)
    client.update_usage_plan(usagePlanId=plan, patchOperations=[patch("/apiStages", f"{api}:live", "remove")])
    client.delete_usage_plan(usagePlanId=plan)


def test_everything_that_has_tags_takes_them(aws: Aws, api: str) -> None:
    client = aws.client("apigateway", "eu-west-1")
    plan = client.create_usage_plan(name="tagged")["id"]
    for place in (f"restapis/{api}", f"restapis/{api}/stages/live", f"usageplans/{plan}"):
        arn = f"arn:aws:apigateway:eu-west-1::/{place}"
        client.tag_resource(resourceArn=arn, tags={"a": "b", "c": "d"})
        client.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert client.get_tags(resourceArn=arn)["tags"] == {"c": "d"}
    assert "NotFound" in message(client.get_tags, resourceArn="arn:aws:apigateway:eu-west-1::/restapis/none")
    client.delete_usage_plan(usagePlanId=plan)


def test_a_new_deployment_takes_over_the_stage_with_its_settings(aws: Aws) -> None:
    """As SAM and the Serverless Framework write it: the deployment's logical id changes with the API."""

    def template(deployment: str) -> dict[str, Any]:
        api = {"Ref": "Api"}
        return {"Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "shop"}},
            "Method": {"Type": "AWS::ApiGateway::Method", "Properties": {
                "RestApiId": api, "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "HttpMethod": "GET",
                "AuthorizationType": "NONE", "Integration": {"Type": "MOCK"}}},
            deployment: {"Type": "AWS::ApiGateway::Deployment", "DependsOn": "Method", "Properties": {
                "RestApiId": api, "StageName": "prod", "StageDescription": {"ThrottlingRateLimit": 10}}},
        }, "Outputs": {"Id": {"Value": api}}}  # fmt: skip

    stack = aws.deploy(template("First"))
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    client, api = aws.client("apigateway"), physical(stack, "Api")
    client.update_stage(restApiId=api, stageName="prod", patchOperations=[patch("/variables/color", "blue")])
    aws.update(stack, template("Second"))
    assert stack.status == "UPDATE_COMPLETE", failures(stack)
    stage = client.get_stage(restApiId=api, stageName="prod")
    assert stage["deploymentId"] == physical(stack, "Second")
    assert stage["variables"] == {"color": "blue"}
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 10
    assert [each["id"] for each in client.get_deployments(restApiId=api)["items"]] == [physical(stack, "Second")]
    aws.delete(stack)
    assert stack.status == "DELETE_COMPLETE", failures(stack)
