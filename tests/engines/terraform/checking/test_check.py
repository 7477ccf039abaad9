"""What the check finds in files and modules, and that it finds nothing where nothing is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
from tests.engines.samples import google_architecture, sample_architecture

from groundplan.engines.terraform import Options, render
from groundplan.engines.terraform.checking import Mistake, check, check_folder
from groundplan.errors import EnvironmentalError

HEAD = """\
    terraform {
      required_providers {
        aws = { source = "hashicorp/aws", version = "~> 6.62" }
      }
    }
    variable "zones" {
      description = "Zones"
      type        = map(object({ cidr = string, public = optional(bool) }))
    }
    resource "aws_vpc" "main" {
      cidr_block = "10.0.0.0/16"
    }
    resource "aws_subnet" "private" {
      for_each   = var.zones
      vpc_id     = aws_vpc.main.id
      cidr_block = each.value.cidr
    }
    """


def found(text: str, head: str = HEAD) -> list[str]:
    """The messages about a root, in order."""
    return [item.message for item in check({"main.tf": dedent(head), "more.tf": dedent(text)})]


def test_the_sample_of_every_kind_is_as_the_providers_want_it() -> None:
    assert check(render(sample_architecture(), Options(state_bucket="sample-state")).files) == ()


def test_the_sample_of_google_is_as_the_providers_want_it() -> None:
    assert check(render(google_architecture(), Options()).files) == ()


def test_every_argument_of_the_sample_is_looked_at() -> None:
    """Any argument of a resource, given another name, is found: nothing is passed over."""
    text = render(sample_architecture(), Options()).files["s3.tf"]
    names = dict.fromkeys(re.findall(r"^  (\w+) +=", text, re.M))
    assert len(names) > 8
    for name in names:
        changed = re.sub(rf"^  {name} ", f"  {name}x ", text, count=1, flags=re.M)
        assert any(f'"{name}x"' in item.message for item in check({"s3.tf": changed})), name


def test_a_root_without_mistakes() -> None:
    assert found("") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('resource "aws_vpc" "b" {\n  cidr_block = ["10.0.0.0/16"]\n}', '"cidr_block": string is required'),
        ('resource "aws_vpc" "b" {\n  tags = "x"\n}', '"tags": map of string is required'),
        ('resource "aws_vpc" "b" {\n  tags = { a = ["b"] }\n}', '"tags": string is required'),
        ('resource "aws_lb" "b" {\n  idle_timeout = "soon"\n}', '"idle_timeout": a number is required'),
        ('resource "aws_lb" "b" {\n  subnets = aws_vpc.main.id\n}', '"subnets": set of string is required'),
        ('resource "aws_vpc" "b" {\n  cidr_block = aws_vpc.main.tags\n}', '"cidr_block": string is required'),
        ('resource "aws_vpc" "b" {\n  cidr_block = split(",", "a")\n}', '"cidr_block": string is required'),
        ('resource "aws_vpc" "b" {\n  timeouts = {}\n}', 'named "timeouts" is not expected here'),
        ('resource "aws_lb" "b" {\n  access_logs = {}\n}', '"access_logs" is not expected here: it is a nested block'),
        ('resource "aws_lb" "b" {\n  access_logs {}\n}', 'The argument "bucket" is required'),
        (
            'resource "aws_lb" "b" {\n' + '  access_logs {\n    bucket = "a"\n  }\n' * 2 + "}",
            'No more than 1 "access_logs" blocks are allowed',
        ),
        ('resource "aws_lb_listener" "b" {\n  load_balancer_arn = "a"\n}', 'At least 1 "default_action" blocks'),
        ('resource "aws_vpc" "b" {\n  name {}\n}', 'Blocks of type "name" are not expected here'),
        ('resource "aws_vpc" "main" {\n}', "resource aws_vpc main is declared twice"),
        ('resource "random_id" "b" {\n}', "of no provider whose schemas are known"),
        ('resource "aws_vpc" {\n}', "A block resource takes 2 labels, not 1"),
        ("resources {\n}", 'Blocks of type "resources" are not expected here. Did you mean "resource"?'),
        ('data "aws_caller_identiy" "b" {\n}', 'data source "aws_caller_identiy". Did you mean "aws_caller_identity"?'),
        ("a = 1", 'An argument named "a" is not expected here'),
    ],
)
def test_blocks_and_arguments(text: str, message: str) -> None:
    assert any(message in item for item in found(text)), found(text)


def output(value: str) -> str:
    """An output of a value."""
    return f'output "a" {{\n  description = "A"\n  value = {value}\n}}'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("aws_subnet.private.id", 'Because aws_subnet.private has "for_each" set'),
        ('aws_subnet.private["a"].idd', 'exported attribute named "idd"'),
        ('aws_vpc.main["a"].id', 'exported attribute named "a"'),
        ("aws_vpc.main[0].id", 'has neither "count" nor "for_each" set'),
        ('{ for k, s in aws_subnet.private : k => s.id if var.zonse != "" }', '"zonse" has not been declared'),
        ("local.zones", 'local value with the name "zones"'),
        ("module.network.id", 'No module call named "network"'),
        ("each.key", '"each.key" is unavailable'),
        ("count.index", '"count" is unavailable'),
        ("data.aws_region.here.name", 'A data resource "aws_region" "here"'),
        ("aws_vpc.main.default_network_acl_id.id", 'exported attribute named "id"'),
        ("jsonencoded({})", 'There is no function named "jsonencoded". Did you mean "jsonencode"?'),
        ('var.zones["a"].cdir', 'exported attribute named "cdir"'),
    ],
)
def test_references(value: str, message: str) -> None:
    assert any(message in item for item in found(output(value))), found(output(value))


@pytest.mark.parametrize(
    "value",
    [
        'aws_subnet.private["a"].id',
        "values(aws_subnet.private)[*].id",
        "[for s in aws_subnet.private : s.arn]",
        "one(aws_vpc.main[*].id)",
        'var.zones["a"].cidr',
        "path.module",
        'try(aws_vpc.main.tags["Name"], null)',
    ],
)
def test_references_that_lead_somewhere(value: str) -> None:
    assert found(output(value)) == []


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ('variable "a" {}', ['"a" has no description', '"a" has no type', '"a" is used nowhere']),
        (
            'variable "a" {\n  description = "A"\n  type = number\n  default = "one"\n}\n' + output("var.a"),
            ['Invalid default value for variable "a": a number is required'],
        ),
        (
            'variable "a" {\n  description = "A"\n  type = string\n  validation {\n'
            '    condition     = var.a != ""\n    error_message = "Never empty."\n  }\n}',
            ['"a" is used nowhere'],
        ),
        ('output "a" {\n  value = 1\n}', ['The output "a" has no description']),
        ("locals {\n  a = 1\n}", ['The local value "a" is used nowhere']),
        ("locals {\n  a = local.b\n  b = local.a\n}", ["Cycle: local.a, local.b"]),
        (output("nonsensitive(1)"), []),
        ('terraform {\n  required_version = "~> one"\n}', ['"~> one" is not a valid version constraint']),
        ('terraform {\n  backend "s3" {\n    kee = "x"\n  }\n}', ['"kee" is not expected here', '"key" is required']),
        ('terraform {\n  backend "s4" {\n  }\n}', ['no backend "s4"']),
        ('provider "aws" {\n  regio = "x"\n}', ['"regio" is not expected here']),
        ("moved {\n  from = aws_vpc.old\n  to = aws_vpc.new\n}", ['"aws_vpc" "new" has not been declared']),
        ("moved {\n  from = aws_vpc.old\n  to = aws_vpc.main\n}", []),
        ('import {\n  to = aws_vpc.main\n  id = "vpc-1"\n}', []),
        ("removed {\n  from = aws_vpc.old\n  lifecycle {\n    destroy = false\n  }\n}", []),
    ],
)
def test_declarations(text: str, messages: list[str]) -> None:
    said = found(text)
    assert all(any(message in item for item in said) for message in messages), said
    assert bool(said) == bool(messages)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("~> 6.62", None),
        (">= 6.0, < 7", None),
        ("6.62.0", None),
        ("!= 6.61.0", None),
        ("~> 6.62.1", "leaves out 6.62.0"),
        (">= 7.0", "leaves out"),
        ("< 6", "leaves out"),
        ("> 6.62", "leaves out"),
        ("~ 6", "not a valid version constraint"),
    ],
)
def test_version_constraints(version: str, message: str | None) -> None:
    said = found("", HEAD.replace("~> 6.62", version))
    assert [message in item for item in said] == ([True] if message else [])  # type: ignore[operator]  # None: no item


def test_dynamic_blocks_are_checked_like_blocks() -> None:
    text = """\
    resource "aws_lb" "b" {
      dynamic "access_logs" {
        for_each = var.zones
        content {
          bucket = access_logs.value.cidr
          prefx  = access_logs.key
        }
      }
    }
    """
    assert found(text) == ['An argument named "prefx" is not expected here. Did you mean "prefix"?']
    assert found('resource "aws_lb" "b" {\n  dynamic "access_log" {\n    for_each = []\n    content {}\n  }\n}') == [
        'Blocks of type "access_log" are not expected here. Did you mean "access_logs"?'
    ]


def test_secrets_stay_out_of_what_is_kept() -> None:
    secret = 'ephemeral "aws_secretsmanager_random_password" "a" {}\nlocals {\n'
    secret += "  a = ephemeral.aws_secretsmanager_random_password.a.random_password\n}\n"
    kept = 'resource "aws_vpc" "b" {\n  tags = { a = "x-${local.a}" }\n}\n'
    handed_on = """\
    resource "aws_db_instance" "b" {
      instance_class      = "x"
      password_wo         = local.a
      password_wo_version = 1
    }
    """
    assert found(secret + kept) == [
        'Ephemeral values are not valid for "tags", because it is not a write-only attribute.'
    ]
    assert found(secret + dedent(handed_on)) == []


MODULES = {
    "environments/live/main.tf": """\
        module "network" {
          source = "../../modules/network"
          cidr   = var.cidr
        }
        variable "cidr" {
          description = "The VPC's addresses"
          type        = string
        }
        output "vpc" {
          description = "The VPC"
          value       = module.network.vpc_id
        }
        """,
    "environments/live/terraform.tfvars": 'cidr = "10.0.0.0/16"\n',
    "modules/network/main.tf": """\
        variable "cidr" {
          description = "The VPC's addresses"
          type        = string
        }
        resource "aws_vpc" "main" {
          cidr_block = var.cidr
        }
        output "vpc_id" {
          description = "The VPC"
          value       = aws_vpc.main.id
        }
        """,
}


def in_modules(name: str, before: str, after: str) -> list[Mistake]:
    """What is wrong with the modules once something is changed."""
    files = {key: dedent(text) for key, text in MODULES.items()}
    assert before in files[name]
    return list(check({**files, name: files[name].replace(before, after)}))


def test_modules_without_mistakes() -> None:
    assert in_modules("environments/live/main.tf", "cidr", "cidr") == []


@pytest.mark.parametrize(
    ("file", "before", "after", "where", "message"),
    [
        ("environments/live/main.tf", "  cidr   =", "  cdir   =", ":3:3", '"cdir" is not expected'),
        ("environments/live/main.tf", "  cidr   = var.cidr\n", "", ":1:1", 'argument "cidr" is required'),
        ("environments/live/main.tf", "= var.cidr", "= [var.cidr]", ":3:12", '"cidr": string is required'),
        ("environments/live/main.tf", "network.vpc_id", "network.vpc", ":11:17", 'has no output named "vpc"'),
        ("environments/live/main.tf", "modules/network", "modules/net", ":1:1", "is not there: ../../modules/net"),
        ("environments/live/terraform.tfvars", "cidr", "cird", ":1:1", 'name "cird" has not been declared'),
        ("environments/live/terraform.tfvars", '"10.0.0.0/16"', "[]", ":1:8", "string is required"),
        ("modules/network/main.tf", "var.cidr", "var.cdir", ":6:16", '"cdir" has not been declared'),
        ("modules/network/main.tf", "aws_vpc.main.id", "aws_vpc.min.id", ":10:17", "in the module modules/network"),
    ],
)
def test_modules(file: str, before: str, after: str, where: str, message: str) -> None:
    said = in_modules(file, before, after)
    assert any(str(item).startswith(f"{file}{where}") and message in item.message for item in said), said


def test_what_cannot_be_read_is_said_where_it_stands() -> None:
    assert [str(item) for item in check({"main.tf": "a {\n  b = \n}\n"})] == ["main.tf:2:7: a value is expected here"]


def test_a_folder_is_checked_without_what_terraform_keeps_there(tmp_path: Path) -> None:
    for name, text in MODULES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(dedent(text))
    kept = tmp_path / "environments/live/.terraform/modules"
    kept.mkdir(parents=True)
    (kept / "main.tf").write_text("not HCL {{")
    assert check_folder(tmp_path) == ()

    (tmp_path / "environments/live/mine.auto.tfvars").write_text("cdir = 1\n")
    assert [str(item) for item in check_folder(tmp_path)] == [
        'environments/live/mine.auto.tfvars:1:1: An input variable with the name "cdir" has not been declared.'
    ]

    (tmp_path / "environments/live/latin.tf").write_bytes(b"\xe9")
    with pytest.raises(EnvironmentalError, match=r"latin\.tf cannot be read"):
        check_folder(tmp_path)
