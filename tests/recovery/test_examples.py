"""What the READMEs of the examples without objectives say of recovery is what is computed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.documents import section

from groundplan.blueprint.loading import load
from groundplan.design import design
from groundplan.objectives.recovery import judged
from groundplan.recovery.wording import written

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("system", "environment", "told"),
    [
        ("solemate", "production", {"task": "1 min 30 s", "database": "1 min 45 s", "zone": "3 min 30 s"}),
        ("spontime", "poc", {"task": "3 min 30 s", "database": "10 min 15 s"}),
    ],
)
def test_the_figures_are_those_of_the_command(system: str, environment: str, told: dict[str, str]) -> None:
    loaded = load(EXAMPLES / system / "groundplan.yaml").environment(environment)
    found = {item.recovery.disruption: item.recovery for item in judged(loaded.blueprint, design(loaded))}
    totals = {name: found[name].total for name in found if name in told}
    assert {name: written(total.expected) for name, total in totals.items() if total is not None} == told
    said = " ".join(section((EXAMPLES / system / "README.md").read_text(), "Recovery").split())
    assert all(f"{time} after" in said for time in told.values())
