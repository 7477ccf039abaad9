"""What is said several times stands once, where Terraform can evaluate it for everybody."""

from __future__ import annotations

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Call, Conditional, Expression, Item, Value, arguments
from groundplan.engines.terraform.modules.repeated import once

STATEMENT: Value = {"Sid": "ReadKeys", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
INDEXED: Value = {"Sid": "ReadKeys", "Effect": "Allow", "Action": "s3:Get", "Resource": Expression('var.arns["media"]')}


def _block(name: str, statement: Value, **meta: Value) -> Block:
    policy = Call("jsonencode", {"Statement": [statement]})
    return Block("resource", ("aws_policy", name), arguments({**meta, "policy": policy}))


def _text(*items: Item) -> str:
    return hcl.render(once({"iam.tf": list(items)})["iam.tf"])


def test_a_statement_is_named_after_its_sid() -> None:
    text = _text(_block("one", STATEMENT), _block("two", STATEMENT))
    assert text.startswith('locals {\n  statement_read_keys = {\n    Sid      = "ReadKeys"')
    assert text.count("[local.statement_read_keys]") == 2


def test_what_is_said_once_stays() -> None:
    assert "local." not in _text(_block("one", STATEMENT))


def test_short_values_stay() -> None:
    short: Value = {"Sid": "ReadKeys", "Effect": "Allow"}
    assert "local." not in _text(_block("one", short), _block("two", short))


def test_another_statement_of_the_same_name_stays_where_it_is() -> None:
    other: Value = {"Sid": "ReadKeys", "Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}
    text = _text(*(_block(str(number), one) for number, one in enumerate((STATEMENT, STATEMENT, other, other))))
    assert text.count("local.statement_read_keys") == 2
    assert text.count('"Deny"') == 2


def test_a_long_list_is_named_after_what_it_is_for() -> None:
    names: Value = [f"arn:{letter}" for letter in "abcdef"]
    text = _text(*(_block("off_hours", {"Sid": sid, "Resource": names}) for sid in ("Stop", "Start")))
    assert text.startswith("locals {\n  off_hours_statement_resources = [")
    assert text.count("Resource = local.off_hours_statement_resources") == 2


def test_a_condition_is_named_after_what_it_says() -> None:
    tags = {"aws:ResourceTag/Project": "shop", "aws:ResourceTag/Environment": "staging"}
    condition: Value = {"StringEquals": tags}
    text = _text(*(_block("drills", {"Sid": sid, "Condition": condition}) for sid in ("Stop", "Start")))
    assert "  only_tagged_project_and_environment = {" in text


def test_a_list_of_nested_blocks_is_named_after_the_blocks() -> None:
    rows: Value = [f"path {letter}" for letter in "abcdef"]
    nested = [Block("dynamic", ("rule",), arguments({"for_each": rows})) for _ in range(2)]
    text = _text(*(Block("resource", ("aws_wafv2_web_acl", "cdn"), (one,)) for one in nested))
    assert text.startswith("locals {\n  cdn_rules = [")
    assert text.count("for_each = local.cdn_rules") == 2


def test_what_all_of_a_type_say_is_named_after_the_type() -> None:
    names: Value = [f"arn:{letter}" for letter in "abcdef"]
    blocks = [Block("resource", ("aws_sns_topic", "this"), arguments({"names": names})) for _ in range(2)]
    assert _text(*blocks).startswith("locals {\n  topic_names = [")


def test_what_is_of_an_instance_stays() -> None:
    each: Value = {**STATEMENT, "Resource": Expression("each.value.arn")} if isinstance(STATEMENT, dict) else None
    assert "local." not in _text(_block("one", each), _block("two", each))


def test_what_some_environments_lack_is_not_evaluated_for_all() -> None:
    """A map without the key would be an error, though nothing asks for the value there."""
    counted = [_block(name, INDEXED, count=Expression("var.x ? 1 : 0")) for name in ("one", "two")]
    assert "local." not in _text(*counted)
    chosen = Block("locals", (), (Argument("rows", [Conditional("var.x", INDEXED, None)] * 2),))
    assert "local." not in _text(chosen)
    assert "local.statement_read_keys" in _text(*counted, _block("always", INDEXED))


def test_a_name_that_is_taken_is_not_taken_again() -> None:
    known = Block("locals", (), (Argument("statement_read_keys", 1),))
    assert "[local." not in _text(known, _block("one", STATEMENT), _block("two", STATEMENT))


def test_it_stands_before_the_first_use_also_in_another_file() -> None:
    found = once({"kms.tf": [_block("one", STATEMENT)], "iam.tf": [_block("two", STATEMENT)]})
    assert [item.type for item in found["kms.tf"] if isinstance(item, Block)] == ["locals", "resource"]
    assert [item.type for item in found["iam.tf"] if isinstance(item, Block)] == ["resource"]


def test_where_terraform_wants_literals_it_gets_them() -> None:
    waits: Value = [Expression(f"aws_x.{letter}") for letter in "abcdef"]
    ignored = Block("lifecycle", (), (Argument("ignore_changes", waits),))
    blocks = [
        Block("resource", ("aws_thing", name), (Argument("size", 1), ignored, Argument("depends_on", waits)))
        for name in ("one", "two")
    ]
    assert "local." not in _text(*blocks)
