"""The table of resource types: ``rows/<family>.toml``, one table per type, one file per family of services.

A row says which API calls create, read, change and delete a resource, and how they name it. Arguments are written as
expressions (see ``expressions.py``). The keys of a row are the fields of ``Row``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One API call: a boto3 method, its arguments as expressions, and where in the response the result stands."""

    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Properties that a call of their own applies, such as a bucket's versioning."""

    properties: tuple[str, ...]
    call: Call
    when: str = "always"
    """``always``, or ``update`` where the creating call takes the properties itself."""
    read: Call | None = None
    argument: str = ""
    """The argument of ``call`` that ``read`` must give back."""
    remove: Call | None = None
    """Undoes the part when the template no longer has the properties."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one resource type is handled."""

    type: str
    service: str
    """The boto3 name of the service."""
    create: str = ""
    """The creating boto3 method; empty where parts or a handler do it all."""
    id: str = ""
    """The physical id, an expression over the create call's response."""
    delete: Call | None = None
    update: Call | None = None
    """Changes properties in place; its arguments name the resource, the properties are added."""
    read: Call | None = None
    """Describes the resource, for reading back and for attributes."""
    name: str = ""
    """The property that names the resource, generated where the template leaves it out."""
    name_limit: int = 200
    name_lower: bool = False
    arn: str = ""
    """What the service's tagging calls take, an expression; the physical id where empty."""
    wrap: str = ""
    """The parameter that holds all properties, where the API has one."""
    outside: tuple[str, ...] = ()
    """Properties that stay outside of ``wrap``."""
    rename: Mapping[str, str] = field(default_factory=dict)
    rename_on_update: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the creating call beside the properties; also defaults of properties of that name."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """``Fn::GetAtt`` names that do not match a member of the description by themselves."""
    parts: tuple[Part, ...] = ()
    accepted: Mapping[str, str] = field(default_factory=dict)
    """Properties that no call takes, each with the reason why that is right."""
    not_echoed: Mapping[str, str] = field(default_factory=dict)
    """Properties that the emulator takes and does not read back, each with the reason; PATH: reason."""
    echo: Mapping[str, str] = field(default_factory=dict)
    """Where the description shows a property under another path."""
    snapshot: Mapping[str, str] = field(default_factory=dict)
    """For the policy ``Snapshot``: the argument of the delete call that names it, and the argument to leave out."""
    tags: str = ""
    """The property that holds the tags where it is not ``Tags``."""
    system_tags: bool = True
    """Whether the emulator takes the tags that start with ``aws:``."""


def _call(written: Any) -> Call | None:
    if not written:
        return None
    if isinstance(written, str):
        return Call(written)
    return Call(written["operation"], written.get("arguments", {}), written.get("path", ""))


def _part(written: Mapping[str, Any]) -> Part:
    call = _call(written["call"])
    assert call
    return Part(
        properties=tuple(written["properties"]),
        call=call,
        when=written.get("when", "always"),
        read=_call(written.get("read")),
        argument=written.get("argument", written["properties"][0]),
        remove=_call(written.get("remove")),
    )


def read_rows(text: str) -> dict[str, Row]:
    """Rows by type from the text of one file. Raises TypeError where a key is not a field of ``Row``."""
    rows: dict[str, Row] = {}
    for type_name, written in tomllib.loads(text).items():
        values = dict(written)
        for key in ("delete", "update", "read"):
            values[key] = _call(values.get(key))
        values["parts"] = tuple(_part(part) for part in values.get("parts", ()))
        values["outside"] = tuple(values.get("outside", ()))
        rows[type_name] = Row(type=type_name, **values)
    return rows


@lru_cache(maxsize=1)
def all_rows() -> Mapping[str, Row]:
    """Every row, by type."""
    rows: dict[str, Row] = {}
    for file in sorted(files(__package__).joinpath("rows").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            rows.update(read_rows(file.read_text(encoding="utf-8")))
    return rows


@dataclass(frozen=True, slots=True)
class TaggingCalls:
    """How a service sets and removes tags of something that exists."""

    tag: str
    untag: str
    resource: str
    tags: str
    keys: str
    resource_is_list: bool = False


@lru_cache(maxsize=1)
def tagging() -> Mapping[str, TaggingCalls]:
    """The tagging calls by boto3 service name, from ``tagging.toml``."""
    written = tomllib.loads(files(__package__).joinpath("tagging.toml").read_text(encoding="utf-8"))
    return {service: TaggingCalls(**values) for service, values in written.items()}
