"""``deployed.env``: what only a deployment knows, in one file of each overlay, and what it is put into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from groundplan.engines.kubernetes.model import DEPLOYED, MARKER, Late, Placed, System, Wanted, late_values
from groundplan.errors import EnvironmentalError

CONFIG_MAP = "deployed"


def text(system: System, values: Mapping[str, str] | None = None) -> str:
    """The file. What nobody knows yet stands in a comment, so that kustomize stops instead of deploying a gap."""
    lines = [
        f"{MARKER}: what {system.title} {system.environment} is told by its deployment.",
        "# `groundplan kubernetes fill` writes what stacks of CloudFormation say. By hand: take the # away and write",
        "# the value behind the equals sign, without quotes. A name is that of an output: of Terraform (terraform",
        "# output -raw NAME), or of a stack of CloudFormation. Tags of images are yours to give.",
        "# What you write stays when Groundplan writes this file again.",
    ]
    for item in system.wanted:
        value = (values or {}).get(item.key, item.default)
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


def fill(path: Path, system: System, outputs: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Write what a deployment says into a file that was rendered. Gives everything that the file then holds.

    What a person wrote stays where the deployment says nothing. Raises EnvironmentalError where there is no such file.
    """
    try:
        known = read(path.read_text(encoding="utf-8"))
        wanted = {item.key for item in system.wanted}
        known |= {key: value for key, value in {**outputs, **tags}.items() if key in wanted}
        path.write_text(text(system, known), encoding="utf-8")
    except FileNotFoundError as error:
        raise EnvironmentalError(
            f"{path} is not there; write it first: groundplan render --engine kubernetes --out DIR"
        ) from error
    except OSError as error:
        raise EnvironmentalError(f"{path} cannot be written: {error.strerror or error}") from error
    return known


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
