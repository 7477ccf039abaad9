"""Fresh prices for the price book, out of AWS's public price list: one file per service and region, no account needed.

Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import IO, TYPE_CHECKING, cast

from groundplan.catalog import regions as known_regions
from groundplan.catalog import reservations
from groundplan.catalog.offers import ListPrice, read_offer
from groundplan.catalog.price_list import Selector, file_region, selectors, without_selector
from groundplan.catalog.prices import GLOBAL, Confidence, Price, PriceBook
from groundplan.errors import EnvironmentalError, InputError, suggestion

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ADDRESS = "https://pricing.us-east-1.amazonaws.com"
PLAUSIBLE = Decimal(2)
"""A price that has changed by more than this factor is kept until a person has said that it is right: more often the
price list has begun to call something else by the same name."""
_SECONDS = 60
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Fresh:
    """What the price list says of one SKU in one region, beside what the book says."""

    old: Price | None
    """None where the book has no price in this region."""
    new: Price

    @property
    def changed(self) -> bool:
        return self.old is None or self.old.usd != self.new.usd

    @property
    def percent(self) -> Decimal | None:
        """By how much the price has changed; None where nothing can be compared. Of a term, which is itself a share
        of the price on demand, by how many points."""
        if self.old is None:
            return None
        if self.new.unit == reservations.UNIT:
            return self.new.usd - self.old.usd
        return (self.new.usd / self.old.usd - 1) * 100 if self.old.usd else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A price that stays as it is, and why."""

    sku: str
    region: str
    why: str


@dataclass(frozen=True, slots=True)
class Refresh:
    """The outcome: what may be written, and what stays as it is."""

    fresh: tuple[Fresh, ...]
    kept: tuple[Kept, ...]

    @property
    def changes(self) -> tuple[Fresh, ...]:
        """What differs from the book."""
        return tuple(each for each in self.fresh if each.changed)


Report = Callable[[str], None]


def refresh(
    book: PriceBook,
    *,
    services: Collection[str] = (),
    regions: Collection[str] = (),
    address: str = ADDRESS,
    any_change: bool = False,
    report: Report = lambda _: None,
) -> Refresh:
    """Ask AWS's price list for the prices that a book has. Nothing is written.

    ``services`` are the book's (``rds``) or AWS's (``AmazonRDS``) names; none is all of them. ``regions`` adds prices
    in regions that the book does not know yet; none is those that the book has for each SKU.

    Raises InputError for a service or region that does not exist, or a file that is damaged or has another format;
    EnvironmentalError where AWS does not answer. A service that does not exist in a region is no error.
    """
    files = _files(book, services, regions)
    fresh: list[Fresh] = []
    kept = [
        Kept(price.sku, price.region, without_selector().get(price.sku, "no selector says where it stands"))
        for price in book
        if price.sku not in selectors()
        and price.sku not in reservations.refreshed_with()
        and (not services or price.service in services)
        and (not regions or price.region in regions)
    ]
    for number, ((offer, file), wanted) in enumerate(sorted(files.items()), start=1):
        report(f"{number} of {len(files)}: {offer} in {file}")
        part = "" if file == GLOBAL else f"{file}/"
        url = f"{address.rstrip('/')}/offers/v1.0/aws/{offer}/current/{part}index.csv"
        with _opened(url) as lines:
            if lines is None:
                why = f"AWS has no price list of {offer} in {file}"
                kept += [
                    Kept(sku, region, why)
                    for selector, region in wanted
                    for sku in (selector.sku, *reservations.terms_of(selector.sku).values())
                ]
                continue
            found = read_offer(lines, file, [selector for selector, _ in wanted], url)
        for selector, region in wanted:
            listed = found[selector.sku]
            outcome = _compared(book, selector, region, listed, url, any_change=any_change)
            for each in (outcome, *_terms(book, outcome, selector, region, listed, url, any_change=any_change)):
                if isinstance(each, Kept):
                    kept.append(each)
                else:
                    fresh.append(each)
    return Refresh(tuple(fresh), tuple(kept))


def merged(before: Sequence[Price], found: Refresh) -> tuple[Price, ...]:
    """The refreshed prices to write: those of an earlier refresh, and over them the fresh ones."""
    prices = {(price.sku, price.region): price for price in before}
    prices |= {(each.new.sku, each.new.region): each.new for each in found.fresh}
    return tuple(prices.values())


def _files(
    book: PriceBook, services: Collection[str], regions: Collection[str]
) -> dict[tuple[str, str], list[tuple[Selector, str]]]:
    """Service and region of each file that is needed, to what it is asked for and for which region of the book."""
    for region in regions:
        if region != GLOBAL and known_regions.find(region) is None:
            raise InputError(f"there is no region {region}{known_regions.suggest(region)}")
    own = {price.sku: price.service for price in book}
    known = {name for sku, selector in selectors().items() if sku in own for name in (own[sku], selector.offer)}
    for service in services:
        if service not in known:
            raise InputError(f"no service {service} has prices that can be refreshed{suggestion(service, known)}")
    files: dict[tuple[str, str], list[tuple[Selector, str]]] = {}
    for sku, selector in selectors().items():
        if sku not in own or (services and not {own[sku], selector.offer} & set(services)):
            continue
        has = book.regions(sku)
        # What is the same everywhere is never asked for region by region.
        for region in has if GLOBAL in has else (regions or has):
            if not regions or region in regions:
                file = file_region(selector.offer, region)
                files.setdefault((selector.offer, file), []).append((selector, region))
    return files


def _compared(
    book: PriceBook, selector: Selector, region: str, found: ListPrice | str, url: str, *, any_change: bool
) -> Fresh | Kept:
    if isinstance(found, str):
        return Kept(selector.sku, region, found)
    here = book.regions(selector.sku)
    old = book.find(selector.sku, region) if region in here else None
    like = old or book.find(selector.sku, here[0])
    assert like is not None  # a selector is asked for only where the book has its SKU
    new = replace(
        like,
        region=region,
        usd=found.usd,
        source=_source(url, found),
        source_date=found.published.isoformat(),
        confidence=Confidence.HIGH,
        note=old.note if old else "",
    )
    if not any_change and not _plausible(like.usd, new.usd):
        return Kept(
            selector.sku,
            region,
            f"{new.usd:f} USD instead of {like.usd:f}{'' if old else f' in {like.region}'} is too great a change to be "
            "believed (--any-change takes it)",
        )
    return Fresh(old, new)


def _source(url: str, found: ListPrice) -> str:
    return f"AWS price list {url} version {found.version}, SKU {found.aws_sku}"


def _terms(
    book: PriceBook,
    on_demand: Fresh | Kept,
    selector: Selector,
    region: str,
    found: ListPrice | str,
    url: str,
    *,
    any_change: bool,
) -> Iterator[Fresh | Kept]:
    """What reserving takes off, from the price on demand and that of the term in the same file."""
    for years, sku in reservations.terms_of(selector.sku).items():
        if isinstance(on_demand, Kept) or isinstance(found, str):
            yield Kept(sku, region, "nothing to compare a term with: the price on demand stays as it is")
            continue
        hourly = found.reserved[years]
        if isinstance(hourly, str):
            yield Kept(sku, region, hourly)
            continue
        old = book.find(sku, region)
        percent = (100 * (found.usd - hourly) / found.usd).normalize()
        # Compared is what is left to pay: from 20 % off to 50 % is less of a change than from 80 % to 95 %.
        if old and not any_change and not _plausible(100 - old.usd, 100 - percent):
            yield Kept(
                sku,
                region,
                f"{percent:.1f} % off instead of {old.usd:.1f} % is too great a change to be believed "
                "(--any-change takes it)",
            )
            continue
        yield Fresh(
            old,
            Price(
                service=reservations.SERVICE,
                sku=sku,
                unit=reservations.UNIT,
                region=region,
                usd=percent,
                source=_source(url, found),
                source_date=found.published.isoformat(),
                confidence=Confidence.HIGH,
                note=f"{hourly:f} instead of {found.usd:f} USD an hour",
            ),
        )


def _plausible(old: Decimal, new: Decimal) -> bool:
    if not old or not new:
        return old == new
    return 1 / PLAUSIBLE <= new / old <= PLAUSIBLE


@contextmanager
def _opened(url: str) -> Iterator[Iterator[str] | None]:
    """The lines of a file as they arrive, or None where there is no such file."""
    import urllib.error
    import urllib.parse
    import urllib.request

    # Only these: no redirection leads to a file of this machine.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    try:
        parts = urllib.parse.urlsplit(url)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets around what is no IPv6 address
        usable = False
    if not usable:
        raise InputError(f"{url} is no address of an offer file: it should begin with https:// and name a server")
    try:
        with opener.open(url, timeout=_SECONDS) as answer:
            yield _lines(cast("http.client.HTTPResponse", answer), url)
    except urllib.error.HTTPError as error:
        # AWS's storage says 403 of a file that does not exist.
        if error.code in (403, 404):
            error.close()
            yield None
            return
        raise EnvironmentalError(
            f"{url}: the server answers {error.code} {error.reason}. The prices stay as they are"
        ) from error
    except urllib.error.URLError as error:
        raise EnvironmentalError(
            f"{url} cannot be reached: {error.reason}. Is the network up? The prices stay as they are"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise EnvironmentalError(f"{url}: the connection broke off: {error}. The prices stay as they are") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{url} is no text in UTF-8. The prices stay as they are") from error


def _lines(answer: http.client.HTTPResponse, url: str) -> Iterator[str]:
    """Raises InputError where fewer bytes come than were announced."""
    counted = _Counted(answer)
    yield from io.TextIOWrapper(io.BufferedReader(counted, _BLOCK), encoding="utf-8-sig", newline="")
    announced = answer.headers.get("Content-Length", "")
    if announced.isdecimal() and counted.count != int(announced):
        raise InputError(
            f"{url} is cut off: {counted.count} of {announced} bytes came. The prices stay as they are; try again"
        )


class _Counted(io.RawIOBase):
    """Counts what is read: http.client takes a body that ends too soon for a whole one."""

    def __init__(self, body: http.client.HTTPResponse) -> None:
        super().__init__()
        self._body = cast("IO[bytes]", body)
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        space = memoryview(buffer)
        data = self._body.read(len(space))
        space[: len(data)] = data
        self.count += len(data)
        return len(data)
