"""Code built anew: everything is reached once, and nothing else changes."""

from __future__ import annotations

import pytest

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import (
    Argument,
    Block,
    Call,
    Comment,
    Conditional,
    Each,
    Expression,
    Heredoc,
    Item,
    Line,
    Object,
    Row,
    Template,
    Value,
)
from groundplan.engines.terraform.walk import with_inside, with_values


def _louder(value: Value) -> Value:
    return value + 1 if isinstance(value, int) else value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Call("max", 1, 2), Call("max", 2, 3)),
        (Conditional("var.x", 1, 2), Conditional("var.x", 2, 3)),
        (Each("item", "local.items", {"a": 1}), Each("item", "local.items", {"a": 2})),
        (Row({"a": 1}), Row({"a": 2})),
        (Line([1, 2]), Line([2, 3])),
        (Object(((Expression("var.x"), 1),)), Object(((Expression("var.x"), 2),))),
        ({"a": 1}, {"a": 2}),
        ([1, "x"], [2, "x"]),
        ([[1]], [[1]]),
        (1, 1),
        ("text", "text"),
        (None, None),
        (Template("${var.x}"), Template("${var.x}")),
        (Heredoc("a\n"), Heredoc("a\n")),
    ],
)
def test_what_a_value_holds(value: Value, expected: Value) -> None:
    assert with_inside(value, _louder) == expected


def test_arguments_of_nested_blocks() -> None:
    items: list[Item] = [Comment("one"), Argument("a", 1), Block("b", ("label",), (Argument("c", 2),))]
    changed = hcl.render(with_values(items, _louder))
    assert changed == '# one\na = 2\n\nb "label" {\n  c = 3\n}\n'
