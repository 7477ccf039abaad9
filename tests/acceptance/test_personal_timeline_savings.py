"""What right-sizing from measured use and reserving what always runs would save in personal-timeline."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from tests.acceptance.documents import section
from tests.acceptance.personal_timeline.expected import ENVIRONMENTS
from tests.acceptance.reserved import command, publish, years
from tests.acceptance.rows import requirement
from tests.acceptance.system import CommandLine
from tests.operations.offer_files import OfferServer

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
HALF, OF_A_YEAR = Decimal("0.5"), {1: Decimal("0.64")}
RESERVABLE: dict[str, tuple[Decimal, str, dict[int, Decimal]]] = {
    "database_instance.main": (Decimal(1), "rds.postgres.db_r5_large.multi_az.hour", {1: Decimal("0.66")}),
    "database_instance.main_replica": (Decimal(1), "rds.postgres.db_r5_large.single_az.hour", OF_A_YEAR),
    "cache_replication_group.sessions": (
        Decimal(1), "elasticache.redis.cache_r5_large.hour", OF_A_YEAR | {3: Decimal("0.48")},
    ),
    "node_group.general": (HALF, "ec2.t3_large.hour", OF_A_YEAR | {3: Decimal("0.44")}),
}  # fmt: skip
"""What runs all the time in production: which share of it, its price on demand, and what is left to pay with a term."""
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
    for resource, service, name in (
        ("database_instance.main", "rds", "postgres_r5_large"),
        ("database_instance.main_replica", "rds", "postgres_r5_large"),
        ("cache_replication_group.sessions", "elasticache", "redis_r5_large"),
        ("node_group.general", "ec2", "t3_large"),
    ):
        refresh = f"groundplan prices refresh --service {service} --region us-east-1"
        assert why[resource] == f"no term of {name} is in the price book of us-east-1: {refresh} asks AWS"


@requirement("PT-220")
def test_reserving_production_is_worked_out_per_class(
    blueprint: Path, command_line: CommandLine, offers: OfferServer, readme: str
) -> None:
    """With a price list of this test's own figures, read by the commands that the missing terms name. As with AWS, a
    database has no term of three years with nothing upfront."""
    publish(offers, "us-east-1", {sku: figures for _, sku, figures in RESERVABLE.values()})
    _, missing = terms(Bench(load(blueprint), ENVIRONMENT).now)
    why = {item.resource: item.why for item in missing}
    told = section(readme, "Savings").replace("\n", " ")
    for arguments in {tuple(command(why[resource])) for resource in RESERVABLE}:
        assert arguments[arguments.index("--service") + 1] in told
        command_line.run(*arguments, "--from", offers.address, "--yes", file=False)
    now = Bench(load(blueprint), ENVIRONMENT).now
    found, still = terms(now)
    lines = {(line.resource, line.sku): line for line in now.estimate.lines}
    for length in (1, 3):
        reserved = years(found, length)
        assert reserved.keys() == {key for key, (_, _, figures) in RESERVABLE.items() if length in figures}
        for resource, one in reserved.items():
            share, sku, figures = RESERVABLE[resource]
            line = lines[resource, sku]
            assert one.monthly == line.monthly * share * (1 - figures[length])
            assert one.formula.startswith(line.formula)
            assert "us-east-1/index.csv version" in one.source
            assert one.source_date == "2026-11-19"
    # The standby's region was not asked: nothing of us-east-1 is told of it. What scaling may stop has no term.
    standby = {item.resource: item.why for item in still if "standby_" in item.resource}
    assert set(standby) == {
        "node_group.standby_general", "node_group.standby_memory", "database_instance.standby_main",
        "cache_replication_group.standby_sessions",
    }  # fmt: skip
    assert command(standby["database_instance.standby_main"])[-1] == "us-west-2"
    assert standby["node_group.standby_memory"] == "none of it has to run all the time"
