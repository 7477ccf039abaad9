"""The documents of the examples are as their blueprints have them: ``make documents`` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groundplan.api.files import read_source
from groundplan.cost.report import cents
from groundplan.documents.facts import facts_of
from groundplan.documents.files import compare
from groundplan.documents.write import DOCUMENTS, documents

EXAMPLES = Path(__file__).parents[2] / "examples"
COSTS = "COST_OPTIMIZATION.md"
SYSTEMS = ("duskspendr", "personal-timeline", "solemate", "spendsense", "spontime")


@pytest.mark.parametrize("system", SYSTEMS)
def test_documents_are_as_the_blueprint_has_them(system: str) -> None:
    """Of costs only the sum, since savings take ten times as long as everything else."""
    folder, lower_case = EXAMPLES / system / "docs", system == "solemate"
    environments = facts_of(read_source(EXAMPLES / system / "groundplan.yaml"))
    wanted = documents(environments, only=DOCUMENTS.keys() - {COSTS}, lower_case=lower_case)
    stale = {found.path.name: found.difference for found in compare(folder, wanted) if found.state != "current"}
    assert stale == {}
    told = (folder / (COSTS.lower() if lower_case else COSTS)).read_text(encoding="utf-8")
    sums = dict(re.findall(r"^## (\S+)\n\n\*\*(\S+) USD a month\*\*", told, re.MULTILINE))
    assert sums == {facts.name: f"{cents(facts.estimate.monthly):,}" for facts in environments}
