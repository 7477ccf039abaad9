"""personal-timeline's production: 99.9 %, and any one component may go."""

from __future__ import annotations

from tests.acceptance.availability import is_told, simulated, verdicts, without
from tests.acceptance.rows import requirement
from tests.acceptance.system import System

from groundplan.simulation.availability.loss import losses as loss_of
from groundplan.simulation.availability.study import predict

ENVIRONMENT = "production"


@requirement("PT-39", "PT-209", "PT-232")
def test_uptime_is_above_the_objective(system: System, readme: str) -> None:
    """By formula at the bad end of every assumption, and by simulation; what AWS contracts for is less, and told so."""
    paths = simulated(system)
    assert [path["name"] for path in paths] == ["api", "static"]
    for path in paths:
        assert path["met"] is True
        assert path["interval"][0] > 99.9
        assert path["simulation"]["availability"] > 99.9
        assert path["simulation"]["years_that_hold"] > 0.98
        assert path["floor"]["availability"] < 99.9
        assert len(path["assumptions"]) > 5
    assert is_told(readme, paths)
    answers = {
        item["name"]: item
        for item in system.command_line.json("check", *system.chosen, "--format", "json")["objectives"]
    }
    assert answers["availability"]["met"] is True
    assert round(answers["availability"]["predicted"]["value"], 6) == paths[0]["availability"]


@requirement("PT-72", "PT-71")
def test_without_any_one_component_requests_are_answered(system: System, readme: str) -> None:
    """What stands in the region, part by part. Releases and Route 53 are no components of the region."""
    blueprint = system.loaded.blueprint
    api, _ = predict(system.architecture, blueprint.reliability, blueprint.objectives.measured)
    parts = [element for element in api.path.chain.elements.values() if element.cause not in ("deployment", "edge")]
    assert {element.cause for element in parts} >= {"zone", "node", "task", "database", "cache", "service", "region"}
    for element in parts:
        (found,) = loss_of([api.path], [element.name])
        assert found.works, element.name
    assert verdicts(system, readme)


@requirement("PT-71")
def test_what_is_left_carries_the_load_of_a_lost_zone(system: System) -> None:
    (api, static) = without(system, "zone-b")
    assert api["tasks"] == [{"service": "api", "before": 3, "at_once": 2, "later": 3, "replaced": 470.0, "load": 1.5}]
    assert api["met"] is True
    assert static["met"] is True
