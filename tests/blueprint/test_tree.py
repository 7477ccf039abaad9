from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.blueprint.tree import Node, Steps, format_path, node_of, parse_path
from groundplan.errors import Position

HERE = Position(Path("groundplan.yaml"), 3, 7)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("services", "api", "size"), "services.api.size"),
        (("services", "api", "needs", 0, "name"), "services.api.needs[0].name"),
        (("databases", "main", "parameters", "rds.force_ssl"), 'databases.main.parameters["rds.force_ssl"]'),
        (("tags", 'with "quotes"', 1), 'tags["with \\"quotes\\""][1]'),
        (("", "a b"), '[""]["a b"]'),
    ],
)
def test_paths(path: Steps, text: str) -> None:
    assert format_path(path) == text
    assert parse_path(text) == path


@given(st.lists(st.one_of(st.text(), st.integers(0, 99))))
def test_a_path_reads_what_it_writes(path: list[str | int]) -> None:
    assert parse_path(format_path(tuple(path))) == tuple(path)


@pytest.mark.parametrize("text", ["a..b", "a[x]", "a[", 'a["b]', "a b"])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a path like services\.api\.size"):
        parse_path(text)


def test_the_nearest_written_ancestor_gives_the_place() -> None:
    inner = Node({"made": node_of(1)}, position=Position(HERE.file, 4, 1), key=HERE)
    root = Node({"services": inner}, position=Position(HERE.file, 1, 1))
    assert root.nearest(("services", "made")) == HERE
    assert root.nearest(("services", "absent", "size")) == HERE
    assert root.nearest(("absent",)) == Position(HERE.file, 1, 1)
    assert root.nearest(()) == Position(HERE.file, 1, 1)


def test_find_looks_by_key_and_index() -> None:
    root = node_of({"a": [{"b": 1}], "0": 2})
    assert root.find(("a", 0, "b")) == node_of(1)
    for path in (("a", 1), ("a", -1), ("a", "b"), ("c",), ("a", 0, "b", "c")):
        assert root.find(path) is None


def test_a_tree_gives_its_data_back() -> None:
    data = {"a": [1, "x", None, {"b": True}], "c": {}}
    assert node_of(data, layer="profile poc").plain() == data
    assert {node.layer for _, node in node_of(data).on_layer("environment dev").walk()} == {"environment dev"}


def test_only_plain_data_makes_a_tree() -> None:
    with pytest.raises(TypeError, match="is no plain data"):
        node_of({"a": object()})
