"""Short objects and lists stand on one line, long ones do not."""

from __future__ import annotations

import pytest

from groundplan.engines.terraform.hcl import Argument, Block, Call, Conditional, Expression, Row, Value
from groundplan.engines.terraform.modules import style


def _text(value: Value, name: str = "tags") -> str:
    return style.render((), [Argument(name, value)])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Name": "shop"}, 'tags = { Name = "shop" }\n'),
        ({"Bool": {"secure": "false"}}, 'tags = { Bool = { secure = "false" } }\n'),
        ({"one": 1, "two": 2}, "tags = {\n  one = 1\n  two = 2\n}\n"),
        ([{"Name": "shop"}], 'tags = [{ Name = "shop" }]\n'),
        (Call("jsonencode", {"Name": "shop"}), 'tags = jsonencode({ Name = "shop" })\n'),
        (Conditional("var.x", {"Name": "shop"}, None), 'tags = var.x ? { Name = "shop" } : null\n'),
        (Row({"one": 1, "two": 2}), "tags = { one = 1, two = 2 }\n"),
        ({}, "tags = {}\n"),
        ([], "tags = []\n"),
    ],
)
def test_what_is_short_is_on_one_line(value: Value, text: str) -> None:
    assert _text(value) == text


def test_what_is_long_has_a_line_for_each() -> None:
    long = "x" * 110
    assert _text({"Name": long}) == f'tags = {{\n  Name = "{long}"\n}}\n'
    assert _text([long, "y"]) == f'tags = [\n  "{long}",\n  "y",\n]\n'
    assert _text(Row({"one": long, "two": 2})) == f'tags = {{\n  one = "{long}"\n  two = 2\n}}\n'


def test_a_list_may_be_wider_than_elsewhere() -> None:
    words = ["a" * 25, "b" * 25, "c" * 25]
    assert _text(words).count("\n") == 1
    assert len(_text(words)) > 80


def test_no_line_is_wider_than_the_widest() -> None:
    conditions = [{"StringEquals": {"aws:SourceArn": Expression("x" * width)}} for width in range(40, 110, 3)]
    nested: Value = {"Statement": [{"Condition": condition} for condition in conditions]}
    body = (Argument("policy", Call("jsonencode", nested)),)
    text = style.render((), [Block("resource", ("aws_iam_policy", "main"), body)])
    joined = [line for line in text.splitlines() if "{ " in line]
    assert joined
    assert max(map(len, joined)) <= 120
