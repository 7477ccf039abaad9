"""What to do about what AWS says."""

from __future__ import annotations

import pytest

from groundplan.operations.advice import AGAIN, advice, reasons

SAID = [
    (
        "AWS::EC2::VPC",
        "User: arn:aws:iam::1:user/jo is not authorized to perform: ec2:CreateVpc on",
        "allow ec2:CreateVpc",
    ),
    ("AWS::RDS::DBInstance", "The security token included in the request is expired", "sign in again"),
    ("AWS::ECS::Service", "Unable to assume the service linked role. Please verify", "deploy again in a minute"),
    (
        "AWS::SecretsManager::Secret",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
        "a deleted secret keeps its name",
    ),
    ("AWS::S3::Bucket", "shop-files already exists (Service: S3, Status Code: 409)", "names of buckets are one"),
    (
        "AWS::CloudFront::Distribution",
        "One or more of the CNAMEs you provided are already associated",
        "another distribution",
    ),
    ("AWS::GuardDuty::Detector", "a detector already exists for the current account", "an account has only one"),
    (
        "AWS::EKS::Nodegroup",
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename shop-general",
        "AWS makes the new one before it deletes the old one",
    ),
    (
        "AWS::RDS::DBInstance",
        "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
        "a major version has no way back",
    ),
    ("AWS::IAM::Role", "Role with name shop already exists. (EntityAlreadyExists)", "somebody else made one"),
    (
        "AWS::EC2::VPC",
        "The maximum number of VPCs has been reached. (VpcLimitExceeded)",
        "ask for more in Service Quotas",
    ),
    ("AWS::RDS::DBInstance", "InsufficientDBInstanceCapacity", "AWS has none left of this size"),
    (
        "AWS::EKS::Cluster",
        "UnsupportedAvailabilityZoneException: Cannot create cluster",
        "choose other `network.zones`",
    ),
    (
        "AWS::RDS::DBInstance",
        "Cannot find version 15.99 for postgres",
        "this region does not have the engine's version",
    ),
    ("AWS::ECS::Service", "CannotPullContainerError: manifest for api:2 not found", "push the image"),
    ("AWS::ECS::Service", "ECS Deployment Circuit Breaker was triggered", "the tasks do not become healthy"),
    ("AWS::CertificateManager::Certificate", "Exceeded attempts to wait", "the domain is not proved"),
    ("AWS::EC2::NatGateway", "Resource did not stabilize", "AWS took longer than CloudFormation waits"),
    ("AWS::IAM::Role", "Rate exceeded (Service: Iam, Status Code: 400)", "AWS was asked too much at once"),
    ("AWS::S3::Bucket", "The bucket you tried to delete is not empty", "it is not empty"),
    ("AWS::EC2::VPC", "DependencyViolation: The vpc has dependencies", "something that this environment did not make"),
    (
        "AWS::RDS::DBInstance",
        "Cannot delete protected DB Instance (Service: RDS) (HandlerErrorCode: InvalidParameterCombination)",
        "it is protected",
    ),
    ("AWS::S3::Bucket", "KMSInvalidStateException: the key is pending deletion", "the key cannot be used"),
    ("AWS::EC2::Subnet", "The CIDR '10.0.1.0/24' conflicts with another subnet", "choose another `network.cidr`"),
    ("AWS::EC2::Instance", "OptInRequired: You are not subscribed to this service", "the account itself is not ready"),
    ("AWS::CloudFront::Distribution", "InvalidViewerCertificate", "CloudFront takes certificates of us-east-1"),
]


@pytest.mark.parametrize(("type", "said", "told"), SAID, ids=[told for _, _, told in SAID])
def test_what_aws_says_is_known(type: str, said: str, told: str) -> None:
    assert advice(type, said).startswith(told)


def test_every_reason_is_tried_above() -> None:
    told = {advice(type, said) for type, said, _ in SAID}
    assert len(told) == len(reasons())
    assert all(reason.source.startswith("https://") for reason in reasons())


def test_what_is_not_known_is_not_guessed() -> None:
    assert advice("AWS::EC2::VPC", "Something new") == AGAIN
    assert advice("AWS::EC2::VPC", "{0} {braces}") == AGAIN
    assert advice("AWS::EC2::VPC", "is not authorized to perform: ec2:CreateVpc {0}").startswith("allow ec2:CreateVpc")
