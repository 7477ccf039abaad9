"""PT-221, PT-240 and, as far as a simulation goes, PT-68: pods and nodes under load."""

from __future__ import annotations

import pytest
from tests.acceptance.documents import table
from tests.acceptance.rows import requirement
from tests.acceptance.system import System
from tests.acceptance.variants import loaded_with

from groundplan.design import design
from groundplan.simulation.traffic import demand, run, subject
from groundplan.simulation.traffic.nodes import node_use

ENVIRONMENT = "production"


@requirement("PT-221", "PT-240")
def test_utilisation_of_nodes_over_a_day(system: System) -> None:
    """C-38: with a node in each zone 70 % is not reached; without, the loss of a zone leaves too few."""
    rows = table(system.readme, "Utilisation")
    assert len(rows) == 3
    for row in rows:
        settings = row["settings"].replace("`", "").split()
        loaded = loaded_with(system.blueprint, ENVIRONMENT, *settings) if settings else system.loaded
        architecture = design(loaded) if settings else system.architecture
        asked = demand(loaded, users=int(row["users"].replace(",", "")))
        assert asked is not None
        result = run(subject(loaded, architecture, "api"), asked)
        use = node_use(architecture, result)
        assert use is not None
        assert use.instance == "t3.large"
        assert use.burstable
        assert row["pods"] == f"{result.day.running.min()} to {result.day.running.max()}"
        assert row["nodes"] == f"{use.nodes.min()} to {use.nodes.max()}"
        assert row["requested"] == f"{use.mean:.0f} %"
        assert row["without a zone"] == f"{use.after_zone:.0f} %"
        kinds = {each.kind for each in result.day.decisions}
        assert {"out", "in"} <= kinds
    assert any(int(row["requested"].split()[0]) > 70 for row in rows)


@requirement("PT-68")
@pytest.mark.environment("staging")
def test_staging_is_simulated_under_load(system: System) -> None:
    """What a load test there would show of its pods, and the measurement that it would give."""
    api = subject(system.loaded, system.architecture, "api")
    asked = demand(system.loaded, users=300, shape="ramp")
    assert asked is not None
    result = run(api, asked.lasting(2))
    assert result.error_percent == 0
    assert result.drawn is not None
    assert result.drawn.p95 == pytest.approx(result.latency.over_time["p95"][-1], rel=0.1)
    assert any("{file: measured.csv}" in each for each in api.assumptions)
