"""The price book: on-demand list prices in US dollars, each with its source, its date and how far to trust it.

``data/prices.csv`` holds one row per SKU and region. A SKU is this project's own name of a billed unit
(``rds.postgres.db.t3.medium.single_az.hour``), because AWS's differ by region and carry no meaning.

``groundplan prices refresh`` writes newer prices beside it (:mod:`groundplan.catalog.price_file`), which hold before
these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import IntEnum
from functools import cache, cached_property

from groundplan.catalog import _data
from groundplan.record import Record, dataclass

GLOBAL = "global"
"""The region of a price that is the same everywhere."""


class Confidence(IntEnum):
    """How far a price can be trusted. One of low confidence has no source that can be looked up: do not quote it."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Price(Record):
    """What one unit costs in one region. ``region`` is ``global`` for a price that is the same everywhere."""

    service: str
    sku: str
    unit: str
    region: str
    usd: Decimal
    source: str
    source_date: str
    """As the source states it: a day, a range, several days for several sources, or ``n/a`` where there is none."""
    confidence: Confidence
    note: str


class PriceBook:
    """Prices by SKU and region.

    Where two rows have the same SKU and region, the one of higher confidence holds; of two equals the one that
    stands later in the file, since corrections are added below.
    """

    def __init__(self, prices: Iterable[Price]) -> None:
        """The prices are read when they are first asked for."""
        self._read = prices

    @cached_property
    def _prices(self) -> Mapping[str, Mapping[str, Price]]:
        found: dict[str, dict[str, Price]] = {}
        for price in self._read:
            regions = found.setdefault(price.sku, {})
            held = regions.get(price.region)
            if held is None or price.confidence >= held.confidence:
                regions[price.region] = price
        return found

    def __contains__(self, sku: object) -> bool:
        return sku in self._prices

    def __iter__(self) -> Iterator[Price]:
        for regions in self._prices.values():
            yield from regions.values()

    def __len__(self) -> int:
        return sum(map(len, self._prices.values()))

    def find(self, sku: str, region: str) -> Price | None:
        """The price in a region, else the one that is the same everywhere; never another region's price."""
        regions = self._prices.get(sku, {})
        return regions.get(region) or regions.get(GLOBAL)

    def regions(self, sku: str) -> tuple[str, ...]:
        """The regions that have a price of their own for a SKU, in alphabetical order; empty for an unknown SKU."""
        return tuple(sorted(self._prices.get(sku, {})))

    def skus(self, prefix: str = "") -> tuple[str, ...]:
        """The SKUs that start with ``prefix``, in alphabetical order."""
        return tuple(sorted(sku for sku in self._prices if sku.startswith(prefix)))


class _Packaged(PriceBook):
    """Where one price is asked for, only the rows of its SKU are read: reading them all takes 8 ms."""

    def __init__(self) -> None:
        super().__init__(map(price_of_row, _data.rows("prices")))
        self._books: dict[str, PriceBook] = {}

    def find(self, sku: str, region: str) -> Price | None:
        if sku not in self._books:
            self._books[sku] = PriceBook(price_of_row(row) for row in _data.rows_of("prices", sku))
        return self._books[sku].find(sku, region)


@cache
def packaged() -> PriceBook:
    """The price book that comes with Groundplan."""
    return _Packaged()


@cache
def book() -> PriceBook:
    """The price book that holds: the packaged one, and over it what was refreshed.

    Raises InputError where the file of refreshed prices is damaged: a bill must not change silently.
    """
    from groundplan.catalog import price_file

    refreshed = price_file.refreshed()
    return PriceBook([*packaged(), *refreshed.prices]) if refreshed else packaged()


def price_of_row(row: Sequence[str]) -> Price:
    """The price in a row of a book. Raises ValueError, KeyError or ArithmeticError where it is none."""
    service, sku, unit, region, usd, source, date, confidence, note = row
    return Price(service, sku, unit, region, Decimal(usd), source, date, Confidence[confidence.upper()], note)


def price(sku: str, region: str) -> Price | None:
    """The price of a SKU in a region (or everywhere); None where none is known. Never another region's price."""
    return book().find(sku, region)
