"""The TypedDicts of ``import groundplan`` say what the models say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints, is_typeddict

import pytest
from pydantic import create_model

import groundplan
from groundplan.api import fields, writer
from groundplan.blueprint.base import Part
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.shape import Shape, shape_of
from groundplan.blueprint.shape import fields as shapes_of

MODULE = Path(fields.__file__)
PACKAGE = Path(groundplan.__file__)


def models(shape: Shape) -> Iterator[type[Part]]:
    """Every model of a shape."""
    for inner in (shape.entries, shape.items):
        if inner:
            yield from models(inner)
    if shape.model:
        yield shape.model
        for inner in shapes_of(shape.model).values():
            yield from models(inner)


MODELS = list(dict.fromkeys(models(shape_of(Blueprint))))


def test_the_module_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        MODULE.write_text(writer.module(), encoding="utf-8")
    assert MODULE.read_text(encoding="utf-8") == writer.module()


def test_the_package_offers_all_of_it(update_golden: bool) -> None:
    text = PACKAGE.read_text(encoding="utf-8")
    if update_golden:
        PACKAGE.write_text(writer.package(text), encoding="utf-8")
    assert PACKAGE.read_text(encoding="utf-8") == writer.package(text)


@pytest.mark.parametrize("name", groundplan.__all__)
def test_every_name_can_be_had(name: str) -> None:
    assert getattr(groundplan, name) is not None
    assert name in dir(groundplan)


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match=r"module 'groundplan' has no attribute 'Servize'"):
        _ = groundplan.Servize


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_a_model_is_a_key(model: type[Part]) -> None:
    name = "BlueprintFields" if model is Blueprint else model.__name__
    written = getattr(fields, name)
    assert is_typeddict(written)
    extra = {"environments", "shared"} if model is Blueprint else set()
    assert set(written.__annotations__) == set(model.model_fields) | extra
    assert written.__required_keys__ == {name for name, info in model.model_fields.items() if info.is_required()}


@pytest.mark.parametrize("name", [name for name in fields.__all__ if name.endswith("Overlay")])
def test_an_overlay_demands_nothing_and_takes_none_everywhere(name: str) -> None:
    overlay = getattr(fields, name)
    assert not overlay.__required_keys__
    hints = get_type_hints(overlay)
    assert [key for key, hint in hints.items() if type(None) not in getattr(hint, "__args__", ())] == []


def test_a_type_that_nobody_knows_how_to_write_is_said() -> None:
    class Unknown:
        pass

    model = create_model("Odd", __base__=Part, odd=(dict[str, Unknown], ...))
    with pytest.raises(TypeError, match=r"there is no way to write .*Unknown.* in Python yet"):
        writer._written(model.model_fields["odd"].annotation, overlay=False)


def test_the_package_itself_loads_nothing() -> None:
    program = "import groundplan, sys; print(*(name for name in sys.modules if name.startswith('groundplan')))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert loaded == ["groundplan"]


def test_the_keys_are_had_without_the_models() -> None:
    program = "import groundplan, sys; groundplan.Service; print(*({'pydantic', 'yaml'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert loaded == []
