"""Writes ``groundplan/api/fields.py``: the blueprint's models as TypedDicts, for editors and type checkers.

A constructor of the models themselves would tell a type checker that ``storage`` takes a ``Storage``, and refuse
``"100 GB"``. A TypedDict says what people may write, and is a call (``Service(port=8080)``) as well as a literal
(``{"port": 8080}``). The models stay the only truth: ``pytest tests/api --update-golden`` writes the module anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import cleandoc
from ipaddress import IPv4Network
from textwrap import fill
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from groundplan.blueprint.base import Part, ShortForm
from groundplan.blueprint.descriptions import docstrings
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.shared import KEYS as SHARED_KEYS
from groundplan.units import Duration, Quantity

_HEADER = '''\
# fmt: off
"""What a blueprint may hold, for editors and type checkers. Written from the models by ``groundplan.api.writer``.

The keys are those of ``groundplan.yaml``; the few that Python cannot take as a keyword argument, or whose pair cannot
be taken, are called ``instance_class``, ``node_class``, ``cooldown_in`` and ``cooldown_out``. The classes that end in
``Overlay`` say what an environment changes: nothing in them is required, ``None`` removes an entry and gives a field
back to its default. Where there is no such class, nothing is required anyway.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Literal, Required, TypedDict'''

_WRITTEN: Mapping[type, str] = {
    object: "object",
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    Duration: "str | timedelta",
    IPv4Network: "str | IPv4Network",
}
"""How people write each plain type. Other quantities are texts."""
_WIDTH = 120
OTHERS = ("Blueprint", "Environment", "GroundplanError", "InputError", "__version__")
"""What ``groundplan`` offers beside the classes of ``fields.py``."""
ROOT = "BlueprintFields"
"""What the TypedDict of the whole blueprint is called: ``Blueprint`` is the class that takes it."""
SHARED = "Shared"
"""What the TypedDict of ``shared:`` is called."""


def module() -> str:
    """The text of ``fields.py``. Deterministic: it changes only with the models.

    Raises TypeError where a model has a field of a type that this module does not know how to write.
    """
    parts = [_HEADER, "", "__all__ = [", *(f'    "{name}",' for name in names()), "]"]
    overlaid = set(_overlaid(Blueprint))
    for model in dict.fromkeys(_models(Blueprint)):
        if model in overlaid:
            parts += _overlay(model)
        if model is Blueprint:
            parts += _shared()
        parts += _whole(model)
    return "\n".join([*parts, ""])


def names() -> list[str]:
    """What every class of ``fields.py`` is called, sorted."""
    return sorted({*map(_name, _models(Blueprint)), *map(_overlay_name, _overlaid(Blueprint)), SHARED})


def package(text: str) -> str:
    """The text of ``groundplan/__init__.py`` with the names of today's ``fields.py`` in its two lists."""
    listed = "".join(f"        {name},\n" for name in names())
    text = re.sub(r"(from groundplan\.api\.fields import \(\n)[^)]*(    \))", rf"\g<1>{listed}\g<2>", text)
    exported = "".join(f'    "{name}",\n' for name in sorted([*OTHERS, *names()]))
    return re.sub(r"(__all__ = \[\n)[^\]]*(\])", rf"\g<1>{exported}\g<2>", text)


def _models(model: type[Part]) -> Iterator[type[Part]]:
    """Every model of a blueprint, each after those that its fields hold."""
    for info in model.model_fields.values():
        for inner in _parts_of(info.annotation):
            yield from _models(inner)
    yield model


def _parts_of(annotation: object) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts_of(argument)


def _name(model: type[Part]) -> str:
    return ROOT if model is Blueprint else model.__name__


def _overlay_name(model: type[Part]) -> str:
    """What an environment writes: the same, where nothing in it is required and no entry can be removed."""
    if model is Blueprint:
        return "Overlay"
    return f"{model.__name__}Overlay" if _needs_overlay(model) else _name(model)


@cache
def _needs_overlay(model: type[Part]) -> bool:
    return any(
        info.is_required()
        or _holds_entries(info.annotation)
        or any(_needs_overlay(inner) for inner in _direct_parts(info.annotation))
        for info in model.model_fields.values()
    )


def _holds_entries(annotation: object) -> bool:
    """Whether it is a mapping of names, whose entries an environment may remove."""
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return any(map(_holds_entries, get_args(annotation)))
    return get_origin(annotation) is dict


def _direct_parts(annotation: object) -> Iterator[type[Part]]:
    """The parts that an overlay merges into: lists replace, so that what they hold is whole."""
    return iter(()) if get_origin(annotation) is list else _parts_of(annotation)


def _overlaid(model: type[Part]) -> Iterator[type[Part]]:
    """Every model that needs a class of its own in an overlay."""
    for info in model.model_fields.values():
        for inner in _direct_parts(info.annotation):
            yield from _overlaid(inner)
    if _needs_overlay(model):
        yield model


def _whole(model: type[Part]) -> Iterator[str]:
    """What the base of a blueprint says."""
    yield f"\n\nclass {_name(model)}(TypedDict, total=False):"
    yield _docstring(cleandoc(model.__doc__ or ""))
    texts = docstrings(model)
    for name, info in model.model_fields.items():
        written = _written(info.annotation, _short_form(info.metadata), overlay=False)
        yield _field(name, f"Required[{written}]" if info.is_required() else written)
        yield _docstring(_in_python(cleandoc(texts[name])), _default(model, name))
    if model is Blueprint:
        yield _field("environments", "Mapping[str, Overlay | None]")
        yield _docstring("What differs from the base, by environment. Mappings merge, lists replace, ``None`` removes.")
        yield _field("shared", f"{SHARED} | None")
        yield _docstring("What stands once in the account: an environment of its own, called ``shared``.")


def _in_python(text: str) -> str:
    """YAML's constants by their names in Python."""
    for yaml, python in (("null", "None"), ("true", "True"), ("false", "False")):
        text = text.replace(f"``{yaml}``", f"``{python}``")
    return text


def _overlay(model: type[Part]) -> Iterator[str]:
    """What an environment says of the same."""
    yield f"\n\nclass {_overlay_name(model)}(TypedDict, total=False):"
    what = "the blueprint" if model is Blueprint else f":class:`{_name(model)}`"
    yield _docstring(f"What an environment changes in {what}.")
    for name, info in model.model_fields.items():
        written = _written(info.annotation, _short_form(info.metadata), overlay=True)
        yield _field(name, written if written.endswith("| None") else f"{written} | None")


def _shared() -> Iterator[str]:
    """What ``shared`` says."""
    yield f"\n\nclass {SHARED}(TypedDict, total=False):"
    yield _docstring("What stands once in the account, beside the environments that use it.")
    texts = docstrings(Blueprint)
    for name in SHARED_KEYS:
        info = Blueprint.model_fields[name]
        written = _written(info.annotation, _short_form(info.metadata), overlay=True)
        yield _field(name, written if written.endswith("| None") else f"{written} | None")
        yield _docstring(_in_python(cleandoc(texts[name])))


def _short_form(metadata: list[object] | tuple[object, ...]) -> ShortForm | None:
    return next((one for one in metadata if isinstance(one, ShortForm)), None)


def _written(annotation: object, short: ShortForm | None = None, *, overlay: bool) -> str:
    """The annotation of what people write. What stands in a list is whole, also in an overlay: lists replace."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _written(arguments[0], short or _short_form(arguments[1:]), overlay=overlay)
    if origin in (Union, UnionType):
        kinds = [_written(kind, short, overlay=overlay) for kind in arguments if kind is not NoneType]
        texts = [text for kind in kinds for text in kind.split(" | ")] if short else kinds
        return " | ".join([*dict.fromkeys(texts), *(["None"] if NoneType in arguments else [])])
    if isinstance(annotation, type) and issubclass(annotation, Part):
        long = _overlay_name(annotation) if overlay else _name(annotation)
        return " | ".join([*_short_texts(short), long, *_short_mappings(short)])
    if origin is dict:
        key, value = arguments
        return " | ".join([*_short_texts(short), _mapping(key, value, short, overlay=overlay)])
    if origin is list:
        return f"Sequence[{_written(arguments[0], overlay=False)}]"
    if origin is Literal:
        return f"Literal{_listed(arguments)}"
    if isinstance(annotation, type) and annotation in _WRITTEN:
        return _WRITTEN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Quantity):
        return "str"
    raise TypeError(f"there is no way to write {annotation!r} in Python yet; add it to {__name__}")


def _mapping(key: object, value: object, short: ShortForm | None, *, overlay: bool) -> str:
    """A mapping of names. In an overlay ``None`` removes an entry."""
    values = _written(value, overlay=overlay)
    if values == "str":
        values = "str | int"  # a number is taken where a text is wanted
    values = " | ".join([values, *(_of_values(schema) for schema in _mappings(short))])
    if overlay:
        values = f"{values} | None"
    while get_origin(key) is Annotated:
        key = get_args(key)[0]
    return f"Mapping[{_written(key, overlay=False)}, {values}]"


def _schemas(short: ShortForm | None) -> tuple[Mapping[str, object], ...]:
    return short.schemas if short else ()


def _short_texts(short: ShortForm | None) -> list[str]:
    return ["str" for schema in _schemas(short) if schema["type"] == "string"][:1]


def _mappings(short: ShortForm | None) -> list[Mapping[str, object]]:
    return [schema for schema in _schemas(short) if schema["type"] == "object"]


def _short_mappings(short: ShortForm | None) -> list[str]:
    return [f"Mapping[str, {_of_values(schema)}]" for schema in _mappings(short)]


def _of_values(schema: Mapping[str, object]) -> str:
    """The annotation of a short mapping's values."""
    match schema.get("additionalProperties"):
        case {"enum": [*choices]}:
            return f"Literal{_listed(choices)}"
        case {"type": "integer"}:
            return "int"
        case {"type": "string"}:
            return "str"
    raise TypeError(f"there is no way to write the short form {schema!r} in Python yet; add it to {__name__}")


def _listed(values: tuple[object, ...] | list[object] | list[str]) -> str:
    return f"[{', '.join(json.dumps(value) for value in values)}]"


def _default(model: type[Part], name: str) -> str:
    """``Default: ``300s``.`` where the docstring does not say it itself."""
    info = model.model_fields[name]
    if info.is_required() or "Default:" in docstrings(model)[name]:
        return ""
    value = info.get_default(call_default_factory=True, validated_data={})
    return "" if value is None or isinstance(value, Part) or value in ([], {}, "") else f"Default: ``{_text(value)}``."


def _text(value: object) -> str:
    """A value as it stands in Python."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(key)}: {_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, Part):
        return _text({name: getattr(value, name) for name in sorted(value.model_fields_set)})
    return repr(value) if isinstance(value, bool | int | float) else json.dumps(str(value), ensure_ascii=False)


def _field(name: str, annotation: str) -> str:
    """A line, or several in brackets where it is too long for one."""
    line = f"    {name}: {annotation}"
    if len(line) <= _WIDTH:
        return line
    return f"    {name}: (\n{_filled(annotation, '        ')}\n    )"


def _docstring(text: str, remark: str = "") -> str:
    """A docstring in the indentation of a class. The text keeps its paragraphs, its lines are filled anew."""
    first, *others = f"{text} {remark}".rstrip().split("\n\n")
    paragraphs = [_filled(first, '    """', "    "), *(_filled(other, "    ") for other in others)]
    return "\n\n".join(paragraphs) + '"""'


def _filled(text: str, indent: str, later: str | None = None) -> str:
    return fill(
        " ".join(text.split()),
        _WIDTH - len('"""'),
        initial_indent=indent,
        subsequent_indent=indent if later is None else later,
        break_long_words=False,
        break_on_hyphens=False,
    )
