"""Well-known images and what they become."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

from groundplan.catalog import engines

Becomes = Literal["service", "database", "redis", "valkey", "bucket", "queue", "nothing"]
_REGISTRIES = re.compile(r"^(docker\.io/|index\.docker\.io/|public\.ecr\.aws/docker/)?(library/)?")
_DEFAULTS = {"database": "postgres 16", "redis": "redis 7.1", "valkey": "valkey 8.0"}


def name_of(text: str) -> str:
    """The nearest name that a blueprint takes: lower case, single hyphens or underscores in between, a letter first."""
    words = re.sub(r"[^a-z0-9_-]+", "-", text.lower())
    name = re.sub(r"[-_]*([-_])", r"\1", words).lstrip("-_0123456789")
    return name[:36].rstrip("-_") or "app"


@dataclass(frozen=True, slots=True)
class Image:
    """An image as Compose names it."""

    name: str
    """Without registry where that is Docker Hub, tag and digest."""
    tag: str

    @property
    def repository(self) -> str:
        """The last part of its name, as a repository of one's own may be called."""
        return name_of(self.name.rpartition("/")[2])


def read_image(text: str) -> Image:
    """``registry:5000/name:tag@sha256:…`` in its parts."""
    whole = text.partition("@")[0]
    name, colon, tag = whole.rpartition(":")
    if not colon or "/" in tag:
        name, tag = whole, ""
    return Image(_REGISTRIES.sub("", name), tag)


@cache
def _table() -> tuple[tuple[tuple[str, ...], Becomes, str], ...]:
    data = tomllib.loads((Path(__file__).parent / "images.toml").read_text(encoding="utf-8"))
    return tuple((tuple(entry["names"]), entry["becomes"], entry.get("why", "")) for entry in data["image"])


def classify(image: Image) -> tuple[Becomes, str]:
    """What an image becomes, and why where that is no matter of course."""
    for names, becomes, why in _table():
        if any(fnmatchcase(image.name, name) for name in names):
            return becomes, why
    return "service", ""


def engine_of(image: Image, becomes: Becomes) -> tuple[str, bool]:
    """The engine for a database or cache, like ``postgres 15``, and whether it is the version that the tag names."""
    name = {"database": "postgres"}.get(becomes, becomes)
    found = re.match(r"v?(\d+)(?:\.(\d+))?", image.tag.removeprefix("pg"))
    if found:
        engine = {"postgres": engines.postgres, "redis": engines.redis, "valkey": engines.valkey}[name]
        # PostgreSQL counts in whole majors; of the caches 7 and 7.1 differ.
        whole, part = found[1], f"{found[1]}.{found[2]}"
        for version in (whole,) if name == "postgres" else (part, whole):
            if engine.find(version).problem() is None:
                return f"{name} {engine.find(version).version if name != 'postgres' else version}", True
    return _DEFAULTS[becomes], False
