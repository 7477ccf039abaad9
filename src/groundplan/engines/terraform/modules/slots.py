"""What is compared: a value in each instance of a group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from groundplan.engines.terraform.modules.links import Normal

EVERY = "this"
"""The name of a group that was made of several: ``aws_s3_bucket.this["media"]``."""


_OF_ANY_POLICY = frozenset(
    {
        "policy",
        "assume_role_policy",
        "Statement",
        "Condition",
        "ArnEquals",
        "ArnLike",
        "Bool",
        "StringEquals",
        "StringLike",
    }
)


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


def short(path: Paths) -> str:
    """The name of what stands at a path, as long as it has to be to say something: ``transition_days``."""
    words = said(path)
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
    """``kms_keys``, ``addresses``, ``policies``."""
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x")) else f"{name}s"
