"""The role that deploys, made on the local AWS, read back with boto3, made anew after a change, and removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.api.files import read_source
from groundplan.cli.bootstrap_roles import require_deployer
from groundplan.cli.options import TargetOption
from groundplan.errors import EnvironmentalError, ExitCode
from groundplan.operations.deployer import Environment, environments, require_current
from groundplan.targets.connection import Connection, connect


def blueprint(project: str, more: str = "", provider: str = "exists") -> str:
    return f"""\
project: {project}
region: {REGION}
engine: cloudformation
network: {{nat: none}}
queues: {{mails: {{}}}}
{more}
pipelines: {{repository: acme/shop, deploy_role: bootstrap, provider: {provider}}}
environments: {{production: {{profile: poc}}, staging: {{profile: staging, pipelines: {{approval: false}}}}}}
"""


def test_role_policies_and_boundary_are_made(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    file = write(blueprint(project))
    made = groundplan("bootstrap", "-e", "production", "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    (told,) = json.loads(made.out)["deploy_roles"]
    iam, name = aws.client("iam"), f"groundplan-deploy-{project}-production"
    role = iam.get_role(RoleName=name)["Role"]
    assert told["role"] == role["Arn"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"]["Federated"].endswith(":oidc-provider/token.actions.githubusercontent.com")
    assert trusted["Condition"]["StringEquals"] == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme/shop:environment:production",
    }
    attached = [item["PolicyArn"] for item in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    said = [_document(iam, arn) for arn in attached]
    (bounded,) = [one for one in said for one in one["Statement"] if one["Sid"] == "BoundedRoles"]
    assert bounded["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": told["permissions_boundary"]}}
    assert _document(iam, told["permissions_boundary"])["Statement"]
    found = aws.cloudformation.describe_stacks(StackName=told["stack"])["Stacks"][0]
    assert found["EnableTerminationProtection"] is True
    _deployed_roles_have_the_boundary(groundplan, aws, project, told["permissions_boundary"])
    _becomes_stale(file, groundplan, write, project)
    gone = groundplan("bootstrap", "--remove", "-e", "production", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert f"{told['stack']}: removed from local" in gone.out
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=name)


def _document(iam: Any, arn: str) -> dict[str, Any]:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found: dict[str, Any] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return found


def _deployed_roles_have_the_boundary(groundplan: Command, aws: Aws, project: str, boundary: str) -> None:
    done = groundplan("deploy", "-e", "production", "--yes")
    assert done.code == ExitCode.FINE, done.err
    roles = aws.client("iam").get_paginator("list_roles").paginate().build_full_result()["Roles"]
    own = [role["RoleName"] for role in roles if role["RoleName"].startswith(f"{project}-production")]
    assert f"{project}-production-pipeline-plan-role" in own
    for name in (name for name in own if not name.endswith("terraform-state")):
        role = aws.client("iam").get_role(RoleName=name)["Role"]
        if aws.client("iam").list_role_policies(RoleName=name)["PolicyNames"]:
            assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary


def _becomes_stale(file: Path, groundplan: Command, write: Write, project: str) -> None:
    """Another type of resource needs other rights, which are looked for before a deployment."""
    connection = connect("local")
    _require(connection, file)
    write(blueprint(project, "buckets: {files: {}}"))
    with pytest.raises(EnvironmentalError, match=r"another state of the blueprint.*groundplan bootstrap -e production"):
        _require(connection, file)
    again = groundplan("bootstrap", "-e", "production")
    assert again.code == ExitCode.FINE, again.err
    assert f"groundplan-deploy-{project}-production" in again.out
    _require(connection, file)


def _require(connection: Connection, file: Path) -> None:
    require_current(connection, _environment(file, "production"))


def _environment(file: Path, name: str) -> Environment:
    (found,) = [one for one in environments(read_source(file).all()) if one.loaded.name == name]
    return found


def test_role_that_was_never_made_is_told(write: Write, project: str) -> None:
    found = _environment(write(blueprint(project)), "staging")
    with pytest.raises(EnvironmentalError, match="are not there yet: somebody who may make roles runs"):
        require_current(connect("local"), found)


def test_deployment_asks_for_the_role_on_aws_only(write: Write, project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundplan.cli.engine.connected", lambda loaded, target: connect("local"))
    loaded = read_source(write(blueprint(project))).environment("staging")
    require_deployer(loaded, TargetOption.LOCAL)
    with pytest.raises(EnvironmentalError, match="are not there yet"):
        require_deployer(loaded, TargetOption.AWS)


def test_identity_provider_is_made_unless_it_is_there(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    iam = aws.client("iam")
    arn = iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
    )["OpenIDConnectProviderArn"]
    write(blueprint(project, provider="create"))
    refused = groundplan("bootstrap", "-e", "staging")
    assert refused.code == ExitCode.BAD_INPUT
    assert "GitHub's identity provider is in the account already" in refused.err
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    made = groundplan("bootstrap", "-e", "staging", "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    assert json.loads(made.out)["deploy_roles"][0]["identity_provider"] == arn
    again = groundplan("bootstrap", "-e", "staging", "--format", "json")
    assert json.loads(again.out)["deploy_roles"][0]["changed"] == 0
    assert groundplan("bootstrap", "--remove", "-e", "staging", "--yes").code == ExitCode.FINE
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_stack_of_somebody_else_is_left(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    name = f"groundplan-deploy-{project}-staging-bootstrap"
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    aws.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    write(blueprint(project))
    refused = groundplan("bootstrap", "-e", "staging")
    assert refused.code == ExitCode.BAD_INPUT
    assert "was not made by groundplan bootstrap, so it is left as it is" in refused.err


def test_templates_are_written(groundplan: Command, write: Write, project: str, tmp_path: Path) -> None:
    write(blueprint(project))
    written = groundplan("bootstrap", "-e", "production", "--out", str(tmp_path))
    assert written.code == ExitCode.FINE, written.err
    assert any("groundplan-deploy" in file.name for file in tmp_path.rglob("*"))
