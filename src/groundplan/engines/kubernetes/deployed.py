"""``deployed.env``: what only a deployment knows, in one file of each overlay, and what it is put into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from groundplan.engines.kubernetes.model import DEPLOYED, MARKER, Late, Placed, System, Wanted, late_values

CONFIG_MAP = "deployed"


def text(system: System, values: Mapping[str, str] | None = None) -> str:
    """The file. What nobody knows yet stands in a comment, so that kustomize stops instead of deploying a gap."""
    lines = [
        f"{MARKER}: what {system.title} {system.environment} is told by its deployment.",
        "# `groundplan kubernetes fill` writes what stacks of CloudFormation say, with --outputs FILE what Terraform",
        "# does (terraform output -json > FILE). By hand: take the # away and write the value behind the equals sign,",
        "# without quotes; a name is that of an output. Tags of images are yours to give.",
        "# What you write stays when Groundplan writes this file again.",
    ]
    known = dict(values or {})
    known |= system.checksums({item.key: item.default for item in system.wanted if item.default is not None} | known)
    for item in system.wanted:
        value = known.get(item.key, item.default)
        lines += ["", f"# {item.description}", f"#{item.key}=" if value is None else f"{item.key}={value}"]
    return "\n".join(lines) + "\n"


def read(content: str) -> dict[str, str]:
    """The values of a file as kustomize reads it: lines with an equals sign, without comments."""
    found = {}
    for line in content.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#") and value:
            found[key] = value
    return found


def values_of(path: Path) -> dict[str, str]:
    """The values of a file; none where it is not there."""
    try:
        return read(path.read_text(encoding="utf-8"))
    except OSError:
        return {}


def missing(wanted: Sequence[Wanted], values: Mapping[str, str]) -> list[Wanted]:
    """What is still to be given."""
    return [item for item in wanted if item.default is None and not values.get(item.key)]


def generator() -> dict[str, object]:
    """Reads the file into a ConfigMap that is never applied.

    Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/
    """
    return {
        "name": CONFIG_MAP,
        "envs": [DEPLOYED],
        "options": {
            "disableNameSuffixHash": True,
            "annotations": {"config.kubernetes.io/local-config": "true"},
        },
    }


def replacements(objects: Sequence[Placed]) -> list[dict[str, object]]:
    """Where each value goes, in the order of their names.

    Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
    """
    targets: dict[str, list[dict[str, object]]] = {}
    for item in objects:
        for path, late in late_values(item.manifest):
            for index, key in enumerate(late.keys):
                targets.setdefault(key, []).append(_target(item, ".".join(map(str, path)), late, index))
    return [
        {
            "source": {"kind": "ConfigMap", "name": CONFIG_MAP, "fieldPath": f"data.{key}"},
            "targets": targets[key],
        }
        for key in sorted(targets)
    ]


def _target(item: Placed, path: str, late: Late, index: int) -> dict[str, object]:
    api, kind, namespace, name = item.identity
    group, _, _ = api.rpartition("/")
    select = {key: value for key, value in (("group", group), ("kind", kind), ("name", name)) if value}
    if namespace:
        select["namespace"] = namespace
    found: dict[str, object] = {"select": select, "fieldPaths": [path]}
    if len(late.keys) > 1:
        found["options"] = {"delimiter": late.delimiter, "index": index}
    return found
