"""References, attributes, and text made from them."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.resources import Resource
from groundplan.resources.network import Subnet, Vpc
from groundplan.resources.security import Key, Secret
from groundplan.resources.storage import Bucket
from groundplan.resources.values import (
    Attribute,
    Dynamic,
    InputValue,
    JsonDocument,
    Pseudo,
    Ref,
    SecretValue,
    Text,
    Textual,
    dynamic_values,
    text,
)

BUCKET = Ref(Bucket, "files")
DYNAMIC: tuple[Dynamic, ...] = (BUCKET.arn, Pseudo.REGION, InputValue("tag"), SecretValue(Ref(Secret, "url")))


def test_addresses_say_kind_name_and_key() -> None:
    assert Ref(Subnet, "private", "a").address == "subnet.private[a]"
    assert str(Ref(Vpc, "main")) == "vpc.main"


def test_references_are_equal_by_what_they_point_at() -> None:
    assert Ref(Vpc, "main") == Ref(Vpc, "main")
    assert Ref(Subnet, "main", "a") != Ref(Subnet, "main", "b")
    kinds: set[Ref[Resource]] = {Ref(Bucket, "main"), Ref(Key, "main")}
    assert len(kinds) == 2


def test_references_to_the_same_are_one_object_wherever_they_come_from() -> None:
    here = Ref(Subnet, "private", key="a")
    assert Ref(kind=Subnet, name="private", key="a") is here
    for twin in (copy.copy(here), copy.deepcopy([here])[0], pickle.loads(pickle.dumps(here))):
        assert twin is here
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: Ref(Bucket, f"threads_{number % 50}"), range(400)))
    assert len({id(ref) for ref in found}) == 50


def test_a_reference_never_changes() -> None:
    with pytest.raises(FrozenInstanceError):
        BUCKET.name = "other"  # type: ignore[misc]
    assert repr(BUCKET) == "Ref(kind=<class 'groundplan.resources.storage.Bucket'>, name='files', key=None)"
    assert len({Ref(Vpc, "main"), Ref(Vpc, "main")}) == 1


def test_attributes_are_those_of_the_kind() -> None:
    assert BUCKET.attribute("regional_domain_name") == Attribute(BUCKET, "regional_domain_name")
    with pytest.raises(ValueError, match="bucket has no attribute 'address'; it has arn, id, regional_domain_name"):
        BUCKET.attribute("address")


def test_text_is_as_simple_as_it_can_be() -> None:
    assert text() == ""
    assert text("a", "", "b") == "ab"
    assert text("", BUCKET.arn) == BUCKET.arn
    assert text(BUCKET.arn, "/*") == Text((BUCKET.arn, "/*"))
    assert text("x", Text(("y", Pseudo.REGION)), "", "z") == Text(("xy", Pseudo.REGION, "z"))


textual = st.recursive(
    st.one_of(st.text(max_size=5), st.sampled_from(DYNAMIC)),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: text(*parts)),
)


@given(st.lists(textual, max_size=6))
def test_text_loses_and_adds_nothing(parts: list[Textual]) -> None:
    joined = text(*parts)
    assert spelled(joined) == "".join(spelled(part) for part in parts)
    if isinstance(joined, Text):
        assert len(joined.parts) > 1
        assert "" not in joined.parts
        assert not any(
            isinstance(a, str) and isinstance(b, str) for a, b in zip(joined.parts, joined.parts[1:], strict=False)
        )


def spelled(value: Textual) -> str:
    """Any spelling that tells dynamic parts apart from text."""
    if isinstance(value, str):
        return value.replace("<", "<<")
    return "".join(map(spelled, value.parts)) if isinstance(value, Text) else f"<{value!r}>"


def test_dynamic_values_are_found_wherever_they_are() -> None:
    document = JsonDocument({"a": [1, None, {"b": BUCKET.arn}], "c": text("x", Pseudo.REGION), "d": True})
    assert list(dynamic_values(document)) == [BUCKET.arn, Pseudo.REGION]
    assert list(dynamic_values((BUCKET, InputValue("tag")))) == [BUCKET, InputValue("tag")]
    assert list(dynamic_values("plain")) == []
