"""Whatever plain data a call holds, the tree holds it too, each value with the place of its own text."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.api.files import read_source
from groundplan.api.places import Place
from groundplan.api.values import tree_of
from groundplan.blueprint.tree import Node, Plain
from groundplan.errors import Position

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DATA: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | st.integers(min_value=0) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS.filter(lambda key: key != "environments"), DATA, max_size=4))
def test_the_tree_holds_what_the_call_holds(fields: dict[str, Plain]) -> None:
    assert tree_of(fields, Place(Position(Path("x.py"), 1, 1))).plain() == fields


@settings(max_examples=40)
@given(DATA)
def test_every_value_has_the_place_of_its_text(data: Plain) -> None:
    written = f"import groundplan\n\nläden = groundplan.Blueprint(project='a', tags={data!r})\n"
    with TemporaryDirectory() as folder:
        file = Path(folder, "infrastructure.py")
        file.write_text(written, encoding="utf-8")
        tree = read_source(file).base.step("tags")
    assert tree is not None
    lines = written.split("\n")
    for _, node in tree.walk():
        assert text_at(node, lines).startswith(repr(node.plain())), node


def text_at(node: Node, lines: list[str]) -> str:
    """The text that stands where a value is said to stand."""
    assert node.position is not None
    return lines[node.position.line - 1][node.position.column - 1 :]
