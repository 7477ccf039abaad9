"""SS-100, SS-117, SS-120 to SS-123, SS-133 to SS-147: modules, variables and the state of Terraform."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.bootstrapped import THING, Bootstrapped, bootstrapped
from tests.acceptance.conftest import Systems
from tests.acceptance.documents import table
from tests.acceptance.policies import allows
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, at
from tests.acceptance.terraform_tree import TerraformTree, undocumented
from tests.terraform_core.harness import TerraformCore

ENVIRONMENT = "prod"
ENVIRONMENTS = ("dev", "staging", "prod")
BUCKET = "spendsense-prod-terraform-state"
KEY = "spendsense/prod/terraform.tfstate"
ELSEWHERE = "us-west-2"


@pytest.fixture(scope="module")
def tree(systems: Systems, tmp_path_factory: pytest.TempPathFactory) -> TerraformTree:
    """The three environments through their modules."""
    return TerraformTree.rendered(systems("spendsense", ENVIRONMENT).command_line, tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module")
def state(systems: Systems, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bootstrapped]:
    """Where production keeps its state."""
    folder = tmp_path_factory.mktemp("state")
    with bootstrapped(systems("spendsense", ENVIRONMENT), folder, "--lock-table") as found:
        yield found


@pytest.fixture
def aws(state: Bootstrapped) -> Aws:
    """The account with nothing but what the state needs."""
    return state.aws


@requirement("SS-117")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_main_file_calls_the_modules(tree: TerraformTree, environment: str) -> None:
    main = tree.read(f"environments/{environment}/main.tf")
    assert {block.type for block in main.blocks} == {"module"}
    sources = {str(block.body.literal("source")) for block in main.blocks}
    assert sources == {f"../../modules/{name}" for name in tree.modules}


MODULES = [
    proves("SS-120", "vpc", {"aws_vpc", "aws_subnet", "aws_nat_gateway", "aws_route_table", "aws_security_group"}),
    proves("SS-121", "rds", {"aws_db_instance", "aws_db_subnet_group", "aws_db_parameter_group"}),
    proves("SS-122", "ecs", {"aws_ecs_cluster", "aws_ecs_task_definition", "aws_ecs_service", "aws_ecr_repository"}),
    proves("SS-123", "alb", {"aws_lb", "aws_lb_listener", "aws_lb_target_group"}),
]


@pytest.mark.parametrize(("module", "kinds"), MODULES)
def test_module_holds_what_its_name_says(tree: TerraformTree, readme: str, module: str, kinds: set[str]) -> None:
    """C-94: under the name that the README tells."""
    (row,) = (row for row in table(readme, "Modules") if row["specification"] == f"modules/{module}")
    here = row["here"].strip("`").removeprefix("modules/")
    assert kinds <= tree.kinds(here)
    assert "Resources: " in tree.text(f"modules/{here}/README.md")


@requirement("SS-120", "SS-121", "SS-122", "SS-123")
def test_each_module_is_valid_alone(tree: TerraformTree, tmp_path: Path) -> None:
    tree.validate_each_module_alone(tmp_path)


@requirement("SS-120", "SS-121", "SS-122", "SS-123", "SS-133")
def test_everything_is_typed_and_described(tree: TerraformTree) -> None:
    assert undocumented(tree) == []


VARIABLES = [
    proves("SS-133", "environment", "environment"),
    proves("SS-134", "aws_region", "region"),
    proves("SS-136", "db_instance_class", "database.db_instance_class"),
    proves("SS-137", "redis_node_type", "database.replication_group_node_type"),
    proves("SS-138", "ecs_cpu", "compute.task_definition_cpu"),
    proves("SS-139", "ecs_memory", "compute.task_definition_memory"),
    proves("SS-140", "min_capacity", "compute.scaling_target_min_capacity"),
    proves("SS-141", "max_capacity", "compute.scaling_target_max_capacity"),
]


@pytest.mark.parametrize(("variable", "path"), VARIABLES)
def test_variable(tree: TerraformTree, readme: str, variable: str, path: str) -> None:
    """It is told to the module that needs it, in each environment as the README says, and nothing else is."""
    (row,) = (row for row in table(readme, "Settings") if row["variable"] == variable)
    assert row["Terraform"] == f"`{path}`"
    module, _, name = path.rpartition(".")
    for environment in ENVIRONMENTS:
        folder = f"environments/{environment}"
        given = {block.labels[0]: block.body for block in tree.blocks(folder, "variable")}[path.partition(".")[0]]
        if variable == "aws_region":
            assert given.literal("default") == row[environment]
            continue
        assert "default" not in given.attributes, "it is required"
        assert given.literal("nullable") is False
        assert f"{name} = {_written(row[environment])}" in _squeezed(tree.text(f"{folder}/terraform.tfvars"))
        if module:
            assert f"settings = var.{module}" in _squeezed(tree.text(f"{folder}/main.tf"))
    if module:
        declared = tree.variables(f"modules/{module}")["settings"]
        assert "default" not in declared.attributes
        required = (f"{name} = {type_}" for type_ in ("string", "number"))
        assert any(one in _squeezed(tree.text(f"modules/{module}/variables.tf")) for one in required), "not optional"
        assert f"= var.settings.{name}" in "".join(
            _squeezed(file.read_text(encoding="utf-8")) for file in (tree.folder / "modules" / module).glob("*.tf")
        )


def _written(value: str) -> str:
    return value if value.isdecimal() else f'"{value}"'


def _squeezed(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


WRONG = {
    'environment = "dev"': (
        'environment = "qa"\nregion = "mars"',
        "must be one of dev, staging, prod",
        "a region of AWS",
    ),
    '"db.t4g.micro"': ('"t4g.micro"', "must be like db.t4g.medium"),
    '"cache.t4g.micro"': ('"t4g.micro"', "must be like cache.t4g.small"),
}


@requirement("SS-133", "SS-134", "SS-136", "SS-137")
def test_wrong_values_are_refused(tree: TerraformTree, tmp_path: Path) -> None:
    """Each with what would be right."""
    shutil.copytree(tree.folder, tmp_path / "wrong")
    file = tmp_path / "wrong" / "environments" / "dev" / "terraform.tfvars"
    values = file.read_text(encoding="utf-8")
    for right, (wrong, *_) in WRONG.items():
        assert values.count(right) == 1
        values = values.replace(right, wrong)
    file.write_text(values, encoding="utf-8")
    with pytest.raises(AssertionError, match="terraform plan failed") as refusal:
        TerraformCore(tmp_path / "core").plan(file.parent, within=tmp_path / "wrong")
    told = " ".join(str(refusal.value).replace("│", " ").split())
    assert [message for _, *messages in WRONG.values() for message in messages if message not in told] == []


@requirement("SS-100", "SS-144")
def test_the_code_keeps_its_state_in_that_bucket(tree: TerraformTree, state: Bootstrapped) -> None:
    terraform = next(
        block for block in tree.blocks("environments/prod", "terraform") if block.body.blocks_of("backend")
    )
    (backend,) = terraform.body.blocks_of("backend")
    assert backend.labels == ("s3",)
    written = {name: backend.body.literal(name) for name in ("bucket", "key", "encrypt", "use_lockfile")}
    assert written == {"bucket": BUCKET, "key": KEY, "encrypt": True, "use_lockfile": True}
    assert (state.name, state.environment["key"]) == (BUCKET, KEY)


@requirement("SS-100")
def test_bucket_and_lock_table(aws: Aws, readme: str) -> None:
    """C-91: with ``--lock-table``, for Terraform before 1.10; from then on a file beside the state is the lock."""
    assert BUCKET in [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]
    locks = aws.client("dynamodb").describe_table(TableName=f"{BUCKET}-lock")["Table"]
    assert locks["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]
    assert locks["AttributeDefinitions"] == [{"AttributeName": "LockID", "AttributeType": "S"}]
    assert "--lock-table" in next(row["here"] for row in table(readme, "Choices") if row["id"] == "C-91")


@requirement("SS-144")
def test_state_is_encrypted_at_rest(aws: Aws, state: Bootstrapped) -> None:
    """With a key that rotates, and that whoever may read the bucket cannot use for that alone."""
    found = aws.client("s3").get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    rule = at(found, "Rules.0.ApplyServerSideEncryptionByDefault")
    assert (rule["SSEAlgorithm"], rule["KMSMasterKeyID"]) == ("aws:kms", state.bucket["kms_key"])
    assert aws.client("kms").get_key_rotation_status(KeyId=rule["KMSMasterKeyID"])["KeyRotationEnabled"] is True


@requirement("SS-145")
def test_role_restricts_access_to_the_state(aws: Aws, state: Bootstrapped) -> None:
    """Its own state and lock, and nothing of the bucket itself; the public has no access at all."""
    name = str(state.environment["role"]).rpartition("/")[2]
    policy = aws.client("iam").get_role_policy(RoleName=name, PolicyName="state")["PolicyDocument"]
    objects = f"arn:aws:s3:::{BUCKET}"
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert allows([policy], action, f"{objects}/{KEY}.tflock")
        assert not allows([policy], action, f"{objects}/spendsense/staging/terraform.tfstate")
    assert allows([policy], "s3:PutObject", f"{objects}/{KEY}")
    for action in ("s3:DeleteBucket", "s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:DeleteObjectVersion"):
        assert not allows([policy], action, objects)
        assert not allows([policy], action, f"{objects}/{KEY}")
    blocked = aws.client("s3").get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert all(blocked.values())
    (statement,) = json.loads(aws.client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@requirement("SS-146")
def test_state_is_versioned(aws: Aws) -> None:
    assert aws.client("s3").get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"


@requirement("SS-147")
def test_a_former_state_can_be_had_again(aws: Aws, state: Bootstrapped, tree: TerraformTree, tmp_path: Path) -> None:
    """Written over and then deleted by the real core and by a mistake: each version is still there."""
    terraform = state.root(tmp_path / "root", tree.text("environments/prod/backend.tf"), "first")
    terraform.run("apply", "-auto-approve")
    (tmp_path / "root" / "main.tf").write_text(THING % "second", encoding="utf-8")
    terraform.run("apply", "-auto-approve")
    s3 = aws.client("s3")
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    versions = s3.list_object_versions(Bucket=BUCKET, Prefix=KEY)["Versions"]
    kept = [
        s3.get_object(Bucket=BUCKET, Key=KEY, VersionId=version["VersionId"])["Body"].read().decode()
        for version in versions
        if version["Key"] == KEY
    ]
    (first,) = (content for content in kept if '"first"' in content)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=first.encode())
    assert '"first"' in terraform.run("state", "pull")
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] >= 30
    assert "Expiration" not in rule or "Days" not in rule["Expiration"], "the state itself never goes"


@requirement("SS-147")
def test_every_state_has_a_copy_in_another_region(aws: Aws, state: Bootstrapped) -> None:
    """What is there is copied at once, what comes by S3, which encrypts it with a key of that region."""
    s3 = aws.client("s3")
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b'{"version": 4, "resources": []}')
    told = state.command_line.run("bootstrap", "--environment", ENVIRONMENT, "--copy-to", ELSEWHERE, "--format", "json")
    (made,) = json.loads(told)["buckets"]
    assert made["copy"] == {"bucket": f"{BUCKET}-{ELSEWHERE}", "region": ELSEWHERE}
    (rule,) = s3.get_bucket_replication(Bucket=BUCKET)["ReplicationConfiguration"]["Rules"]
    assert (rule["Status"], rule["Filter"]["Prefix"]) == ("Enabled", "")
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{made['copy']['bucket']}"
    assert f":kms:{ELSEWHERE}:" in rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
    there = aws.client("s3", ELSEWHERE)
    assert there.get_object(Bucket=made["copy"]["bucket"], Key=KEY)["Body"].read() == b'{"version": 4, "resources": []}'
    assert there.get_bucket_versioning(Bucket=made["copy"]["bucket"])["Status"] == "Enabled"
    assert all(there.get_public_access_block(Bucket=made["copy"]["bucket"])["PublicAccessBlockConfiguration"].values())
