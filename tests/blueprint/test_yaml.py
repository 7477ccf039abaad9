from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.blueprint.conftest import FILE, Write

from groundplan.blueprint import yaml as reader
from groundplan.blueprint.loading import load
from groundplan.blueprint.tree import Plain
from groundplan.blueprint.yaml import MAX_BYTES, MAX_VALUES, read_scalar, read_text, read_yaml
from groundplan.errors import EnvironmentalError, GroundplanError, InputError, Position


def plain(text: str) -> Plain:
    return read_yaml(text, FILE).plain()


def error_of(content: str | bytes, write: Write) -> str:
    with pytest.raises(InputError) as caught:
        load(write(content))
    return str(caught.value)


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "1:1: the blueprint is empty; it starts with project: and region:"),
        ("# nothing yet\n\n", "1:1: the blueprint is empty; it starts with project: and region:"),
        ("---\n", "1:1: the blueprint is empty; it starts with project: and region:"),
        ("- project\n", "1:1: a blueprint is a mapping of keys to values, like project: shop"),
        ("shop\n", "1:1: a blueprint is a mapping of keys to values, like project: shop"),
        ("project: shop\nnetwork:\n\tcidr: 10.0.0.0/16\n", "3:1: the line is indented with a tab; use spaces"),
        ("network:\n  zones: [a]\n  \tcidr: x\n", "3:3: the line is indented with a tab; use spaces"),
        ("project: shop\nzones: [a, b\n", '2:8: a list in brackets lacks its "," or "]"'),
        ("zones: {a: 1\nb: 2\n", '1:8: a mapping in braces lacks its "," or "}"'),
        ('project: "shop\nregion: x\n', "1:10: a quoted text is never closed"),
        ("project: shop: two\n", "1:14: a colon stands where no key can be; is a line indented too far, a text with a "
         "colon not in quotes, or a colon above without a space behind it?"),
        ("project: shop\n  region: x\n", "2:9: a colon stands where no key can be; is a line indented too far, a "
         "text with a colon not in quotes, or a colon above without a space behind it?"),
        ("network:\n    cidr: x\n  zones: y\n", "3:3: this line is not indented like the lines before it"),
        ("project: shop\nregion eu-west-1\n", "2:1: a colon and a space are missing behind this key"),
        ("project:shop\nregion: x\n", "2:7: a colon stands where no key can be; is a line indented too far, a text "
         "with a colon not in quotes, or a colon above without a space behind it?"),
        ("project: @shop\n", "1:10: a text cannot begin with this character; put it in quotes"),
        ("{project: shop}}\n", "1:16: the blueprint ends before this; is a bracket or brace too many?"),
        ("project: a\nregion: b\nproject: c\n", '3:1: the key "project" stands twice; the first is in line 1'),
        ("a: {x: 1, 'x': 2}\n", '1:11: the key "x" stands twice; the first is in line 1'),
        ("a: 1\n---\nb: 2\n", "2:1: a second document starts here; a blueprint is one document"),
        ("a: !Ref b\n", '1:4: the tag "!Ref" means nothing in a blueprint; leave it out'),
        ("a: !!python/object:os.system {}\n", '1:4: the tag "tag:yaml.org,2002:python/object:os.system" means nothing '
         "in a blueprint; leave it out"),
        ("a: &a [b, *a]\n", '1:11: "*a" stands inside the value that it repeats'),
        ("a: &a\n  b: {c: *a}\n", '2:10: "*a" stands inside the value that it repeats'),
        ("a: *nowhere\n", '1:4: "*nowhere" repeats a value that is nowhere marked with "&nowhere"'),
        ("a: &x 1\nb:\n  <<: *x\n", '3:7: "<<" takes a mapping or a list of mappings, like "<<: *defaults"'),
        ("? [a, b]\n: c\n", "1:3: a key has to be a text, and is a list or a mapping"),
        ("? {a: b}\n: c\n", "1:3: a key has to be a text, and is a list or a mapping"),
        ('"": c\n', "1:1: a key is missing before the colon"),
        (BOMB, f"6:10: with its aliases written out the blueprint has more than {MAX_VALUES} values"),
        ("a: " + "[" * 5000, "1:43: values are nested deeper than 40 levels"),
        ("a: b\x07c\n", "1:5: the character U+0007 is not allowed in YAML"),
        (b"project: shop\ntitle: caf\xe9\n", "2:11: the byte 0xe9 is not UTF-8; save the file as UTF-8"),
        ("title: ü\n".encode() + b"x: \xff\n", "2:4: the byte 0xff is not UTF-8; save the file as UTF-8"),
        ("project: shop\n".encode("utf-16"), "1:1: the file is UTF-16; save it as UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_said_with_its_place(content: str | bytes, message: str, write: Write) -> None:
    assert error_of(content, write) == f"groundplan.yaml:{message}"


def test_ten_megabytes_are_refused_before_they_are_parsed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "parse", None)  # a call would be a TypeError
    content = "# padding\n" * (1024 * 1024)
    assert error_of(content, write) == (
        "groundplan.yaml:1:1: 10.0 MiB is too large for a blueprint, which may have 1 MiB"
    )


def test_one_mebibyte_is_read(write: Write) -> None:
    head = b"project: shop\nregion: eu-west-1\n#"
    file = write(head + b"x" * (MAX_BYTES - len(head)))
    assert load(file).base.plain() == {"project": "shop", "region": "eu-west-1"}
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(InputError, match=r"1\.0 MiB is too large"):
        load(file)


def test_a_missing_file_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        load()
    assert str(caught.value) == (
        "groundplan.yaml does not exist; groundplan init writes a first blueprint, -f/--file names another file"
    )


def test_a_folder_is_no_blueprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop").mkdir()
    with pytest.raises(InputError) as caught:
        load(Path("shop"))
    assert str(caught.value) == "shop is a folder; name the blueprint in it: shop/groundplan.yaml"


def test_a_file_that_cannot_be_read_is_not_the_blueprints_fault(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("project: shop\n")

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything, so that modes alone prove nothing
    with pytest.raises(EnvironmentalError) as caught:
        read_text(file)
    assert str(caught.value) == "groundplan.yaml cannot be read: permission denied"


def test_a_name_that_the_system_refuses(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentalError, match="cannot be read: file name too long"):
        read_text(tmp_path / ("x" * (os.pathconf(tmp_path, "PC_NAME_MAX") + 1)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("y", "y"),
        ("03:00", "03:00"),
        ("190:20:30", "190:20:30"),
        ("2026-11-21", "2026-11-21"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1.2.3", "1.2.3"),
        ("0b1", "0b1"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    read = read_scalar(text)
    assert read == value
    assert isinstance(read, bool) == isinstance(value, bool)
    assert isinstance(read, str) == isinstance(value, str)


@pytest.mark.parametrize("text", ["15.10", "7.0", "007", "0x1F", "1e3", "+5", "1.", ".5"])
def test_a_number_keeps_its_text(text: str) -> None:
    assert str(read_scalar(text)) == text
    assert isinstance(read_scalar(text), int | float)


def test_quoted_texts_stay_texts() -> None:
    assert plain("a: '12'\nb: \"true\"\nc: |\n  null\n") == {"a": "12", "b": "true", "c": "null\n"}


def test_keys_are_texts_as_written() -> None:
    assert plain("on: 1\n3000: 2\n2026-01-01: 3\ntrue: 4\n1.10: 5\nnull: 6\n") == {
        "on": 1, "3000": 2, "2026-01-01": 3, "true": 4, "1.10": 5, "null": 6,
    }  # fmt: skip


def test_anchors_and_merge_keys_work_in_moderation() -> None:
    text = """
base: &base {cpu: 256, memory: 512}
other: &other {memory: 1024, disk: 1}
one: *base
two: {<<: *base, cpu: 512}
three:
  <<: [*base, *other]
"""
    assert plain(text) == {
        "base": {"cpu": 256, "memory": 512},
        "other": {"memory": 1024, "disk": 1},
        "one": {"cpu": 256, "memory": 512},
        "two": {"memory": 512, "cpu": 512},
        "three": {"cpu": 256, "memory": 512, "disk": 1},
    }


def test_an_alias_as_key() -> None:
    assert plain("a: &name api\n*name : 1\n") == {"a": "api", "api": 1}


def test_a_byte_order_mark_is_skipped(write: Write) -> None:
    assert load(write(b"\xef\xbb\xbfproject: shop\n")).base.plain() == {"project": "shop"}


def test_positions_are_those_of_an_editor() -> None:
    root = read_yaml("project: shop\nservices:\n  api:\n    needs: [main, 'b']\n", FILE)
    needs = root.find(("services", "api", "needs"))
    second = root.find(("services", "api", "needs", 1))
    api = root.find(("services", "api"))
    assert needs is not None
    assert second is not None
    assert api is not None
    assert (needs.key, needs.position) == (Position(FILE, 4, 5), Position(FILE, 4, 12))
    assert second.position == Position(FILE, 4, 19)
    assert (api.key, api.place) == (Position(FILE, 3, 3), Position(FILE, 3, 3))


_WORDS = st.text(alphabet="abcxyz019_-.: é#", min_size=1, max_size=12).map(lambda text: f"k{text}".strip(" :"))
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-999, 999), _WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=20,
)


def _flow(value: object) -> str:
    """Written over several lines, so that line and column both matter."""
    if isinstance(value, dict):
        return "{" + ",\n ".join(f'"{key}": {_flow(child)}' for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@given(st.dictionaries(_WORDS, _VALUES, min_size=1, max_size=5))
def test_every_value_stands_where_its_position_says(data: dict[str, Plain]) -> None:
    text = _flow(data)
    lines = text.split("\n")
    root = read_yaml(text, FILE)
    assert root.plain() == data
    for path, node in root.walk():
        assert node.position is not None
        rest = lines[node.position.line - 1][node.position.column - 1 :]
        first = _flow(node.plain()).split("\n")[0]
        assert rest.startswith(first)
        if node.key is not None:
            assert lines[node.key.line - 1][node.key.column - 1 :].startswith(f'"{path[-1]}"')


def outcome(text: str) -> str:
    """What a person sees: the place of what is wrong, or of the mapping that was read."""
    try:
        return str(read_yaml(text, FILE).position)
    except GroundplanError as error:
        return str(error)


@given(st.text(max_size=200))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    assert outcome(text).startswith("groundplan.yaml:")


@given(st.text(alphabet="ab:-[]{}&*<>!|?'\"#,\n \t%@`", max_size=60))
def test_no_punctuation_ends_in_a_traceback(text: str) -> None:
    assert outcome(text).startswith("groundplan.yaml:")
