"""References become visible, and nothing else does."""

from __future__ import annotations

import pytest

from groundplan.engines.terraform.hcl import Call, Expression, Object, Template, Value
from groundplan.engines.terraform.modules.links import Code, Function, Group, Link, Normal, is_literal, links, normal

PRIVATE, KEY = Group("resource", "aws_subnet", "private"), Group("resource", "aws_kms_key", "main")
PASSWORD, LOCAL = Group("ephemeral", "aws_secret", "main"), Group("local", "", "main")
ADDRESSES = {
    "aws_subnet.private_a": (PRIVATE, "a"),
    "aws_kms_key.main": (KEY, None),
    "ephemeral.aws_secret.main": (PASSWORD, None),
    "local.main": (LOCAL, None),
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Expression("aws_subnet.private_a.id"), Code(False, (Link(PRIVATE, "a", ".id"),))),
        (Expression("aws_kms_key.main"), Code(False, (Link(KEY, None, ""),))),
        (Expression("aws_kms_key.other.arn"), Code(False, ("aws_kms_key.other.arn",))),
        (Expression("ephemeral.aws_secret.main.value"), Code(False, (Link(PASSWORD, None, ".value"),))),
        (Expression("local.main.user"), Code(False, (Link(LOCAL, None, ".user"),))),
        (
            Expression("coalesce(aws_kms_key.main.arn, var.x)"),
            Code(False, ("coalesce(", Link(KEY, None, ".arn"), ", var.x)")),
        ),
        (
            Expression("aws_kms_key.main.policies[0].arn"),
            Code(False, (Link(KEY, None, ".policies[0].arn"),)),
        ),
        (
            Template("${aws_kms_key.main.arn}/*-${var.region}"),
            Code(True, (Link(KEY, None, ".arn"), "/*-${var.region}")),
        ),
        (Template("$${aws_kms_key.main.arn}"), Code(True, ("$${aws_kms_key.main.arn}",))),
        ("aws_kms_key.main.arn", "aws_kms_key.main.arn"),
        ([Expression("aws_kms_key.main.id"), 1], (Code(False, (Link(KEY, None, ".id"),)), 1)),
        (Call("jsonencode", {"a": None}), Function("jsonencode", ({"a": None},))),
    ],
)
def test_values(value: Value, expected: Normal) -> None:
    assert normal(value, ADDRESSES.get) == expected


def test_an_address_inside_a_longer_one_is_none() -> None:
    assert list(links(normal(Expression("module.aws_kms_key.main.arn"), ADDRESSES.get))) == []
    assert list(links(normal(Expression("x_aws_kms_key.main.arn"), ADDRESSES.get))) == []


def test_a_text_with_a_reference_in_a_longer_expression_is_code_as_a_whole() -> None:
    found = normal(Template("redis://${one(aws_kms_key.main[*].host)}:6379"), ADDRESSES.get)
    assert found == Code(False, ('"redis://${one(', Link(KEY, None, "[*].host"), ')}:6379"'))


def test_what_only_this_package_writes_is_refused() -> None:
    with pytest.raises(TypeError, match="Object cannot be compared"):
        normal(Object(((Expression("var.x"), 1),)), ADDRESSES.get)


def test_links_are_found_at_any_depth() -> None:
    value = Call("jsonencode", {"a": [{"b": Template("${aws_subnet.private_a.arn}/x")}], "c": Expression("local.main")})
    assert [link.group for link in links(normal(value, ADDRESSES.get))] == [PRIVATE, LOCAL]


def test_what_can_stand_in_tfvars() -> None:
    assert is_literal(normal({"a": [1, "x", None, True]}, ADDRESSES.get))
    assert not is_literal(normal({"a": [1, Expression("var.x")]}, ADDRESSES.get))
    assert not is_literal(normal([Call("max", 1, 2)], ADDRESSES.get))


def test_titles_and_addresses() -> None:
    assert (PRIVATE.address, PRIVATE.title) == ("aws_subnet.private", "subnet_private")
    assert (PASSWORD.address, LOCAL.address, LOCAL.title) == ("ephemeral.aws_secret.main", "local.main", "main")
    elsewhere = Group("resource", "aws_subnet", "private", where="standby")
    assert elsewhere.title == "standby_subnet_private"
    assert elsewhere.here == PRIVATE
