"""What keeps Terraform's state: who may do what with it, and which environments share a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tests.design.state_rights import allowed, spelled
from tests.engines.cloudformation.linting import found_by_lint

from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.checks import run
from groundplan.design import design
from groundplan.design.state import StateBucket, StateChoices, check_trusted, design_state, key_of, state_buckets
from groundplan.engines import cloudformation, terraform
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.databases import Table
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket

BLUEPRINT = """
    project: shop
    title: Shop
    region: eu-central-1
    tags: {Team: web}
    environments:
      production: {}
      staging: {profile: staging, tags: {Team: tests}}
      dev: {profile: poc}
    """
DEPLOYER = "arn:aws:iam::123456789012:role/deployer"
EVERYTHING = StateChoices(lock_table=True, access_logs=True, trusted=(DEPLOYER,))


def environments(tmp_path: Path, text: str = BLUEPRINT, settings: tuple[str, ...] = ()) -> list[LoadedEnvironment]:
    file = tmp_path / "groundplan.yaml"
    file.write_text(dedent(text))
    return load(file).with_settings(settings).all()


def buckets(tmp_path: Path, text: str = BLUEPRINT, settings: tuple[str, ...] = ()) -> tuple[StateBucket, ...]:
    return state_buckets(environments(tmp_path, text, settings))


KEY, LOCK = "shop/production/terraform.tfstate", "shop/production/terraform.tfstate.tflock"
S3, DYNAMODB = ({"kms:ViaService": (f"{service}.eu-central-1.amazonaws.com",)} for service in ("s3", "dynamodb"))
ITEM = "shop-production-terraform-state/shop/production/terraform.tfstate"


def role_of(tmp_path: Path, choices: StateChoices, text: str = BLUEPRINT) -> Role:
    return design_state(buckets(tmp_path, text)[0], choices).of(Role)[0]


@pytest.mark.parametrize("name", [KEY, LOCK])
def test_the_role_keeps_its_own_state(tmp_path: Path, name: str) -> None:
    role = role_of(tmp_path, StateChoices())
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert allowed(role, action, f"arn:aws:s3:::BUCKET/{name}", {})
        assert not allowed(role, action, f"arn:aws:s3:::BUCKET/{name.replace('production', 'staging')}", {})
        assert not allowed(role, action, f"arn:aws:s3:::BUCKET/env:/other/{name}", {})
    assert allowed(role, "s3:ListBucket", "arn:aws:s3:::BUCKET", {"s3:prefix": (name,)})
    assert not allowed(role, "s3:ListBucket", "arn:aws:s3:::BUCKET", {"s3:prefix": ("",)})
    assert not allowed(role, "s3:ListBucket", "arn:aws:s3:::BUCKET", {})


def test_the_role_may_do_nothing_else_with_bucket_and_key(tmp_path: Path) -> None:
    role = role_of(tmp_path, EVERYTHING)
    for action in ("s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:PutObjectAcl", "s3:DeleteBucket"):
        assert not allowed(role, action, f"arn:aws:s3:::BUCKET/{KEY}", {})
        assert not allowed(role, action, "arn:aws:s3:::BUCKET", {})
    assert allowed(role, "kms:Decrypt", "KEY", S3)
    assert allowed(role, "kms:GenerateDataKey", "KEY", S3)
    assert not allowed(role, "kms:Decrypt", "KEY", {}), "the key is not for use past S3"
    for action in ("kms:CreateGrant", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"):
        assert not allowed(role, action, "KEY", S3)
        assert not allowed(role, action, "KEY", DYNAMODB)


def test_the_lock_table_is_the_roles_where_there_is_one(tmp_path: Path) -> None:
    role = role_of(tmp_path, EVERYTHING)
    for action in ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"):
        for item in (ITEM, f"{ITEM}-md5"):
            assert allowed(role, action, "TABLE", {"dynamodb:LeadingKeys": (item,)})
        other = ITEM.replace("/production/", "/staging/")
        assert not allowed(role, action, "TABLE", {"dynamodb:LeadingKeys": (other,)})
        assert not allowed(role_of(tmp_path, StateChoices()), action, "TABLE", {"dynamodb:LeadingKeys": (ITEM,)})
    assert allowed(role, "kms:Decrypt", "KEY", DYNAMODB)
    assert not allowed(role, "dynamodb:Scan", "TABLE", {})
    assert not allowed(role, "dynamodb:DeleteTable", "TABLE", {})
    assert not allowed(role_of(tmp_path, StateChoices()), "kms:Decrypt", "KEY", DYNAMODB)


def test_who_may_take_the_role(tmp_path: Path) -> None:
    def trusted(choices: StateChoices) -> list[str]:
        (statement,) = role_of(tmp_path, choices).trust.statements
        return [spelled(name) for principal in statement.principals for name in principal.identifiers]

    assert trusted(StateChoices()) == ["arn:aws:iam::123456789012:root"]
    assert trusted(EVERYTHING) == [DEPLOYER]


@pytest.mark.parametrize(
    "arn", ["deployer", "*", "arn:aws:s3:::bucket", "arn:aws:iam::12:role/x", "arn:aws:iam::123456789012:policy/x", ""]
)
def test_what_is_no_principal_is_refused(arn: str) -> None:
    with pytest.raises(InputError, match="that is no principal of AWS; write an ARN like"):
        check_trusted([DEPLOYER, arn])


@pytest.mark.parametrize(
    "arn",
    [
        DEPLOYER,
        "arn:aws:iam::123456789012:root",
        "arn:aws-cn:iam::123456789012:user/teams/web/jane@example.com",
        "arn:aws:sts::123456789012:assumed-role/deployer/session",
    ],
)
def test_principals(arn: str) -> None:
    check_trusted([arn])


def test_the_key_of_the_state_is_the_one_that_terraform_writes_to(tmp_path: Path) -> None:
    for settings in ((), ("owner_id=jane",)):
        for loaded in environments(tmp_path, settings=settings):
            options = terraform.Options(state_bucket=loaded.state_bucket)
            written = terraform.render(design(loaded), options).files["backend.tf"]
            assert f'key          = "{key_of(loaded)}"' in written
            assert f'bucket       = "{loaded.state_bucket}"' in written


def test_a_bucket_for_each_environment_but_what_keeps_its_state_in_a_file(tmp_path: Path) -> None:
    found = buckets(tmp_path)
    assert [bucket.name for bucket in found] == ["shop-production-terraform-state", "shop-staging-terraform-state"]
    assert [bucket.name for bucket in buckets(tmp_path, settings=("owner_id=jane",))] == [
        "shop-production-jane-terraform-state",
        "shop-staging-jane-terraform-state",
    ]


SHARING = BLUEPRINT.replace("tags: {Team: web}", "tags: {Team: web}\n    state: {bucket: acme.states}")


def test_environments_that_share_a_bucket_have_a_role_each(tmp_path: Path) -> None:
    (bucket,) = buckets(tmp_path, SHARING)
    architecture = design_state(bucket, EVERYTHING)
    assert [role.role_name for role in architecture.of(Role)] == [
        "Shop-production-terraform-state",
        "Shop-staging-terraform-state",
    ]
    production, staging = architecture.of(Role)
    assert allowed(production, "s3:GetObject", f"arn:aws:s3:::BUCKET/{KEY}", {})
    assert not allowed(staging, "s3:GetObject", f"arn:aws:s3:::BUCKET/{KEY}", {})
    assert architecture.tags == {"Project": "Shop", "ManagedBy": "Groundplan bootstrap"}, "what both have in common"
    assert [stack.name for stack in rendered(architecture).stacks] == ["acme-states-bootstrap"]


def test_a_bucket_is_in_one_region(tmp_path: Path) -> None:
    text = SHARING.replace("profile: staging", "profile: staging, region: eu-west-1")
    with pytest.raises(InputError) as error:
        buckets(tmp_path, text)
    assert (
        "state.bucket: acme.states would be in eu-central-1 (environment production), eu-west-1 (environment "
        in str(error.value)
    )
    assert "groundplan.yaml:" in str(error.value)


@pytest.mark.parametrize("name", ["Acme", "a", "acme..states", "192.168.0.1", "acme_states"])
def test_a_bucket_that_s3_refuses(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"state\.bucket: .* as the name of an S3 bucket"):
        buckets(tmp_path, SHARING.replace("acme.states", f'"{name}"'))


def test_a_name_that_leaves_no_room_for_logs(tmp_path: Path) -> None:
    (bucket,) = buckets(tmp_path, SHARING.replace("acme.states", "a" * 60))
    design_state(bucket, StateChoices())
    with pytest.raises(InputError, match="-logs"):
        design_state(bucket, StateChoices(access_logs=True))


def rendered(architecture: Architecture) -> cloudformation.Rendering:
    return cloudformation.render(architecture, cloudformation.Options(stacks="region"))


def templates(tmp_path: Path) -> Iterator[cloudformation.Stack]:
    for text in (BLUEPRINT, SHARING):
        for bucket in buckets(tmp_path, text):
            for choices in (StateChoices(), EVERYTHING):
                rendering = rendered(design_state(bucket, choices))
                assert rendering.unsupported == ()
                yield from rendering.stacks


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    found = list(templates(tmp_path))
    assert len(found) == 6, "one stack for each bucket and choice"
    assert [(stack.name, *told) for stack, *told in found_by_lint(found)] == []
    misspelt = replace(found[0], body=found[0].body.replace("BucketName:", "BucketNam:"))
    assert "E3002" in {rule for _, rule, _ in found_by_lint([misspelt])}, "it would be noticed"


def test_a_template_whole(tmp_path: Path) -> None:
    (bucket, _) = buckets(tmp_path)
    (stack,) = rendered(design_state(bucket, EVERYTHING)).stacks
    resources: Any = stack.template["Resources"]
    state = resources["StateBucket"]
    assert (state["DeletionPolicy"], state["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    properties = state["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert all(properties["PublicAccessBlockConfiguration"].values())
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (lifecycle,) = properties["LifecycleConfiguration"]["Rules"]
    assert lifecycle["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert "ExpirationInDays" not in lifecycle, "the state itself never expires"
    table = resources["StateLockTable"]["Properties"]
    assert (table["KeySchema"], table["BillingMode"]) == (
        [{"AttributeName": "LockID", "KeyType": "HASH"}],
        "PAY_PER_REQUEST",
    )
    assert resources["StateKey"]["DeletionPolicy"] == "RetainExceptOnCreate", "else kept states would be unreadable"


def test_the_checks_find_nothing_to_mend(tmp_path: Path) -> None:
    (bucket, _) = buckets(tmp_path)
    architecture = design_state(bucket, EVERYTHING)
    found = [finding for finding in run(architecture).findings if finding.severity != "info"]
    assert [(finding.rule, finding.resource, finding.message) for finding in found] == []


def test_both_engines_say_that_a_table_can_be_plain(tmp_path: Path) -> None:
    (bucket, _) = buckets(tmp_path)
    architecture = design_state(bucket, EVERYTHING)
    (table,) = architecture.of(Table)
    plain = architecture.with_resources(
        replace(item, kms_key=None, point_in_time_recovery=False) if item is table else item for item in architecture
    )
    resources: Any = rendered(plain).stacks[0].template["Resources"]
    assert "SSESpecification" not in resources["StateLockTable"]["Properties"]
    written = terraform.render(plain, terraform.Options()).files["dynamodb.tf"]
    assert "server_side_encryption" not in written
    assert "enabled = false" in written


def test_only_the_bucket_is_the_same_with_and_without_extras(tmp_path: Path) -> None:
    (bucket, _) = buckets(tmp_path)
    bare, whole = (design_state(bucket, choices) for choices in (StateChoices(), EVERYTHING))
    assert [item.bucket_name for item in bare.of(Bucket)] == ["shop-production-terraform-state"]
    assert bare.of(Table) == ()
    assert {item.bucket_name for item in whole.of(Bucket)} == {
        "shop-production-terraform-state",
        "shop-production-terraform-state-logs",
    }
