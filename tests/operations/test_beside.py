"""What CloudFormation has no type for, deployed to the local AWS and read back with boto3."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import ExitCode

SECRETS = "token: {store: parameter-store, generate: 40}, maps: {store: parameter-store, description: Key of the maps}"


def shop(project: str, *, used: str = "TOKEN: token, MAPS: maps", secrets: str = SECRETS, more: str = "") -> str:
    """A worker with parameters, as quick to deploy as can be."""
    return f"""\
project: {project}
region: {REGION}
engine: cloudformation
profile: poc
keys: customer
services:
  worker:
    image: {{repository: worker, tag: '1'}}
    secrets: {{{used}}}
secrets: {{{secrets}}}
{more}
"""


def parameter(aws: Aws, name: str) -> dict[str, Any]:
    """What AWS says of a parameter, with its value and tags."""
    ssm = aws.client("ssm")
    described = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"]
    if not described:
        return {}
    value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return {**described[0], "Value": value, "Tags": {tag["Key"]: tag["Value"] for tag in tags}}


def key_of(aws: Aws, project: str) -> str:
    arn: str = aws.client("kms").describe_key(KeyId=f"alias/{project}-production-main")["KeyMetadata"]["Arn"]
    return arn


def test_parameters_are_made_before_tasks_and_once(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(shop(project))
    result = groundplan("deploy", "--format", "json")
    assert result.code == ExitCode.FINE, result.err
    made = {item["resource"]: item["done"] for item in result.json["beside"]}
    assert made["secure_parameter.token"] == "created"
    assert "for a person to fill: aws ssm put-parameter" in made["secure_parameter.maps"]

    token = parameter(aws, f"/{project}/production/token")
    assert (token["Type"], token["KeyId"]) == ("SecureString", key_of(aws, project))
    assert len(token["Value"]) == 40
    assert token["Value"].isalnum()
    assert {"Project": project, "Environment": "production", "ManagedBy": "Groundplan"}.items() <= token["Tags"].items()
    assert token["Value"] not in result.out + result.err
    templates = [aws.cloudformation.get_template(StackName=name) for name in aws.stacks(project)]
    assert token["Value"] not in str(templates)

    task = aws.client("ecs").describe_task_definition(taskDefinition=f"{project}-production-worker")["taskDefinition"]
    arn = f"arn:aws:ssm:{REGION}:123456789012:parameter/{project}/production"
    assert {item["name"]: item["valueFrom"] for item in task["containerDefinitions"][0]["secrets"]} == {
        "TOKEN": f"{arn}/token",
        "MAPS": f"{arn}/maps",
    }
    role = f"{project}-production-worker-execution-role"
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName=role.replace("role", "policy"))
    read = {item["Sid"]: item for item in policy["PolicyDocument"]["Statement"]}
    assert read["ReadInjectedParameters"]["Action"] == "ssm:GetParameters"
    assert sorted(read["ReadInjectedParameters"]["Resource"]) == [f"{arn}/maps", f"{arn}/token"]
    assert "ReadInjectedSecrets" not in read

    assert groundplan("plan", "--format", "json").json["changes"] == []
    again = groundplan("deploy", "--format", "json").json
    assert not any(item["changed"] for item in again["beside"])
    assert parameter(aws, f"/{project}/production/token")["Value"] == token["Value"]


def test_what_a_person_fills_stays_whatever_changes(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(shop(project))
    groundplan("deploy")
    name = f"/{project}/production/maps"
    # As people do, without a thought of the key.
    aws.client("ssm").put_parameter(
        Name=name, Value="geheim", Type="SecureString", KeyId="alias/aws/ssm", Overwrite=True
    )
    write(shop(project, secrets=SECRETS.replace("Key of the maps", "Key of all maps")))
    changes = {item["resource"]: item for item in groundplan("plan", "--format", "json").json["changes"]}
    assert changes["secure_parameter.maps"]["why"] == "Description changed, KeyId changed"
    result = groundplan("deploy")
    assert result.code == ExitCode.FINE, result.err
    assert "geheim" not in result.out + result.err
    now = parameter(aws, name)
    assert (now["Value"], now["Description"], now["KeyId"]) == ("geheim", "Key of all maps", key_of(aws, project))


def test_what_is_no_longer_asked_for(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(shop(project))
    groundplan("deploy")
    write(shop(project, used="OTHER: other", secrets="other: {generate: 20}"))
    plan = groundplan("plan", "--format", "json").json
    gone = f"secure_parameter /{project}/production/token in {REGION}"
    assert [item["action"] for item in plan["changes"] if item["resource"] == gone] == ["delete"]
    (note,) = plan["notes"]
    assert f"aws ssm delete-parameter --name /{project}/production/maps" in note
    refused = groundplan("deploy")
    assert refused.code == ExitCode.BAD_INPUT
    assert f"--allow-replace '{gone}'" in refused.err, "as a shell takes it"
    assert "a person filled it in" in groundplan("deploy", "--allow-replace", gone, "--allow-unprotect", "key.main").err
    assert parameter(aws, f"/{project}/production/token") == {}
    assert parameter(aws, f"/{project}/production/maps")


def test_destruction_keeps_what_a_person_filled_and_the_next_deployment_takes_it_over(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    write(shop(project, more="account: {cost_tags: false}"))
    groundplan("deploy")
    before = key_of(aws, project)
    name = f"/{project}/production/maps"
    aws.client("ssm").put_parameter(Name=name, Value="geheim", Type="SecureString", KeyId=before, Overwrite=True)
    result = groundplan("destroy", "--yes")
    assert result.code == ExitCode.FINE, result.err
    assert f"secure_parameter.maps ({name}): stays" in result.err
    assert "account_password_policy.main: stays as it is" in result.err
    assert parameter(aws, f"/{project}/production/token") == {}
    assert parameter(aws, name)["Value"] == "geheim"
    assert aws.client("kms").describe_key(KeyId=before)["KeyMetadata"]["KeyState"] == "Enabled"
    assert aws.client("iam").get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 14
    assert "nothing is deployed" in groundplan("destroy", "--yes").out

    assert groundplan("deploy").code == ExitCode.FINE
    now = parameter(aws, name)
    assert (now["Value"], now["KeyId"]) == ("geheim", key_of(aws, project))
    assert now["KeyId"] != before

    groundplan("destroy", "--yes", "--delete-data")
    assert parameter(aws, name) == {}


def test_a_name_that_somebody_else_has(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    name = f"/{project}/production/token"
    aws.client("ssm").put_parameter(Name=name, Value="theirs", Type="SecureString")
    write(shop(project))
    result = groundplan("deploy")
    assert result.code == ExitCode.DEPLOYMENT_FAILED
    assert f"secure_parameter.token: {name} is in the Parameter Store of {REGION} already" in result.err
    assert parameter(aws, name)["Value"] == "theirs"
    # What does not need it is there, and the next deployment goes on from there.
    assert f"{project}-production-network" in aws.stacks(project)
    assert f"{project}-production-services" not in aws.stacks(project)
    aws.client("ssm").delete_parameter(Name=name)
    assert groundplan("deploy").code == ExitCode.FINE


def test_what_the_account_has_once(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    account = f"""\
tags: {{Team-{project}: platform}}
account: {{passwords: {{length: 16, reuse: 5, expire: 90d}}}}
"""
    write(shop(project, more=account))
    plan = groundplan("plan", "--format", "json").json
    assert any(f"cost_allocation_tag.team_{project}: Cost Explorer does not know" in note for note in plan["notes"])
    result = groundplan("deploy", "--format", "json")
    assert result.code == ExitCode.FINE, result.err
    policy = aws.client("iam").get_account_password_policy()["PasswordPolicy"]
    assert policy.pop("ExpirePasswords")
    assert policy == {
        "MinimumPasswordLength": 16,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "AllowUsersToChangePassword": True,
        "MaxPasswordAge": 90,
        "PasswordReusePrevention": 5,
        "HardExpiry": False,
    }
    explorer = aws.client("ce", "us-east-1")
    active = explorer.list_cost_allocation_tags(Status="Active")["CostAllocationTags"]
    assert {"Project", "Environment", "ManagedBy", f"Team-{project}"} <= {item["TagKey"] for item in active}

    explorer.update_cost_allocation_tags_status(
        CostAllocationTagsStatus=[{"TagKey": f"Team-{project}", "Status": "Inactive"}]
    )
    write(shop(project, more=account.replace("reuse: 5, expire: 90d", "reuse: 6")))
    changes = {item["resource"]: item["why"] for item in groundplan("plan", "--format", "json").json["changes"]}
    assert changes == {
        "account_password_policy.main": "MaxPasswordAge, PasswordReusePrevention changed",
        f"cost_allocation_tag.team_{project}": f"the tag Team-{project} is not active",
    }
    assert groundplan("deploy").code == ExitCode.FINE
    policy = aws.client("iam").get_account_password_policy()["PasswordPolicy"]
    assert not policy["ExpirePasswords"]
    assert groundplan("plan", "--format", "json").json["changes"] == []


@pytest.mark.parametrize("owner", ["jane", "john"])
def test_owners_have_parameters_of_their_own(
    groundplan: Command, write: Write, aws: Aws, project: str, owner: str
) -> None:
    write(shop(project))
    for name in ("jane", "john"):
        assert groundplan("deploy", "--set", f"owner_id={name}").code == ExitCode.FINE
    groundplan("destroy", "--yes", "--delete-data", "--set", f"owner_id={owner}")
    there = {name: bool(parameter(aws, f"/{project}/production-{name}/token")) for name in ("jane", "john")}
    assert there == {name: name != owner for name in ("jane", "john")}
