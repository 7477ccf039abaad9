"""Each branch of AWS's flow charts, and the same answers as moto's where moto follows them."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.access import Caller, Decision, Policies, Request, decide
from groundplan.access.arns import ACCOUNT
from groundplan.access.clauses import Clause, Sort
from groundplan.access.conditions import Restriction
from groundplan.resources.policies import service_trust
from groundplan.resources.security import Role

ROLE = Role(name="api", concern="services", role_name="api", description="x", trust=service_trust("ec2.amazonaws.com"))
API = f"arn:aws:iam::{ACCOUNT}:role/api"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER = "arn:aws:iam::210987654321:role/reader"
OBJECT = "arn:aws:s3:::files/a"
VIA_S3 = Restriction("StringEquals", "kms:ViaService", ("s3.eu-west-1.amazonaws.com",))
HTTP = Restriction("Bool", "aws:SecureTransport", ("false",))


def says(
    effect: Literal["Allow", "Deny"],
    *actions: str,
    on: str = "*",
    to: tuple[str, str] | None = None,
    if_: Restriction | None = None,
    sort: Sort = "identity",
    not_actions: bool = False,
    not_resources: bool = False,
) -> Clause:
    return Clause(
        holder=ROLE, sort="resource" if to and sort == "identity" else sort, policy="p", sid="s", effect=effect,
        actions=actions or ("s3:GetObject",), resources=(on,), principals=(to,) if to else (),
        conditions=(if_,) if if_ else (), not_actions=not_actions, not_resources=not_resources,
    )  # fmt: skip


def ask(
    *identity: Clause,
    resource: tuple[Clause, ...] = (),
    boundary: tuple[Clause, ...] | None = None,
    strict: bool = False,
    caller: Caller | None = None,
    action: str = "s3:GetObject",
    on: str = OBJECT,
    account: str = ACCOUNT,
    **context: tuple[str, ...] | None,
) -> Decision:
    known = {key.replace("__", ":"): value for key, value in context.items()}
    request = Request(caller or Caller("AWS", API), action, on, known, account)
    return decide(request, Policies(identity, resource, boundary, strict))


ALLOW, DENY = says("Allow"), says("Deny")
NAMED, SHUT = says("Allow", to=("AWS", API)), says("Deny", to=("*", "*"))
TO_ACCOUNT = says("Allow", to=("AWS", ROOT))


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [
        (ask(), "implicit deny"),
        (ask(ALLOW), "allowed"),
        (ask(ALLOW, DENY), "explicit deny"),
        (ask(ALLOW, resource=(SHUT,)), "explicit deny"),
        (ask(ALLOW, boundary=(ALLOW, DENY)), "explicit deny"),
        (ask(resource=(NAMED,)), "allowed"),
        (ask(resource=(says("Allow", to=("*", "*")),)), "allowed"),
        (ask(resource=(says("Allow", to=("AWS", OTHER)),)), "implicit deny"),
        (ask(resource=(says("Allow", to=("Service", "ec2.amazonaws.com")),)), "implicit deny"),
        (ask(resource=(TO_ACCOUNT,)), "implicit deny"),
        (ask(resource=(says("Allow", to=("AWS", ACCOUNT)),)), "implicit deny"),
        (ask(ALLOW, boundary=()), "implicit deny"),
        (ask(ALLOW, boundary=(ALLOW,)), "allowed"),
        (ask(boundary=(ALLOW,)), "implicit deny"),
        (ask(resource=(NAMED,), boundary=()), "implicit deny"),
        (ask(says("Allow", "s3:PutObject")), "implicit deny"),
        (ask(says("Allow", on="arn:aws:s3:::others/*")), "implicit deny"),
        (ask(says("Allow", "s3:*", on="arn:aws:s3:::files/*")), "allowed"),
        (ask(says("Allow", "s3:PutObject", not_actions=True)), "allowed"),
        (ask(says("Allow", "s3:Get*", not_actions=True)), "implicit deny"),
        (ask(says("Allow", on="arn:aws:s3:::others/*", not_resources=True)), "allowed"),
        (ask(says("Allow", on="arn:aws:s3:::files/*", not_resources=True)), "implicit deny"),
    ],
)
def test_within_an_account(decision: Decision, verdict: str) -> None:
    assert decision.verdict == verdict


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [
        (ask(ALLOW, strict=True), "implicit deny"),
        (ask(ALLOW, resource=(TO_ACCOUNT,), strict=True), "allowed"),
        (ask(resource=(TO_ACCOUNT,), strict=True), "implicit deny"),
        (ask(resource=(NAMED,), strict=True), "allowed"),
        (ask(ALLOW, resource=(NAMED,), strict=True), "allowed"),
        (ask(ALLOW, resource=(says("Allow", to=("AWS", OTHER)),), strict=True), "implicit deny"),
        (ask(ALLOW, resource=(TO_ACCOUNT, SHUT), strict=True), "explicit deny"),
    ],
)
def test_keys_and_roles_decide_themselves(decision: Decision, verdict: str) -> None:
    assert decision.verdict == verdict


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [
        (ask(ALLOW, account="210987654321"), "implicit deny"),
        (ask(resource=(NAMED,), account="210987654321"), "implicit deny"),
        (ask(ALLOW, resource=(NAMED,), account="210987654321"), "allowed"),
        (ask(ALLOW, resource=(TO_ACCOUNT,), account="210987654321"), "allowed"),
        (ask(ALLOW, resource=(NAMED, SHUT), account="210987654321"), "explicit deny"),
    ],
)
def test_between_accounts_both_sides_have_to_allow(decision: Decision, verdict: str) -> None:
    assert decision.verdict == verdict


def test_services_are_let_in_by_the_resource_alone() -> None:
    caller = Caller("Service", "logging.s3.amazonaws.com")
    named = says("Allow", to=("Service", "logging.s3.amazonaws.com"))
    assert ask(resource=(named,), caller=caller).verdict == "allowed"
    assert ask(resource=(NAMED,), caller=caller).verdict == "implicit deny"
    assert ask(resource=(named, SHUT), caller=caller).verdict == "explicit deny"


def test_a_condition_that_nothing_is_known_of_is_named() -> None:
    found = ask(says("Allow", if_=VIA_S3))
    assert found.verdict == "conditional"
    assert [str(test) for test in found.conditions] == ["StringEquals kms:ViaService s3.eu-west-1.amazonaws.com"]
    known = ask(says("Allow", if_=VIA_S3), kms__ViaService=("s3.eu-west-1.amazonaws.com",))
    assert known.verdict == "allowed"
    assert known.conditions == ()
    assert ask(says("Allow", if_=VIA_S3), kms__ViaService=None).verdict == "implicit deny"


def test_one_unconditional_statement_is_enough() -> None:
    free, bound = says("Allow"), says("Allow", if_=VIA_S3)
    found = ask(bound, free)
    assert found.verdict == "allowed"
    assert found.by == (free,)


def test_a_denial_that_depends_leaves_it_open() -> None:
    denied = says("Deny", to=("*", "*"), if_=VIA_S3)
    found = ask(ALLOW, resource=(denied,))
    assert found.verdict == "conditional"
    assert found.unless == (denied,)


def test_https_is_taken_for_granted_unless_something_else_is_said() -> None:
    plain = says("Deny", to=("*", "*"), if_=HTTP)
    assert ask(ALLOW, resource=(plain,)).verdict == "allowed"
    assert ask(ALLOW, resource=(plain,), aws__SecureTransport=("false",)).verdict == "explicit deny"


def test_a_role_that_asks_by_itself_is_no_service() -> None:
    from_us = Restriction("StringEquals", "aws:SourceAccount", (ACCOUNT,))
    assert ask(resource=(says("Allow", to=("*", "*"), if_=from_us),)).verdict == "implicit deny"
    itself = Restriction("ArnLike", "aws:PrincipalArn", (f"arn:aws:iam::{ACCOUNT}:role/a*",))
    assert ask(resource=(says("Allow", to=("*", "*"), if_=itself),)).verdict == "allowed"


def test_a_part_of_what_is_asked_for_can_be_denied() -> None:
    secret = says("Deny", on="arn:aws:s3:::files/secret/*")
    assert ask(ALLOW, secret, on="arn:aws:s3:::files/*").verdict == "conditional"
    assert ask(ALLOW, secret, on="arn:aws:s3:::files/secret/a").verdict == "explicit deny"
    assert ask(ALLOW, secret, on="arn:aws:s3:::files/open/*").verdict == "allowed"


STATEMENTS = st.builds(
    lambda effect, action, resource: (effect, action, resource),
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["s3:GetObject", "s3:Get*", "s3:*", "*", "s3:PutObject", "s3:*Object"]),
    st.sampled_from(["*", OBJECT, "arn:aws:s3:::files/*", "arn:aws:s3:::other/*", "arn:aws:s3:::f*/a"]),
)


@given(st.lists(STATEMENTS, max_size=4))
@settings(max_examples=100, deadline=None)
def test_moto_says_the_same_of_identity_policies(statements: list[tuple[Literal["Allow", "Deny"], str, str]]) -> None:
    """Moto follows IAM's ``*`` and explicit denials there; ``?``, conditions and other policies it does not."""
    from moto.iam.access_control import IAMPolicyStatement, PermissionResult

    found = [
        IAMPolicyStatement({"Effect": effect, "Action": action, "Resource": resource}).is_action_permitted(
            "s3:GetObject", OBJECT
        )
        for effect, action, resource in statements
    ]
    allowed = PermissionResult.PERMITTED in found and PermissionResult.DENIED not in found
    ours = ask(*(says(effect, action, on=resource) for effect, action, resource in statements))
    assert ours.is_possible is allowed
