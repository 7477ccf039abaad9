from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from groundplan.catalog import _data, prices
from groundplan.catalog.prices import Confidence, Price, PriceBook


def made(usd: str, region: str = "eu-west-1", confidence: Confidence = Confidence.HIGH) -> Price:
    return Price("s3", "s3.get", "1k", region, Decimal(usd), "a page", "2026-01-01", confidence, "")


def test_the_book_holds_every_row_of_the_file_once() -> None:
    rows = list(_data.rows("prices"))
    assert len(rows) == 921
    assert len({(row[1], row[3]) for row in rows}) == len(rows) == len(prices.book())


def test_every_price_is_sane_and_has_a_source_and_a_date() -> None:
    for price in prices.book():
        assert price.usd.is_finite()
        assert price.usd >= 0
        assert price.usd > 0 or price.region == "global", f"{price.sku} is free in {price.region} only"
        assert price.source
        assert price.source_date
        assert price.unit
        assert price.confidence in Confidence
        assert price.sku == price.sku.strip()


def test_a_price_without_a_source_is_never_trusted() -> None:
    unsourced = [price for price in prices.book() if price.source.startswith("background knowledge")]
    assert unsourced
    assert {price.confidence for price in unsourced} == {Confidence.LOW}


def test_the_price_of_a_region_wins_over_the_global_one() -> None:
    book = PriceBook([made("1", "global"), made("2")])
    assert book.find("s3.get", "eu-west-1") == made("2")
    assert book.find("s3.get", "us-east-1") == made("1", "global")


def test_another_region_never_lends_its_price() -> None:
    assert PriceBook([made("1")]).find("s3.get", "us-east-1") is None
    assert prices.price("apigateway.http.per_1m", "sa-east-1") is None


def test_prices_from_the_file() -> None:
    found = prices.price("apigateway.http.per_1m", "ap-south-1")
    assert found is not None
    assert (found.usd, found.region, found.confidence) == (Decimal("1.05"), "ap-south-1", Confidence.MEDIUM)
    everywhere = prices.price("acm.public_certificate", "ap-south-1")
    assert everywhere is not None
    assert (everywhere.usd, everywhere.region) == (Decimal(0), "global")


def test_unknown_sku() -> None:
    assert prices.price("nothing.at.all", "us-east-1") is None
    assert "nothing.at.all" not in prices.book()
    assert prices.book().regions("nothing.at.all") == ()


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (made("1"), made("2", confidence=Confidence.LOW), "1"),
        (made("1", confidence=Confidence.LOW), made("2"), "2"),
        (made("1"), made("2"), "2"),
    ],
)
def test_of_two_rows_the_more_trusted_holds_then_the_later(first: Price, second: Price, kept: str) -> None:
    book = PriceBook([first, second])
    found = book.find("s3.get", "eu-west-1")
    assert len(book) == 1
    assert found is not None
    assert found.usd == Decimal(kept)


def test_skus_by_prefix_are_sorted() -> None:
    skus = prices.book().skus("apigateway.")
    assert skus == tuple(sorted(skus))
    assert "apigateway.rest.per_1m" in skus
    assert "ap-south-1" in prices.book().regions("apigateway.rest.per_1m")


def test_importing_the_catalog_reads_no_data_and_no_heavy_library() -> None:
    code = (
        "import sys, builtins\n"
        "from groundplan.catalog import engines, fargate, instances, logs, names, prices, quotas, regions, slas\n"
        "assert prices.book.cache_info().currsize == 0 and regions.all_regions.cache_info().currsize == 0\n"
        "heavy = {'boto3', 'moto', 'cfnlint', 'numpy', 'pydantic', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
