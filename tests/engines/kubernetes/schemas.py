"""The schemas that manifests are held to: Kubernetes' own, and those of custom resources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate

CUSTOM = Path(__file__).with_name("custom_resources.json")


@cache
def _custom() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CUSTOM.read_text())
    return found


def problem_of(manifest: Mapping[str, Any], version: str) -> str | None:
    """What is wrong with a manifest for a version of Kubernetes; None for a good one. Unknown fields are wrong."""
    kind = f"{manifest['apiVersion']} {manifest['kind']}"
    custom = _custom()["kinds"].get(kind)
    try:
        if custom is None:
            kubernetes_validate.validate(dict(manifest), version, strict=True)
            return None
        unknown = set(manifest) - {"apiVersion", "kind", "metadata", "spec"}
        if unknown:
            return f"{kind} has no {sorted(unknown)}"
        jsonschema.validate(manifest["spec"], {**custom["spec"], "definitions": _custom()["definitions"]})
    except (
        jsonschema.ValidationError,
        kubernetes_validate.ValidationError,
        kubernetes_validate.SchemaNotFoundError,
    ) as error:
        return f"{kind} {manifest['metadata']['name']}: {getattr(error, 'message', None) or type(error).__name__}"
    return None
