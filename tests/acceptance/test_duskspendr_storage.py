"""DS-79 to DS-92, DS-165: the backups bucket."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at

from groundplan.catalog import names
from groundplan.resources import Architecture
from groundplan.resources.security import Key
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

BACKUPS = Ref(Bucket, "backups")
NAME = "duskspendr-backups-production"

RULES = [
    proves("DS-84", "auto-backup-cleanup", "status", "Enabled"),
    proves("DS-84", "auto-backup-cleanup", "prefix", "auto-backups/"),
    proves("DS-85", "auto-backup-cleanup", "expiration days", 30),
    proves("DS-86", "auto-backup-cleanup", "noncurrent days", 7),
    proves("DS-87", "archive-old-backups", "status", "Enabled"),
    proves("DS-87", "archive-old-backups", "prefix", "manual-backups/"),
    proves("DS-88", "archive-old-backups", "transition", (90, "GLACIER")),
    proves("DS-165", "optimize-storage-costs", "transition", (0, "INTELLIGENT_TIERING")),
]
BLOCKS = [
    proves("DS-89", "block_public_acls", "BlockPublicAcls"),
    proves("DS-90", "block_public_policy", "BlockPublicPolicy"),
    proves("DS-91", "ignore_public_acls", "IgnorePublicAcls"),
    proves("DS-92", "restrict_public_buckets", "RestrictPublicBuckets"),
]
each_rule_value = pytest.mark.parametrize(("rule", "what", "expected"), RULES)
each_block = pytest.mark.parametrize(("argument", "name"), BLOCKS)


def of_rule(rule: dict[str, Any], what: str) -> Any:
    """A value of a lifecycle rule, as Terraform, CloudFormation and the API spell it."""
    rule = {key.lower().replace("_", ""): value for key, value in rule.items()}
    if what == "status":
        return rule["status"]
    if what == "prefix":
        return one(rule["filter"])["prefix"] if rule.get("filter") else rule["prefix"]
    if what == "expiration days":
        return rule["expirationindays"] if "expirationindays" in rule else one(rule["expiration"])["days"]
    if what == "noncurrent days":
        noncurrent = one(rule["noncurrentversionexpiration"])
        return noncurrent["noncurrentdays"]
    (transition,) = [one([item]) for item in rule.get("transition") or rule["transitions"]]
    days = transition["days"] if "days" in transition else transition["transitionindays"]
    return days, transition["storageclass"]


def one(block: Any) -> dict[str, Any]:
    """The only block, with keys that all three spellings share."""
    inner = block[0] if isinstance(block, list) else block
    return {key.lower().replace("_", ""): value for key, value in inner.items()}


@requirement("DS-80")
def test_bucket_has_a_legal_name(terraform: TerraformRoot, templates: Templates) -> None:
    """C-14: the demanded name, in lower case."""
    assert names.rule("s3_bucket").problem("DuskSpendr-backups-production") is not None
    assert names.rule("s3_bucket").problem(NAME) is None
    assert "DuskSpendr-backups-production".lower() == NAME
    assert terraform.of(BACKUPS, "aws_s3_bucket")["bucket"] == NAME
    assert templates.properties(BACKUPS)["BucketName"] == NAME


@requirement("DS-80")
def test_deployed_bucket(aws: Aws) -> None:
    assert aws.client("s3").head_bucket(Bucket=NAME)["ResponseMetadata"]["HTTPStatusCode"] == 200


@requirement("DS-81")
def test_versioning(terraform: TerraformRoot, templates: Templates) -> None:
    versioning = terraform.of(BACKUPS, "aws_s3_bucket_versioning")
    assert at(versioning, "versioning_configuration.0.status") == "Enabled"
    assert at(templates.properties(BACKUPS), "VersioningConfiguration.Status") == "Enabled"


@requirement("DS-81")
def test_deployed_versioning(aws: Aws) -> None:
    assert aws.client("s3").get_bucket_versioning(Bucket=NAME)["Status"] == "Enabled"


@requirement("DS-82", "DS-83")
def test_encryption(architecture: Architecture, terraform: TerraformRoot, templates: Templates) -> None:
    assert architecture[BACKUPS].kms_key == Ref(Key, "backups")
    rule = at(terraform.of(BACKUPS, "aws_s3_bucket_server_side_encryption_configuration"), "rule.0")
    planned = at(rule, "apply_server_side_encryption_by_default.0")
    assert planned["sse_algorithm"] == "aws:kms"
    assert planned["kms_master_key_id"] == terraform.of(Ref(Key, "backups"), "aws_kms_key")["arn"]
    written = at(templates.properties(BACKUPS), "BucketEncryption.ServerSideEncryptionConfiguration.0")
    assert at(written, "ServerSideEncryptionByDefault.SSEAlgorithm") == "aws:kms"


@requirement("DS-82", "DS-83")
def test_deployed_encryption(aws: Aws) -> None:
    found = aws.client("s3").get_bucket_encryption(Bucket=NAME)["ServerSideEncryptionConfiguration"]
    rule = at(found, "Rules.0.ApplyServerSideEncryptionByDefault")
    key = aws.client("kms").describe_key(KeyId="alias/DuskSpendr-backups")["KeyMetadata"]
    assert (rule["SSEAlgorithm"], rule["KMSMasterKeyID"]) == ("aws:kms", key["Arn"])
    assert (key["KeyState"], key["KeyManager"]) == ("Enabled", "CUSTOMER")


@each_rule_value
def test_lifecycle(terraform: TerraformRoot, templates: Templates, rule: str, what: str, expected: object) -> None:
    planned = terraform.of(BACKUPS, "aws_s3_bucket_lifecycle_configuration")["rule"]
    assert of_rule(next(item for item in planned if item["id"] == rule), what) == expected
    written = at(templates.properties(BACKUPS), "LifecycleConfiguration.Rules")
    assert of_rule(next(item for item in written if item["Id"] == rule), what) == expected


@each_rule_value
def test_deployed_lifecycle(aws: Aws, rule: str, what: str, expected: object) -> None:
    rules = aws.client("s3").get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
    assert of_rule(next(item for item in rules if item["ID"] == rule), what) == expected


@each_block
def test_public_access_block(terraform: TerraformRoot, templates: Templates, argument: str, name: str) -> None:
    assert terraform.of(BACKUPS, "aws_s3_bucket_public_access_block")[argument] is True
    assert at(templates.properties(BACKUPS), f"PublicAccessBlockConfiguration.{name}") is True


@each_block
def test_deployed_public_access_block(aws: Aws, argument: str, name: str) -> None:
    found = aws.client("s3").get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
    assert found[name] is True
