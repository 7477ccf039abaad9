"""What people write wrong: the command says the file, the line, the column, what is wrong and what would be right."""

from __future__ import annotations

import pytest
from tests.cli.commands import Command, Write

from groundplan.errors import ExitCode

START = "project: shop\nregion: eu-central-1\n"
WEB = START + "services:\n  web:\n    image: {repository: web, tag: '1'}\n"
DATABASE = START + "databases:\n  main:\n    engine: postgres 16\n    class: db.t4g.micro\n"


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return START + "\n".join(lines) + "\n"


CASES = {
    "broken YAML": (START + "services: {web: [\n", "4:1: ", ""),
    "a colon too many": ("project: shop: other\nregion: eu-central-1\n", "1:14: ", ""),
    "an unknown key": (START + "databasses: {}\n", "3:1: databasses: ", 'did you mean "databases"?'),
    "an unknown key of a service": (
        WEB + "    prot: 80\n", "6:5: services.web.prot: ", 'unknown key "prot"; did you mean "port"?',
    ),
    "an unknown need": (
        WEB + "    needs: [mian]\n" + DATABASE.removeprefix(START),
        "6:13: services.web.needs[0]: ", 'there is no "mian" to need; did you mean "main"?',
    ),
    "a circle of needs": (
        WEB + "    port: 80\n    needs: [api]\n  api:\n    image: {repository: api, tag: '1'}\n    port: 81\n"
        "    needs: [web]\n",
        "11:13: services.api.needs[0]: ", "needs go in a circle: web → api → web",
    ),
    "a Fargate size that does not exist": (
        WEB + "    size: {cpu: 500}\n", "6:17: services.web.size.cpu: ",
        "500 CPU units is not a Fargate size; choose 256, 512, 1024, ",
    ),
    "a range that is too small": (
        START + "network: {cidr: 10.0.0.0/29}\n", "3:17: network.cidr: ",
        "10.0.0.0/29 is too small for a VPC, which is /16 to /28",
    ),
    "a range that is too small to be cut": (
        START + "network: {cidr: 10.0.0.0/24}\n", "3:17: network.cidr: ",
        "10.0.0.0/24 is too small to plan subnets in; take a /23 or larger",
    ),
    "ranges that overlap": (
        START + "network: {subnets: {public: {a: 10.0.0.0/20, b: 10.0.8.0/21}}}\n",
        "3:49: network.subnets.public.b: ", "10.0.8.0/21 overlaps 10.0.0.0/20 of public.a",
    ),
    "a range that is not private": (
        START + "network: {cidr: 8.8.0.0/16}\n", "3:17: network.cidr: ",
        "8.8.0.0/16 is not private; take a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    ),
    "a range with host bits": (START + "network: {cidr: 10.0.0.1/16}\n", "3:17: network.cidr: ", "10.0.0.0/16"),
    "a zone that the region lacks": (
        START + "network: {zones: [a, f]}\n", "3:18: network.zones: ", "eu-central-1 has no zone f; it has a, b, c",
    ),
    "a region that does not exist": (
        "project: shop\nregion: eu-centra-1\n", "2:9: region: ", 'there is no AWS region "eu-centra-1"',
    ),
    "an engine version past its end": (
        DATABASE.replace("postgres 16", "postgres 15.4"), "5:13: databases.main.engine: ",
        "PostgreSQL 15.4 can no longer be created; creatable are 15.",
    ),
    "a name that is too long": (
        f"project: {'shop' * 11}\nregion: eu-central-1\n", "1:10: project: ", "is too long; it may have",
    ),
    "a bucket name that is too long": (
        START + f"buckets: {{files: {{name: {'x' * 70}}}}}\n", "3:25: buckets.files.name: ",
        "has 70 characters; at most 63 are allowed",
    ),
    "a name with illegal characters": (
        START + "services:\n  Web Site: {image: {repository: web}}\n", "4:3: services", "is not a name: ",
    ),
    "a bucket name with illegal characters": (
        START + "buckets: {files: {name: 'shop files'}}\n", "3:25: buckets.files.name: ",
        '"shop files" as the name of an S3 bucket is not allowed; a name has lower-case letters',
    ),
    "a budget in words": (
        START + "objectives: {budget: about four hundred}\n", "3:22: objectives.budget: ",
        '"about four hundred" is not an amount of money; write it like 373 USD/month',
    ),
    "two services on one port of one listener": (
        WEB + "    port: 80\n    public: {domain: groundplan.dev}\n  api:\n    image: {repository: api, tag: '1'}\n"
        "    port: 81\n    public: {domain: groundplan.dev}\n",
        "11:5: services.api.public: ", "web already answers groundplan.dev, path /* on port 443; give one another",
    ),
    "nothing": ("", "1:1: ", "the blueprint is empty; it starts with project: and region:"),
    "tabs": (START + "network:\n\tcidr: 10.0.0.0/16\n", "4:1: ", "the line is indented with a tab; use spaces"),
    "a list": ("- project: shop\n", "1:1: ", "a blueprint is a mapping of keys to values, like project: shop"),
    "nothing but a name": ("project: shop\n", "1:1: ", '"region" is missing'),
    "a key that stands twice": (START + "region: eu-west-1\n", "3:1: ", "region"),
    "a duration in words": (WEB + "    logs: a month\n", "6:11: services.web.logs: ", '"a month" is not a duration'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_said_with_its_place(groundplan: Command, write: Write, case: str) -> None:
    text, place, words = CASES[case]
    write(text)
    result = groundplan("validate")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    found = [line.removeprefix("error: ") for line in result.err.splitlines()]
    assert any(line.startswith(f"groundplan.yaml:{place}") and words in line for line in found), result.err


def test_every_command_refuses_bad_input(groundplan: Command, write: Write) -> None:
    text, place, words = CASES["a Fargate size that does not exist"]
    write(text)
    for command in ("resources", "check", "cost", "plan", "deploy", "status", "destroy", "render"):
        result = groundplan(command, *(["--out", "out"] if command == "render" else []))
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, ""), command
        assert f"groundplan.yaml:{place}{words}" in result.err, command


def test_not_utf_8(groundplan: Command, write: Write) -> None:
    write("project: shop\nregion: eu-central-1\ntitle: Läden\n".encode("latin-1"))
    result = groundplan("validate")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err == "error: groundplan.yaml:3:9: the byte 0xe4 is not UTF-8; save the file as UTF-8\n"
    write("project: shop\n".encode("utf-16"))
    assert groundplan("validate").err == "error: groundplan.yaml:1:1: the file is UTF-16; save it as UTF-8\n"


def test_nul_bytes(groundplan: Command, write: Write) -> None:
    write(b"project: shop\x00\n")
    result = groundplan("validate")
    assert result.code == ExitCode.BAD_INPUT
    assert result.err.startswith("error: groundplan.yaml:1:14: ")


def test_ten_megabytes(groundplan: Command, write: Write) -> None:
    write(b"project: shop\nregion: eu-central-1\n" + b"# comment\n" * 1024 * 1024)
    result = groundplan("validate")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err == "error: groundplan.yaml:1:1: 10.0 MiB is too large for a blueprint, which may have 1 MiB\n"


def test_a_bomb_of_aliases(groundplan: Command, write: Write) -> None:
    write(bomb(30))
    result = groundplan("validate")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err.startswith("error: groundplan.yaml:")
    assert "alias" in result.err
    assert len(result.err) < 2000


def test_depth_without_end(groundplan: Command, write: Write) -> None:
    write("project: " + "[" * 50_000)
    result = groundplan("validate")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err.startswith("error: groundplan.yaml:1:")


def test_problems_of_all_environments_are_told_at_once(groundplan: Command, write: Write) -> None:
    write("""
        project: shop
        region: eu-central-1
        services:
          web: {image: {repository: web, tag: "1"}, size: {cpu: 500}}
        environments:
          staging: {network: {zones: [a, x]}}
          production: {databases: {main: {engine: postgres 15.4, class: db.t4g.micro}}}
        """)
    result = groundplan("validate")
    assert result.code == ExitCode.BAD_INPUT
    lines = result.err.removeprefix("error: ").splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "services.web.size.cpu",
        "network.zones",
        "databases.main.engine",
    ], "in the order of the file"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--input", "web_image_tag"], "--input web_image_tag: write NAME=VALUE"),
        (["--input", "web_image_tga=1"], 'there is no input "web_image_tga"; did you mean "web_image_tag"?'),
        (["--input", "web_image_tag=a tag"], '"a tag" does not fit; it takes a tag of the ECR repository'),
        ([], "give it with --input web_image_tag=VALUE"),
    ],
)
def test_inputs_of_a_deployment(groundplan: Command, write: Write, arguments: list[str], said: str) -> None:
    write(START + "services: {web: {image: {repository: web}}}\n")
    for command in ("plan", "deploy"):
        result = groundplan(command, *arguments)
        assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
        assert said in result.err
