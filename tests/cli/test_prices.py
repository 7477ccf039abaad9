"""``groundplan prices``: what is shown, asked and written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.commands import DUSKSPENDR, Command, Write
from tests.operations.offer_files import OfferServer, offer, serving, term, usage

from groundplan.catalog import price_file, prices
from groundplan.errors import ExitCode

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def book(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the refreshed prices of this test lie."""
    monkeypatch.setenv("GROUNDPLAN_PRICES", str(folder / "prices.csv"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    prices.book.cache_clear()
    yield folder / "prices.csv"
    prices.book.cache_clear()


@pytest.fixture
def server(book: Path) -> Iterator[OfferServer]:
    """AWS's price list: what images cost in Mumbai has risen."""
    with serving() as running:
        running.files["AmazonECR/ap-south-1"] = offer("AmazonECR", usage("APS3-TimedStorage-ByteHrs", "0.11"))
        yield running


def refresh(groundplan: Command, server: OfferServer, *more: str, service: str = "ecr") -> tuple[int, str, str]:
    result = groundplan(
        "prices", "refresh", "--service", service, "--region", "ap-south-1", "--from", server.address, *more
    )
    return result.code, result.out, result.err


def test_refresh_shows_the_change_and_writes_it(groundplan: Command, server: OfferServer, book: Path) -> None:
    code, out, err = refresh(groundplan, server, "--yes")
    assert code == ExitCode.FINE, err
    assert "ecr.storage.gb_month" in out
    assert "+10.0 %" in out
    assert "2026-11-19" in out
    assert "1 prices change, 0 are confirmed" in out
    assert f"written: {book}" in out
    shown = groundplan("prices", "show")
    assert "refreshed: 1 prices, the newest of 2026-11-19" in shown.out
    assert str(book) in shown.out
    found = prices.price("ecr.storage.gb_month", "ap-south-1")
    assert found
    assert str(found.usd) == "0.11"
    code, out, err = refresh(groundplan, server, "--yes")
    assert "0 prices change, 1 are confirmed" in out


def test_a_dry_run_writes_nothing(groundplan: Command, server: OfferServer, book: Path) -> None:
    code, out, _ = refresh(groundplan, server, "--dry-run")
    assert code == ExitCode.FINE
    assert "+10.0 %" in out
    assert not book.exists()


def test_without_a_yes_nothing_is_written(
    groundplan: Command, server: OfferServer, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code, out, err = refresh(groundplan, server)
    assert code == ExitCode.BAD_INPUT
    assert "+10.0 %" in out
    assert "answer with --yes" in err
    assert not book.exists()


def test_an_error_keeps_what_was_there(groundplan: Command, server: OfferServer, book: Path) -> None:
    refresh(groundplan, server, "--yes")
    before = book.read_bytes()
    server.files["AmazonECR/ap-south-1"] = server.files["AmazonECR/ap-south-1"][:-30]
    code, _, err = refresh(groundplan, server, "--yes")
    assert code == ExitCode.BAD_INPUT
    assert "cut off" in err
    assert book.read_bytes() == before


def test_json(groundplan: Command, server: OfferServer) -> None:
    result = groundplan(
        "prices", "refresh", "--service", "ecr", "--region", "ap-south-1", "--from", server.address, "--dry-run",
        "--format", "json",
    )  # fmt: skip
    (change,) = result.json["changes"]
    assert (change["sku"], change["region"], change["old"], change["new"]) == (
        "ecr.storage.gb_month", "ap-south-1", 0.1, 0.11,
    )  # fmt: skip
    assert change["unit"] == "GB-month"
    assert groundplan("prices", "show", "--format", "json").json["refreshed"] is None


def test_what_stays_as_it_is_is_said_with_the_reason(groundplan: Command, server: OfferServer) -> None:
    code, out, err = refresh(groundplan, server, "--dry-run", service="fargate")
    assert code == ExitCode.FINE, err
    assert "AWS has no price list of AmazonECS in ap-south-1: fargate." in out
    assert "Spot prices change all day" in out


NODE, VALKEY = "APS3-NodeUsage:cache.t4g.medium", {"Cache Engine": "Valkey"}
CACHE = """
    project: shop
    region: ap-south-1
    caches:
      sessions: {engine: valkey 8.0, class: cache.t4g.medium, nodes: 2}
    """


def test_terms_are_learnt_with_the_command_that_savings_names(
    groundplan: Command, server: OfferServer, write: Write
) -> None:
    """The figures are this test's own: 0.0442 USD reserved for a year, and 0.0656 on demand."""
    write(CACHE)
    (missing,) = groundplan("savings", "--format", "json").json["without_term"]
    _, named, command = missing["why"].removesuffix(" asks AWS").partition(": groundplan ")
    assert named
    on_demand = prices.packaged().find("elasticache.valkey.cache_t4g_medium.hour", "ap-south-1")
    assert on_demand
    server.files["AmazonElastiCache/ap-south-1"] = offer(
        "AmazonElastiCache",
        usage(NODE, str(on_demand.usd), SKU="NODE", **VALKEY),
        term(NODE, str(on_demand.usd * Decimal("0.67374")), "NODE", **VALKEY),
    )
    refreshed = groundplan(*command.split(), "--from", server.address, "--yes")
    assert refreshed.code == ExitCode.FINE, refreshed.err
    (row,) = (line for line in refreshed.out.splitlines() if "valkey_t4g_medium.1y_no_upfront_pct" in line)
    assert "32.63 %" in row
    assert "new" in row
    assert "no standard term of 3 years with nothing upfront: savings.elasticache_rn.valkey_t4g_medium.3y" in (
        refreshed.out
    )
    found = groundplan("savings", "--format", "json").json
    assert found["without_term"] == []
    (year,) = found["terms"]
    assert year["formula"] == f"2 nodes × 730 h × {on_demand.usd:f} USD × 32.626 %"
    assert year["monthly"] == round(float(2 * 730 * on_demand.usd * Decimal("0.32626")), 2)
    assert (year["years"], year["source_date"]) == (1, "2026-11-19")
    server.files["AmazonElastiCache/ap-south-1"] = offer(
        "AmazonElastiCache",
        usage(NODE, str(on_demand.usd), SKU="NODE", **VALKEY),
        term(NODE, str(on_demand.usd * Decimal("0.7")), "NODE", **VALKEY),
    )
    assert "-2.6 points" in groundplan(*command.split(), "--from", server.address, "--dry-run").out


def test_reset(groundplan: Command, server: OfferServer, book: Path) -> None:
    refresh(groundplan, server, "--yes")
    assert groundplan("prices", "reset", "--yes").out == f"removed: {book}\n"
    assert not book.exists()
    assert groundplan("prices", "reset").out == "there are no refreshed prices\n"
    assert "refreshed: none" in groundplan("prices", "show").out


def test_a_damaged_file_is_removed_by_reset(groundplan: Command, book: Path) -> None:
    book.write_text("nonsense\n", encoding="utf-8")
    result = groundplan("prices", "show")
    assert result.code == ExitCode.BAD_INPUT
    assert "is no file of prices" in result.err
    assert groundplan("prices", "reset", "--yes").code == ExitCode.FINE


def test_refreshed_prices_that_are_switched_off_are_not_written(
    groundplan: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDPLAN_PRICES", "packaged")
    result = groundplan("prices", "refresh", "--yes")
    assert result.code == ExitCode.BAD_INPUT
    assert "unset it" in result.err


def test_cost_says_which_prices_it_used(groundplan: Command, book: Path) -> None:
    said = "with the prices of"
    assert said not in groundplan("cost", "-f", DUSKSPENDR, "-e", "production").out
    old = prices.packaged().find("nat.hour", "ap-south-1")
    assert old
    price_file.write(book, [replace(old, usd=old.usd * 2, source_date="2020-01-31")], AT)
    prices.book.cache_clear()
    out = groundplan("cost", "-f", DUSKSPENDR, "-e", "production").out
    assert f"{said} {book}, refreshed 2026-11-20" in out
    assert "2020-01-31, high" in out
    shown = groundplan("prices", "show").out
    assert "They are older than the packaged ones: refresh or reset them" in shown


def test_cost_says_where_the_file_of_prices_that_is_named_is_not_there(groundplan: Command, book: Path) -> None:
    result = groundplan("cost", "-f", DUSKSPENDR, "--format", "json")
    assert result.code == ExitCode.FINE
    assert f"GROUNDPLAN_PRICES names {book}, which is not there: the packaged prices hold" in result.err
    price_file.write(book, [], AT)
    prices.book.cache_clear()
    assert "is not there" not in groundplan("cost", "-f", DUSKSPENDR, "--format", "json").err
