"""Effective permissions: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

import pytest
from tests.checks.planting import Bad, Good, Planting, change, get, identify, more_rights, only_tls

from groundplan.resources import Architecture
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Principal, Statement, service_trust
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket, BucketPolicy
from groundplan.resources.values import Ref, text

UPLOADS = Ref(Bucket, "uploads")
OBJECTS = text(UPLOADS.arn, "/*")
PARTNER = "arn:aws:iam::210987654321:role/reader"
WHOLE = "arn:aws:iam::210987654321:root"
USER = "arn:aws:iam::123456789012:user/deployer"
GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def policy(role: str, *statements: Statement) -> Planting:
    """Give a role one more policy, called ``more``."""

    def planted(architecture: Architecture) -> Architecture:
        found = get(architecture, Role, role)
        more = InlinePolicy("more", PolicyDocument(statements))
        return architecture.changed(found, inline_policies=(*found.inline_policies, more))

    return planted


def allow(*actions: str, on: object = "*", key: str = "", value: str = "x", sid: str = "") -> Statement:
    conditions = (Condition(operator="StringEquals", key=key, values=(value,)),) if key else ()
    return Statement(sid=sid, actions=actions, resources=(on,), conditions=conditions)  # type: ignore[arg-type]


def let(*principals: Principal, conditions: tuple[Condition, ...] = ()) -> Planting:
    """Let somebody read the bucket of uploads."""
    read = Statement(
        sid="Read", actions=("s3:GetObject",), resources=(OBJECTS,), principals=principals, conditions=conditions
    )
    return change(BucketPolicy, "uploads", policy=PolicyDocument((only_tls(UPLOADS), read)))


def trusted(principal: Principal, *conditions: Condition) -> Planting:
    """Let somebody else take the role of the api as well."""
    more = Statement(actions=("sts:AssumeRole",), principals=(principal,), conditions=conditions)
    own = service_trust("ecs-tasks.amazonaws.com").statements
    return change(Role, "api", trust=PolicyDocument((*own, more)))


def equal(key: str, *values: str) -> Condition:
    return Condition(operator="StringEquals", key=key, values=values)


def key_policy(*statements: Statement) -> Planting:
    return change(Key, "data", policy=PolicyDocument(statements))


BAD = (
    Bad("GP-SEC-067", policy("api", allow("s3:GetObjct", on=OBJECTS)), "role.api", ('did you mean "s3:GetObject"?',)),
    Bad("GP-SEC-067", policy("api", allow("s4:GetObject", on=OBJECTS)), "role.api", ("s4:GetObject", "does not have")),
    Bad("GP-SEC-067", policy("api", allow("GetObject", on=OBJECTS)), "role.api", ("GetObject", "does not have")),
    Bad("GP-SEC-067", policy("api", allow("s3:Fetch*", on=OBJECTS)), "role.api", ("s3:Fetch*",)),
    Bad("GP-SEC-068", policy("api", allow("s3:GetObject", on=UPLOADS.arn)), "role.api", ("arn:aws:s3:::*/*", "right")),
    Bad("GP-SEC-068", policy("api", allow("s3:ListBucket", on=OBJECTS)), "role.api", ("never asked about",)),
    Bad(
        "GP-SEC-068",
        policy("api", allow("ecr:GetAuthorizationToken", on="arn:aws:ecr:eu-west-1:123456789012:repository/x")),
        "role.api",
        ("knows no resources; * is right",),
    ),
    Bad(
        "GP-SEC-068",
        policy("api", allow("sqs:SendMessage", on="arn:aws:sns:eu-west-1:123456789012:emails")),
        "role.api",
        ("sqs:SendMessage", "arn:aws:sqs"),
    ),
    Bad(
        "GP-SEC-069",
        policy("api", allow("iam:AttachRolePolicy", on="arn:aws:iam::*:role/app-*")),
        "role.api",
        ("attaches AdministratorAccess to a role", "fewer rights"),
    ),
    Bad(
        "GP-SEC-069",
        policy(
            "api",
            allow("iam:PassRole", on="arn:aws:iam::*:role/*", key="iam:PassedToService", value="ec2.amazonaws.com"),
            allow("ec2:RunInstances", on="arn:aws:ec2:*:*:*/*"),
        ),
        "role.api",
        ("starts an instance", "iam:PassRole and ec2:RunInstances"),
    ),
    Bad("GP-SEC-011", policy("api", allow("s3:Delete*", on=OBJECTS)), "role.api", ("s3:Delete*", "single actions")),
    Bad(
        "GP-SEC-022",
        let(Principal("*", ("*",)), conditions=(equal("s3:prefix", "a/"),)),
        "bucket_policy.uploads",
        ("statement Read allows principal *",),
    ),
    Bad(
        "GP-SEC-023",
        key_policy(
            Statement(
                sid="Admin",
                actions=("kms:*",),
                resources=("*",),
                principals=(Principal("AWS", (text("arn:aws:iam::{account_id}:root"),)),),
            ),
            Statement(
                actions=("kms:Decrypt",),
                resources=("*",),
                principals=(Principal("Service", ("cloudwatch.amazonaws.com",)),),
            ),
        ),
        "key.data",
        ("cloudwatch.amazonaws.com", "aws:SourceAccount is right"),
    ),
    Bad("GP-SEC-072", let(Principal("AWS", (PARTNER,))), "bucket_policy.uploads", ("210987654321", "PrincipalOrgID")),
    Bad("GP-SEC-072", let(Principal("AWS", ("210987654321",))), "bucket_policy.uploads", ("account 210987654321",)),
    Bad("GP-SEC-072", trusted(Principal("AWS", (WHOLE,))), "role.api", ("its trust policy", "sts:ExternalId")),
    Bad(
        "GP-SEC-073",
        policy(
            "api",
            allow("sqs:SendMessage", on="arn:aws:sqs:eu-west-1:123456789012:x", sid="Send"),
            Statement(effect="Deny", actions=("sqs:*",), resources=("*",), sid="NoQueues"),
        ),
        "role.api",
        ("statement Send allows nothing", "NoQueues"),
    ),
    Bad("GP-SEC-074", policy("api", allow("s3:GetObject", on=OBJECTS, key="kms:ViaService")), "role.api", ("never",)),
    Bad(
        "GP-SEC-074",
        policy("api", allow("s3:GetObject", on=OBJECTS, key="aws:SourceAcount")),
        "role.api",
        ('did you mean "aws:SourceAccount"?',),
    ),
    Bad(
        "GP-SEC-074",
        policy(
            "api",
            Statement(
                actions=("s3:GetObject",),
                resources=(OBJECTS,),
                conditions=(Condition(operator="StringIs", key="aws:SourceArn", values=("x",)),),
            ),
        ),
        "role.api",
        ("operator StringIs",),
    ),
    Bad("GP-SEC-087", trusted(Principal("AWS", (USER,))), "role.api", ("user/deployer", "access key")),
    Bad("GP-SEC-075", trusted(Principal("Federated", (GITHUB,))), "role.api", ("githubusercontent.com:sub is right",)),
    Bad(
        "GP-SEC-075",
        trusted(
            Principal("Federated", (GITHUB,)),
            Condition(operator="StringLike", key="token.actions.githubusercontent.com:sub", values=("*",)),
        ),
        "role.api",
        ("vouches for",),
    ),
)

GOOD = (
    Good("GP-SEC-011", policy("api", allow("s3:Get*", on=OBJECTS))),
    Good("GP-SEC-012", policy("api", allow("ec2:DescribeInstances", "logs:DescribeLogGroups"))),
    Good("GP-SEC-022", let(Principal("*", ("*",)), conditions=(equal("aws:SourceVpce", "vpce-1"),))),
    Good("GP-SEC-087", trusted(Principal("AWS", (PARTNER,)))),
    Good("GP-SEC-087", trusted(Principal("AWS", (USER,)), equal("aws:MultiFactorAuthPresent", "true"))),
    Good("GP-SEC-067", policy("api", allow("S3:getobject", on=OBJECTS))),
    Good("GP-SEC-068", policy("api", allow("s3:GetObject", "s3:ListBucket", on="arn:aws:s3:::app-*"))),
    Good("GP-SEC-069", policy("api", allow("iam:PassRole", on=Ref(Role, "api-execution").arn))),
    Good(
        "GP-SEC-069",
        policy(
            "api",
            allow("iam:PassRole", on=Ref(Role, "api-execution").arn),
            allow("ec2:RunInstances", on="arn:aws:ec2:*:*:*/*"),
        ),
    ),
    Good(
        "GP-SEC-069",
        policy(
            "api",
            allow("iam:PassRole", on="arn:aws:iam::*:role/*", key="iam:PassedToService", value="ecs.amazonaws.com"),
            allow("ec2:RunInstances", on="arn:aws:ec2:*:*:*/*"),
        ),
    ),
    Good("GP-SEC-072", let(Principal("AWS", (PARTNER,)), conditions=(equal("aws:PrincipalOrgID", "o-1"),))),
    Good("GP-SEC-072", trusted(Principal("AWS", (WHOLE,)), equal("sts:ExternalId", "secret"))),
    Good("GP-SEC-072", trusted(Principal("AWS", (PARTNER,)))),
    Good(
        "GP-SEC-073",
        policy(
            "api",
            allow("s3:GetObject", on=OBJECTS),
            Statement(effect="Deny", actions=("s3:GetObject",), resources=(text(UPLOADS.arn, "/private/*"),)),
        ),
    ),
    Good("GP-SEC-074", policy("api", allow("s3:GetObject", on=OBJECTS, key="s3:ExistingObjectTag/kind"))),
    Good("GP-SEC-074", policy("api", allow("s3:GetObject", on=OBJECTS, key="AWS:SourceVPCE"))),
    Good(
        "GP-SEC-075",
        trusted(
            Principal("Federated", (GITHUB,)),
            equal("token.actions.githubusercontent.com:sub", "repo:groundplan/groundplan:ref:refs/heads/main"),
        ),
    ),
    Good("GP-SEC-067", more_rights("api", "sqs:ReceiveMessage", on="arn:aws:sqs:eu-west-1:123456789012:x")),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
