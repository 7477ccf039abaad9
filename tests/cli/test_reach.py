"""``groundplan reach``: the answer, its JSON, exit codes, bad input."""

from __future__ import annotations

import pytest
from tests.cli.commands import DUSKSPENDR, Command, Write

from groundplan.errors import ExitCode

FILE = ("-f", DUSKSPENDR)
TO_MAIN = (*FILE, "--from", "internet", "--to", "main", "--port", "5432")
TWO = """
    project: shop
    region: eu-central-1
    services:
      web: {image: {repository: web, tag: "1"}, port: 8080, needs: [main]}
    databases:
      main: {engine: postgres 16, class: db.t4g.micro}
    environments:
      staging: {}
      production: {}
    """


def test_no_with_what_blocks_it(groundplan: Command) -> None:
    result = groundplan("reach", *TO_MAIN)
    assert result.code == ExitCode.FINE
    first, *others = result.out.splitlines()
    assert first == "no: internet does not reach main on tcp 5432"
    assert others[0] == "  blocked by      database_instance.main has no public address"
    assert others[1].startswith("  and would by    network_acl.database has no ingress entry")


def test_yes_with_the_path(groundplan: Command) -> None:
    result = groundplan("reach", *FILE, "--from", "api", "--to", "main", "--port", "5432", "--format", "json")
    assert result.code == ExitCode.FINE
    assert result.err == ""
    assert set(result.json) == {
        "environment", "from", "to", "protocol", "port", "reachable", "way", "path", "blocked_by", "ports",
        "exceptions",
    }  # fmt: skip
    assert result.json["reachable"] is True
    assert result.json["path"][0]["resource"] == "ecs_service.api"
    assert result.json["path"][-1]["resource"] == "database_instance.main"


@pytest.mark.parametrize(("expected", "code"), [("no", ExitCode.FINE), ("yes", ExitCode.FINDINGS)])
def test_what_is_expected(groundplan: Command, expected: str, code: ExitCode) -> None:
    result = groundplan("reach", *TO_MAIN, "--expect", expected)
    assert result.code == code
    assert result.out.startswith("no: ")


def test_all_pairs(groundplan: Command) -> None:
    result = groundplan("reach", *FILE, "--all", "--format", "json")
    assert result.code == ExitCode.FINE
    pairs = {(pair["from"], pair["to"], pair["by"]) for pair in result.json["pairs"]}
    assert ("api", "main", None) in pairs
    assert ("internet", "api", "load_balancer") in pairs
    assert ("internet", "main", None) not in pairs
    assert all(set(ports) == {"protocol", "first", "last"} for pair in result.json["pairs"] for ports in pair["ports"])


def test_needs(groundplan: Command) -> None:
    result = groundplan("reach", *FILE, "--needs", "--format", "json")
    assert result.code == ExitCode.FINE
    for item in result.json["needs"]:
        assert set(item) == {"from", "to", "port", "why", "reachable", "ways", "problem"}
        assert item["reachable"]
        assert item["ways"]
        assert item["problem"] is None


def test_tables_for_people(groundplan: Command) -> None:
    pairs = groundplan("reach", *FILE, "--all")
    assert "whatever is not listed reaches nothing of the others" in pairs.out
    needs = groundplan("reach", *FILE, "--needs")
    assert "things have to be reached, 0 are not" in needs.out


def test_another_environment(groundplan: Command, write: Write) -> None:
    write(TWO)
    result = groundplan("reach", "-e", "production", "--from", "staging", "--to", "main", "--port", "5432")
    assert result.code == ExitCode.FINE
    assert "vpc.main has no peering with the VPC of staging" in result.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "internt", "--to", "main"), 'there is no "internt"; did you mean "internet"?'),
        (("--from", "api", "--to", "mian"), 'there is no "mian"; did you mean "main"?'),
        (("--from", "api"), "reach needs --from and --to, or --all, or --needs"),
        ((), "reach needs --from and --to"),
        (("--all", "--from", "api"), "--all stands alone"),
        (("--needs", "--all"), "stands alone"),
        (("--from", "api", "--to", "main", "--protocol", "icmp", "--port", "1"), "icmp has no ports"),
        (("--from", "api", "--to", "main", "--port", "70000"), "--port: 70000 is too much; the most is 65535"),
        (("--from", "api", "--to", "main", "--protocol", "sctp"), "sctp"),
        (("--from", "api", "--to", "main", "-e", "staging"), 'has no environment "staging"'),
    ],
)
def test_bad_input(groundplan: Command, arguments: tuple[str, ...], says: str) -> None:
    result = groundplan("reach", *FILE, *arguments)
    assert result.code == ExitCode.BAD_INPUT
    assert result.out == ""
    assert says in result.err
