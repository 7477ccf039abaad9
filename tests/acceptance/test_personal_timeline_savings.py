"""What right-sizing from measured use and reserving what always runs would save in personal-timeline."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.acceptance.documents import section
from tests.acceptance.personal_timeline.expected import ENVIRONMENTS
from tests.acceptance.rows import requirement

from groundplan.blueprint.loading import load
from groundplan.cost.report import cents
from groundplan.redesign import Bench
from groundplan.savings.candidates import sizes
from groundplan.savings.result import Saving
from groundplan.savings.terms import terms
from groundplan.savings.trial import attempt
from groundplan.units import Percentage

ENVIRONMENT = "production"
NAME = "personal-timeline"
HARDLY = Percentage.parse("15 %")
AIM = Percentage.parse("70 %")
MEASURED = ("main", "sessions", "general")
SMALLER = {
    "development": {"kubernetes.nodes.general.desired": 1},  # database and cache are the smallest already
    "staging": {"databases.main.class": "db.t3.micro", "caches.sessions.class": "cache.t3.micro"},
    "production": {
        "databases.main.class": "db.t3.medium",
        "caches.sessions.class": "cache.t3.medium",
        "kubernetes.nodes.general.desired": 3,
    },
}


@cache
def bench(blueprint: Path, environment: str) -> Bench:
    return Bench(load(blueprint), environment)


@requirement("PT-49")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_sizes_follow_what_was_measured(blueprint: Path, environment: str) -> None:
    """What is hardly used gets a smaller size, priced and checked; what is used as it should be stays."""
    here = bench(blueprint, environment)
    loaded = here.now.loaded
    assert list(sizes.changes(loaded, dict.fromkeys(MEASURED, AIM), AIM)) == []
    found: dict[str, object] = {}
    for change in sizes.changes(loaded, dict.fromkeys(MEASURED, HARDLY), AIM):
        outcome = attempt(here, change)
        assert isinstance(outcome, Saving), change.title
        assert outcome.monthly > 0
        assert not any(finding.severity == "error" for finding in outcome.findings)
        if "Graviton" not in change.title:
            found |= change.settings
    assert found == SMALLER[environment]


@requirement("PT-50", "PT-220")
def test_a_year_is_quoted_where_the_price_book_has_it(blueprint: Path, readme: str) -> None:
    """Three t3.medium nodes that always run: 3 × 730 h × 0.0416 USD, 37 % less. Spot needs no term."""
    found, missing = terms(bench(blueprint, "staging").now)
    (year,) = (term for term in found if term.years == 1)
    assert (year.resource, str(cents(year.monthly))) == ("node_group.general", "33.71")
    assert "node_group.memory" in {item.resource for item in missing}
    assert f"{cents(year.monthly)} USD a month for staging's three general nodes" in section(readme, "Savings")


@requirement("PT-220")
def test_what_always_runs_in_production_has_no_term_and_that_is_said(blueprint: Path) -> None:
    found, missing = terms(bench(blueprint, "production").now)
    assert found == ()
    why = {item.resource: item.why for item in missing}
    for resource, name in (
        ("database_instance.main", "postgres_r5_large"),
        ("database_instance.main_replica", "postgres_r5_large"),
        ("cache_replication_group.sessions", "redis_r5_large"),
        ("node_group.general", "t3_large"),
    ):
        assert why[resource] == f"no term of {name} is in the price book of us-east-1"
