"""DS-147 to DS-154, DS-10: roles, what they allow, and that no account is written down."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.acceptance.policies import allows
from tests.acceptance.rows import requirement
from tests.acceptance.system import Aws, CommandLine, Templates, TerraformRoot

from groundplan.resources import Architecture
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import Key, Role, Secret
from groundplan.resources.values import Pseudo, Ref, text

TASK_ROLE = Ref(Role, "api_task")
NO_RESOURCE = {"ecr:GetAuthorizationToken", "logs:DescribeLogGroups"}
"""Actions that know no resource. Source:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def task_policy(architecture: Architecture) -> PolicyDocument:
    (policy,) = architecture[TASK_ROLE].inline_policies
    assert policy.policy_name == "DuskSpendr-ecs-task-policy"
    return policy.document


def deployed_policy(aws: Aws) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("iam").get_role_policy(
        RoleName="DuskSpendr-ecs-task-role", PolicyName="DuskSpendr-ecs-task-policy"
    )["PolicyDocument"]
    return found


@requirement("DS-148", "DS-149", "DS-150")
def test_task_role(terraform: TerraformRoot, templates: Templates) -> None:
    planned = terraform.of(TASK_ROLE, "aws_iam_role")
    assert planned["name"] == "DuskSpendr-ecs-task-role"
    assert json.loads(planned["assume_role_policy"]) == TRUST
    policy = terraform.of(TASK_ROLE, "aws_iam_role_policy")
    assert policy["name"] == "DuskSpendr-ecs-task-policy"
    assert json.loads(policy["policy"])["Version"] == "2012-10-17"
    written = templates.properties(TASK_ROLE)
    assert (written["RoleName"], written["AssumeRolePolicyDocument"]) == ("DuskSpendr-ecs-task-role", TRUST)
    assert [item["PolicyName"] for item in written["Policies"]] == ["DuskSpendr-ecs-task-policy"]


@requirement("DS-148", "DS-149", "DS-150")
def test_deployed_task_role(aws: Aws) -> None:
    role = aws.client("iam").get_role(RoleName="DuskSpendr-ecs-task-role")["Role"]
    assert role["AssumeRolePolicyDocument"] == TRUST
    assert deployed_policy(aws)["Version"] == "2012-10-17"


@requirement("DS-151", "DS-152", "DS-153")
def test_task_role_allows_what_is_demanded_and_what_that_needs(architecture: Architecture) -> None:
    """C-19: the bucket is encrypted with its own key, which the demanded rights leave out."""
    allowed = {(action, statement.resources) for statement in task_policy(architecture).statements
               for action in statement.actions}  # fmt: skip
    backups = architecture.at("bucket.backups")
    assert backups is not None
    objects = (text(backups.ref.arn, "/*"),)
    secrets = text(
        "arn:", Pseudo.PARTITION, ":secretsmanager:", Pseudo.REGION, ":", Pseudo.ACCOUNT_ID, ":secret:DuskSpendr/*"
    )
    bucket_key, main_key = (Ref(Key, "backups").arn,), (Ref(Key, "main").arn,)
    assert allowed == {
        ("s3:GetObject", objects),
        ("s3:PutObject", objects),
        ("kms:Decrypt", bucket_key),
        ("kms:GenerateDataKey", bucket_key),
        ("secretsmanager:GetSecretValue", (secrets,)),
        ("kms:Decrypt", main_key),
    }


@requirement("DS-151", "DS-152", "DS-153")
def test_deployed_task_role_allows_that_and_no_more(aws: Aws) -> None:
    documents, kms = [deployed_policy(aws)], aws.client("kms")
    key = {name: kms.describe_key(KeyId=f"alias/DuskSpendr-{name}")["KeyMetadata"]["Arn"]
           for name in ("main", "backups", "rds")}  # fmt: skip
    bucket = "arn:aws:s3:::duskspendr-backups-production"
    secret = aws.client("secretsmanager").describe_secret(SecretId="DuskSpendr/production/db_url")["ARN"]
    allowed = [
        ("s3:GetObject", f"{bucket}/auto-backups/1"),
        ("s3:PutObject", f"{bucket}/manual-backups/1"),
        ("secretsmanager:GetSecretValue", secret),
        ("kms:Decrypt", key["main"]),
        ("kms:Decrypt", key["backups"]),
        ("kms:GenerateDataKey", key["backups"]),
    ]
    assert [asked for asked in allowed if not allows(documents, *asked)] == []
    refused = [
        ("s3:DeleteObject", f"{bucket}/auto-backups/1"),
        ("s3:GetObject", "arn:aws:s3:::duskspendr-logs-production/1"),
        ("s3:ListBucket", bucket),
        ("secretsmanager:GetSecretValue", secret.replace("DuskSpendr/", "duskspendr/")),
        ("secretsmanager:PutSecretValue", secret),
        ("kms:Decrypt", key["rds"]),
        ("iam:PassRole", "*"),
    ]
    assert [asked for asked in refused if allows(documents, *asked)] == []


@requirement("DS-152")
def test_every_secret_stands_under_the_name_that_the_policy_allows(architecture: Architecture) -> None:
    """C-20"""
    secrets = architecture.of(Secret)
    assert len(secrets) == 4
    assert all(secret.secret_name.startswith("DuskSpendr/production/") for secret in secrets)


@requirement("DS-10", "DS-151")
def test_no_role_has_a_wildcard_for_actions_or_resources(architecture: Architecture) -> None:
    for role in architecture.of(Role):
        for policy in role.inline_policies:
            for statement in policy.document.statements:
                assert not any("*" in action for action in statement.actions), role.address
                assert "*" not in statement.resources or set(statement.actions) <= NO_RESOURCE, role.address


@requirement("DS-153")
def test_key_exists_and_encrypts_the_secrets(architecture: Architecture) -> None:
    main = Ref(Key, "main")
    assert main in architecture
    assert {secret.kms_key for secret in architecture.of(Secret)} == {main}


@requirement("DS-154")
def test_no_account_region_or_environment_is_written_into_the_terraform_code(terraform: TerraformRoot) -> None:
    code = {path.name: path.read_text(encoding="utf-8") for path in terraform.folder.glob("*.tf")}
    everything = "\n".join(code.values())
    assert not re.search(r"\b\d{12}\b", everything)
    assert "data.aws_caller_identity.current.account_id" in code["iam.tf"]
    assert "ap-south-1" not in "\n".join(text for name, text in code.items() if name != "backend.tf").replace(
        "like ap-south-1", ""
    )
    assert re.search(r"region\s*=\s*var\.region", everything)
    assert "var.environment" in everything


@requirement("DS-154")
def test_no_account_is_written_into_the_templates(templates: Templates) -> None:
    for stack in templates.rendering.stacks:
        assert not re.search(r"\b\d{12}\b", stack.body)


@requirement("DS-10", "DS-180")
def test_checks_find_no_error(command_line: CommandLine) -> None:
    report = command_line.json("check")
    assert [finding for finding in report["findings"] if finding["severity"] == "error"] == []
    assert report["summary"]["error"] == 0


@requirement("DS-10")
@pytest.mark.parametrize("kind", ["bucket", "database_instance", "cache_replication_group", "secret", "log_group"])
def test_everything_that_keeps_data_is_encrypted(architecture: Architecture, kind: str) -> None:
    found = [resource for resource in architecture if resource.kind_name() == kind]
    assert found
    for resource in found:
        key = getattr(resource, "kms_key", None)
        source = getattr(resource, "source", None)  # a replica has its primary's key
        sse = getattr(resource, "sse_algorithm", None)  # log delivery does not take a customer's key
        assert key or source or sse == "AES256", resource.address
