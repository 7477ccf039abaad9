"""Templates on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.engines.cloudformation.reading import read
from tests.engines.samples import sample_architecture

from groundplan.engines.cloudformation import render, write
from groundplan.errors import EnvironmentalError

RENDERING = render(sample_architecture())
FEWER = replace(
    RENDERING,
    stacks=tuple(
        stack
        for stack in RENDERING.stacks
        if stack.concern in ("encryption", "network") and stack.region == "ap-south-1"
    ),
)


def test_one_file_per_stack_and_the_order(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "templates"
    written = write(RENDERING, directory)
    assert {path.name for path in written} == {path.name for path in directory.iterdir()}
    for stack in RENDERING.stacks:
        assert (directory / f"{stack.name}.yaml").read_text(encoding="utf-8") == stack.body
    manifest = (directory / "stacks.yaml").read_text(encoding="utf-8")
    assert manifest.startswith("# Written by Groundplan")
    assert "aws cloudformation deploy" in manifest
    stacks = read(manifest)["Stacks"]
    assert [stack["Name"] for stack in stacks] == [stack.name for stack in RENDERING.stacks]
    services = next(stack for stack in stacks if stack["Name"] == "Sample-production-services")
    assert services["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    assert services["Parameters"]["ApiImageTag"] == {"Input": "api_image_tag"}
    assert services["Parameters"]["DataKeyArn"] == {"Stack": "Sample-production-encryption", "Output": "DataKeyArn"}
    assert services["OnUpdate"] == {"InitialValues": "keep"}


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    write(RENDERING, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write(RENDERING, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_an_earlier_rendering_wrote_goes_and_all_else_stays(tmp_path: Path) -> None:
    write(RENDERING, tmp_path)
    (tmp_path / "mine.yaml").write_text("Resources: {}\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("# Written by Groundplan, I think\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    write(FEWER, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "Sample-production-encryption.yaml",
        "Sample-production-network.yaml",
        "stacks.yaml",
        "mine.yaml",
        "notes.txt",
        "folder.yaml",
    }


@pytest.mark.parametrize("name", ["stacks.yaml", "Sample-production-network.yaml"])
def test_a_file_of_somebody_else_is_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine: true\n", encoding="utf-8")
    with pytest.raises(EnvironmentalError, match=f"did not write and would have to replace: {name}"):
        write(FEWER, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {name}
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine: true\n"


def test_a_file_in_place_of_the_directory(tmp_path: Path) -> None:
    place = tmp_path / "templates"
    place.write_text("a file", encoding="utf-8")
    with pytest.raises(EnvironmentalError, match="is a file, not a directory"):
        write(FEWER, place)
    with pytest.raises(EnvironmentalError, match="cannot write the templates to"):
        write(FEWER, place / "below")


def test_a_directory_that_cannot_be_written_to() -> None:
    with pytest.raises(EnvironmentalError, match="cannot write the templates to /proc/groundplan"):
        write(FEWER, Path("/proc/groundplan"))


def test_a_disk_that_fills_up_leaves_no_halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(RENDERING, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(EnvironmentalError, match="no space left on device"):
        write(FEWER, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
