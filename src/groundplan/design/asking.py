"""What is asked of a blueprint, noted by stand-ins: who would be told all the same again need not ask again.

So nobody has to say of each step of the design what it depends on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import getitem
from types import MethodType
from typing import Any, TypeAlias

from pydantic import BaseModel

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design.draft import Draft
from groundplan.resources.values import Ref

Question: TypeAlias = tuple[Any, ...]
"""A function, and what it is given beside the object that is asked: ``(getattr, "region")``."""

_UNTOLD = object()
"""Stands for the answer to a question that was not asked yet."""


class Asked:
    """An object that does not change, and what was asked of it and of its parts."""

    __slots__ = ("stand_in", "told", "value")

    def __init__(self, value: object) -> None:
        self.value = value
        self.told: dict[Question, object] = {}
        self.stand_in = _Entries(self) if isinstance(value, Mapping) else _StandIn(self)
        """Answers as the object does, and notes it."""

    def ask(self, *question: Any) -> Any:
        """The answer to a question, or a stand-in for it."""
        told = self.told.get(question, _UNTOLD)
        if told is _UNTOLD:
            answer = question[0](self.value, *question[1:])
            told = self.told[question] = Asked(answer) if _has_parts(answer) else answer
        return told.stand_in if type(told) is Asked else told

    def whole(self) -> Any:
        """The object itself, all of which has to be alike from now on."""
        self.told[(_itself,)] = self.value
        return self.value

    def would_be_said_by(self, other: object) -> bool:
        """Whether another object answers all of that alike: asked in the same order, since each question may follow
        from the answers before."""
        if other is self.value:
            return True
        if type(other) is not type(self.value):
            return False
        for question, told in self.told.items():
            try:
                answer = getattr(other, question[1]) if question[0] is getattr else question[0](other, *question[1:])
            except KeyError:  # it has no such entry
                return False
            if type(told) is Asked:
                if not told.would_be_said_by(answer):
                    return False
            elif answer is not told and answer != told:
                return False
        return True


def _has_parts(value: object) -> bool:
    """Whether what is read of it should be told apart: entries of a blueprint, and mappings of them."""
    if isinstance(value, dict):
        return any(map(_is_entry, value.values()))
    return _is_entry(value)


_kinds: dict[type, bool] = {}


def _is_entry(value: object) -> bool:
    """By exact type, since pydantic's classes take their time to say what is one of theirs."""
    kind = type(value)
    known = _kinds.get(kind)
    if known is None:
        known = _kinds[kind] = issubclass(kind, BaseModel | LoadedEnvironment | Draft)
    return known


class _StandIn:
    """Stands for an object with attributes and methods."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    @property
    def __class__(self) -> type:
        """What ``isinstance`` is told."""
        return type(self._asked.value)

    @__class__.setter
    def __class__(self, kind: type) -> None:
        raise TypeError("a stand-in stays what it stands for")

    def __getattr__(self, name: str) -> object:
        """Called the first time only, as afterwards the answer is an attribute of the stand-in."""
        value = self._asked.value
        is_method = name not in vars(value) and callable(getattr(type(value), name, None))
        answer: object = _Method(self, name) if is_method else self._asked.ask(getattr, name)
        self.__dict__[name] = answer
        return answer

    def __eq__(self, other: object) -> bool:
        return bool(self._asked.whole() == other)

    __hash__ = None  # type: ignore[assignment]  # nothing may be kept under what only stands for it

    def __str__(self) -> str:
        return str(self._asked.whole())

    def __repr__(self) -> str:
        return repr(self._asked.whole())


class _Method:
    """A method of what a stand-in stands for."""

    def __init__(self, stand_in: _StandIn, name: str) -> None:
        self._stand_in = stand_in
        self._name = name

    def __call__(self, *given: Any, **named: Any) -> Any:
        asked = self._stand_in._asked
        if all(isinstance(value, str | int | Ref | None) for value in (*given, *named.values())):
            return asked.ask(_call, self._name, given, tuple(named.items()))
        # What it reads of its own object, and of others that may be stood for as well, is noted bit by bit.
        return MethodType(getattr(type(asked.value), self._name), self._stand_in)(*given, **named)


class _Entries(Mapping[Any, Any]):
    """Stands for a mapping of names to what has parts."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def __getitem__(self, key: object) -> Any:
        if key not in self:
            raise KeyError(key)
        return self._asked.ask(getitem, key)

    def __contains__(self, key: object) -> bool:
        return bool(self._asked.ask(_contains, key))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._asked.ask(tuple))

    def __len__(self) -> int:
        return len(self._asked.ask(tuple))


def _contains(value: Any, item: object) -> bool:
    return item in value


def _itself(value: object) -> object:
    return value


def _call(value: object, name: str, given: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Any:
    return getattr(value, name)(*given, **dict(named))
