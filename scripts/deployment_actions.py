"""Write src/groundplan/catalog/data/deployment_actions.csv anew: the IAM actions that each rendered type needs.

    pip install 'cfn-lint==1.58.0' && python scripts/deployment_actions.py

Source: CloudFormation's registry schemas of resource types, which cfn-lint (MIT-0) carries: ``handlers.*.permissions``
are the actions that CloudFormation calls in the name of who deploys.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

The schemas are no finished policies: they name actions that IAM does not have, families of actions, and what only
features need that Groundplan renders for no type. ``deployment_actions.toml`` beside this script says what is put right
and why; each row of the result says where it is from:

- ``schema``: the registry's schema;
- ``documentation``: AWS's documentation, where the schema has a gap, a family or a name that IAM does not know;
- ``terraform``: what the AWS provider of Terraform calls beside what CloudFormation does.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from groundplan.catalog import iam

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src" / "groundplan"
DATA = PACKAGE / "catalog" / "data" / "deployment_actions.csv"
HANDLERS = {"create": "C", "read": "R", "update": "U", "delete": "D", "list": "L"}
COMPUTED = ("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress")
"""Types whose names the tables put together."""
HEADING = ("type", "action", "handlers", "source")
Row = tuple[str, str, str, str]


def rendered_types() -> list[str]:
    """Every type that stands in the tables of the CloudFormation engine."""
    tables = (PACKAGE / "engines" / "cloudformation").rglob("*.py")
    written = {kind for file in tables for kind in re.findall(r'"(AWS::\w+::\w+)"', file.read_text("utf-8"))}
    return sorted({*written, *COMPUTED})


def schemas() -> dict[str, dict[str, Any]]:
    """The newest schema of every type that cfn-lint knows."""
    folder = files("cfnlint").joinpath("data/schemas/resources")
    found = (json.loads(item.read_text(encoding="utf-8")) for item in folder.iterdir() if item.name.endswith(".json"))
    return {schema["typeName"]: schema for schema in found}


def spelled(action: str) -> str | None:
    """An action as IAM spells it; None: there is none, or it is a family."""
    found = iam.action(action)
    return str(found) if found else None


def of_schema(kind: str, schema: dict[str, Any], fixes: dict[str, Any]) -> Iterator[Row]:
    """What the schema of one type says, put right."""
    left_out = {*fixes["unused"]["*"], *fixes["unused"].get(kind, ())}
    letters: dict[tuple[str, str], str] = {}
    for handler, letter in HANDLERS.items():
        for written in schema.get("handlers", {}).get(handler, {}).get("permissions", ()):
            service = written.partition(":")[0]
            if written in left_out or service in fixes["unused_services"]:
                continue
            action, source = fixes["renamed"].get(written, written), "schema"
            if action != written:
                source = "documentation"
            known = spelled(action)
            if known is None:
                if written not in fixes["unknown"] and written not in fixes["families"].get(kind, ()):
                    raise SystemExit(f"{kind}: IAM has no {written}; say in deployment_actions.toml what it is")
                continue
            letters.setdefault((known, source), "")
            if letter not in letters[known, source]:
                letters[known, source] += letter
    for (action, source), used in letters.items():
        if source == "schema" or (action, "schema") not in letters:
            yield kind, action, used, source


def rows() -> Iterator[Row]:
    """All rows, without order."""
    fixes = tomllib.loads((HERE / "deployment_actions.toml").read_text(encoding="utf-8"))
    every = schemas()
    for kind in rendered_types():
        said = list(of_schema(kind, every.get(kind, {}), fixes))
        yield from said
        known = {row[1] for row in said}
        for source in ("documentation", "terraform"):
            for handlers, actions in fixes[source].get(kind, {}).items():
                for action in actions:
                    if spelled(action) != action:
                        raise SystemExit(f"{kind}: IAM has no {action}")
                    if action not in known:
                        known.add(action)
                        yield kind, action, handlers, source


def main() -> None:
    written = sorted(rows())
    with DATA.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADING)
        writer.writerows(written)
    version = metadata.version("cfn-lint")
    sys.stdout.write(f"wrote {len(written)} rows to {DATA}, of cfn-lint {version}; its version and today's date ")
    sys.stdout.write("belong into catalog/deployment_actions.py\n")


if __name__ == "__main__":
    main()
