"""The schemas that manifests are held to: Kubernetes' own, and those of custom resources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
from kubernetes_validate import utils

# Of every manifest it would read anew the two megabytes of definitions that all kinds share.
utils.schema_contents = cache(utils.schema_contents)
utils.all_versions = cache(utils.all_versions)

CUSTOM = Path(__file__).with_name("custom_resources.json")


@cache
def _custom() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CUSTOM.read_text())
    return found


@cache
def _validator(kind: str) -> Any:
    """Of the specification of a custom resource; None for a kind that is none."""
    custom = _custom()["kinds"].get(kind)
    if custom is None:
        return None
    schema = {**custom["spec"], "definitions": _custom()["definitions"]}
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


def problem_of(manifest: Mapping[str, Any], version: str) -> str | None:
    """What is wrong with a manifest for a version of Kubernetes; None for a good one. Unknown fields are wrong."""
    kind = f"{manifest['apiVersion']} {manifest['kind']}"
    validator = _validator(kind)
    try:
        if validator is None:
            kubernetes_validate.validate(dict(manifest), version, strict=True)
            return None
        unknown = set(manifest) - {"apiVersion", "kind", "metadata", "spec"}
        if unknown:
            return f"{kind} has no {sorted(unknown)}"
        problem = jsonschema.exceptions.best_match(validator.iter_errors(manifest["spec"]))
        if problem is not None:
            raise problem
    except (
        jsonschema.ValidationError,
        kubernetes_validate.ValidationError,
        kubernetes_validate.SchemaNotFoundError,
    ) as error:
        return f"{kind} {manifest['metadata']['name']}: {getattr(error, 'message', None) or type(error).__name__}"
    return None
