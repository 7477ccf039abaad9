"""Terms with refreshed prices: which of them holds for a line, what it saves, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from groundplan.blueprint.loading import source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.catalog import price_file, prices
from groundplan.catalog.prices import Confidence, Price
from groundplan.catalog.reservations import UNIT
from groundplan.cost import Unpriced
from groundplan.redesign import Bench
from groundplan.savings.result import Term
from groundplan.savings.terms import terms

BOTH_ZONES = "savings.rds_ri.postgres_t3_medium.multi_az.1y_no_upfront_pct"
ONE_ZONE = "savings.rds_ri.postgres_t3_medium.1y_no_upfront_pct"
REDIS = "savings.elasticache_rn.redis_t3_medium"
SHOP = """
    project: shop
    region: us-east-1
    databases:
      main: {engine: postgres 16, class: db.t3.medium, storage: 100 GB, replicas: 1}
    caches:
      sessions: {engine: redis 7.0, class: cache.t3.medium, nodes: 2}
    """
NODES = """
    project: shop
    region: us-east-1
    platform: eks
    kubernetes:
      nodes:
        general: {instances: [t3.large], desired: 4, min: 1}
    """
Found = tuple[tuple[Term, ...], tuple[Unpriced, ...]]
Quote = Callable[..., Found]


@pytest.fixture
def quote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Quote]:
    """The terms of a blueprint when these percentages were refreshed."""
    book = tmp_path / "prices.csv"
    monkeypatch.setenv("GROUNDPLAN_PRICES", str(book))

    def quoted(
        text: str, percents: Mapping[str, str], *, region: str = "us-east-1", confidence: Confidence = Confidence.HIGH
    ) -> Found:
        refreshed = [
            Price("savings", sku, UNIT, region, Decimal(percent), "AWS price list", "2026-11-19", confidence, "")
            for sku, percent in percents.items()
        ]
        price_file.write(book, refreshed, datetime(2026, 11, 20, tzinfo=UTC))
        prices.book.cache_clear()
        text, file = dedent(text), Path("groundplan.yaml")
        return terms(Bench(source_of(read_yaml(text, file), file, text), None).now)

    yield quoted
    prices.book.cache_clear()


def one(found: Found, resource: str, years: int = 1) -> Term:
    (only,) = (term for term in found[0] if (term.resource, term.years) == (resource, years))
    return only


def why(found: Found, resource: str) -> str:
    (only,) = (item for item in found[1] if item.resource == resource)
    return only.why


def test_two_zones_have_a_percentage_of_their_own(quote: Quote) -> None:
    found = quote(SHOP, {ONE_ZONE: "28.5", BOTH_ZONES: "27.9"})
    main, replica = one(found, "database_instance.main"), one(found, "database_instance.main_replica")
    assert main.monthly == Decimal("0.145") * 730 * Decimal("0.279")
    assert replica.monthly == Decimal("0.072") * 730 * Decimal("0.285")
    assert main.what == replica.what == "RDS Reserved Instance, nothing upfront"


def test_one_zone_answers_for_two_and_says_so(quote: Quote) -> None:
    main = one(quote(SHOP, {ONE_ZONE: "28.5"}), "database_instance.main")
    assert main.monthly == Decimal("0.145") * 730 * Decimal("0.285")
    assert main.what == "RDS Reserved Instance, nothing upfront; in percent that of Single-AZ"


def test_two_zones_answer_for_themselves_only(quote: Quote) -> None:
    found = quote(SHOP, {BOTH_ZONES: "27.9"})
    assert one(found, "database_instance.main")
    assert "no term of postgres_t3_medium" in why(found, "database_instance.main_replica")


def test_the_money_is_exact_and_the_formula_is_rounded(quote: Quote) -> None:
    """A third off, as a division writes it."""
    third = "33.33333333333333333333333333"
    found = quote(SHOP, {f"{REDIS}.1y_no_upfront_pct": third, f"{REDIS}.3y_no_upfront_pct": "50"})
    year, three = (one(found, "cache_replication_group.sessions", years) for years in (1, 3))
    assert year.formula == "2 nodes × 730 h × 0.068 USD × 33.3333 %"
    assert round(year.monthly, 20) == round(2 * 730 * Decimal("0.068") / 3, 20)
    assert (year.source, year.source_date) == ("AWS price list", "2026-11-19")
    assert three.formula == "2 nodes × 730 h × 0.068 USD × 50 %"
    assert three.monthly == 730 * Decimal("0.068")


def test_of_nodes_that_scale_a_share_is_reserved(quote: Quote) -> None:
    general = one(quote(NODES, {"savings.ec2_ri_std.t3_large.1y_no_upfront_pct": "37.5"}), "node_group.general")
    assert general.formula == "4 t3.large nodes × 730 h × 0.0832 USD × 25 % that always run × 37.5 %"
    assert general.monthly == 730 * Decimal("0.0832") * Decimal("0.375")


@pytest.mark.parametrize(
    ("text", "resource", "says"),
    [
        (SHOP, "database_instance.main", "postgres_t3_medium is in the price book of us-east-1: groundplan prices "
         "refresh --service rds --region us-east-1 asks AWS"),
        (SHOP, "database_instance.main_replica", "postgres_t3_medium is in the price book of us-east-1: groundplan "
         "prices refresh --service rds --region us-east-1 asks AWS"),
        (SHOP, "cache_replication_group.sessions", "redis_t3_medium is in the price book of us-east-1: groundplan "
         "prices refresh --service elasticache --region us-east-1 asks AWS"),
        (NODES, "node_group.general", "t3_large is in the price book of us-east-1: groundplan prices refresh "
         "--service ec2 --region us-east-1 asks AWS"),
    ],
)  # fmt: skip
def test_without_a_term_the_command_is_named_that_asks_for_it(
    quote: Quote, text: str, resource: str, says: str
) -> None:
    assert why(quote(text, {}), resource) == f"no term of {says}"


def test_neither_another_region_nor_a_price_without_a_source_lends_a_term(quote: Quote) -> None:
    year = {ONE_ZONE: "28.5"}
    assert "no term of" in why(quote(SHOP, year, region="us-west-2"), "database_instance.main")
    assert "no term of" in why(quote(SHOP, year, confidence=Confidence.LOW), "database_instance.main")
