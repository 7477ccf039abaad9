"""Writing into a folder that a person may use as well."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engines.terraform.architectures import architecture

from groundplan.engines.terraform import Options, Rendering, render, write
from groundplan.errors import EnvironmentalError, InputError

RENDERING = render(architecture())
MARKER = "# Written by Groundplan"


def _content(directory: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in directory.iterdir()}


def test_every_file_is_written_and_marked(tmp_path: Path) -> None:
    write(RENDERING, tmp_path / "deep" / "folder")
    written = _content(tmp_path / "deep" / "folder")
    assert written == dict(RENDERING.files)
    assert all(text.startswith(MARKER) for text in written.values())


def test_files_can_be_read_like_any_other(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("")
    write(RENDERING, tmp_path / "out")
    assert (tmp_path / "out" / "versions.tf").stat().st_mode == plain.stat().st_mode


def test_what_says_the_same_is_left_alone(tmp_path: Path) -> None:
    write(RENDERING, tmp_path)
    os.utime(tmp_path / "versions.tf", (1, 1))
    write(RENDERING, tmp_path)
    assert (tmp_path / "versions.tf").stat().st_mtime == 1


def test_own_files_that_are_no_longer_needed_go(tmp_path: Path) -> None:
    write(replace(RENDERING, files={**RENDERING.files, "rds.tf": f"{MARKER}\n"}), tmp_path)
    write(RENDERING, tmp_path)
    assert _content(tmp_path) == dict(RENDERING.files)


def test_what_a_person_keeps_there_stays(tmp_path: Path) -> None:
    kept = {"mine.auto.tfvars": 'email = "x"\n', "README.md": "hello\n", "terraform.tfstate": "{}"}
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
    (tmp_path / ".terraform").mkdir()
    write(RENDERING, tmp_path)
    assert kept.items() <= {name: (tmp_path / name).read_text() for name in kept}.items()
    assert (tmp_path / ".terraform").is_dir()


LOCAL = render(architecture(), Options(backend="local"))


def test_a_state_in_a_file_is_kept_out_of_git(tmp_path: Path) -> None:
    write(LOCAL, tmp_path)
    ignored = (tmp_path / ".gitignore").read_text().splitlines()
    assert ignored[0].startswith(MARKER)
    assert ignored[-4:] == [".terraform/", "*.tfstate", "*.tfstate.*", "*.tfplan"]
    write(RENDERING, tmp_path)
    assert not (tmp_path / ".gitignore").exists()


@pytest.mark.parametrize("rendering", [LOCAL, RENDERING], ids=["local", "s3"])
def test_a_persons_own_gitignore_stays(tmp_path: Path, rendering: Rendering) -> None:
    (tmp_path / ".gitignore").write_text("*.secret\n")
    write(rendering, tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "*.secret\n"


@pytest.mark.parametrize("name", ["main.tf", "override.tf.json", "terraform.tfvars", "network.tf", "more.tofu"])
def test_files_of_somebody_else_are_named_and_nothing_is_touched(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# mine\n")
    with pytest.raises(InputError, match=rf"{name} was not written by Groundplan"):
        write(RENDERING, tmp_path)
    assert _content(tmp_path) == {name: "# mine\n"}


def test_a_folder_that_ends_like_a_file_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "modules.tf").mkdir()
    with pytest.raises(InputError, match=r"modules\.tf was not written by Groundplan"):
        write(RENDERING, tmp_path)


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text(f"{MARKER}\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "network.tf").symlink_to(target)
    with pytest.raises(InputError, match=r"network\.tf was not written"):
        write(RENDERING, tmp_path / "out")
    assert target.read_text() == f"{MARKER}\n"


def test_bytes_that_are_no_text_are_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        write(RENDERING, tmp_path)


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(EnvironmentalError, match=r"out cannot be written: file exists"):
        write(RENDERING, tmp_path / "out")


def test_a_folder_that_refuses_is_said_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write everywhere, so the refusal is made here.
    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(EnvironmentalError, match=r"backend\.tf cannot be written: permission denied"):
        write(RENDERING, tmp_path)
    assert list(tmp_path.iterdir()) == []
