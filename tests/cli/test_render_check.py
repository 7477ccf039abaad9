"""``groundplan render --check``: the folder as it stands, against the providers' schemas."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import Command, Write

from groundplan.errors import ExitCode

SHOP = """
    project: shop
    region: ap-south-1
    profile: poc
    engine: terraform
    buckets: {files: {}}
    """
RENDER = ("render", "--out", "out", "--check")


def test_what_is_rendered_has_no_mistakes(groundplan: Command, write: Write) -> None:
    write(SHOP)

    result = groundplan(*RENDER)

    assert result.code == ExitCode.FINE, result.err
    assert "out is as the providers' schemas want it" in result.err
    assert "out/s3.tf" in result.out


def test_own_values_are_checked_too(groundplan: Command, write: Write) -> None:
    write(SHOP)
    Path("out").mkdir()
    Path("out/mine.auto.tfvars").write_text('regoin = "ap-south-1"\n')

    result = groundplan(*RENDER)

    assert result.code == ExitCode.FINDINGS
    assert 'error: out/mine.auto.tfvars:1:1: An input variable with the name "regoin"' in result.err


def test_other_engines_are_not_checked(groundplan: Command, write: Write) -> None:
    write(SHOP)

    result = groundplan(*RENDER, "--engine", "cloudformation")

    assert result.code == ExitCode.BAD_INPUT
    assert "--check is for Terraform" in result.err
