"""``access`` as people and programs ask it."""

from __future__ import annotations

import pytest
from tests.cli.commands import DUSKSPENDR, Command

from groundplan.errors import ExitCode


def test_who_may_do_what_and_because_of_which_line(groundplan: Command) -> None:
    result = groundplan("access", "api", "--file", DUSKSPENDR)
    assert result.code == ExitCode.FINE
    assert "s3:GetObject" in result.out
    assert "services.api.needs[2]" in result.out
    assert "role.api_task" in result.out
    assert "role.flow_logs" not in result.out


def test_programs_get_the_place_of_each_cause(groundplan: Command) -> None:
    found = groundplan("access", "api", "--to", "backups", "--file", DUSKSPENDR, "--format", "json").json
    assert found["environment"] == "production"
    assert found["unknown_policies"] == {}
    reading = next(item for item in found["permissions"] if item["action"] == "s3:GetObject")
    assert reading["principal"] == "role.api_task"
    assert reading["level"] == "Read"
    assert reading["target"] == "bucket.backups"
    assert reading["arn"] == "arn:aws:s3:::duskspendr-backups-production/*"
    assert reading["verdict"] == "allowed"
    assert reading["because"][0]["path"] == "services.api.needs[2]"
    assert reading["because"][0]["line"] > 1


def test_who_may_do_one_thing(groundplan: Command) -> None:
    found = groundplan("access", "--action", "kms:decrypt", "--file", DUSKSPENDR, "--format", "json").json
    assert {item["principal"] for item in found["permissions"]} >= {"role.api_task", "logs.ap-south-1.amazonaws.com"}
    assert {item["action"] for item in found["permissions"]} == {"kms:Decrypt", "kms:*"}
    nobody = groundplan("access", "--action", "s3:DeleteObject", "--file", DUSKSPENDR)
    assert nobody.code == ExitCode.FINE
    assert "0 permissions of 0 principals" in nobody.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("apu",), 'did you mean "api"?'),
        (("--to", "mian"), 'did you mean "main"?'),
        (("--action", "s3:DeletObject"), 'did you mean "s3:DeleteObject"?'),
        (("--action", "nonsense"), "IAM knows no action"),
    ],
)
def test_what_does_not_exist_is_said_with_the_nearest(
    groundplan: Command, arguments: tuple[str, ...], said: str
) -> None:
    result = groundplan("access", *arguments, "--file", DUSKSPENDR)
    assert result.code == ExitCode.BAD_INPUT
    assert said in result.err
    assert result.out == ""
