"""What Terraform's state needs, made on the local AWS, read back, used by the real Terraform core and removed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.cli.commands import Command, Write
from tests.operations.running import REGION, Aws

from groundplan.errors import DeploymentError, ExitCode
from groundplan.operations.bootstrap import what_is_left
from groundplan.targets.connection import Connection

COPY = "eu-west-1"
DEPLOYER = "arn:aws:iam::123456789012:role/deployer"


def blueprint(project: str, more: str = "") -> str:
    return (
        f"project: {project}\nregion: {REGION}\n{more}\n"
        "environments: {production: {}, staging: {profile: staging}, dev: {profile: poc}}\n"
    )


def stack(aws: Aws, name: str) -> Any:
    return aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]


def state_with(*resources: object) -> bytes:
    return json.dumps({"version": 4, "serial": 1, "resources": list(resources)}).encode()


def test_everything_that_a_state_needs(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    made = groundplan("bootstrap", "-e", "production", "--lock-table", "--access-logs", "--trust", DEPLOYER)
    assert made.code == ExitCode.FINE, made.err
    bucket = f"{project}-production-terraform-state"
    assert aws.buckets(project) == {bucket, f"{bucket}-logs"}, "staging was not named"
    _check_bucket(aws, bucket)
    _check_table(aws, bucket)
    role = aws.client("iam").get_role(RoleName=f"{project}-production-terraform-state")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": DEPLOYER}
    found = stack(aws, f"{bucket}-bootstrap")
    assert found["EnableTerminationProtection"] is True
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        aws.cloudformation.delete_stack(StackName=f"{bucket}-bootstrap")
    assert f"-backend-config=dynamodb_table={bucket}-lock" in made.out
    assert "groundplan render -e production --engine terraform --out terraform/production" in made.out


def _check_bucket(aws: Aws, bucket: str) -> None:
    client = aws.s3
    assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    (owned,) = client.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert owned["ObjectOwnership"] == "BucketOwnerEnforced"
    (rule,) = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    encryption = rule["ApplyServerSideEncryptionByDefault"]
    assert encryption["SSEAlgorithm"] == "aws:kms"
    key = aws.client("kms").describe_key(KeyId=encryption["KMSMasterKeyID"])["KeyMetadata"]
    assert key["Arn"] == aws.client("kms").describe_key(KeyId=f"alias/{bucket}")["KeyMetadata"]["Arn"]
    (statement,) = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    logged = client.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]
    assert logged["TargetBucket"] == f"{bucket}-logs"
    (lifecycle,) = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert lifecycle["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90


def _check_table(aws: Aws, bucket: str) -> None:
    client = aws.client("dynamodb")
    table = client.describe_table(TableName=f"{bucket}-lock")["Table"]
    assert table["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    assert (table["SSEDescription"]["Status"], table["SSEDescription"]["SSEType"]) == ("ENABLED", "KMS")
    recovery = client.describe_continuous_backups(TableName=f"{bucket}-lock")["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_again_changes_nothing_and_forgets_nothing(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    first = groundplan("bootstrap", "--lock-table", "--trust", DEPLOYER, "--format", "json")
    assert first.code == ExitCode.FINE, first.err
    assert [item["bucket"] for item in first.json["buckets"]] == [
        f"{project}-production-terraform-state",
        f"{project}-staging-terraform-state",
    ]
    assert "dev: nothing is needed" in first.err
    again = groundplan("bootstrap", "--format", "json")
    assert [item["changed"] for item in again.json["buckets"]] == [0, 0]
    assert [{**item, "changed": 0} for item in again.json["buckets"]] == [
        {**item, "changed": 0} for item in first.json["buckets"]
    ]
    (environment,) = again.json["buckets"][0]["environments"]
    assert environment["key"] == f"{project}/production/terraform.tfstate"
    assert environment["role"] == f"arn:aws:iam::123456789012:role/{project}-production-terraform-state"
    role = aws.client("iam").get_role(RoleName=f"{project}-production-terraform-state")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": DEPLOYER}, "asked for once"


def test_states_are_copied_to_another_region(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    """What is there already, by this command; what comes, by S3, which may do that and nothing else."""
    write(blueprint(project))
    assert groundplan("bootstrap", "-e", "staging").code == ExitCode.FINE
    bucket = f"{project}-staging-terraform-state"
    key, copy = f"{project}/staging/terraform.tfstate", f"{bucket}-{COPY}"
    aws.s3.put_object(Bucket=bucket, Key=key, Body=state_with())
    made = groundplan("bootstrap", "-e", "staging", "--copy-to", COPY, "--format", "json")
    assert made.code == ExitCode.FINE, made.err
    assert made.json["buckets"][0]["copy"] == {"bucket": copy, "region": COPY}
    assert f"{copy}: 1 objects copied that were there already" in made.err
    there = aws.client("s3", COPY)
    assert there.get_object(Bucket=copy, Key=key)["Body"].read() == state_with()
    assert there.get_bucket_versioning(Bucket=copy)["Status"] == "Enabled"
    (rule,) = aws.s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]["Rules"]
    assert (rule["Status"], rule["Destination"]["Bucket"]) == ("Enabled", f"arn:aws:s3:::{copy}")
    own_key = aws.client("kms", COPY).describe_key(KeyId=f"alias/{copy}")["KeyMetadata"]["Arn"]
    assert rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"] == own_key
    role = f"{project}-staging-terraform-state-copy"
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName="copy")["PolicyDocument"]
    rights = {action for item in policy["Statement"] for action in [item["Action"]] if isinstance(action, str)}
    rights |= {action for item in policy["Statement"] if isinstance(item["Action"], list) for action in item["Action"]}
    assert not {right for right in rights if "*" in right or "Delete" in right} - {"s3:ReplicateDelete"}

    again = groundplan("bootstrap", "-e", "staging", "--format", "json")
    assert (again.json["buckets"][0]["changed"], again.json["buckets"][0]["copy"]["region"]) == (0, COPY)
    none = groundplan("bootstrap", "-e", "staging", "--copy-to", "none", "--format", "json")
    assert none.json["buckets"][0]["copy"] is None, none.err
    assert aws.stacks(project, COPY) == {}
    assert there.get_object(Bucket=copy, Key=key)["Body"].read() == state_with(), "what was copied stays"
    back = groundplan("bootstrap", "-e", "staging", "--copy-to", COPY)
    assert back.code != ExitCode.FINE
    assert f"the bucket {copy} is there already" in back.err


def test_the_copy_goes_with_the_states(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    for wrong, said in (
        ("eu-west-9", "there is no such region"),
        (REGION, "the states are there already"),
        ("cn-north-1", "another partition of AWS"),
    ):
        refused = groundplan("bootstrap", "-e", "staging", "--copy-to", wrong)
        assert refused.code == ExitCode.BAD_INPUT
        assert f"--copy-to {wrong}: " in refused.err
        assert said in refused.err
    assert groundplan("bootstrap", "-e", "staging", "--copy-to", COPY).code == ExitCode.FINE
    gone = groundplan("bootstrap", "-e", "staging", "--remove", "--yes")
    assert gone.code == ExitCode.FINE, gone.err
    assert aws.stacks(project) == aws.stacks(project, COPY) == {}
    assert aws.buckets(project) == set()


def test_what_was_asked_for_can_be_taken_back(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    assert groundplan("bootstrap", "-e", "staging", "--lock-table", "--trust", DEPLOYER).code == ExitCode.FINE
    table, role = f"{project}-staging-terraform-state-lock", f"{project}-staging-terraform-state"
    changed = groundplan("bootstrap", "-e", "staging", "--no-lock-table", "--trust", "account")
    assert changed.code == ExitCode.FINE, changed.err
    assert "taking deletion protection off the lock table" in changed.err
    assert table not in aws.client("dynamodb").list_tables()["TableNames"]
    found = aws.client("iam").get_role(RoleName=role)["Role"]
    trusted = found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert trusted == {"AWS": "arn:aws:iam::123456789012:root"}
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName="state")["PolicyDocument"]
    assert "dynamodb" not in json.dumps(policy)


def test_a_state_in_a_file_needs_nothing(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    for extra in ((), ("--remove",), ("--out", "templates")):
        result = groundplan("bootstrap", "-e", "dev", *extra)
        assert (result.code, result.out) == (ExitCode.FINE, "")
        assert "dev: nothing is needed, since state.backend: local keeps its state in a file" in result.err
    assert aws.buckets(project) == set()


def test_an_environments_stacks_and_these_leave_each_other_alone(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    write(blueprint(project, "buckets: {files: {keep: false}}\nalarms: null"))
    assert groundplan("bootstrap").code == ExitCode.FINE
    assert groundplan("deploy", "-e", "dev").code == ExitCode.FINE
    before = aws.stacks(project)
    again = groundplan("bootstrap", "--format", "json")
    assert [item["changed"] for item in again.json["buckets"]] == [0, 0]
    assert groundplan("plan", "-e", "dev", "--format", "json").json["changes"] == []
    assert aws.stacks(project) == before
    assert groundplan("destroy", "-e", "dev", "-y").code == ExitCode.FINE
    left = {name for name in aws.stacks(project) if name.endswith("-bootstrap")}
    assert len(left) == 2, "what keeps states outlives the environments"


def test_a_bucket_that_somebody_else_made(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    bucket = f"{project}-production-terraform-state"
    aws.create_bucket(bucket)
    refused = groundplan("bootstrap")
    assert refused.code == ExitCode.BAD_INPUT
    assert f"the bucket {bucket} is there already, and not of the stack {bucket}-bootstrap" in refused.err
    assert "state.bucket" in refused.err
    assert "terraform init takes it" in refused.err
    assert aws.stacks(project) == {}, "nothing was begun, staging neither"
    removing = groundplan("bootstrap", "-e", "production", "--remove", "-y")
    assert removing.code == ExitCode.BAD_INPUT
    assert "is left as it is" in removing.err
    assert aws.buckets(project) == {bucket}


def test_a_bucket_of_another_project(groundplan: Command, write: Write, project: str) -> None:
    shared = f"state: {{bucket: {project}-states}}"
    write(blueprint(project, shared))
    assert groundplan("bootstrap").code == ExitCode.FINE
    for text, told in (
        (blueprint(f"{project}x", shared), f"was bootstrapped for another one (Project {project})"),
        (blueprint(project, f"{shared}\nowner_id: jane"), "was bootstrapped for another one (Owner nobody)"),
    ):
        write(text)
        refused = groundplan("bootstrap")
        assert refused.code == ExitCode.BAD_INPUT
        assert told in refused.err


def test_a_stack_of_somebody_else(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    name = f"{project}-production-terraform-state-bootstrap"
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    aws.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    write(blueprint(project))
    for extra in ((), ("--remove", "-y")):
        refused = groundplan("bootstrap", "-e", "production", *extra)
        assert refused.code == ExitCode.BAD_INPUT
        assert f"the stack {name} in {REGION} is there already and was not made by groundplan bootstrap" in refused.err


def test_a_bucket_that_is_gone(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    assert groundplan("bootstrap", "-e", "production").code == ExitCode.FINE
    bucket = f"{project}-production-terraform-state"
    aws.s3.delete_bucket(Bucket=bucket)
    refused = groundplan("bootstrap", "-e", "production")
    assert refused.code == ExitCode.BAD_INPUT
    assert f"says that it has the bucket {bucket}, which is gone" in refused.err
    removed = groundplan("bootstrap", "-e", "production", "--remove", "-y")
    assert removed.code == ExitCode.FINE, removed.err
    assert groundplan("bootstrap", "-e", "production").code == ExitCode.FINE


@pytest.mark.parametrize(
    ("key", "content", "told"),
    [
        ("terraform.tfstate", state_with({"mode": "managed"}), "(a state with 1 resource)"),
        ("terraform.tfstate", b"not JSON", "(a state that cannot be read)"),
        ("terraform.tfstate.tflock", b'{"Who": "jane@host", "Created": "today"}', "(a lock of jane@host since today)"),
        ("notes.txt", b"hello", "(no state of Terraform)"),
    ],
)
def test_removal_is_refused_while_something_is_in_the_bucket(
    groundplan: Command, write: Write, aws: Aws, project: str, key: str, content: bytes, told: str
) -> None:
    write(blueprint(project))
    assert groundplan("bootstrap", "-e", "production").code == ExitCode.FINE
    bucket = f"{project}-production-terraform-state"
    aws.s3.put_object(Bucket=bucket, Key=f"{project}/production/{key}", Body=content)
    refused = groundplan("bootstrap", "-e", "production", "--remove", "-y")
    assert refused.code == ExitCode.BAD_INPUT
    assert f"the bucket {bucket} is still in use: {project}/production/{key} {told}" in refused.err
    assert stack(aws, f"{bucket}-bootstrap")["EnableTerminationProtection"] is True
    assert groundplan("bootstrap", "-e", "production").code == ExitCode.FINE


def test_removal_once_everything_is_destroyed(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    assert groundplan("bootstrap", "-e", "production", "--lock-table", "--access-logs").code == ExitCode.FINE
    bucket = f"{project}-production-terraform-state"
    for content in (state_with({"mode": "managed"}), state_with({"mode": "data"})):
        aws.s3.put_object(Bucket=bucket, Key=f"{project}/production/terraform.tfstate", Body=content)
    asked = groundplan("bootstrap", "-e", "production", "--remove")
    assert asked.code == ExitCode.BAD_INPUT
    assert f"Remove {bucket} with every old version of the states of production, on local?" in asked.err
    assert "answer with --yes" in asked.err
    assert aws.buckets(project) == {bucket, f"{bucket}-logs"}
    gone = groundplan("bootstrap", "-e", "production", "--remove", "-y")
    assert (gone.code, gone.out) == (ExitCode.FINE, f"{bucket}: removed from local\n"), gone.err
    assert f"bucket.state ({bucket}): goes, with its data" in gone.err
    assert "bucket.state: deleted with 2 objects" in gone.err
    assert "key.state: goes in 30 days" in gone.err
    assert aws.buckets(project) == set()
    assert aws.stacks(project) == {}
    assert f"{bucket}-lock" not in aws.client("dynamodb").list_tables()["TableNames"]
    again = groundplan("bootstrap", "-e", "production", "--remove", "-y")
    assert (again.code, again.out) == (ExitCode.FINE, "")
    assert f"{bucket}: nothing was bootstrapped on local" in again.err
    assert groundplan("bootstrap", "-e", "production").code == ExitCode.FINE, "its names are free again"


def test_a_removal_that_fails_is_gone_on_with(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    assert groundplan("bootstrap", "-e", "production", "--lock-table").code == ExitCode.FINE
    role, iam = f"{project}-production-terraform-state", aws.client("iam")
    right = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    by_hand = {"Version": "2012-10-17", "Statement": [right]}
    iam.put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(by_hand))
    failed = groundplan("bootstrap", "-e", "production", "--remove", "-y")
    assert failed.code == DeploymentError.exit_code, failed.out
    assert "role.production" in failed.err or "ProductionRole" in failed.err
    assert aws.buckets(project) == {f"{project}-production-terraform-state"}
    refused = groundplan("bootstrap", "-e", "production")
    assert refused.code == ExitCode.BAD_INPUT
    assert "is half removed" in refused.err
    iam.delete_role_policy(RoleName=role, PolicyName="by-hand")
    gone = groundplan("bootstrap", "-e", "production", "--remove", "-y")
    assert gone.code == ExitCode.FINE, gone.err
    assert aws.buckets(project) == set()
    assert aws.stacks(project) == {}


def test_templates_instead(groundplan: Command, write: Write, aws: Aws, project: str) -> None:
    write(blueprint(project))
    written = groundplan("bootstrap", "--out", "templates")
    assert written.code == ExitCode.FINE, written.err
    names = [f"{project}-{name}-terraform-state-bootstrap.yaml" for name in ("production", "staging")]
    assert sorted(path.name for path in Path("templates").iterdir()) == [*names, "stacks.yaml"]
    first = {path: path.read_bytes() for path in Path("templates").iterdir()}
    groundplan("bootstrap", "--out", "templates")
    assert {path: path.read_bytes() for path in Path("templates").iterdir()} == first
    assert aws.stacks(project) == {}
    both = groundplan("bootstrap", "--out", "templates", "--remove")
    assert both.code == ExitCode.BAD_INPUT
    assert "give one of them" in both.err


def test_mistakes_on_the_command_line(groundplan: Command, write: Write, project: str) -> None:
    write(blueprint(project))
    unknown = groundplan("bootstrap", "-e", "producton", "-e", "staging", "-e", "x")
    assert unknown.code == ExitCode.BAD_INPUT
    assert 'groundplan.yaml has no environment "producton"; did you mean "production"?' in unknown.err
    assert 'groundplan.yaml has no environment "x"' in unknown.err
    assert groundplan("bootstrap", "--trust", "jane").code == ExitCode.BAD_INPUT
    both = groundplan("bootstrap", "--trust", "account", "--trust", DEPLOYER)
    assert both.code == ExitCode.BAD_INPUT
    assert "leave out the others" in both.err


def test_a_bucket_of_another_account(
    groundplan: Command, write: Write, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local AWS is one account, so that S3's answer is made here."""

    class Closed:
        def head_bucket(self, **_: str) -> None:
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")

    monkeypatch.setattr(Connection, "s3", lambda *_: Closed())
    write(blueprint(project))
    refused = groundplan("bootstrap")
    assert refused.code == ExitCode.BAD_INPUT
    assert f"the bucket {project}-production-terraform-state belongs to another AWS account" in refused.err


def test_aws_shows_what_it_costs_and_asks(
    groundplan: Command, write: Write, aws: Aws, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local AWS stands for AWS itself."""
    from groundplan.targets import connection, local

    monkeypatch.setattr(connection, "connect", lambda _: Connection("local", local.environment(local.start())))
    write(blueprint(project))
    asked = groundplan("bootstrap", "-e", "production", "--target", "aws")
    assert asked.code == ExitCode.BAD_INPUT
    assert "create bucket.state (AWS::S3::Bucket)" in asked.err
    assert "Make 5 changes on AWS? All of it then costs 1.00 USD a month and by use." in asked.err
    assert aws.stacks(project) == {}
    assert groundplan("bootstrap", "-e", "production", "--target", "aws", "-y").code == ExitCode.FINE
    added = groundplan("bootstrap", "-e", "production", "--target", "aws", "--lock-table")
    assert "create table.state_lock (AWS::DynamoDB::Table)" in added.err
    assert "update role.production (AWS::IAM::Role)" in added.err
    unchanged = groundplan("bootstrap", "-e", "production", "--target", "aws")
    assert unchanged.code == ExitCode.FINE, "nothing to change, nothing to ask"


def test_a_creation_that_fails_leaves_nothing_and_can_be_done_again(
    groundplan: Command, write: Write, aws: Aws, project: str
) -> None:
    name = f"{project}-production-terraform-state"
    aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
    )
    write(blueprint(project))
    failed = groundplan("bootstrap", "-e", "production")
    assert failed.code == DeploymentError.exit_code
    assert name in failed.err
    assert aws.buckets(project) == set()
    aws.client("iam").delete_role(RoleName=name)
    assert groundplan("bootstrap", "-e", "production").code == ExitCode.FINE


@pytest.mark.parametrize(
    ("key", "content", "told"),
    [
        ("a.tfstate", state_with(), ""),
        ("a.tfstate", state_with({"mode": "data"}), ""),
        ("a.tfstate", state_with({"mode": "managed"}, {"mode": "managed"}), "a state with 2 resources"),
        ("a.tfstate", state_with("?"), "a state with 1 resource"),
        ("a.tfstate", b"[]", "a state that cannot be read"),
        ("a.tfstate", b'{"resources": {}}', "a state that cannot be read"),
        ("a.tfstate", b"\xff", "a state that cannot be read"),
        ("a.tfstate.tflock", b"", "a lock of somebody since some time"),
        ("a.txt", state_with(), "no state of Terraform"),
    ],
)
def test_what_is_left(key: str, content: bytes, told: str) -> None:
    assert what_is_left(key, content) == told


def test_json_stands_alone(groundplan: Command, write: Write, project: str) -> None:
    write(blueprint(project))
    as_json = ("--format", "json")
    buckets = [f"{project}-{name}-terraform-state" for name in ("production", "staging")]
    written = groundplan("bootstrap", "--out", "templates", *as_json)
    names = [*(f"{name}-bootstrap.yaml" for name in buckets), "stacks.yaml"]
    assert written.json == {"files": [f"templates/{name}" for name in names]}
    assert groundplan("bootstrap", "--remove", *as_json).json == {"target": "local", "removed": []}
    made = groundplan("bootstrap", *as_json)
    assert set(made.json) == {"target", "buckets", "deploy_roles"}
    for item in made.json["buckets"]:
        assert set(item) == {
            "bucket", "region", "stack", "status", "changed", "kms_key", "lock_table", "log_bucket", "copy",
            "backend_config", "environments",
        }  # fmt: skip
    assert groundplan("bootstrap", "-e", "dev", *as_json).json == {"target": "local", "buckets": [], "deploy_roles": []}
    assert groundplan("bootstrap", "--remove", "-y", *as_json).json == {"target": "local", "removed": buckets}


def test_the_next_lines_say_what_was_said_here(groundplan: Command, write: Write, project: str) -> None:
    write(blueprint(project)).rename("my plan.yaml")
    made = groundplan("bootstrap", "-f", "my plan.yaml", "-e", "production", "--set", "owner_id=jane")
    assert made.code == ExitCode.FINE, made.err
    line = "groundplan render -f 'my plan.yaml' -e production --set owner_id=jane --engine terraform --out"
    assert line in made.out
    assert "render -f 'my plan.yaml' -e staging" not in made.out, "it was not named"


def test_the_document_speaks_of_what_there_is(groundplan: Command) -> None:
    document = (Path(__file__).parents[2] / "docs" / "state.md").read_text()
    told = set(re.findall(r"`(?:groundplan bootstrap )?(--[a-z-]+)", document)) | set(
        re.findall(r"groundplan bootstrap (--[a-z-]+)", document)
    )
    assert told >= {"--lock-table", "--no-lock-table", "--access-logs", "--trust", "--out", "--remove", "--target"}
    offered = set(re.findall(r"--[a-z-]+", groundplan("bootstrap", "--help").out))
    assert told <= offered
