"""IAM's wildcards: what a pattern covers, and whether two patterns have anything in common.

``*`` is any text, ``?`` one character. What is asked about can be a pattern itself, as ``arn:aws:s3:::files/*`` is when
the question is who may read objects of a bucket.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from groundplan.access.truth import Truth

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SEGMENTS = 6


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    signs = {"*": ".*", "?": "[^*]"}
    parts = (signs.get(part) or re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.compile("".join(parts), re.DOTALL)


def is_pattern(text: str) -> bool:
    """Whether it has a wildcard."""
    return "*" in text or "?" in text


def covers(pattern: str, text: str) -> bool:
    """Whether a pattern matches a text; where that is a pattern, everything that it matches.

    That is exact for a text without wildcards. Between patterns it can miss one that is covered only by several
    wildcards together (``?*`` covers no ``*?``), and never claims one that is not.
    """
    if pattern in ("*", text):
        return True
    if "?" in pattern:
        return _expression(pattern).fullmatch(text) is not None
    front, *middle = pattern.split("*")  # far quicker than an expression, and there are thousands of patterns
    if not middle or not text.startswith(front):
        return False
    end, at = middle.pop(), len(front)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(end) and text.endswith(end)


@lru_cache(maxsize=8192)
def overlap(one: str, other: str) -> bool:
    """Whether there is a text that both patterns match."""
    front = _literal_front(one), _literal_front(other)
    shorter = min(map(len, front))
    if front[0][:shorter] != front[1][:shorter]:
        return False
    if not is_pattern(one):
        return covers(other, one)
    if not is_pattern(other):
        return covers(one, other)
    # Which ends of `other` can be left when a front of `one` is used up.
    left = _closure({0}, other)
    for sign in one:
        if sign == "*":
            left = set(range(min(left), len(other) + 1)) if left else left
        else:
            after: set[int] = set()
            for place in left:
                if place < len(other):
                    if other[place] == "*":
                        after.add(place)
                    elif sign == "?" or other[place] in ("?", sign):
                        after.add(place + 1)
            left = _closure(after, other)
        if not left:
            return False
    return len(other) in left


def _closure(places: set[int], pattern: str) -> set[int]:
    """A ``*`` can stand for nothing."""
    found = set(places)
    for place in places:
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            found.add(place)
    return found


def _literal_front(pattern: str) -> str:
    return pattern.partition("*")[0].partition("?")[0]


def _matched(pattern: str, text: str) -> Truth:
    if covers(pattern, text):
        return Truth.TRUE
    return Truth.DEPENDS if is_pattern(text) and overlap(pattern, text) else Truth.FALSE


def match_action(pattern: str, action: str) -> Truth:
    """Whether a policy's action is the one asked about, whatever the case. DEPENDS: a part of what is asked about."""
    return _matched(pattern.lower(), action.lower())


def _segments(arn: str) -> list[str]:
    """The six parts of an ARN. What is missing at its end is anything."""
    parts = arn.split(":", _SEGMENTS - 1)
    return parts + ["*"] * (_SEGMENTS - len(parts))


def without_variables(pattern: str) -> str:
    """A pattern whose policy variables can be anything. ``${*}``, ``${?}`` and ``${$}`` are the signs themselves, which
    no name of AWS has; they are read as wildcards.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    return _VARIABLE.sub(lambda found: "$" if found[1] == "$" else "*", pattern)


@lru_cache(maxsize=8192)
def match_resource(pattern: str, resource: str) -> Truth:
    """Whether a policy's resource is the one asked about: each of the six parts of an ARN by itself.

    DEPENDS: a part of what is asked about, or a policy variable decides.
    """
    if pattern in ("*", resource):
        return Truth.TRUE
    if "${" in pattern:
        wide = without_variables(pattern)
        return min(Truth.DEPENDS, match_resource(wide, resource))
    if resource == "*":
        return Truth.DEPENDS
    if not pattern.startswith("arn:") or not resource.startswith("arn:"):
        return _matched(pattern, resource)
    found = Truth.TRUE
    for part, asked in zip(_segments(pattern), _segments(resource), strict=True):
        found = min(found, _matched(part, asked))
        if found is Truth.FALSE:
            break
    return found


@lru_cache(maxsize=8192)
def overlapping_arns(one: str, other: str) -> bool:
    """Whether two patterns of ARNs can mean the same thing."""
    if "*" in (one, other):
        return True
    pairs = zip(_segments(one), _segments(other), strict=True)
    return all(overlap(first, second) for first, second in pairs)
