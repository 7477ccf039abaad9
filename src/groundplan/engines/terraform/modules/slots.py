"""What is compared: a value in each instance of a group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.modules.links import Normal

EVERY = "this"
"""The name of a group that was made of several: ``aws_s3_bucket.this["media"]``."""


_OPERATORS = frozenset({"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike"})
"""Of the conditions of policies."""
_OF_ANY_POLICY = frozenset(
    {
        "policy",
        "assume_role_policy",
        "Statement",
        "Condition",
        *_OPERATORS,
    }
)
_NAME_TAG = ("tags", "Name")


class CannotShareError(Exception):
    """Environments differ in a way that one text for all would hide more than it says; the message tells how."""


class Slot(NamedTuple):
    """One instance: of a site and, where a resource exists once per zone or name, of a key."""

    environment: str
    """The site."""
    key: str | None


Seen: TypeAlias = Mapping[Slot, Normal]
"""A value in every instance; None where the argument is not written."""
Paths: TypeAlias = tuple[str, ...]
"""Where in a block a value stands: ``("policy", "statement")``."""


def identifier(text: str) -> str:
    """A text as a name in Terraform: ``LookAtNodes`` becomes ``look_at_nodes``."""
    written = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).strip("_").lower()
    return written if not written[:1].isdigit() else f"_{written}"


def said(path: Paths) -> Paths:
    """A path without what every policy has on the way: ``policy.Statement.read.Resource`` is ``read.Resource``."""
    if not any(word in _OF_ANY_POLICY for word in path):
        return path
    return tuple(word for word in path if word not in _OF_ANY_POLICY and not word.strip("_").isdigit()) or path


def words_of(path: Paths) -> str:
    """What stands at a path, as a name: ``size``, ``name_tag``, ``read_requested_region``, ``act_condition``."""
    words = list(said(path))
    words[-1] = words[-1].rpartition(":")[2]  # the key of a condition, without its service
    if path[-1] in _OPERATORS:
        words.append("condition")
    if tuple(words[-2:]) == _NAME_TAG:
        words[-2:] = ["name_tag"]
    return identifier("_".join(words))


def zone_of(path: Paths, word: str = "zone") -> Paths:
    """The path of the zone that is meant by what stands at a path: ``nat_gateway_zone`` for ``nat_gateway_id``."""
    return *path[:-1], f"{re.sub('_(id|arn)s?$', '', path[-1])}_{word}"


def short(path: Paths) -> str:
    """The name of what stands at a path, as long as it has to be to say something: ``transition_days``."""
    words = said(path)
    if words[-2:] == _NAME_TAG:
        return "name_tag"
    if words[-1] == "key" and len(words) > 1:  # which one of several is meant
        return re.sub("_(id|arn)s?$", "", identifier(words[-2]))
    return identifier(words[-1] if "_" in identifier(words[-1]) else "_".join(words[-2:]))


def overlapping(first: str, second: str) -> str:
    """Two names as one, in which words are not said twice: ``db_instance`` and ``instance_class``."""
    words, more = first.split("_"), second.split("_")
    same = max(
        number for number in range(min(len(words), len(more)) + 1) if words[len(words) - number :] == more[:number]
    )
    return "_".join((*words, *more[same:]))


def plural(name: str) -> str:
    """``kms_keys``, ``addresses``, ``policies``; what is several already stays: ``ownership_controls``."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    if name.endswith(("ss", "us", "is", "alias", "x", "ch", "sh")):
        return f"{name}es"
    return name if name.endswith(("s", *_UNCOUNTED)) else f"{name}s"


_UNCOUNTED = ("encryption", "logging", "replication", "versioning")
