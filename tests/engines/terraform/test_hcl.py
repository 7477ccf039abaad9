from __future__ import annotations

import unicodedata
from textwrap import dedent
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.terraform_core.harness import TerraformCore

from groundplan.engines.terraform.hcl import (
    Argument,
    Blank,
    Block,
    Call,
    Comment,
    Expression,
    Heredoc,
    Item,
    Object,
    Template,
    Value,
    arguments,
    render,
)
from groundplan.engines.terraform.text import escape_interpolation, quote
from groundplan.errors import InputError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def written(value: Value) -> str:
    """How a value is written, without ``x = ``."""
    return render([Argument("x", value)]).removeprefix("x = ").removesuffix("\n")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (0.5, "0.5"),
        ("plain", '"plain"'),
        ("", '""'),
        ("é – 日本", '"é – 日本"'),
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ("two\nlines\ttab\r", r'"two\nlines\ttab\r"'),
        ("\x00\x1b\x7f", r'"\u0000\u001b\u007f"'),
        ("${not.code}", '"$${not.code}"'),
        ("%{if not}", '"%%{if not}"'),
        ("$${twice}", r'"$\u0024{twice}"'),
        ("5 $ {", '"5 $ {"'),
        (Expression("aws_vpc.main.id"), "aws_vpc.main.id"),
        (Template("${var.name}-database"), '"${var.name}-database"'),
        (Template('a "b" ${lookup(var.m, "k}")} \n'), '"a \\"b\\" ${lookup(var.m, "k}")} \\n"'),
        (Template('${join("-", ["${var.a}}", "b"])}"'), '"${join("-", ["${var.a}}", "b"])}\\""'),
        (Template("${var.alone}"), "var.alone"),
        (Template("${var.a}${var.b}"), '"${var.a}${var.b}"'),
        (Template(escape_interpolation("$") + "${var.a}"), '"${"$"}${var.a}"'),
        (Template("$${literal} 100%"), '"$${literal} 100%"'),
        ([], "[]"),
        (["a", 1, None], '["a", 1, null]'),
        (("a",), '["a"]'),
        ({}, "{}"),
        (Call("timestamp"), "timestamp()"),
        (Call("cidrsubnet", Expression("var.cidr"), 8, 1), "cidrsubnet(var.cidr, 8, 1)"),
        (Call("file", Heredoc("a"), 1), 'file("a\\n", 1)'),
        (["two\nlines\n"], '["two\\nlines\\n"]'),
        ("two\nlines\n\x00\n", r'"two\nlines\n\u0000\n"'),
        (Template("${one}\nlines\r\n"), r'"${one}\nlines\r\n"'),
    ],
)
def test_one_line_values(value: Value, text: str) -> None:
    assert written(value) == text


def test_a_long_list_has_a_line_for_each_element() -> None:
    actions = [f"ecs:Describe{number:030}" for number in range(2)]

    assert written(actions) == f'[\n  "{actions[0]}",\n  "{actions[1]}",\n]'


def test_policy_reads_as_people_write_it() -> None:
    policy = Call(
        "jsonencode",
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ReadBackups",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:ListBucket"],
                    "Resource": [Expression("aws_s3_bucket.backups.arn"), Template("${aws_s3_bucket.backups.arn}/*")],
                    "Condition": {"StringEquals": {"aws:SourceAccount": Expression("local.account")}},
                }
            ],
        },
    )

    items = [Block("resource", ("aws_iam_role_policy", "api"), (Argument("name", "api"), Argument("policy", policy)))]

    assert render(items) == dedent(
        """\
        resource "aws_iam_role_policy" "api" {
          name = "api"
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [
              {
                Sid      = "ReadBackups"
                Effect   = "Allow"
                Action   = ["s3:GetObject", "s3:ListBucket"]
                Resource = [aws_s3_bucket.backups.arn, "${aws_s3_bucket.backups.arn}/*"]
                Condition = {
                  StringEquals = {
                    "aws:SourceAccount" = local.account
                  }
                }
              },
            ]
          })
        }
        """
    )


def test_container_definitions_read_as_people_write_them() -> None:
    container: Value = {
        "name": "api",
        "image": Template("${aws_ecr_repository.api.repository_url}:1.0"),
        "portMappings": [{"containerPort": 3000, "protocol": "tcp"}],
        "environment": [],
    }

    assert written(Call("jsonencode", [container])) == dedent(
        """\
        jsonencode([
          {
            name  = "api"
            image = "${aws_ecr_repository.api.repository_url}:1.0"
            portMappings = [
              {
                containerPort = 3000
                protocol      = "tcp"
              },
            ]
            environment = []
          },
        ])"""
    )


def test_blocks_comments_and_empty_lines() -> None:
    items: list[Item] = [
        Comment("First.\n\nSecond."),
        Block("terraform", (), (Argument("required_version", ">= 1.11"), Block("cloud"), Argument("after", 1))),
        Comment("Above."),
        Block("locals", (), (*arguments({"a": 1, "long_name": 2}), Blank(), Argument("b", 3), Comment("Why."))),
        Block("variable", ('odd "label"',)),
    ]

    assert render(items) == dedent(
        """\
        # First.
        #
        # Second.
        terraform {
          required_version = ">= 1.11"

          cloud {}

          after = 1
        }

        # Above.
        locals {
          a         = 1
          long_name = 2

          b = 3
          # Why.
        }

        variable "odd \\"label\\"" {}
        """
    )


def test_keys() -> None:
    members = (("plain-key", 1), ("a b", 2), ("for", 3), (Expression("var.k"), 4), (Template("${var.k}-x"), 5))

    assert written(Object(members)) == dedent(
        """\
        {
          plain-key    = 1
          "a b"        = 2
          "for"        = 3
          (var.k)      = 4
          "${var.k}-x" = 5
        }"""
    )


def test_heredoc() -> None:
    items = [
        Block("locals", (), arguments({"script": Heredoc("#!/bin/sh\n\n  echo ${HOME} $${x}\n"), "other_name": 1}))
    ]

    assert render(items) == dedent(
        """\
        locals {
          script     = <<-EOT
            #!/bin/sh

              echo $${HOME} ${"$$"}{x}
          EOT
          other_name = 1
        }
        """
    )


def test_text_of_several_lines_is_a_heredoc() -> None:
    user_data = Call("base64encode", Template("#!/bin/bash\necho ${aws_ecs_cluster.main.name} $${HOME}\n"))
    items = [Block("resource", ("aws_instance", "a"), arguments({"user_data": user_data, "script": "a\n${b}\n"}))]

    assert render(items) == dedent(
        """\
        resource "aws_instance" "a" {
          user_data = base64encode(<<-EOT
            #!/bin/bash
            echo ${aws_ecs_cluster.main.name} $${HOME}
          EOT
          )
          script = <<-EOT
            a
            $${b}
          EOT
        }
        """
    )


def test_heredoc_that_holds_its_own_end() -> None:
    assert written(Heredoc("EOT\nEOT_")) == "<<-EOT__\n  EOT\n  EOT_\nEOT__"


def test_further_lines_of_an_expression_are_indented() -> None:
    items = [Block("locals", (), (Argument("a", Expression("{\n  for x in var.y : x => 1\n}")),))]

    assert render(items) == "locals {\n  a = {\n    for x in var.y : x => 1\n  }\n}\n"


def test_nothing_is_an_empty_file() -> None:
    assert render([]) == ""


@pytest.mark.parametrize("source", ["${var.a", '${"${a}"', '${"a', "%{ if x }${", "${{}"])
def test_unclosed_template(source: str) -> None:
    with pytest.raises(ValueError, match="is not closed in the template"):
        Template(source)


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_numbers_without_a_written_form(number: float) -> None:
    with pytest.raises(ValueError, match="is not a number that HCL can write"):
        render([Argument("x", number)])


@pytest.mark.parametrize("name", ["", "1a", "a b", "a.b", 'a"'])
def test_names_that_are_no_identifiers(name: str) -> None:
    with pytest.raises(ValueError, match="is not an identifier"):
        Argument(name, 1)
    with pytest.raises(ValueError, match="is not an identifier"):
        Block(name)


def test_half_a_surrogate_pair() -> None:
    with pytest.raises(InputError, match="not valid Unicode"):
        quote("\ud800")


def test_carriage_return_in_a_heredoc() -> None:
    with pytest.raises(ValueError, match="carriage return"):
        Heredoc("a\r\nb")


# What makes strings difficult: interpolation signs, quotes, escapes, indentation, ends of heredocs.
_texts = st.one_of(
    st.text(alphabet='ab ${}%"\\\n\tEOT_é', max_size=12),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=6),
)
_keys = st.one_of(_texts, st.sampled_from(["name", "for", "null", "a-b", "if", "é", "e\u0301", "\U0001f468\u200d"]))
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    _texts,
)
_json = st.recursive(
    _scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_keys, inner, max_size=4)),
    max_leaves=8,
)
_heredocs = st.builds(Heredoc, st.text(alphabet='ab ${}%\\"\n\tEOT_', max_size=20))


def _normal(value: object) -> object:
    """As Terraform keeps it: strings in Unicode's normal form C, all numbers of one kind."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case int() | float() if not isinstance(value, bool):
            return float(value)
        case list():
            return [_normal(inner) for inner in value]
        case dict():
            return {_normal(key): _normal(inner) for key, inner in value.items()}
    return value


# Without shrinking: an example is a batch, and the failure names the values that are wrong.
@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    values=st.lists(_json, min_size=40, max_size=40),
    heredocs=st.lists(_heredocs, min_size=20, max_size=20),
    comments=st.lists(_texts, min_size=5, max_size=5),
)
def test_terraform_leaves_it_alone_and_reads_it_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[Json], heredocs: list[Heredoc], comments: list[str]
) -> None:
    """Each example is one configuration with many values: Terraform starts twice for all of them together."""
    expected: dict[str, object] = {}
    items: list[Item] = []

    def add(value: Value, meaning: object) -> None:
        name = f"v{len(expected)}"
        expected[name] = meaning
        items.append(Block("output", (name,), arguments({"value": value, "description": name, "sensitive": False})))

    for value in values:
        add(value, value)
        add(Call("jsondecode", Call("jsonencode", {"k": [value]})), {"k": [value]})
        if isinstance(value, str):
            add(Template(f"{escape_interpolation(value)}${{1 + 1}}|"), f"{value}2|")
    for heredoc in heredocs:
        add(heredoc, heredoc.value)
        add({"first": 1, "script": heredoc, "last_one": [heredoc]},
            {"first": 1, "script": heredoc.value, "last_one": [heredoc.value]})  # fmt: skip
        add(Call("jsondecode", Call("jsonencode", heredoc)), heredoc.value)
        add(Template(f"{escape_interpolation(heredoc.text)}${{1 + 1}}|\n"), f"{heredoc.text}2|\n")
    items += [Comment(comment) for comment in comments]
    root = tmp_path_factory.mktemp("root")
    (root / "main.tf").write_text(render(items), newline="")

    core = TerraformCore(tmp_path_factory.mktemp("workspace"))
    core.fmt_check(root)
    outputs = core.apply(root)["outputs"]

    read = {name: outputs.get(name, {}).get("value") for name in expected}
    wrong = {
        name: (meaning, read[name]) for name, meaning in expected.items() if _normal(read[name]) != _normal(meaning)
    }
    assert not wrong, "meant, and read back"
