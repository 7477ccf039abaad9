"""DS-185, and once more DS-08 and DS-183: what 3 to 20 tasks hold, and a day on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.acceptance.documents import section, table
from tests.acceptance.rows import requirement
from tests.acceptance.traffic import USERS, cost_of

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.resources import Architecture
from groundplan.simulation.traffic import Subject, demand, run, subject
from groundplan.simulation.traffic.steady import most_requests, most_users


@pytest.fixture
def api(production: LoadedEnvironment, architecture: Architecture) -> Subject:
    return subject(production, architecture, "api")


@requirement("DS-185")
def test_the_readme_says_what_the_tasks_hold(readme: str, api: Subject) -> None:
    """C-25: one task is what may be left when a zone is lost."""
    assert (api.least, api.most) == (3, 20)
    rows = table(readme, "Load")
    assert len(rows) == 3
    for row in rows:
        for column, tasks in (("1 task", 1), ("3 tasks", 3), ("20 tasks", 20)):
            some = replace(api.at(cost_of(row)), most=tasks)
            told = f"{most_requests(some, {}):,.0f}/s, {int(most_users(some, USERS.think, {})):,} users"
            assert row[column] == told


@requirement("DS-183", "DS-185")
def test_a_cooldown_shorter_than_the_start_of_a_task_starts_too_many(
    production: LoadedEnvironment, api: Subject, readme: str
) -> None:
    asked = demand(production, users=2500)
    assert asked is not None
    started = []
    for cooldown in (api.cooldown_out, 180):
        result = run(replace(api, cooldown_out=cooldown), asked)
        assert result.error_percent == 0
        assert 3 <= result.day.running.min() <= result.day.running.max() <= 20
        started.append(sum(each.kind == "out" for each in result.day.decisions))
    assert api.cooldown_out == 60 < api.start_seconds
    assert started[0] == 3 * started[1]
    assert "starts three tasks where one would do" in section(readme, "Load")
