"""Reading an offer file: AWS's price list of one service in one region, as CSV.

Five rows say what the file is, the sixth names the columns, then follow up to a million rows, of which a few count.
The file is read row by row and never held as a whole.

A product has one SKU of AWS and several rows: one on demand, or one for each tier, and where it can be reserved one for
each term with the price of an hour; a term that wants money upfront has a second row for that, in the unit Quantity.

Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from groundplan.catalog import reservations
from groundplan.catalog.price_list import Selector, usage_prefixes
from groundplan.errors import InputError
from groundplan.record import Record, dataclass

FORMAT = "v1.0"
_ABOUT = ("FormatVersion", "Disclaimer", "Publication Date", "Version", "OfferCode")
_NEEDED = ("SKU", "TermType", "StartingRange", "Unit", "PricePerUnit", "Currency", "usageType")
_OF_TERMS = ("LeaseContractLength", "PurchaseOption", "OfferingClass")
_HOURS = ("hrs", "hours", "hour")
_MEANT = ("AWS Region", "")
"""Location types that count. Local Zones and Wavelength Zones have prices of their own in the same file."""


@dataclass(frozen=True)
class ListPrice(Record):
    """What an offer file says of a SKU of the book."""

    usd: Decimal
    """Per unit of the book."""
    aws_sku: str
    published: date
    version: str
    """AWS's number of this edition of the file."""
    reserved: Mapping[int, Decimal | str]
    """Of what can be reserved, years to the price of an hour of the standard term with nothing upfront, or to the
    reason why there is none. Empty for anything else."""


@dataclass(frozen=True)
class _Rate(Record):
    begins: Decimal
    usd: Decimal
    unit: str
    aws_sku: str
    usage_type: str
    term: tuple[str, ...]
    """Of a reservation its years ("1yr"), how it is paid ("No Upfront") and its class ("standard"); empty on demand."""


def read_offer(lines: Iterable[str], region: str, wanted: Sequence[Selector], name: str) -> dict[str, ListPrice | str]:
    """What a file says of each of ``wanted``, all of one offer: SKU to price, or to the reason why there is none.

    ``name`` is the file's address, for messages. Raises InputError where the file is cut off, has another format
    version, lacks columns, or is of another service.
    """
    rows = _rows(lines, name)
    published, version = _about(rows, wanted[0].offer, name)
    rates = _rates(rows, region, wanted, name)
    return {selector.sku: _price(selector, rates[selector.sku], published, version) for selector in wanted}


def _rows(lines: Iterable[str], name: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(_whole(lines, name), strict=True)
    except csv.Error as error:
        raise InputError(f"{name} is no CSV file, or is cut off: {error}") from error


def _whole(lines: Iterable[str], name: str) -> Iterator[str]:
    last = ""
    for last in lines:
        yield last
    if not last.endswith("\n"):
        raise InputError(f"{name} is cut off: {'it ends within a line' if last else 'it is empty'}")


def _about(rows: Iterator[list[str]], offer: str, name: str) -> tuple[date, str]:
    found: dict[str, str] = {}
    for key in _ABOUT:
        row = next(rows, [])
        if len(row) != 2 or row[0] != key:
            raise InputError(
                f"{name} is no offer file of AWS: it should say {key} where it says {','.join(row)[:60]!r}"
            )
        found[key] = row[1]
    if found["FormatVersion"] != FORMAT:
        raise InputError(f"{name} has format version {found['FormatVersion']}; this Groundplan reads {FORMAT}")
    if found["OfferCode"] != offer:
        raise InputError(f"{name} holds the prices of {found['OfferCode']}, not of {offer}")
    try:
        return datetime.fromisoformat(found["Publication Date"]).date(), found["Version"]
    except ValueError as error:
        raise InputError(f"{name} has no publication date but {found['Publication Date']!r}") from error


def _rates(rows: Iterator[list[str]], region: str, wanted: Sequence[Selector], name: str) -> dict[str, list[_Rate]]:
    heading = next(rows, [])
    columns = {_plain(column): number for number, column in enumerate(heading)}
    of_terms = _OF_TERMS if any(reservations.names(selector.sku) for selector in wanted) else ()
    needed = dict.fromkeys((*_NEEDED, *of_terms, *(column for selector in wanted for column in selector.where)))
    missing = [column for column in needed if _plain(column) not in columns]
    if missing:
        raise InputError(f"{name} has no column {', '.join(missing)}: AWS may have changed its format")
    usage, kind, currency = (columns[_plain(column)] for column in ("usageType", "TermType", "Currency"))
    term_columns = [columns[_plain(column)] for column in of_terms]
    kept = _in_region(columns, region)
    tests = _by_usage_type(wanted, region, columns)
    found: dict[str, list[_Rate]] = {selector.sku: [] for selector in wanted}
    for number, row in enumerate(rows, start=len(_ABOUT) + 2):
        if len(row) != len(heading):
            raise InputError(f"{name} is cut off, or garbled: row {number} has {len(row)} of {len(heading)} columns")
        for selector, usage_type, conditions in tests.get(row[usage], ()):
            term = tuple(row[column].strip() for column in term_columns) if row[kind] == "Reserved" else ()
            if (
                (row[kind] == "OnDemand" or term)
                and row[currency] == "USD"
                and kept(row)
                and all(row[column] in values for column, values in conditions)
            ):
                found[selector.sku].append(_rate(row, columns, usage_type, term, f"{name}, row {number}"))
    return found


def _plain(column: str) -> str:
    """AWS writes a column as ``usageType`` here and as ``Usage Type`` there."""
    return re.sub(r"[^a-z0-9]", "", column.lower())


def _in_region(columns: Mapping[str, int], region: str) -> Callable[[list[str]], bool]:
    """Whether a row is of the region itself. In the file of all regions everything is."""
    code, kind = columns.get("regioncode"), columns.get("locationtype")
    if region == "global":
        return lambda _: True
    return lambda row: (code is None or row[code] in (region, "")) and (kind is None or row[kind] in _MEANT)


_Test = tuple[Selector, str, tuple[tuple[int, frozenset[str]], ...]]


def _by_usage_type(wanted: Sequence[Selector], region: str, columns: Mapping[str, int]) -> dict[str, list[_Test]]:
    """Usage type as the file writes it, to what may be meant by it: one look per row."""
    found: dict[str, list[_Test]] = {}
    for selector in wanted:
        conditions = tuple((columns[_plain(column)], values) for column, values in selector.where.items())
        for usage_type in selector.usage_types:
            for prefix in usage_prefixes(region):
                found.setdefault(prefix + usage_type, []).append((selector, usage_type, conditions))
    return found


def _rate(row: list[str], columns: Mapping[str, int], usage_type: str, term: tuple[str, ...], place: str) -> _Rate:
    written = {column: row[columns[_plain(column)]] for column in ("StartingRange", "PricePerUnit")}
    try:
        begins, usd = Decimal(written["StartingRange"] or 0), Decimal(written["PricePerUnit"])
    except InvalidOperation as error:
        raise InputError(
            f"{place}: a price of {written['PricePerUnit']!r} from {written['StartingRange']!r} on"
        ) from error
    if not usd.is_finite() or usd < 0:
        raise InputError(f"{place}: a price of {usd}")
    return _Rate(begins, usd, row[columns["unit"]], row[columns["sku"]], usage_type, term)


def _price(selector: Selector, rates: list[_Rate], published: date, version: str) -> ListPrice | str:
    for usage_type in selector.usage_types:
        of_type = [rate for rate in rates if rate.usage_type == usage_type and not rate.term]
        if of_type:
            return _of_tier(selector, of_type, [rate for rate in rates if rate.term], published, version)
    return f"the price list has no row for {' or '.join(selector.usage_types)}"


def _of_tier(
    selector: Selector, rates: list[_Rate], reserved: list[_Rate], published: date, version: str
) -> ListPrice | str:
    if selector.begins is None:
        # A tier that costs nothing is an allowance; what is free altogether costs 0 in all its tiers.
        paid = [rate for rate in rates if rate.usd] or rates
        begins = min(rate.begins for rate in paid)
        meant = [rate for rate in paid if rate.begins == begins]
    else:
        meant = [rate for rate in rates if rate.begins == selector.begins]
        if not meant:
            return f"the price list has no tier that begins at {selector.begins}"
    if len({rate.usd for rate in meant}) > 1:
        return _several(meant)
    rate = min(meant, key=lambda each: each.aws_sku)
    factor = selector.factor(rate.unit)
    if factor is None:
        return f"the price list counts it in {rate.unit}, which is not a unit known here"
    products = {each.aws_sku for each in meant}
    of_product = [each for each in reserved if each.aws_sku in products]
    terms = {years: _reserved(years, rate, of_product) for years in reservations.terms_of(selector.sku)}
    return ListPrice((rate.usd * factor).normalize(), rate.aws_sku, published, version, terms)


def _several(rates: Sequence[_Rate]) -> str:
    several = ", ".join(f"{rate.usd.normalize():f} ({rate.aws_sku})" for rate in rates[:4])
    return f"the price list has several prices, and nothing tells which is meant: {several}"


def _reserved(years: int, on_demand: _Rate, rates: Sequence[_Rate]) -> Decimal | str:
    """What an hour costs for whom reserves a product for years in the standard class, with nothing upfront."""
    duration = f"{years} year{'s' if years > 1 else ''}"
    of_years = [rate for rate in rates if rate.term[0].replace(" ", "") == f"{years}yr"]
    meant = [rate for rate in of_years if rate.term[1:] == ("No Upfront", "standard")]
    if not meant:
        others = ", ".join(sorted({f"{rate.term[1]} ({rate.term[2]})" for rate in of_years}))
        return f"the price list has no standard term of {duration} with nothing upfront" + (
            f", only {others}" if others else ""
        )
    upfront = [rate for rate in meant if rate.unit.lower() == "quantity"]
    if fee := next((rate.usd for rate in upfront if rate.usd), None):
        return f"the price list has {fee.normalize():f} USD upfront in its term of {duration} with nothing upfront"
    hourly = [rate for rate in meant if rate not in upfront]
    if not hourly:
        return f"the price list has no price of an hour in its term of {duration}"
    for rate in (on_demand, *hourly):
        if rate.unit.lower() not in _HOURS:
            counted = f"in {rate.unit}" if rate.unit else "without a unit"
            return (
                f"the price list counts {'the term' if rate.term else 'on demand'} {counted}, which is not by the hour"
            )
    if len({rate.usd for rate in hourly}) > 1:
        return _several(hourly)
    usd = hourly[0].usd
    if not usd:
        return f"the price list has a term of {duration} that costs nothing"
    if usd >= on_demand.usd:
        return (
            f"the price list has a term of {duration} that saves nothing: {usd.normalize():f} USD an hour, and "
            f"{on_demand.usd.normalize():f} on demand"
        )
    return usd.normalize()
