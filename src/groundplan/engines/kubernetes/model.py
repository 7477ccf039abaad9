"""Manifests before they are text: objects of Kubernetes, with places for what AWS says only later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from groundplan.engines.kubernetes.colours import Turns, colour_of, other

MARKER = "# Written by Groundplan"
"""How the first line of every file of this engine begins."""
DEPLOYED = "deployed.env"
"""The file of an overlay that holds what is known only after a deployment."""


@dataclass(frozen=True, slots=True)
class Late:
    """Text whose parts stand in ``deployed.env``: a repository's URL and a tag with a colon between them."""

    keys: tuple[str, ...]
    delimiter: str = ""
    """Between the parts. Not empty where there are several, so that a replacement finds its part."""

    def __str__(self) -> str:
        """What stands in its place until it is replaced: the names of the values."""
        return self.delimiter.join(self.keys)

    def filled(self, values: Mapping[str, str]) -> str:
        """The text itself. Raises KeyError with the name of a value that is not there."""
        return self.delimiter.join(values[key] for key in self.keys)


Value: TypeAlias = "bool | int | str | Late | Sequence[Value] | Mapping[str, Value] | None"
Manifest: TypeAlias = Mapping[str, Value]
Identity: TypeAlias = tuple[str, str, str, str]
"""API version, kind, namespace (empty where there is none) and name of an object."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that ``deployed.env`` has to hold."""

    key: str
    description: str
    default: str | None
    """What the blueprint says itself; None: only a deployment knows it."""
    sum_of: tuple[str, ...] = ()
    """The values that this one is the checksum of, together with its default: nobody writes it by hand."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An object, and the file that a person looks for it in."""

    path: str
    manifest: Manifest

    @property
    def identity(self) -> Identity:
        """Which object it is."""
        return identity(self.manifest)


def identity(manifest: Mapping[str, object]) -> Identity:
    """Which object a manifest is of."""
    metadata = manifest["metadata"]
    assert isinstance(metadata, Mapping)
    return (
        str(manifest["apiVersion"]), str(manifest["kind"]), str(metadata.get("namespace", "")), str(metadata["name"])
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class System:
    """Everything that runs in the cluster of one environment."""

    environment: str
    title: str
    version: str
    """Version of Kubernetes: ``1.35``."""
    objects: tuple[Placed, ...]
    wanted: tuple[Wanted, ...]
    turns: tuple[Turns, ...] = ()
    """The services with two colours."""

    def filled(self, values: Mapping[str, str]) -> list[dict[str, object]]:
        """The objects with the values that a deployment knows, and no pods of a colour whose turn it is not.

        Raises KeyError where a value is missing, InputError where a colour is none.
        """
        defaults = {item.key: item.default for item in self.wanted if item.default is not None}
        known = {**defaults, **values, **self.checksums({**defaults, **values})}
        idle = set(self.idle(known))
        found = []
        for item in self.objects:
            manifest = _filled_mapping(item.manifest, known)
            if item.identity in idle:
                spec = manifest["spec"]
                assert isinstance(spec, dict)
                manifest["spec"] = {"replicas": 0, **{key: each for key, each in spec.items() if key != "replicas"}}
            found.append(manifest)
        return found

    def checksums(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values that follow from others."""
        found = {}
        for item in self.wanted:
            if item.sum_of:
                parts = [item.default, *(values.get(key) for key in item.sum_of)]
                found[item.key] = sha256(json.dumps(parts).encode()).hexdigest()[:16]
        return found

    def standing(self, values: Mapping[str, str]) -> list[Identity]:
        """What runs the version that has the requests. The next one goes to the idle colour, and these stay."""
        return [
            (api, kind, each.namespace, each.name(colour_of(values.get(each.key))))
            for each in self.turns
            for api, kind in (("v1", "ConfigMap"), ("apps/v1", "Deployment"))
        ]

    def idle(self, values: Mapping[str, str]) -> list[Identity]:
        """The Deployments whose turn it is not."""
        return [
            ("apps/v1", "Deployment", each.namespace, each.name(other(colour_of(values.get(each.key)))))
            for each in self.turns
        ]


def _filled_mapping(value: Mapping[str, Value], values: Mapping[str, str]) -> dict[str, object]:
    return {key: _filled(item, values) for key, item in value.items()}


def _filled(value: Value, values: Mapping[str, str]) -> object:
    if isinstance(value, Late):
        return value.filled(values)
    if isinstance(value, Mapping):
        return _filled_mapping(value, values)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_filled(item, values) for item in value]
    return value


def plain(value: Value) -> object:
    """The value with names instead of what is known later: what stands in files."""
    if isinstance(value, Late):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def plain_manifest(manifest: Manifest) -> dict[str, object]:
    """A manifest with names instead of what is known later."""
    return {key: plain(item) for key, item in manifest.items()}


@dataclass(frozen=True, slots=True)
class Step:
    """A field name, or an item of a list: by its name where it has one, else by its place."""

    field: str
    item: bool = False

    def __str__(self) -> str:
        escaped = self.field.replace(".", "\\.")
        return f"[name={self.field}]" if self.item and not self.field.isdigit() else escaped


def late_values(value: Value, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Late]]:
    """Every place of a value that is known later."""
    if isinstance(value, Late):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from late_values(item, (*path, Step(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            name = item.get("name") if isinstance(item, Mapping) else None
            yield from late_values(item, (*path, Step(name if isinstance(name, str) else str(index), item=True)))


@dataclass(frozen=True, slots=True)
class Rendering:
    """Manifests, overlays and Helm values of one or more environments."""

    files: Mapping[str, str]
    """Relative path to text, by name."""
    systems: Mapping[str, System]
    """What runs, by environment."""
