"""Writing into a folder that a person may use as well, and systems that cannot be rendered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.kubernetes.systems import architectures, rendering

from groundplan.engines.kubernetes import Rendering, render, write
from groundplan.engines.kubernetes.yaml import dump
from groundplan.errors import EnvironmentalError, InputError

MARKER = "# Written by Groundplan"


def test_every_file_is_written(tmp_path: Path) -> None:
    written = write(rendering(), tmp_path)
    assert {str(path.relative_to(tmp_path)): path.read_text() for path in written} == dict(rendering().files)


def test_own_files_that_are_no_longer_needed_go(tmp_path: Path) -> None:
    more = {**rendering().files, "base/services/old.yaml": f"{MARKER}\n"}
    write(Rendering(more, rendering().systems), tmp_path)
    write(rendering(), tmp_path)
    assert not (tmp_path / "base" / "services" / "old.yaml").exists()


def test_what_a_person_keeps_there_stays(tmp_path: Path) -> None:
    mine = tmp_path / "overlays" / "production" / "mine.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("kind: ConfigMap\n")
    write(rendering(), tmp_path)
    assert mine.read_text() == "kind: ConfigMap\n"


def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    theirs = tmp_path / "base" / "kustomization.yaml"
    theirs.parent.mkdir()
    theirs.write_text("resources: []\n")
    with pytest.raises(EnvironmentalError, match=r"did not write.*base/kustomization\.yaml"):
        write(rendering(), tmp_path)
    assert theirs.read_text() == "resources: []\n"
    assert not (tmp_path / "overlays").exists()


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(EnvironmentalError, match="is a file, not a folder"):
        write(rendering(), tmp_path / "out")


def test_a_system_on_ecs_has_no_manifests() -> None:
    on_ecs = replace(architectures()[0], workloads=())
    with pytest.raises(InputError, match="platform: eks"):
        render(on_ecs)


def test_nothing_at_all_cannot_be_rendered() -> None:
    with pytest.raises(InputError, match="there is no environment"):
        render()


def test_two_environments_of_one_name_cannot_share_an_overlay() -> None:
    with pytest.raises(InputError, match="two environments are called production"):
        render(architectures()[0], architectures()[0])


Scalars = st.one_of(
    st.text(max_size=12), st.sampled_from(["y", "on", "NULL", "0123", "1e3", "1:20", "- a", "a: b", ""])
)
Documents = st.dictionaries(
    st.text("abc.-/", min_size=1, max_size=6),
    st.recursive(Scalars | st.booleans() | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    min_size=1,
    max_size=4,
)


@given(Documents)
def test_what_is_written_is_read_back(document: dict[str, object]) -> None:
    assert yaml.safe_load(dump(document)) == document


@pytest.mark.parametrize("word", ["y", "N", "on", "Off", "yes", "null", "true", "1e3", "0123", "1:20", "1.0", ".5", ""])
def test_no_reader_takes_a_string_for_something_else(word: str) -> None:
    assert dump({"a": word}) in (f"a: '{word}'\n", f'a: "{word}"\n')
