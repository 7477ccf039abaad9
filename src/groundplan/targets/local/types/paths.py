"""Reading values out of API responses by a short path.

``Vpcs[0].VpcId`` is an item, ``NodeGroups[].Status`` that of each, ``Routes[DestinationCidrBlock=0.0.0.0/0]`` the first
item whose member has this value.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
Step = str | int | tuple[str, str] | None


@lru_cache(maxsize=2048)
def steps(path: str) -> tuple[Step, ...]:
    """The steps of a path: a name, an index, a member and its value, or None for "of each"."""
    found: list[Step] = []
    for match in _STEP.finditer(path):
        if match[1] is not None:
            found.append(match[1])
        elif "=" in match[2]:
            key, _, value = match[2].partition("=")
            found.append((key, value))
        else:
            found.append(int(match[2]) if match[2] else None)
    return tuple(found)


def search(path: str, value: Any) -> Any:
    """What stands at a path, or None. ``@`` or an empty path is the value itself."""
    return value if path in ("", "@") else _walk(steps(path), value)


def _walk(way: tuple[Step, ...], value: Any) -> Any:
    for position, step in enumerate(way):
        if value is None:
            return None
        if step is None:
            rest = way[position + 1 :]
            return [_walk(rest, item) for item in value] if isinstance(value, list) else None
        if isinstance(step, tuple):
            items = value if isinstance(value, list) else []
            value = next((item for item in items if _is(search(step[0], item), step[1])), None)
        elif isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = member(value, step)
    return value


def _is(value: Any, wanted: str) -> bool:
    return value is not None and str(value).lower() == wanted.lower()


def member(value: Any, name: str) -> Any:
    """A member of an object by its name, where upper and lower case do not matter: APIs and schemas differ in it."""
    if not isinstance(value, dict):
        return None
    if name in value:
        return value[name]
    wanted = name.lower()
    return next((item for key, item in value.items() if key.lower() == wanted), None)
