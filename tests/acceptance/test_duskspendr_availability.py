"""DuskSpendr: C-25, the loss of a zone with 3 tasks over 2 zones, answered as it is."""

from __future__ import annotations

import pytest
from tests.acceptance.availability import is_told, simulated, verdicts, without
from tests.acceptance.documents import section
from tests.acceptance.rows import requirement
from tests.acceptance.system import System


@requirement("DS-08", "DS-69")
def test_a_lost_zone_leaves_one_task_or_two(system: System, readme: str) -> None:
    left = {zone: without(system, zone)[0]["tasks"][0] for zone in ("zone-a", "zone-b")}
    assert [(item["at_once"], item["load"], item["later"]) for item in left.values()] == [(1, 3.0, 3), (2, 1.5, 3)]
    told = " ".join(section(readme, "Without").split())
    assert f"{70 * left['zone-a']['load']:.0f} % of what it can do" in told
    assert f"1.5 times its load ({70 * left['zone-b']['load']:.0f} %)" in told
    assert f"for those {left['zone-a']['replaced'] / 60:.1f} minutes" in told
    four = without(system, "zone-a", settings=("services.api.tasks.desired=4", "services.api.tasks.min=4"))
    assert 3 * 70 / 4 * four[0]["tasks"][0]["load"] == 105
    assert "either zone leaves 2 of 4, for the same load at 105 %" in told


@requirement("DS-08")
def test_what_a_loss_leaves_and_how_available_it_is_are_told(system: System, readme: str) -> None:
    paths = simulated(system)
    assert is_told(readme, paths)
    assert paths[0]["interval"][1] == pytest.approx(99.9964, abs=1e-3)
    assert verdicts(system, readme)
