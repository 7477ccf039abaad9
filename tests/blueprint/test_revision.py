"""A blueprint as git had it, without anything being checked out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from groundplan.blueprint.revision import load_revision
from groundplan.errors import EnvironmentalError, InputError

TEXT = "project: {name}\nregion: eu-central-1\n"


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blueprint in a folder of a repository, committed twice and changed since."""
    root = tmp_path_factory.mktemp("repository")
    git(root, "init", "-q")
    file = root / "infra" / "groundplan.yaml"
    file.parent.mkdir()
    for name in ("first", "second"):
        file.write_text(TEXT.format(name=name), encoding="utf-8")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", name, "--no-gpg-sign")
    git(root, "tag", "latest")
    (root / "link.yaml").symlink_to(file)
    (root / "late.yaml").write_text("x: 1", encoding="utf-8")
    file.write_text("not: even valid", encoding="utf-8")
    return file


def project(file: Path, revision: str) -> str:
    return load_revision(file, revision).environment().blueprint.project


def test_it_is_what_was_committed(file: Path) -> None:
    commit = git(file.parent, "rev-parse", "HEAD~1").strip()
    assert [project(file, revision) for revision in ("latest", "HEAD", "HEAD~1", commit, commit[:8])] == [
        "second", "second", "first", "first", "first"
    ]  # fmt: skip
    assert file.read_text(encoding="utf-8") == "not: even valid"


def test_places_name_the_revision(file: Path) -> None:
    position = load_revision(file, "HEAD~1").environment().position("region")
    assert str(position) == f"HEAD~1:{file}:2:9"


def test_a_link_is_followed_and_the_surroundings_of_a_hook_are_not(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_WORK_TREE", "/nowhere")
    assert project(file.parent.parent / "link.yaml", "HEAD") == "second"


@pytest.mark.parametrize("revision", ["nothing", "", "--help", "HEAD~9", "HEAD:infra", "-", "HEAD HEAD~1", "@{99}"])
def test_no_such_revision(file: Path, revision: str) -> None:
    with pytest.raises(InputError, match="git has no revision"):
        load_revision(file, revision)


def test_not_in_git_then(file: Path) -> None:
    with pytest.raises(InputError, match=r"late\.yaml was not in git at the revision HEAD"):
        load_revision(file.parent.parent / "late.yaml", "HEAD")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentalError, match="lies in no git repository"):
        load_revision(tmp_path / "groundplan.yaml", "HEAD")


def test_no_git(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EnvironmentalError, match="no git on the PATH"):
        load_revision(file, "HEAD")
