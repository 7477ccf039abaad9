"""Kustomize: a base with what environments share, and an overlay for each with what differs.

Of an object that is not the same everywhere the base holds the variant that most environments have, so that the fewest
patches are needed. An environment alone has an overlay without patches.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from groundplan.engines.kubernetes import deployed
from groundplan.engines.kubernetes.model import DEPLOYED, MARKER, Identity, Placed, System, plain_manifest
from groundplan.engines.kubernetes.yaml import dump, dump_all

KUSTOMIZATION = "kustomization.yaml"
_API = "kustomize.config.k8s.io/v1beta1"


@dataclass(frozen=True, slots=True)
class _Shared:
    """An object of the base."""

    placed: Placed
    content: Mapping[str, object]


def files(systems: Sequence[System]) -> dict[str, str]:
    """``base/`` and ``overlays/<environment>/``, by relative path."""
    title = systems[0].title
    base = _base(systems)
    written: dict[str, str] = {}
    by_path: dict[str, list[Mapping[str, object]]] = {}
    for shared in base.values():
        by_path.setdefault(shared.placed.path, []).append(shared.content)
    for path, documents in by_path.items():
        written[f"base/{path}"] = _headed(f"{title} on Kubernetes", dump_all(documents))
    kustomization = {"apiVersion": _API, "kind": "Kustomization", "resources": list(by_path)}
    written[f"base/{KUSTOMIZATION}"] = _headed(f"{title}: what environments share", dump(kustomization))
    for system in systems:
        folder = f"overlays/{system.environment}"
        for name, text in _overlay(system, base).items():
            written[f"{folder}/{name}"] = text
    return written


def _headed(what: str, text: str) -> str:
    return f"{MARKER}, which overwrites what is changed here.\n# {what}.\n{text}"


def _base(systems: Sequence[System]) -> dict[Identity, _Shared]:
    """Every object that two environments have, or the only one: the variant of the most, of two equal the first's."""
    variants: dict[Identity, dict[str, tuple[_Shared, int]]] = {}
    for system in systems:
        for placed in system.objects:
            content = plain_manifest(placed.manifest)
            text = json.dumps(content)
            known = variants.setdefault(placed.identity, {})
            shared, count = known.get(text, (_Shared(placed, content), 0))
            known[text] = (shared, count + 1)
    base: dict[Identity, _Shared] = {}
    for identity, known in variants.items():
        if len(systems) == 1 or sum(count for _, count in known.values()) > 1:
            base[identity] = max(known.values(), key=lambda entry: entry[1])[0]
    return base


def _overlay(system: System, base: Mapping[Identity, _Shared]) -> dict[str, str]:
    """The files of one environment."""
    own = {placed.identity: placed for placed in system.objects}
    alone = [plain_manifest(placed.manifest) for identity, placed in own.items() if identity not in base]
    patches = list(_patches(own, base))
    patches += [{"path": name} for name in idle_patches(system, {})]
    found = deployed.replacements(system.objects)
    kustomization: dict[str, object] = {
        "apiVersion": _API,
        "kind": "Kustomization",
        "resources": ["../../base", *(["only-here.yaml"] if alone else ())],
    }
    what = f"{system.title} {system.environment}"
    written: dict[str, str] = {}
    if patches:
        kustomization["patches"] = patches
    if alone:
        written["only-here.yaml"] = _headed(f"{what}: what no other environment has", dump_all(alone))
    if found:
        kustomization["configMapGenerator"] = [deployed.generator()]
        kustomization["replacements"] = [{"path": "replacements.yaml"}]
        written["replacements.yaml"] = _headed(f"{what}: where values of {DEPLOYED} go", _list(found))
        written[DEPLOYED] = deployed.text(system)
    written |= idle_patches(system, {})
    apply = f"{what}. To apply: kubectl apply --server-side -k overlays/{system.environment}"
    written[KUSTOMIZATION] = _headed(apply, dump(kustomization))
    return written


def idle_patches(system: System, values: Mapping[str, str]) -> dict[str, str]:
    """A file for each service of two colours: its idle Deployment has no pods. Which it is says ``deployed.env``."""
    written = {}
    for each, (api, kind, namespace, name) in zip(system.turns, system.idle(values), strict=True):
        metadata = {"name": name, "namespace": namespace}
        patch = {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": {"replicas": 0}}
        what = f"{system.title} {system.environment}: no pods of {each.service}'s idle colour ({each.key})"
        written[f"idle-{each.service}.yaml"] = _headed(what, dump(patch))
    return written


def _list(items: Sequence[Mapping[str, object]]) -> str:
    return "".join("- " + dump(item).replace("\n", "\n  ").rstrip(" ") for item in items)


def _patches(own: Mapping[Identity, Placed], base: Mapping[Identity, _Shared]) -> Iterator[dict[str, object]]:
    for identity, shared in base.items():
        placed = own.get(identity)
        api, kind, namespace, name = identity
        group, _, version = api.rpartition("/")
        if placed is None:
            metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
            gone = {"$patch": "delete", "apiVersion": api, "kind": kind, "metadata": metadata}
            yield {"patch": dump(gone)}
            continue
        operations = list(differences(shared.content, plain_manifest(placed.manifest)))
        if operations:
            target = {"group": group, "version": version, "kind": kind, "name": name, "namespace": namespace}
            yield {
                "target": {key: value for key, value in target.items() if value},
                "patch": json.dumps(operations, indent=2, ensure_ascii=False) + "\n",
            }


def differences(before: object, after: object, path: str = "") -> Iterator[dict[str, object]]:
    """The JSON Patch (RFC 6902) that makes one value of another. A list of another length is replaced as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in before:
            if key not in after:
                yield {"op": "remove", "path": f"{path}/{_pointer(str(key))}"}
        for key, value in after.items():
            place = f"{path}/{_pointer(str(key))}"
            if key in before:
                yield from differences(before[key], value, place)
            else:
                yield {"op": "add", "path": place, "value": value}
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{path}/{index}")
    elif before != after or type(before) is not type(after):
        yield {"op": "replace", "path": path, "value": after}


def _pointer(key: str) -> str:
    """Source: https://www.rfc-editor.org/rfc/rfc6901#section-3"""
    return key.replace("~", "~0").replace("/", "~1")
