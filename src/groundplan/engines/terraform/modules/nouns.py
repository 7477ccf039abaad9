"""What a team calls resources: ``private_subnets``, ``sessions_replication_group``, ``role_arns``.

The label stands before the noun, as one speaks; ``this``, which is said of everything of a type, is never said, and
``main`` only where the caller asks for it. The nouns are those of AWS's documentation (``nouns.csv``); a type that is
not there is its own noun, without its provider.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from groundplan.engines.terraform.modules.slots import EVERY, Paths, identifier, overlapping, plural, said, words_of

MAIN = "main"
"""The label of what there is one of."""
_IS_OWN = re.compile("(^|_)(name|name_tag|identifier|id|family|description)$")
"""What no two of a type have alike."""
_BETWEEN = re.compile(r'[.\[\]"]+')


@cache
def noun(type_: str) -> str:
    """``role`` for ``aws_iam_role``; nothing for a local value, which has no type."""
    return _nouns().get(type_) or typed(type_)


def typed(type_: str) -> str:
    """The type without its provider: unlike nouns, no two are alike."""
    return type_.removeprefix("aws_")


@cache
def called(type_: str, label: str, *, main: bool = False) -> str:
    """``sessions_replication_group``; ``load_balancer`` for the main one, unless ``main`` wants that said as well."""
    return _with_label(noun(type_), label, main)


def called_by_type(type_: str, label: str) -> str:
    """``sessions_elasticache_replication_group``: where two have the same noun and label."""
    return _with_label(typed(type_), label, main=True)


def several(type_: str, label: str) -> str:
    """``private_subnets``; ``roles`` for all of a type."""
    return plural(called(type_, label))


def asked(type_: str, label: str, attribute: str, *, many: bool) -> str:
    """What is asked of a resource, ``sessions_replication_group_id``, or of ``many`` of them, ``private_subnet_ids``.

    An attribute that begins as the noun does says itself whose it is: ``repository_url``.
    """
    steps = [identifier(step) for step in _BETWEEN.split(attribute) if step and not step.isdigit()]
    words = ""
    for step in steps:
        words = overlapping(words, step) if words else step
    whose, first = noun(type_), words.partition("_")[0]
    if "_" in words and first == whose.partition("_")[0]:
        name = _with_label(words, label, main=False)
    else:
        name = overlapping(called(type_, label), words)
    return identifier(plural(name) if many else name)


def settings(type_: str, label: str, path: Paths, *, shared: bool, of_several: bool) -> tuple[str, ...]:
    """What a setting may be called that stands at a path of a resource, the best first: ``db_instance_class``, which
    others of the type may have alike where it is ``shared``, and with the label ``main_db_instance_class``. What is one
    ``of_several`` does not share what is its own: ``api_record_name``."""
    words = words_of(path)
    whose = [called(type_, label, main=True), called_by_type(type_, label)]
    if shared and said(path) == path and not (of_several and _IS_OWN.search(words)):
        whose.insert(0, noun(type_))
    return tuple(dict.fromkeys(overlapping(identifier(one), words) for one in whose))


def _with_label(name: str, label: str, main: bool) -> str:
    if not name:
        return label
    return name if label == EVERY or (label == MAIN and not main) else overlapping(label, name)


@cache
def _nouns() -> Mapping[str, str]:
    text = Path(__file__).with_name("nouns.csv").read_text(encoding="utf-8")
    return {row["type"]: row["noun"] for row in csv.DictReader(text.splitlines())}
