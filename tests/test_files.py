"""Files that people keep are replaced as a whole, or not at all."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan.errors import EnvironmentalError
from groundplan.files import replace


@pytest.fixture
def full_disk() -> Iterator[None]:
    """A disk with room for names, and for five bytes of each file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    replace(tmp_path / "text", "größe\r\n")
    replace(tmp_path / "bytes", b"\x89PNG\n")
    assert (tmp_path / "text").read_bytes() == "größe\r\n".encode()
    assert (tmp_path / "bytes").read_bytes() == b"\x89PNG\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bytes", "text"]


def test_a_folder_is_made_only_where_that_is_asked(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentalError, match=r"deep/file cannot be written: no such file or directory$"):
        replace(tmp_path / "deep" / "file", "text")
    replace(tmp_path / "deep" / "file", "text", parents=True)
    assert (tmp_path / "deep" / "file").read_text() == "text"


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_the_file_from_before_stays_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("all")
    for name in ("kept", "new"):
        with pytest.raises(EnvironmentalError, match=f"{name} cannot be written: file too large$"):
            replace(tmp_path / name, "project: shop")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("kept", "all")]


def test_the_mode_and_a_link_stay(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.write_text("before")
    kept.chmod(0o640)
    link.symlink_to("kept")
    replace(link, "after")
    assert (link.is_symlink(), kept.read_text(), kept.stat().st_mode & 0o777) == (True, "after", 0o640)


def test_a_device_is_written_to(tmp_path: Path) -> None:
    replace(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()


@pytest.fixture
def folder_of_a_person() -> Iterator[Path]:
    """A folder whose owner is nobody else than who runs the test; root, whom no mode refuses anything, is not."""
    was, nobody = os.geteuid(), 65534
    folder = Path(tempfile.mkdtemp())
    if was == 0:
        os.chown(folder, nobody, -1)
        os.seteuid(nobody)
    yield folder
    os.seteuid(was)
    shutil.rmtree(folder)


def test_modes_that_refuse(folder_of_a_person: Path) -> None:
    kept = folder_of_a_person / "kept"
    kept.write_text("before")
    kept.chmod(0o444)
    with pytest.raises(EnvironmentalError, match=r"kept cannot be written: permission denied$"):
        replace(kept, "after")
    assert kept.read_text() == "before"
    kept.chmod(0o644)
    folder_of_a_person.chmod(0o555)  # no new file in it, but this one may be changed
    replace(kept, "after")
    assert kept.read_text() == "after"
