"""What reserving takes off, out of small offer files in AWS's format. Figures are the tests' own unless said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.operations.offer_files import COLUMNS, INSTANCE, OfferServer, fee, offer, serving, term, usage

from groundplan.catalog import prices
from groundplan.catalog.prices import Confidence, Price, PriceBook
from groundplan.catalog.reservations import UNIT
from groundplan.errors import InputError
from groundplan.operations.price_refresh import Fresh, Refresh, merged, refresh

MUMBAI = "ap-south-1"
NODE = "APS3-NodeUsage:cache.t3.medium"
THREE = {"LeaseContractLength": "3yr"}
REDIS = {"Cache Engine": "Redis", "operation": "CreateCacheCluster:0002"}
ON_DEMAND = usage(NODE, "0.0850000000", SKU="NODE", **REDIS)
ONE_YEAR = "savings.elasticache_rn.redis_t3_medium.1y_no_upfront_pct"
THREE_YEARS = "savings.elasticache_rn.redis_t3_medium.3y_no_upfront_pct"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OfferServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as running:
        yield running


def asked(server: OfferServer, service: str, book: PriceBook | None = None, *, any_change: bool = False) -> Refresh:
    return refresh(
        book or prices.packaged(),
        services=[service],
        regions=[MUMBAI],
        address=server.address,
        any_change=any_change,
    )


def nodes(
    server: OfferServer, *rows: dict[str, str], book: PriceBook | None = None, any_change: bool = False
) -> Refresh:
    """What a file of ElastiCache with these rows says."""
    server.files["AmazonElastiCache/ap-south-1"] = offer("AmazonElastiCache", *rows)
    return asked(server, "elasticache", book, any_change=any_change)


def one(found: Refresh, sku: str) -> Fresh:
    (only,) = (each for each in found.fresh if each.new.sku == sku)
    return only


def why(found: Refresh, sku: str) -> str:
    (only,) = (each for each in found.kept if each.sku == sku)
    assert sku not in {each.new.sku for each in found.fresh}
    return only.why


def redis(price: str, **more: str) -> dict[str, str]:
    return term(NODE, price, "NODE", **{**REDIS, **more})


def test_a_term_is_what_it_takes_off_the_price_on_demand_of_the_same_file(server: OfferServer) -> None:
    found = nodes(server, ON_DEMAND, redis("0.0580000000"), redis("0.0430000000", **THREE))
    year = one(found, ONE_YEAR).new
    assert year.usd == (100 * (Decimal("0.085") - Decimal("0.058")) / Decimal("0.085")).normalize()
    assert round(year.usd, 2) == Decimal("31.76")
    assert (year.service, year.unit, year.region) == ("savings", UNIT, MUMBAI)
    assert (year.source_date, year.confidence) == ("2026-11-19", Confidence.HIGH)
    assert year.source.endswith("AmazonElastiCache/current/ap-south-1/index.csv version 20261119181331, SKU NODE")
    assert year.note == "0.058 instead of 0.085 USD an hour"
    assert round(one(found, THREE_YEARS).new.usd, 2) == Decimal("49.41")
    assert one(found, ONE_YEAR).old is None
    assert one(found, "elasticache.redis.cache_t3_medium.hour").new.usd == Decimal("0.085")


def test_the_figures_of_aws(server: OfferServer) -> None:
    """db.m5.large for PostgreSQL in Mumbai, AWS's price list of 2026-09-29: 0.253 USD on demand and 0.162 reserved."""
    usage_type = "APS3-InstanceUsage:db.m5.large"
    postgres = {"Database Engine": "PostgreSQL", "Deployment Option": "Single-AZ"}
    server.files["AmazonRDS/ap-south-1"] = offer(
        "AmazonRDS",
        usage(usage_type, "0.2530000000", SKU="DB", **postgres),
        term(usage_type, "0.162", "DB", **postgres),
    )
    fresh = one(asked(server, "rds"), "savings.rds_ri.postgres_m5_large.1y_no_upfront_pct")
    assert fresh.old is not None
    assert round(fresh.new.usd) == fresh.old.usd == 36
    assert fresh.percent == fresh.new.usd - 36


def test_of_all_terms_of_a_product_the_standard_one_with_nothing_upfront_is_taken(server: OfferServer) -> None:
    """The rows are those that the file of Amazon EC2 has for one product, the upfront fees among them."""
    box = "APS3-BoxUsage:t3.large"

    def reserved(price: str, option: str, offering: str, lease: str = "1yr") -> dict[str, str]:
        of_term = {"LeaseContractLength": lease, "PurchaseOption": option, "OfferingClass": offering}
        return term(box, price, "BOX", **INSTANCE, **of_term)

    def upfront(price: str, option: str, offering: str) -> dict[str, str]:
        return fee(box, price, "BOX", **INSTANCE, PurchaseOption=option, OfferingClass=offering)

    server.files["AmazonEC2/ap-south-1"] = offer(
        "AmazonEC2",
        reserved("0.0650", "No Upfront", "convertible"),
        reserved("0.0270", "Partial Upfront", "standard"),
        upfront("235", "Partial Upfront", "standard"),
        reserved("0", "All Upfront", "standard"),
        upfront("461", "All Upfront", "standard"),
        reserved("0.0564", "No Upfront", "standard"),
        reserved("0.0448", "No Upfront", "convertible", "3yr"),
        reserved("0.0387", "No Upfront", "standard", "3yr"),
        usage(box, "0.0896", SKU="BOX", **INSTANCE),
        # The same instance with Windows, on dedicated hardware, of another product and in another currency.
        term(box, "0.0840", "WIN", **{**INSTANCE, "Operating System": "Windows", "operation": "RunInstances:0002"}),
        term(box, "0.0591", "DED", **{**INSTANCE, "Tenancy": "Dedicated"}),
        term(box, "0.0100", "ELSE", **INSTANCE),
        term(box, "0.3900", "BOX", **INSTANCE, Currency="CNY"),
        term("APS3-BoxUsage:t3.medium", "0.0282", "BOX", **INSTANCE),
    )
    found = asked(server, "ec2")
    year, three = (one(found, f"savings.ec2_ri_std.t3_large.{years}y_no_upfront_pct").new for years in (1, 3))
    assert (year.note, three.note) == ("0.0564 instead of 0.0896 USD an hour", "0.0387 instead of 0.0896 USD an hour")
    assert round(year.usd, 1) == Decimal("37.1")
    assert round(three.usd, 1) == Decimal("56.8")
    assert not [each for each in found.fresh if "t3_medium" in each.new.sku]


def test_two_zones_have_a_term_of_their_own(server: OfferServer) -> None:
    def rows(usage_type: str, zones: str, on_demand: str, reserved: str) -> list[dict[str, str]]:
        postgres = {"Database Engine": "PostgreSQL", "Deployment Option": zones}
        return [
            usage(usage_type, on_demand, SKU=zones, **postgres),
            term(usage_type, reserved, zones, **postgres),
            term(usage_type, "0.01", zones, **{**postgres, "Database Engine": "MySQL"}),
        ]

    server.files["AmazonRDS/ap-south-1"] = offer(
        "AmazonRDS",
        *rows("APS3-InstanceUsage:db.t3.medium", "Single-AZ", "0.106", "0.074"),
        *rows("APS3-Multi-AZUsage:db.t3.medium", "Multi-AZ", "0.212", "0.149"),
    )
    found = asked(server, "rds")
    alone = one(found, "savings.rds_ri.postgres_t3_medium.1y_no_upfront_pct").new
    both = one(found, "savings.rds_ri.postgres_t3_medium.multi_az.1y_no_upfront_pct").new
    assert (round(alone.usd, 2), round(both.usd, 2)) == (Decimal("30.19"), Decimal("29.72"))


def test_no_other_region_lends_its_term(server: OfferServer) -> None:
    us = {"usageType": "NodeUsage:cache.t3.medium", "Region Code": "us-east-1"}
    found = nodes(server, ON_DEMAND, redis("0.040", **us), redis("0.050", **{"Region Code": "us-east-1"}))
    assert why(found, ONE_YEAR) == "the price list has no standard term of 1 year with nothing upfront"
    assert {each.new.region for each in found.fresh} == {MUMBAI}


def test_a_region_that_the_book_does_not_know(server: OfferServer) -> None:
    of_frankfurt = {"usageType": "EUC1-NodeUsage:cache.t3.medium", "Region Code": "eu-central-1"}
    server.files["AmazonElastiCache/eu-central-1"] = offer(
        "AmazonElastiCache", {**ON_DEMAND, **of_frankfurt}, redis("0.06", **of_frankfurt)
    )
    found = refresh(prices.packaged(), services=["elasticache"], regions=["eu-central-1"], address=server.address)
    assert one(found, ONE_YEAR).new.region == "eu-central-1"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([ON_DEMAND], "no standard term of 1 year with nothing upfront"),
        (
            [ON_DEMAND, redis("0.03", PurchaseOption="Partial Upfront"), fee(NODE, "250", "NODE", **REDIS)],
            "no standard term of 1 year with nothing upfront, only Partial Upfront (standard)",
        ),
        (
            [ON_DEMAND, redis("0.06", OfferingClass="convertible"), redis("0", PurchaseOption="All Upfront")],
            "no standard term of 1 year with nothing upfront, only All Upfront (standard), No Upfront (convertible)",
        ),
        ([ON_DEMAND, redis("0.05", LeaseContractLength="5yr")], "no standard term of 1 year with nothing upfront"),
        ([ON_DEMAND, redis("0.05", LeaseContractLength="")], "no standard term of 1 year with nothing upfront"),
        ([ON_DEMAND, redis("0.05", Unit="")], "counts the term without a unit, which is not by the hour"),
        ([ON_DEMAND, redis("37", Unit="Month")], "counts the term in Month, which is not by the hour"),
        ([{**ON_DEMAND, "Unit": "Min"}, redis("0.05")], "counts on demand in Min, which is not by the hour"),
        ([ON_DEMAND, redis("500", Unit="Quantity")], "has 500 USD upfront in its term of 1 year with nothing upfront"),
        ([ON_DEMAND, redis("0", Unit="Quantity")], "has no price of an hour in its term of 1 year"),
        (
            [ON_DEMAND, redis("0.05"), redis("0.06")],
            "has several prices, and nothing tells which is meant: 0.05 (NODE)",
        ),
        ([ON_DEMAND, redis("0")], "has a term of 1 year that costs nothing"),
        ([ON_DEMAND, redis("0.0851")], "a term of 1 year that saves nothing: 0.0851 USD an hour, and 0.085 on demand"),
        ([ON_DEMAND, redis("0.085")], "a term of 1 year that saves nothing: 0.085 USD an hour, and 0.085 on demand"),
        ([redis("0.058")], "nothing to compare a term with: the price on demand stays as it is"),
        ([{**ON_DEMAND, "PricePerUnit": "0.9"}, redis("0.058")], "nothing to compare a term with"),
        ([{**ON_DEMAND, "PricePerUnit": "0"}, redis("0.058")], "nothing to compare a term with"),
    ],
)
def test_what_has_no_term_stays_unknown_and_is_said(server: OfferServer, rows: list[dict[str, str]], says: str) -> None:
    assert says in why(nodes(server, *rows), ONE_YEAR)


def test_a_row_of_nothing_upfront_that_says_so_in_numbers_does_no_harm(server: OfferServer) -> None:
    found = nodes(server, ON_DEMAND, redis("0.058"), fee(NODE, "0", "NODE", **REDIS, PurchaseOption="No Upfront"))
    assert one(found, ONE_YEAR).new.note == "0.058 instead of 0.085 USD an hour"


def test_a_service_without_a_file_keeps_its_terms(server: OfferServer) -> None:
    found = asked(server, "elasticache")
    assert why(found, ONE_YEAR) == "AWS has no price list of AmazonElastiCache in ap-south-1"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (offer("AmazonElastiCache", ON_DEMAND, redis("0.058"))[:-30], "cut off"),
        (offer("AmazonElastiCache", ON_DEMAND, redis("-0.058")), "row 8: a price of -0.058"),
        (offer("AmazonElastiCache", ON_DEMAND, redis("cheap")), "row 8: a price of 'cheap'"),
        (
            offer(
                "AmazonElastiCache",
                ON_DEMAND,
                columns=tuple(each for each in COLUMNS if each not in ("LeaseContractLength", "OfferingClass")),
            ),
            "has no column LeaseContractLength, OfferingClass",
        ),
    ],
)
def test_a_bad_file_is_refused(server: OfferServer, content: bytes, says: str) -> None:
    server.files["AmazonElastiCache/ap-south-1"] = content
    with pytest.raises(InputError) as refused:
        asked(server, "elasticache")
    assert says in str(refused.value)


def known(percent: str) -> PriceBook:
    """A book in which the term takes so much off already."""
    (like,) = (price for price in prices.packaged() if price.sku == "savings.ec2_ri_std.t3_large.1y_no_upfront_pct")
    return PriceBook([*prices.packaged(), replace(like, sku=ONE_YEAR, usd=Decimal(percent))])


def test_a_term_that_changes_much_needs_a_word(server: OfferServer) -> None:
    """Compared is what is left to pay: 90 % of the price on demand, and now 34 %."""
    rows = ON_DEMAND, redis("0.0289")
    assert "66.0 % off instead of 10.0 % is too great a change" in why(nodes(server, *rows, book=known("10")), ONE_YEAR)
    assert one(nodes(server, *rows, book=known("10"), any_change=True), ONE_YEAR).new.usd == 66
    fresh = one(nodes(server, *rows, book=known("40")), ONE_YEAR)
    assert fresh.percent == 26
    assert fresh.changed
    assert not one(nodes(server, *rows, book=known("66")), ONE_YEAR).changed


def test_terms_of_an_earlier_refresh_stay(server: OfferServer) -> None:
    before = nodes(server, ON_DEMAND, redis("0.058"), redis("0.043", **THREE))
    after = nodes(server, ON_DEMAND, redis("0.055"))

    def terms(held: tuple[Price, ...]) -> dict[str, Decimal]:
        return {price.sku: round(price.usd, 1) for price in held if price.unit == UNIT}

    held = merged((), before)
    assert terms(held) == {ONE_YEAR: Decimal("31.8"), THREE_YEARS: Decimal("49.4")}
    assert terms(merged(held, after)) == {ONE_YEAR: Decimal("35.3"), THREE_YEARS: Decimal("49.4")}
