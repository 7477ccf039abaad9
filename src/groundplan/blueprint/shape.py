"""What may stand where in a blueprint, read off the models: fields by the key people write, entries, list items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Literal, Union, get_args, get_origin

from groundplan.blueprint.base import Part, ShortForm
from groundplan.blueprint.tree import Steps
from groundplan.record import Record, dataclass

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Shape(Record):
    """What one place admits. At most one of ``model``, ``entries`` and ``items`` is set; none for a scalar."""

    model: type[Part] | None = None
    """The keys of a mapping are this model's fields."""
    entries: Shape | None = None
    """The keys of a mapping are names that people choose; this is what each holds."""
    items: Shape | None = None
    """What each item of a list holds."""
    nullable: bool = False
    """Whether ``null`` is a value here, like ``alarms: null``."""
    allowed: tuple[str, ...] = ()
    """The only texts that may stand here."""
    keys: tuple[str, ...] = ()
    """The only keys of ``entries``; empty: whatever people choose."""
    short: ShortForm | None = None
    """How a text stands for the whole mapping."""

    def child(self, step: str | int) -> Shape | None:
        """What one key or index holds; None where nothing may stand."""
        if isinstance(step, int):
            return self.items
        if self.model is not None:
            return _field(self.model, step)
        return self.entries

    def at(self, path: Steps) -> Shape | None:
        """What a path holds."""
        shape: Shape | None = self
        for step in path:
            shape = shape.child(step) if shape else None
        return shape


@cache
def fields(model: type[Part]) -> Mapping[str, Shape]:
    """The fields of a model by the key people write (``class``, not ``instance_class``)."""
    return {key: shape for key in _infos(model) if (shape := _field(model, key)) is not None}


@cache
def _infos(model: type[Part]) -> Mapping[str, FieldInfo]:
    return {info.alias or name: info for name, info in model.model_fields.items()}


@cache
def _field(model: type[Part], key: str) -> Shape | None:
    """One field: most blueprints have a third of them."""
    info = _infos(model).get(key)
    return None if info is None else _shape(info.annotation, short=_short_form(info.metadata))


def _short_form(metadata: Iterable[object]) -> ShortForm | None:
    return next((extra for extra in metadata if isinstance(extra, ShortForm)), None)


@cache
def shape_of(model: type[Part]) -> Shape:
    """The shape of a whole model."""
    return Shape(model=model)


def _shape(annotation: object, *, nullable: bool = False, short: ShortForm | None = None) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0], nullable=nullable, short=short or _short_form(arguments[1:]))
    if origin in (Union, UnionType):
        kinds = [argument for argument in arguments if argument is not NoneType]
        return _shape(kinds[0], nullable=nullable or len(kinds) < len(arguments), short=short)
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return Shape(model=annotation, nullable=nullable, short=short)
    if origin is dict:
        keys = _shape(arguments[0]).allowed
        return Shape(entries=_shape(arguments[1]), nullable=nullable, short=short, keys=keys)
    if origin is list:
        return Shape(items=_shape(arguments[0]), nullable=nullable)
    if origin is Literal:
        return Shape(nullable=nullable, allowed=tuple(str(argument) for argument in arguments))
    return Shape(nullable=nullable or annotation is object)
