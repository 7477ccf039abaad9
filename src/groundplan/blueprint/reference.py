"""``docs/blueprint.md``: every key of a blueprint, its default, what it means, and what the profiles change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.blueprint.base import Part
from groundplan.blueprint.descriptions import derived_default, descriptions, plain_text
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.profiles import PROFILES, posture_of
from groundplan.blueprint.shape import Shape, fields
from groundplan.blueprint.shared import FROM_BASE, KEYS
from groundplan.blueprint.tree import Plain

_INTRODUCTION = """\
# The blueprint

Every key, its default, and what it means. Written from the models by `groundplan.blueprint.reference`: change the
docstrings there. `groundplan schema` gives the same to editors; `groundplan explain` shows each value of your
blueprint and where it came from.

An environment under `environments:` is an overlay on the rest of the file: mappings merge, lists and values replace,
`null` removes. Units are part of the value: `30s`, `5m`, `7d`, `100 GB`, `70%`, `373 USD/month`.

`shared:` beside `environments:` says what stands once in the account: the DNS zone of the domains, the audit, the watch
over the account, and who hears of it. It becomes an environment called `shared` (`-e shared` in every command), which
has no network and its own state; deploy it first. It takes {shared}. Of the rest of the file it has {base}.
"""
_PROFILES = """\
## Profiles

A profile sets what the blueprint leaves open; whatever is written, in the base or in an overlay, goes before it.
Empty: the default of the tables above, which is made for production. `*` stands for every entry. An environment called
like a profile (or `dev`, `prod`) has that profile by itself.
"""


def markdown() -> str:
    """The whole document. Deterministic: it changes only with the models and profiles."""
    shared, base = (", ".join(f"`{key}`" for key in keys) for keys in (KEYS, FROM_BASE))
    parts = [_INTRODUCTION.format(shared=shared, base=base), *_sections(Blueprint, "", set()), _profiles()]
    return "\n".join(parts)


def _sections(model: type[Part], path: str, seen: set[type[Part]]) -> Iterator[str]:
    """A table for a model, then one for each model below it, each model once."""
    seen.add(model)
    title = f"`{path}`" if path else "At the top"
    yield f"## {title}\n\n{plain_text(model.__doc__ or '')}\n\n| key | default | meaning |\n| --- | --- | --- |"
    for key, name, _ in _keys(model):
        yield f"| `{key}` | {_default(model, name)} | {_cell(descriptions(model).get(name, ''))} |"
    yield ""
    for key, _, shape in _keys(model):
        below, mark = _model_below(shape)
        if below is not None and below not in seen:
            yield from _sections(below, f"{path}.{key}{mark}".lstrip("."), seen)


def _keys(model: type[Part]) -> Iterator[tuple[str, str, Shape]]:
    shapes = fields(model)
    for name, info in model.model_fields.items():
        key = info.alias or name
        yield key, name, shapes[key]


def _model_below(shape: Shape) -> tuple[type[Part] | None, str]:
    mark = ""
    while shape.model is None and (shape.entries or shape.items):
        mark += ".<name>" if shape.entries else "[]"
        shape = shape.entries or shape.items or shape
    return shape.model, mark


def _default(model: type[Part], name: str) -> str:
    info = model.model_fields[name]
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return _cell(derived_default(model, name)) or "none"
    if isinstance(value, Part):
        return "see below"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list | dict) and not value:
        return "none"
    return f"`{_cell(_text(value))}`"


def _text(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    return str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _profiles() -> str:
    """What each profile sets where a blueprint says nothing."""
    tables = {name: dict(_leaves(posture_of(name), "")) for name in PROFILES}
    paths = sorted({path for table in tables.values() for path in table})
    rows = []
    for path in paths:
        cells = [f"`{tables[name][path]}`" if path in tables.get(name, {}) else "" for name in PROFILES]
        rows.append(f"| `{path}` | {' | '.join(cells)} |")
    head = f"| value | {' | '.join(PROFILES)} |\n|{' --- |' * (len(PROFILES) + 1)}"
    return "\n".join([_PROFILES, head, *rows, ""])


def _leaves(value: Plain, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}".lstrip("."))
        return
    yield path, "null" if value is None else str(value).lower() if isinstance(value, bool) else _text(value)
