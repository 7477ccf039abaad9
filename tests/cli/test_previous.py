"""``render --previous`` and ``render --import``."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.cli.commands import FILE, Command, Write

from groundplan.errors import ExitCode

SHOP = """
project: shop
region: eu-central-1
profile: development
engine: terraform
services: {web: {image: {repository: web, tag: "1"}, needs: [files]}}
buckets: {files: {}}
"""
RENAMED = SHOP.replace("files", "uploads")
RENDER = ("render", "--engine", "terraform", "--out", "out")


def _git(*arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def committed(write: Write) -> None:
    """The blueprint of before, in git."""
    write(SHOP)
    _git("init", "-q", ".")
    _git("add", "groundplan.yaml")
    _git("commit", "-qm", "first")


def test_a_rename_since_a_revision_is_followed_and_told(committed: None, groundplan: Command, write: Write) -> None:
    write(RENAMED)
    result = groundplan(*RENDER, "--previous", "HEAD")
    assert result.code == ExitCode.FINE
    assert "renamed: buckets.uploads was files\n" in result.err
    assert "renamed:\n  buckets: {uploads: files}\n" in result.err
    moved = Path("out/moved.tf").read_text()
    assert "  from = aws_s3_bucket.files\n  to   = aws_s3_bucket.uploads\n" in moved
    assert '"shop-files-production"' in Path("out/s3.tf").read_text()

    write(RENAMED + "renamed:\n  buckets: {uploads: files}\n")
    again = groundplan(*RENDER)
    assert (again.code, again.err) == (ExitCode.FINE, "")
    assert Path("out/moved.tf").read_text() == moved


def test_another_blueprint_or_its_folder_is_as_good(groundplan: Command, write: Write) -> None:
    write(RENAMED)
    Path("before").mkdir()
    Path("before/groundplan.yaml").write_text(SHOP)
    for previous in ("before", "before/groundplan.yaml"):
        result = groundplan(*RENDER, "--previous", previous)
        assert result.code == ExitCode.FINE
        assert "buckets.uploads was files" in result.err


def test_a_loss_is_told(groundplan: Command, write: Write) -> None:
    write(SHOP.replace("needs: [files]", "needs: []").replace("buckets: {files: {}}", ""))
    Path("before.yaml").write_text(SHOP)
    result = groundplan(*RENDER, "--previous", "before.yaml")
    assert result.code == ExitCode.FINE
    assert "warning: S3 bucket files (aws_s3_bucket.files) holds data and is no longer in the blueprint" in result.err


@pytest.mark.parametrize(
    ("previous", "message"),
    [
        ("no-such-branch", 'git has no revision "no-such-branch"'),
        ("gone.yaml", "there is no gone.yaml; --previous takes a blueprint"),
        ("out", "out has no groundplan.yaml"),
        ("wrong.yaml", "wrong.yaml"),
        ("other.yaml", 'other.yaml has no environment "production"'),
    ],
)
def test_what_is_no_earlier_blueprint_is_refused(
    committed: None, groundplan: Command, previous: str, message: str
) -> None:
    Path("out").mkdir()
    Path("wrong.yaml").write_text("- a list\n")
    Path("other.yaml").write_text(SHOP + "environments: {live: {}}\n")
    result = groundplan(*RENDER, "--previous", previous)
    assert result.code == ExitCode.BAD_INPUT
    assert message in result.err


def test_a_blueprint_that_is_in_no_repository_has_no_revisions(groundplan: Command, write: Write) -> None:
    write(SHOP)
    result = groundplan(*RENDER, "--previous", "HEAD")
    assert result.code == ExitCode.BAD_INPUT
    assert "groundplan.yaml lies in no git repository" in result.err


def test_a_blueprint_that_was_not_in_git_then(committed: None, groundplan: Command) -> None:
    FILE.rename("shop.yaml")
    result = groundplan(*RENDER, "--file", "shop.yaml", "--previous", "HEAD")
    assert result.code == ExitCode.BAD_INPUT
    assert "shop.yaml was not in git at the revision HEAD" in result.err


def test_imports_of_the_command_line_go_over_those_of_a_file(groundplan: Command, write: Write) -> None:
    write(SHOP)
    Path("ids.csv").write_text("address,id\n# ours since 2019\naws_vpc.main,vpc-1\naws_s3_bucket.files, files\n")
    result = groundplan(*RENDER, "--imports", "ids.csv", "--import", "aws_vpc.main=vpc-2")
    assert result.code == ExitCode.FINE
    written = Path("out/imports.tf").read_text()
    assert 'import {\n  to = aws_vpc.main\n  id = "vpc-2"\n}' in written
    assert 'import {\n  to = aws_s3_bucket.files\n  id = "files"\n}' in written

    Path("ids.yaml").write_text("bucket.files: files\n")
    assert groundplan(*RENDER, "--imports", "ids.yaml").code == ExitCode.FINE
    assert 'to = aws_s3_bucket.files\n  id = "files"' in Path("out/imports.tf").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--import", "aws_vpc.main"), '--import "aws_vpc.main" is not ADDRESS=ID'),
        (("--import", "aws_vpc.mian=vpc-1"), 'there is no aws_vpc.mian; did you mean "aws_vpc.main"?'),
        (("--import", "aws_vpc.main="), "aws_vpc.main: the id is empty"),
        (("--imports", "gone.csv"), "gone.csv cannot be read"),
        (("--imports", "wrong.csv"), "wrong.csv:2:1: a line has two columns"),
        (("--imports", "wrong.yaml"), "wrong.yaml:1:"),
        (("--import", "aws_vpc.main=vpc-1", "--engine", "cloudformation"), "add --engine terraform"),
    ],
)
def test_what_is_no_import_is_refused(
    groundplan: Command, write: Write, arguments: tuple[str, ...], message: str
) -> None:
    write(SHOP)
    Path("wrong.csv").write_text("aws_vpc.main,vpc-1\naws_vpc.main\n")
    Path("wrong.yaml").write_text("aws_vpc.main: {id: vpc-1}\n")
    result = groundplan("render", "--out", "out", *arguments)
    assert result.code == ExitCode.BAD_INPUT
    assert message in result.err
    assert not Path("out").exists()
