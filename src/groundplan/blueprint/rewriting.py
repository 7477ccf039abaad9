"""Writing single values into a blueprint's YAML: everything else stays as it is written, comments too."""

from __future__ import annotations

import json
from collections.abc import Sequence

import yaml

from groundplan.blueprint.tree import Steps, format_path
from groundplan.errors import InputError


def with_value(text: str, path: Steps, written: str, environments: Sequence[str], environment: str) -> str:
    """The text of a blueprint in which the key at ``path`` has the value ``written``, for one environment.

    The key is changed where it stands for this environment alone: in its overlay, or in the base where there is but
    this one environment. Raises InputError where the key cannot be written without rewriting what is around it.
    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise InputError("the blueprint is no mapping")
    own: Steps = ("environments", environment, *path)
    if _find(root, own) is not None:
        return _written(text, root, own, written)
    if len(environments) <= 1 and (_find(root, path) is not None or _find(root, own[:2]) is None):
        return _written(text, root, path, written)
    return _written(text, root, own, written)


def _find(node: yaml.Node, path: Steps) -> yaml.Node | None:
    for step in path:
        if not isinstance(node, yaml.MappingNode):
            return None
        found = next((value for key, value in node.value if key.value == str(step)), None)
        if found is None:
            return None
        node = found
    return node


def _written(text: str, root: yaml.Node, path: Steps, written: str) -> str:
    there = _find(root, path)
    if there is not None:
        if not isinstance(there, yaml.ScalarNode):
            raise InputError(f"{format_path(path)} is written as a mapping or list")
        if there.start_mark.index == there.end_mark.index:
            return f"{text[: there.start_mark.index].rstrip(' ')} {_scalar(written)}{text[there.end_mark.index :]}"
        return text[: there.start_mark.index] + _scalar(written) + text[there.end_mark.index :]
    depth = max(number for number in range(len(path)) if _find(root, path[:number]) is not None)
    parent, rest = _find(root, path[:depth]), path[depth:]
    value = _scalar(written)
    for step in reversed(rest[1:]):
        value = f"{{{step}: {value}}}"
    entry = f"{rest[0]}: {value}"
    if isinstance(parent, yaml.ScalarNode) and parent.value in ("", "~", "null"):
        end = parent.end_mark.index
        return f"{text[: parent.start_mark.index].rstrip(' ')} {{{entry}}}{text[end:]}"
    if not isinstance(parent, yaml.MappingNode):
        raise InputError(f"{format_path(path[:depth])} has a short form, which would have to be written out")
    if parent.flow_style:
        start = parent.start_mark.index + 1
        comma = ", " if parent.value else ""
        return f"{text[:start]}{entry}{comma}{text[start:]}"
    first = parent.value[0][0].start_mark
    indent = " " * first.column
    line = text.rfind("\n", 0, first.index) + 1
    return f"{text[:line]}{indent}{entry}\n{text[line:]}"


def _scalar(written: str) -> str:
    """The value as YAML has it: quoted where it would be read as something else."""
    try:
        read = yaml.safe_load(written)
    except yaml.YAMLError:
        return json.dumps(written)
    if read is None or isinstance(read, dict | list) or any(letter in written for letter in "#{}[],:&*?|>"):
        return json.dumps(written)
    return written
