"""Records: frozen, equal and told by their values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from groundplan.resources.containers import ServiceNamespace
from groundplan.resources.storage import Transition


def test_a_record_never_changes() -> None:
    transition = Transition(days=30, storage_class="GLACIER")
    for name in ("days", "storage_class"):
        with pytest.raises(FrozenInstanceError):
            setattr(transition, name, 31)
    with pytest.raises(FrozenInstanceError):
        del transition.days
    with pytest.raises(FrozenInstanceError):
        transition.weeks = 1
    assert transition == Transition(days=30, storage_class="GLACIER")


def test_a_resource_keeps_what_it_worked_out_and_changes_no_field() -> None:
    namespace = ServiceNamespace(name="main", concern="services", namespace_name="shop", description="")
    assert namespace.references() is namespace.references()
    with pytest.raises(FrozenInstanceError):
        namespace.name = "other"  # type: ignore[misc]  # as above
    assert replace(namespace, name="other").name == "other"


def test_equality_hash_and_text_are_by_value() -> None:
    first, second = Transition(days=1, storage_class="GLACIER"), Transition(days=1, storage_class="GLACIER")
    assert first == second
    assert hash(first) == hash(second)
    assert first != Transition(days=2, storage_class="GLACIER")
    assert repr(first) == "Transition(days=1, storage_class='GLACIER')"
