"""A fault for each rule about effective permissions."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.mutations.mutation import Mutation, change, plant, with_statement

from groundplan.resources import Architecture
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Principal, Statement
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import BucketPolicy
from groundplan.resources.values import text

PARTNER = Principal("AWS", ("arn:aws:iam::210987654321:root",))
NOWHERE = Condition(operator="StringEquals", key="aws:SourceAcount", values=("210987654321",))


def misspelt(architecture: Architecture, role: Role) -> tuple[InlinePolicy, ...]:
    return with_statement(role, "s3:GetObjct", on="arn:aws:s3:::planted/*")


def whole_bucket(architecture: Architecture, role: Role) -> tuple[InlinePolicy, ...]:
    return with_statement(role, "s3:GetObject", on="arn:aws:s3:::planted")


def any_policy(architecture: Architecture, role: Role) -> tuple[InlinePolicy, ...]:
    return with_statement(role, "iam:PutRolePolicy", on="arn:aws:iam::*:role/planted")


def runs_code(architecture: Architecture, role: Role) -> bool:
    services = ("ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com")
    return any(set(services).intersection(who.identifiers) for who in role.trust.statements[0].principals)


def for_a_partner(architecture: Architecture, policy: BucketPolicy) -> PolicyDocument:
    read = Statement(actions=("s3:GetObject",), resources=(text(policy.bucket.arn, "/*"),), principals=(PARTNER,))
    return PolicyDocument((*policy.policy.statements, read))


def given_and_taken(architecture: Architecture, role: Role) -> Architecture:
    allowed = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::planted/*",))
    more = InlinePolicy("planted", PolicyDocument((allowed, replace(allowed, effect="Deny"))))
    return architecture.changed(role, inline_policies=(*role.inline_policies, more))


def never(architecture: Architecture, key: Key) -> PolicyDocument:
    statement = Statement(
        actions=("kms:Decrypt",),
        resources=("*",),
        principals=(Principal("AWS", (text("arn:aws:iam::", "planted", ":root"),)),),
        conditions=(NOWHERE,),
    )
    return PolicyDocument((*key.policy.statements, statement))


def for_all_of_a_provider(architecture: Architecture, role: Role) -> PolicyDocument:
    everybody = Statement(
        actions=("sts:AssumeRoleWithWebIdentity",),
        principals=(Principal("Federated", ("accounts.google.com",)),),
    )
    return PolicyDocument((*role.trust.statements, everybody))


def for_a_user(architecture: Architecture, role: Role) -> PolicyDocument:
    """Whoever has the access key of a user takes the role."""
    user = Statement(
        actions=("sts:AssumeRole",), principals=(Principal("AWS", ("arn:aws:iam::123456789012:user/deployer",)),)
    )
    return PolicyDocument((*role.trust.statements, user))


MUTATIONS: tuple[Mutation, ...] = (
    change("GP-SEC-067", Role, inline_policies=misspelt),
    change("GP-SEC-068", Role, inline_policies=whole_bucket),
    change("GP-SEC-069", Role, where=runs_code, inline_policies=any_policy),
    change("GP-SEC-072", BucketPolicy, policy=for_a_partner),
    plant("GP-SEC-073", Role, given_and_taken),
    change("GP-SEC-074", Key, policy=never),
    change("GP-SEC-075", Role, trust=for_all_of_a_provider),
    change("GP-SEC-087", Role, trust=for_a_user),
)
