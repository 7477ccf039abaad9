"""Text becomes a tree; what is no HCL is refused where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.engines.terraform.checking.parser import parse
from groundplan.engines.terraform.checking.syntax import (
    Access,
    Call,
    Conditional,
    Expression,
    For,
    HclSyntaxError,
    Index,
    ListOf,
    Literal,
    ObjectOf,
    Operation,
    Template,
    Traversal,
    traversals,
)
from groundplan.engines.terraform.hcl import Argument, Block, Value, render


def value(source: str) -> Expression:
    """What an expression is read as."""
    return parse(f"a = {source}\n").attributes["a"].value


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ('"text"', "text"),
        (r'"a\n\t\"b\" \\ \u00e9 \U0001F600"', 'a\n\t"b" \\ é 😀'),
        ('"$${not} %%{this}"', "${not} %{this}"),
        ('"100 % $ sure"', "100 % $ sure"),
        ("12", 12),
        ("-1.5e3", -1500.0),
        ("true", True),
        ("null", None),
        ("<<EOT\na\n  b\nEOT", "a\n  b\n"),
        ("<<-EOT\n  a $${b}\n  EOT", "  a $${b}\n"),
    ],
)
def test_literals(source: str, meant: object) -> None:
    found = value(source)
    assert isinstance(found, Literal)
    assert found.value == meant


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('"a-${var.b}"', Template),
        ('"${var.b}"', Traversal),
        ("aws_vpc.main.id", Traversal),
        ('split(",", a.b)[0]', Access),
        ('jsonencode({\n  a = 1 # one\n  "b" : 2, (var.c) = 3\n})', Call),
        ("provider::aws::arn_parse(var.a)", Call),
        ("concat([1], var.more...)", Call),
        ("[\n  1,\n  2, // two\n]", ListOf),
        ("{ for k, v in var.a : k => v... if v != null }", For),
        ("[for v in var.a : v]", For),
        ("var.a == 1 && !var.b", Operation),
        ("(\n  1 +\n  2\n)", Operation),
        ("var.a ? [1] : []", Conditional),
        ("{}", ObjectOf),
        ('"%{ if var.a }yes%{ else }no%{ endif }"', Template),
    ],
)
def test_expressions(source: str, kind: type) -> None:
    assert isinstance(value(source), kind)


def test_steps_of_a_traversal() -> None:
    found = value('aws_subnet.private["a"].tags[var.b][0][*].c')
    assert isinstance(found, Traversal)
    assert found.root == "aws_subnet"
    private, key, tags, variable, zero, splat, last = found.steps
    assert (private, tags, zero, splat, last) == ("private", "tags", 0, "*", "c")
    assert isinstance(key, Index)
    assert isinstance(key.key, Literal)
    assert isinstance(variable, Index)
    assert isinstance(variable.key, Traversal)


def test_names_that_a_loop_binds() -> None:
    found = {item.root: bound for item, bound in traversals(value("{ for k, v in var.a : k => v.x if local.y }"))}
    assert found == {"var": False, "k": True, "v": True, "local": False}


def test_blocks() -> None:
    body = parse('resource "aws_vpc" main {\n  a = 1\n\n  inner {\n    b = 2\n  }\n  empty {}\n}\nlocals {}\n')
    resource, locals_ = body.blocks
    assert (resource.type, resource.labels) == ("resource", ("aws_vpc", "main"))
    assert [block.type for block in resource.body.blocks] == ["inner", "empty"]
    assert resource.body.literal("a") == 1
    assert locals_.labels == ()


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a = ", 4, "a value is expected"),
        ("a = 1 b = 2", 6, "the line should end"),
        ("a = 1\na = 2\n", 6, "already set"),
        ('resource "a" {\n', 15, "not closed"),
        ('a = "open\n', 4, "not closed"),
        ('a = "${var.b"', 5, "not closed"),
        ("a = [1, 2", 4, "not closed"),
        ("a = [1 2]", 7, "] is expected"),
        ("a = {b 1}", 7, "= is expected"),
        ("a = {b = 1 c = 2}", 11, "a comma"),
        ("a = <<EOT\nnever ends\n", 4, "not closed"),
        ("a = var.", 8, "the name of an attribute"),
        ("a = x ? 1", 9, ": is expected"),
        ("a = {for k in b : k}", 19, "=> is expected"),
        ("}", 0, "a block or an argument"),
        ('a = "%{ while x }"', 7, "if, else"),
    ],
)
def test_what_is_no_hcl(text: str, at: int, message: str) -> None:
    with pytest.raises(HclSyntaxError, match=message) as caught:
        parse(text)
    assert caught.value.at == at


_VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 999) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(_VALUES)
def test_what_is_written_is_read_again(written: Value) -> None:
    body = parse(render([Block("locals", (), (Argument("a", written),))]))
    assert _plain(body.blocks[0].body.attributes["a"].value) == written


def _plain(expression: Expression) -> object:
    match expression:
        case Literal(_, value):
            return value
        case ListOf(_, elements):
            return [_plain(element) for element in elements]
        case ObjectOf(_, members):
            return {_plain(key): _plain(member) for key, member in members}
        case Template(_, parts):  # a sign before a brace is written as an interpolation of itself
            return "".join(str(_plain(part)) for part in parts)
    raise AssertionError(expression)
