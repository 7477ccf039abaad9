"""The docstrings below the fields of the models: what ``schema`` and ``explain`` tell about them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from functools import cache

from groundplan.blueprint.base import Part


@cache
def descriptions(model: type[Part]) -> Mapping[str, str]:
    """What each field of a model means, by the model's own field names, as plain text in one line each."""
    return {name: plain_text(text) for name, text in docstrings(model).items()}


@cache
def docstrings(model: type[Part]) -> Mapping[str, str]:
    """The docstrings below the fields of a model as they are written, by the model's own field names.

    What a model does not say itself, the models that it derives from say.
    """
    inherited: dict[str, str] = {}
    for base in reversed(model.__bases__):
        if issubclass(base, Part) and base is not Part:
            inherited |= docstrings(base)
    return inherited | dict(_own(model))


def _own(model: type[Part]) -> Mapping[str, str]:
    (definition,) = ast.parse(inspect.cleandoc("\n" + inspect.getsource(model))).body
    if not isinstance(definition, ast.ClassDef):
        return {}
    found = {}
    for statement, following in zip(definition.body, definition.body[1:], strict=False):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ) if name in model.model_fields:
                found[name] = text
    return found


def plain_text(docstring: str) -> str:
    """A docstring without its line breaks and markup."""
    return re.sub(r"``(.+?)``", r"\1", " ".join(docstring.split()))


@cache
def derived_default(model: type[Part], name: str) -> str:
    """What a field without a value takes instead (``the environment's name``); empty where it takes nothing."""
    match = re.search(r"Default: (.+?)\.(?:\s|$)", descriptions(model).get(name, ""))
    return match[1] if match else ""
