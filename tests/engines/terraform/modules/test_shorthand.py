"""What is looked up of the account has a short name where it is said more than once."""

from __future__ import annotations

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import (
    Argument,
    Block,
    Call,
    Conditional,
    Each,
    Expression,
    Object,
    Row,
    Template,
    Value,
)
from groundplan.engines.terraform.modules import shorthand

ACCOUNT, PARTITION = "data.aws_caller_identity.current.account_id", "data.aws_partition.current.partition"


def test_what_is_said_once_stays() -> None:
    assert shorthand.local_values(f"{ACCOUNT} {PARTITION}") == {}
    assert shorthand.local_values(f"{ACCOUNT} {ACCOUNT} {PARTITION}") == {ACCOUNT: "account_id"}
    assert shorthand.block({}) == []


def test_the_block_says_what_the_names_stand_for() -> None:
    assert hcl.render(shorthand.block({ACCOUNT: "account_id"})) == f"locals {{\n  account_id = {ACCOUNT}\n}}\n"


def test_it_is_found_wherever_code_is() -> None:
    code, text = Expression(ACCOUNT), Template(f"arn:${{{PARTITION}}}:iam")
    value: Value = {
        "call": Call("jsonencode", [code]),
        "choice": Conditional("x", code, None),
        "row": Row({"a": text}),
        "object": Object((("a", code),)),
        "each": Each("one", "x", {"a": code}),
        "list": [code, "data.aws_partition.current.partition"],
    }
    items = [Block("x", (), (Block("inner", (), (Argument("value", value),)),))]
    known = {ACCOUNT: "account_id", PARTITION: "partition"}
    written = hcl.render(list(shorthand.shortened(items, known)))
    assert ACCOUNT not in written
    assert written.count("local.account_id") == 5
    assert '"arn:${local.partition}:iam"' in written
    assert '"data.aws_partition.current.partition"' in written, "a text is no code"


def test_what_has_no_name_is_left_alone() -> None:
    items = [Argument("x", Expression(f"{ACCOUNT} {PARTITION}"))]
    assert (
        hcl.render(list(shorthand.shortened(items, {ACCOUNT: "account_id"}))) == f"x = local.account_id {PARTITION}\n"
    )
