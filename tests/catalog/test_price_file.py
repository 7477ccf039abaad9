"""The file of refreshed prices: what holds, and everything that can be wrong with it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from groundplan.catalog import price_file, prices
from groundplan.catalog.prices import Confidence, Price
from groundplan.errors import EnvironmentalError, InputError

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRESH = Price(
    "ecr", "ecr.storage.gb_month", "GB-month", "ap-south-1", Decimal("0.11"), "AWS price list", "2026-11-19",
    Confidence.HIGH, 'a note, with "quotes"',
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    chosen = tmp_path / "data" / "prices.csv"
    monkeypatch.setenv(price_file.VARIABLE, str(chosen))
    prices.book.cache_clear()
    yield chosen
    prices.book.cache_clear()


def test_refreshed_prices_hold_before_the_packaged_ones(path: Path) -> None:
    price_file.write(path, [FRESH], AT)
    assert price_file.read(path) == price_file.Refreshed(path, AT, (FRESH,))
    assert prices.price(FRESH.sku, "ap-south-1") == FRESH
    packaged = prices.packaged().find(FRESH.sku, "ap-south-1")
    assert packaged
    assert packaged.usd != FRESH.usd
    assert len(prices.book()) == len(prices.packaged())


def test_without_a_file_the_packaged_book_holds(path: Path) -> None:
    assert price_file.refreshed() is None
    assert prices.book() is prices.packaged()


def test_a_file_that_somebody_names_and_that_is_not_there_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert price_file.missing() == path
    price_file.write(path, [FRESH], AT)
    assert price_file.missing() is None
    monkeypatch.setenv(price_file.VARIABLE, price_file.PACKAGED)
    assert price_file.missing() is None
    monkeypatch.delenv(price_file.VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(path.parent / "elsewhere"))
    assert price_file.missing() is None, "nobody has to refresh prices"


def test_refreshed_prices_can_be_left_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    price_file.write(path, [FRESH], AT)
    monkeypatch.setenv(price_file.VARIABLE, price_file.PACKAGED)
    assert prices.book() is prices.packaged()


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(price_file.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert price_file.location() == tmp_path / "groundplan" / "prices.csv"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert price_file.location() == Path.home() / ".local" / "share" / "groundplan" / "prices.csv"


def test_the_same_prices_make_the_same_file(path: Path) -> None:
    other = prices.packaged().find("ecr.storage.gb_month", "us-east-1")
    assert other
    price_file.write(path, [FRESH, other], AT)
    once = path.read_bytes()
    price_file.write(path, [other, FRESH], AT)
    assert path.read_bytes() == once


def _good(path: Path) -> list[str]:
    price_file.write(path, [FRESH, FRESH], AT)
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        (0, "groundplan prices,2\n", ":1: version 2 of the format; this Groundplan reads 1"),
        (0, "something,else\n", "is no file of prices"),
        (1, "refreshed,yesterday\n", ":2: no time at which"),
        (1, "refreshed\n", ":2: no time at which"),
        (2, "service,sku,price\n", ":3: the columns should be service, sku, unit"),
        (3, "ecr,ecr.storage.gb_month,GB-month\n", ":4: not a price"),
        (3, "ecr,x,GB,r,cheap,s,d,high,\n", ":4: not a price"),
        (3, "ecr,x,GB,r,1,s,d,certain,\n", ":4: not a price"),
        (3, "ecr,x,GB,r,-1,s,d,high,\n", ":4: a price of -1 USD"),
        (3, "ecr,x,GB,r,Infinity,s,d,high,\n", ":4: a price of Infinity USD"),
        (3, "ecr,x,GB,r,1e30,s,d,high,\n", ":4: a price of 1E+30 USD"),
        (4, "", "is cut off after line 5"),
        (5, "", "is cut off after line 5"),
        (5, "end,3\n", "is cut off after line 6"),
        (5, 'end,"2\n', "is no file of prices"),
    ],
)
def test_a_damaged_file_is_refused(path: Path, line: int, instead: str, says: str) -> None:
    lines = _good(path)
    lines[line] = instead
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        prices.book()
    assert says in str(refused.value)
    assert "groundplan prices reset" in str(refused.value)


def test_a_file_that_is_no_text_or_no_file_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is no file of prices"):
        prices.book()
    path.write_bytes(b"")
    with pytest.raises(InputError, match="is no file of prices"):
        prices.book()
    path.unlink()
    path.mkdir()
    with pytest.raises(EnvironmentalError, match="cannot be read"):
        prices.book()


def test_on_a_full_disk_the_old_prices_stay(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    price_file.write(path, [FRESH], AT)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentalError, match="no space left on device"):
        price_file.write(path, [], AT)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_made_is_named(path: Path) -> None:
    path.parent.write_text("a file", encoding="utf-8")
    with pytest.raises(EnvironmentalError, match="could not be written"):
        price_file.write(path, [FRESH], AT)
