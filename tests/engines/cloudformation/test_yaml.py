"""Whatever is written is read back as the same, by a reader of YAML 1.1."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.cloudformation.reading import read

from groundplan.engines.cloudformation.yaml import dump

AWKWARD = (
    "yes", "No", "ON", "off", "y", "N", "true", "False", "null", "Null", "~", "", " ", "012", "0x1f", "1e3", "1_0",
    "12:30:45", "2012-10-17", ".5", "-", "- a", "? a", "a:", "a: b", "a #b", "<<", "=", "!Ref x", "&a", "*a", "%a",
    "a\n", "a\n\n", "\na", " a\nb", "a\n b\n", "a\r\nb", "a\u2028b", "a\x85b", "\ufeffa", "a\tb\nc", "é", "😀",
)  # fmt: skip
texts = st.one_of(
    st.text(),
    st.text(alphabet=st.sampled_from("ab1: -#'\"\\{}[]$!&*%|>?\n\t,@`~.=/()")),
    st.sampled_from(AWKWARD),
)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    texts | numbers | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(texts, values, min_size=1, max_size=4))
def test_what_is_written_is_read_back(value: dict[str, Any]) -> None:
    assert read(dump(value)) == value


@given(texts, texts)
def test_functions_take_any_text(text: str, key: str) -> None:
    value = {key: {"Fn::Sub": text}, "list": [{"Fn::Sub": text}, {"Ref": "Other"}]}
    assert read(dump(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"VpcId": {"Ref": "MainVpc"}}, "VpcId: !Ref MainVpc\n"),
        ({"Role": {"Fn::GetAtt": ["ApiRole", "Arn"]}}, "Role: !GetAtt ApiRole.Arn\n"),
        ({"Address": {"Fn::GetAtt": ["Db", "Endpoint.Address"]}}, "Address: !GetAtt Db.Endpoint.Address\n"),
        ({"A": {"Fn::Sub": "${B.Arn}/*"}}, "A: !Sub '${B.Arn}/*'\n"),
        ({"A": {"Fn::If": ["Set", 3, {"Ref": "AWS::NoValue"}]}}, "A: !If [Set, 3, !Ref AWS::NoValue]\n"),
        ({"A": {"Fn::If": ["Set", "a, b", None]}}, "A: !If\n  - Set\n  - a, b\n  - null\n".replace("a, b", "'a, b'")),
        ({"A": [{"B": 1, "C": [2]}, 3]}, "A:\n  - B: 1\n    C:\n      - 2\n  - 3\n"),
        ({"Version": "2012-10-17"}, "Version: '2012-10-17'\n"),
        ({"Cidr": "10.0.0.0/16", "Port": "5432"}, "Cidr: 10.0.0.0/16\nPort: '5432'\n"),
        ({"Type": "AWS::EC2::VPC", "Action": "s3:Get*"}, "Type: AWS::EC2::VPC\nAction: s3:Get*\n"),
        ({"Text": "one: two", "On": "off"}, "Text: 'one: two'\n'On': 'off'\n"),
        ({"Body": '{\n  "a": 1\n}'}, 'Body: |-\n  {\n    "a": 1\n  }\n'),
        ({"Empty": {}, "None": []}, "Empty: {}\nNone: []\n"),
    ],
)
def test_it_looks_as_a_person_would_write_it(value: dict[str, object], text: str) -> None:
    assert dump(value) == text
    assert read(text) == value


def test_it_can_stand_deeper() -> None:
    assert dump({"A": {"B": 1}}, indent="  ") == "  A:\n    B: 1\n"


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes"])
def test_what_json_has_no_type_for_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot stand in a template"):
        dump({"A": value})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump({"A": value})
