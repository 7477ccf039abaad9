"""Every rule is found by its place, documented in full, and proven by a fault and a neighbour."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from tests.checks.rules import (
    test_access,
    test_account,
    test_cost,
    test_decisions,
    test_endurance,
    test_exposure,
    test_google,
    test_governance,
    test_kubernetes,
    test_limits,
    test_limits_of_platforms,
    test_off_hours,
    test_operations,
    test_reachability,
    test_reliability,
    test_security,
    test_tasks,
    test_validity,
)

from groundplan.checks import Described, Fix, Rule, all_rules, catalogue, discovery
from groundplan.checks.rule import SEVERITIES, Pillar
from groundplan.checks.rules.security.key_rotation import KeyRotation

FAMILIES = {"validity": "VAL", "security": "SEC", "reliability": "REL", "operations": "OPS", "cost": "COST"}
FOLDER = Path(discovery.__file__).parent / "rules"
DESCRIBED = catalogue()


def of_rules(described: type[Described]) -> str:
    return described.id


def test_there_is_one_rule_in_each_file() -> None:
    files = [path for path in FOLDER.rglob("*.py") if path.name != "__init__.py"]
    assert len(all_rules()) == len(files) >= 90


def test_ids_are_unique_and_in_order() -> None:
    ids = [described.id for described in DESCRIBED]
    assert ids == sorted(set(ids))
    assert [rule.id for rule in all_rules()] == sorted(rule.id for rule in all_rules())


@pytest.mark.parametrize("described", DESCRIBED, ids=of_rules)
def test_documentation_is_whole(described: type[Described]) -> None:
    assert re.fullmatch(r"GP-(VAL|SEC|REL|OPS|COST)-\d{3}", described.id)
    assert described.title[0].isupper()
    assert not described.title.endswith(".")
    assert len(described.why) > 20
    assert described.why.endswith(".")
    assert described.severity in SEVERITIES
    assert {"source", "references"} <= set(vars(described)), "the defaults are for rules of a user's own"
    assert described.source.startswith(("https://docs.aws.amazon.com/", "https://cloud.google.com/"))
    for place in fields(Fix):
        assert len(getattr(described.fix, place.name)) > 5
    references = described.references
    assert references.pillar in get_args(Pillar)
    assert all(re.fullmatch(r"[A-Za-z0-9]+\.\d+", control) for control in references.security_hub)
    assert all(re.fullmatch(r"\d+(\.\d+)+", recommendation) for recommendation in references.cis)
    assert all(re.fullmatch(r"CKV2?_(AWS|GCP)_\d+", policy) for policy in references.checkov)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: str(rule.id))
def test_a_rule_stands_in_the_folder_of_its_family(rule: Rule) -> None:
    module = sys.modules[type(rule).__module__]
    assert module.__doc__ == f"{rule.id}."
    assert rule.id.split("-")[1] == FAMILIES[module.__name__.split(".")[-2]]
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(rule).__name__).lower()
    assert len(name) > 3


@pytest.mark.parametrize("kind", ["BAD", "GOOD"])
def test_every_rule_is_proven(kind: str) -> None:
    modules: tuple[ModuleType, ...] = (
        test_validity,
        test_security,
        test_reliability,
        test_operations,
        test_endurance,
        test_exposure,
        test_google,
        test_governance,
        test_access,
        test_account,
        test_cost,
        test_decisions,
        test_kubernetes,
        test_limits,
        test_limits_of_platforms,
        test_off_hours,
        test_tasks,
        test_reachability,
    )
    proven = {case.rule for module in modules for case in getattr(module, kind)}
    assert proven == {rule.id for rule in all_rules()}


def test_two_rules_with_one_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Twin(KeyRotation):
        """Has the id of its parent."""

    monkeypatch.setattr(discovery, "rules_in", lambda module: [KeyRotation, Twin])
    with pytest.raises(ValueError, match="are both GP-SEC-013"):
        discovery.all_rules.__wrapped__()


def test_a_module_gives_only_the_rules_it_defines() -> None:
    assert discovery.rules_in("groundplan.checks.rules.validity.unique_names")[0].id == "GP-VAL-009"
    assert discovery.rules_in("groundplan.checks.facts") == []


def test_nothing_slow_is_imported() -> None:
    """boto3, moto, cfn-lint, numpy and rich would each cost more than all rules together."""
    program = (
        "import sys; from groundplan.checks import all_rules; all_rules();"
        "print(sorted({'boto3', 'moto', 'cfnlint', 'numpy', 'rich', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
