"""Writing manifests as YAML, so that every reader of YAML 1.1 and 1.2 sees the same strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*(?:[ :][A-Za-z0-9_./-]+)*", re.ASCII)
"""What needs no quotes: it begins with a letter or a slash, so that nobody takes it for a number."""
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"""What some reader takes for something else than a string: Go's reader of YAML 1.1 takes ``y`` for true.
Source: https://yaml.org/type/bool.html"""


def dump(document: Mapping[str, object]) -> str:
    """One document. Raises yaml.YAMLError for what YAML has no type for."""
    import yaml

    return yaml.dump(dict(document), Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=1 << 20)


def dump_all(documents: Iterable[Mapping[str, object]]) -> str:
    """Documents with ``---`` between them."""
    return "---\n".join(dump(document) for document in documents)


_dumpers: list[type] = []


def _dumper() -> type:
    """PyYAML's dumper with these quotes, made when something is written: most commands write nothing."""
    if not _dumpers:
        import yaml

        base: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

        class Dumper(base):  # type: ignore[misc, valid-type]  # of two classes that look the same, the fast one
            """Never writes an anchor."""

            def ignore_aliases(self, data: object) -> bool:
                return True

        def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
            style = "|" if "\n" in value else None if _is_plain(value) else '"' if "'" in value else "'"
            return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

        Dumper.add_representer(str, text)
        _dumpers.append(Dumper)
    return _dumpers[0]


def _is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None and value.lower() not in _WORDS
