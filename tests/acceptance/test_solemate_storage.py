"""SM-31 to SM-36, SM-70 to SM-80, SM-99, SM-100, SM-105, SM-106, SM-112, SM-113, SM-131, SM-134, SM-181, SM-182: the
assets, their copies in another region, and the CDN in front of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.environments import in_each
from tests.acceptance.policies import allows
from tests.acceptance.rows import proves, requirement
from tests.acceptance.system import Aws, Templates, TerraformRoot, at, same
from tests.acceptance.test_solemate_compute import deployed_task
from tests.acceptance.variants import with_settings

from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.delivery import CachePolicy, Distribution, OriginAccessControl
from groundplan.resources.edge import Certificate
from groundplan.resources.storage import Bucket
from groundplan.resources.values import Ref

ENVIRONMENT = "production"
ASSETS, COPIES = Ref(Bucket, "assets"), Ref(Bucket, "assets_replica")
DISTRIBUTION = Ref(Distribution, "assets")
ALIASES = {"staging": ["staging.solemate.com"], "production": ["solemate.com", "www.solemate.com"]}
"""C-54"""
both = in_each("staging", "production")
BLOCKS = [
    ("block_public_acls", "BlockPublicAcls"),
    ("block_public_policy", "BlockPublicPolicy"),
    ("ignore_public_acls", "IgnorePublicAcls"),
    ("restrict_public_buckets", "RestrictPublicBuckets"),
]
# The path in the configuration of a distribution, as CloudFormation and the API spell it, and in Terraform's values.
EDGE_VALUES = [
    proves("SM-78", "DefaultCacheBehavior.ViewerProtocolPolicy", "default_cache_behavior.0.viewer_protocol_policy",
           "redirect-to-https"),
    proves("SM-76", "Enabled", "enabled", True),
    proves("SM-76", "DefaultRootObject", "default_root_object", "index.html"),
    proves("SM-134", "DefaultCacheBehavior.Compress", "default_cache_behavior.0.compress", True),
    proves("SM-80", "ViewerCertificate.MinimumProtocolVersion", "viewer_certificate.0.minimum_protocol_version",
           "TLSv1.2_2021"),
]  # fmt: skip
each_edge_value = pytest.mark.parametrize(("name", "argument", "expected"), EDGE_VALUES)


def name_of(environment: str) -> str:
    return f"solemate-assets-{environment}"


def deployed_distribution(aws: Aws) -> dict[str, Any]:
    cloudfront = aws.client("cloudfront")
    (summary,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    found: dict[str, Any] = cloudfront.get_distribution(Id=summary["Id"])["Distribution"]
    return found


@both
@requirement("SM-31", "SM-70", "SM-112")
def test_bucket(terraform: TerraformRoot, templates: Templates, environment: str) -> None:
    assert templates.entry(ASSETS)["Type"] == "AWS::S3::Bucket"
    assert templates.properties(ASSETS)["BucketName"] == name_of(environment)
    assert terraform.of(ASSETS, "aws_s3_bucket")["bucket"] == name_of(environment)


@both
@requirement("SM-31", "SM-33", "SM-34", "SM-71", "SM-72", "SM-73")
def test_bucket_is_versioned_encrypted_and_private(
    terraform: TerraformRoot, templates: Templates, environment: str
) -> None:
    written = templates.properties(ASSETS)
    assert at(written, "VersioningConfiguration.Status") == "Enabled"
    encryption = at(written, "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault")
    assert encryption["SSEAlgorithm"] == "AES256"
    versioning = terraform.of(ASSETS, "aws_s3_bucket_versioning")
    assert at(versioning, "versioning_configuration.0.status") == "Enabled"
    planned = terraform.of(ASSETS, "aws_s3_bucket_public_access_block")
    for argument, name in BLOCKS:
        assert planned[argument] is at(written, f"PublicAccessBlockConfiguration.{name}") is True


@both
@requirement("SM-31", "SM-33", "SM-34", "SM-71", "SM-72", "SM-73")
def test_deployed_bucket(aws: Aws, environment: str) -> None:
    s3, bucket = aws.client("s3"), {"Bucket": name_of(environment)}
    assert name_of(environment) in {item["Name"] for item in s3.list_buckets()["Buckets"]}
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    block = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert [block[name] for _, name in BLOCKS] == [True] * 4


@both
@requirement("SM-33", "SM-74", "SM-75")
def test_lifecycle(
    architecture: Architecture, templates: Templates, terraform: TerraformRoot, environment: str
) -> None:
    rules = at(templates.properties(ASSETS), "LifecycleConfiguration.Rules")
    rule = next(item for item in rules if item["Id"] == "DeleteOldVersions")
    assert rule["Status"] == "Enabled"
    assert at(rule, "NoncurrentVersionExpiration.NoncurrentDays") == 30
    planned = terraform.of(ASSETS, "aws_s3_bucket_lifecycle_configuration")["rule"]
    rule = next(item for item in planned if item["id"] == "DeleteOldVersions")
    assert (rule["status"], at(rule, "noncurrent_version_expiration.0.noncurrent_days")) == ("Enabled", 30)


@both
@requirement("SM-33", "SM-74", "SM-75")
def test_deployed_lifecycle(aws: Aws, environment: str) -> None:
    rules = aws.client("s3").get_bucket_lifecycle_configuration(Bucket=name_of(environment))["Rules"]
    rule = next(item for item in rules if item["ID"] == "DeleteOldVersions")
    assert (rule["Status"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"]) == ("Enabled", 30)


@both
@requirement("SM-32", "SM-77")
def test_deployed_policy_lets_in_this_distribution_alone(aws: Aws, environment: str) -> None:
    """C-56: origin access control; the bucket stays closed to everybody else, and to plain HTTP."""
    policy = json.loads(aws.client("s3").get_bucket_policy(Bucket=name_of(environment))["Policy"])
    granted = [item for item in policy["Statement"] if item["Effect"] == "Allow"]
    arn = deployed_distribution(aws)["ARN"]
    for statement in granted:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert arn in json.dumps(statement["Condition"])
    assert {action for item in granted for action in as_list(item["Action"])} <= {"s3:GetObject", "s3:ListBucket"}
    denied = [item for item in policy["Statement"] if item["Effect"] == "Deny"]
    assert any('"aws:SecureTransport": "false"' in json.dumps(item) for item in denied)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@both
@requirement("SM-36")
def test_deployed_copies_in_another_region(aws: Aws, environment: str) -> None:
    """Disaster recovery: each object is copied to us-east-2."""
    s3, other = aws.client("s3"), aws.client("s3", "us-east-2")
    configuration = s3.get_bucket_replication(Bucket=name_of(environment))["ReplicationConfiguration"]
    (rule,) = configuration["Rules"]
    assert rule["Status"] == "Enabled"
    copies = rule["Destination"]["Bucket"].removeprefix("arn:aws:s3:::")
    assert other.get_bucket_location(Bucket=copies)["LocationConstraint"] == "us-east-2"
    assert other.get_bucket_versioning(Bucket=copies)["Status"] == "Enabled"


@both
@requirement("SM-36")
def test_copies(architecture: Architecture, environment: str) -> None:
    replication = architecture[ASSETS].replication
    assert replication is not None
    assert architecture[COPIES].region == "us-east-2"


@pytest.mark.environment("staging")
@requirement("SM-131", "SM-181")
def test_deployed_objects_are_put_read_versioned_and_restored(aws: Aws) -> None:
    s3, place = aws.client("s3"), {"Bucket": name_of("staging"), "Key": "images/shoe.svg"}
    first = s3.put_object(**place, Body=b"first")["VersionId"]
    second = s3.put_object(**place, Body=b"second")["VersionId"]
    assert s3.get_object(**place)["Body"].read() == b"second"
    marker = s3.delete_object(**place)["VersionId"]
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(**place)
    restored = s3.copy_object(**place, CopySource={**place, "VersionId": first})["VersionId"]
    assert s3.get_object(**place)["Body"].read() == b"first"
    for version in (first, second, marker, restored):
        s3.delete_object(**place, VersionId=version)


@both
@requirement("SM-181")
def test_deployed_role_of_the_task_reads_and_writes_objects(aws: Aws, environment: str) -> None:
    task, iam = deployed_task(aws, environment), aws.client("iam")
    role = task["taskRoleArn"].rpartition("/")[2]
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    objects = f"arn:aws:s3:::{name_of(environment)}/images/shoe.svg"
    assert allows(documents, "s3:GetObject", objects)
    assert allows(documents, "s3:PutObject", objects)
    assert not allows(documents, "s3:DeleteBucket", f"arn:aws:s3:::{name_of(environment)}")
    assert not allows(documents, "s3:GetObject", f"arn:aws:s3:::solemate-logs-{environment}/1")
    variables = task["containerDefinitions"]
    assert at(variables, "api.environment.ASSETS_BUCKET.value") == name_of(environment)


@both
@each_edge_value
def test_distribution(
    terraform: TerraformRoot, templates: Templates, environment: str, name: str, argument: str, expected: object
) -> None:
    assert same(at(templates.properties(DISTRIBUTION)["DistributionConfig"], name), expected)
    assert same(at(terraform.of(DISTRIBUTION), argument), expected)


@both
@each_edge_value
@requirement("SM-35")
def test_deployed_distribution(aws: Aws, environment: str, name: str, argument: str, expected: object) -> None:
    assert same(at(deployed_distribution(aws)["DistributionConfig"], name), expected)


@both
@requirement("SM-76", "SM-79", "SM-99", "SM-105", "SM-113")
def test_aliases(templates: Templates, terraform: TerraformRoot, environment: str) -> None:
    """C-53, C-54: each environment its own."""
    assert templates.entry(DISTRIBUTION)["Type"] == "AWS::CloudFront::Distribution"
    assert at(templates.properties(DISTRIBUTION), "DistributionConfig.Aliases") == ALIASES[environment]
    assert sorted(terraform.of(DISTRIBUTION)["aliases"]) == ALIASES[environment]


@both
@requirement("SM-79", "SM-99", "SM-105", "SM-182")
def test_deployed_aliases(aws: Aws, environment: str) -> None:
    distribution = deployed_distribution(aws)
    assert sorted(at(distribution, "DistributionConfig.Aliases.Items")) == ALIASES[environment]
    assert distribution["Status"] == "Deployed"
    route53 = aws.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    led = {
        (record["Name"], record["Type"])
        for record in records
        if record.get("AliasTarget", {}).get("DNSName", "").rstrip(".") == distribution["DomainName"]
    }
    assert led == {(f"{alias}.", kind) for alias in ALIASES[environment] for kind in ("A", "AAAA")}


@both
@requirement("SM-77")
def test_origin(architecture: Architecture, templates: Templates, environment: str) -> None:
    """C-51, C-56: S3BucketOrigin.withOriginAccessControl in place of S3Origin and its old-style identity."""
    (origin,) = at(templates.properties(DISTRIBUTION), "DistributionConfig.Origins")
    assert "OriginAccessControlId" in origin
    assert origin["S3OriginConfig"] in ({}, {"OriginAccessIdentity": ""})
    assert architecture[DISTRIBUTION].bucket == ASSETS
    assert len(architecture.of(OriginAccessControl)) == 1
    types = {entry["Type"] for _, entry in templates.every()}
    assert "AWS::CloudFront::CloudFrontOriginAccessIdentity" not in types


@both
@requirement("SM-77", "SM-182")
def test_deployed_origin(aws: Aws, environment: str) -> None:
    (origin,) = at(deployed_distribution(aws), "DistributionConfig.Origins.Items")
    assert origin["DomainName"] == f"{name_of(environment)}.s3.us-west-2.amazonaws.com"
    control = aws.client("cloudfront").get_origin_access_control(Id=origin["OriginAccessControlId"])
    configuration = control["OriginAccessControl"]["OriginAccessControlConfig"]
    assert (configuration["SigningBehavior"], configuration["SigningProtocol"]) == ("always", "sigv4")


@both
@requirement("SM-134")
def test_caching(architecture: Architecture, templates: Templates, environment: str) -> None:
    policy = architecture[Ref(CachePolicy, "assets")]
    assert (policy.default_ttl, policy.max_ttl) == (86400, 365 * 86400)
    assert "CachePolicyId" in at(templates.properties(DISTRIBUTION), "DistributionConfig.DefaultCacheBehavior")
    assert not [entry for _, entry in templates.every() if entry["Type"].startswith("AWS::ElastiCache")]


@both
@requirement("SM-80", "SM-100", "SM-106")
def test_certificates(architecture: Architecture, templates: Templates, environment: str) -> None:
    """C-55: one in us-east-1 for CloudFront, one in us-west-2 for the load balancer, both made here, not named."""
    edge, balancer = architecture[Ref(Certificate, "assets_cdn")], architecture[Ref(Certificate, "api")]
    assert (edge.region, balancer.region) == ("us-east-1", None)
    stacks = {stack.name: stack.region for stack in templates.rendering.stacks}
    assert stacks[templates.rendering.locations[edge.ref][0].stack] == "us-east-1"
    assert stacks[templates.rendering.locations[balancer.ref][0].stack] == "us-west-2"
    assert edge.domain_name == ALIASES[environment][0]
    bodies = "".join(stack.body for stack in templates.rendering.stacks)
    assert not re.search(r"arn:aws:acm:[a-z0-9-]+:\d{12}:", bodies)
    assert "123456789012" not in bodies


@both
@requirement("SM-45", "SM-116")
def test_deployed_certificates(aws: Aws, environment: str) -> None:
    """Validated by DNS, which renews them without anybody."""
    arn = at(deployed_distribution(aws), "DistributionConfig.ViewerCertificate.ACMCertificateArn")
    assert arn.split(":")[3] == "us-east-1"
    certificate = aws.client("acm", "us-east-1").describe_certificate(CertificateArn=arn)["Certificate"]
    assert sorted(certificate["SubjectAlternativeNames"]) == ALIASES[environment]
    for option in certificate["DomainValidationOptions"]:
        assert (option["ValidationMethod"], option["ResourceRecord"]["Type"]) == ("DNS", "CNAME")
    found = aws.client("acm").list_certificates()["CertificateSummaryList"]
    assert [item["DomainName"] for item in found] == [f"api.{ALIASES[environment][0]}"]


PLACEHOLDER = "arn:aws:acm:us-east-1:123456789012:certificate/staging-cert"
EXISTING = "arn:aws:acm:us-east-1:210987654321:certificate/0f7c3a52-9b1e-4c56-8f3d-6a1b2c3d4e5f"
CERTIFICATE = "buckets.assets.cdn.certificate"


@requirement("SM-80", "SM-100", "SM-106")
@pytest.mark.parametrize("arn", [PLACEHOLDER, PLACEHOLDER.replace("staging", "production")])
def test_a_placeholder_is_refused(blueprint: Path, arn: str) -> None:
    """C-55"""
    with pytest.raises(InputError, match="certificate"):
        with_settings(blueprint, "staging", f"{CERTIFICATE}={arn}")


@requirement("SM-80", "SM-100", "SM-106")
def test_an_existing_certificate_is_an_input(blueprint: Path) -> None:
    """C-55: certificateArn, as the specification has it."""
    found = with_settings(blueprint, "staging", f"{CERTIFICATE}={EXISTING}")
    assert found[DISTRIBUTION].certificate == EXISTING


@requirement("SM-80", "SM-100", "SM-106")
def test_a_certificate_of_another_region_is_refused(blueprint: Path) -> None:
    """C-55"""
    with pytest.raises(InputError, match="us-east-1"):
        with_settings(blueprint, "staging", f"{CERTIFICATE}={EXISTING.replace('us-east-1', 'us-west-2')}")


@requirement("SM-79", "SM-99")
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_one_alias_in_two_environments_is_refused(blueprint: Path, tmp_path: Path, environment: str) -> None:
    """C-54: what the specification's code would do."""
    text = blueprint.read_text(encoding="utf-8")
    same_alias = text.replace("cdn: {domains: [staging.solemate.com]}", "cdn: {domains: [solemate.com]}")
    assert same_alias != text
    copy = tmp_path / "groundplan.yaml"
    copy.write_text(same_alias, encoding="utf-8")
    with pytest.raises(InputError, match=r"solemate\.com"):
        with_settings(copy, environment)
