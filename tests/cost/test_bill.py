"""Looking up prices, allowances, discounts, and the words for why there is no price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.cost.book import architecture_of, book, made_up_price

from groundplan.blueprint.models import Usage
from groundplan.catalog.prices import Confidence
from groundplan.cost import Allowances
from groundplan.cost.bill import Bill, PriceLookup
from groundplan.cost.quantities import MONTH, amount, count, gigabytes, number
from groundplan.resources.storage import Bucket
from groundplan.units import DataSize

BUCKET = Bucket(name="files", concern="storage", bucket_name="files")
ALARMS = "cloudwatch.alarm.month"


def _bill(prices: PriceLookup) -> Bill:
    return Bill(architecture_of([BUCKET]), Usage(), prices, Allowances())


def test_a_charge_becomes_a_line() -> None:
    bill = _bill(book({"tea": "0.25"}))
    bill.charge(BUCKET, "tea", count(3, "cup") * MONTH, "usage", note="with milk")
    (line,) = bill.lines
    assert (line.resource, line.sku, line.unit, line.kind) == ("bucket.files", "tea", "unit", "usage")
    assert (line.quantity, line.unit_price, line.monthly) == (Decimal(2190), Decimal("0.25"), Decimal("547.5"))
    assert line.formula == "3 cups × 730 h × 0.25 USD (with milk)"
    assert (line.source, line.source_date, line.confidence) == ("source of tea", "2026-01-01", Confidence.HIGH)


def test_many_of_a_kind_are_charged_together_under_the_kind() -> None:
    bill = _bill(book({"tea": "1"}))
    bill.charge((BUCKET, BUCKET), "tea", count(1, "cup"))
    bill.charge((BUCKET,), "tea", count(1, "cup"))
    assert [line.resource for line in bill.lines] == ["bucket.*", "bucket.files"]


def test_nothing_is_charged_without_a_price() -> None:
    bill = _bill(book({}))
    bill.charge(BUCKET, "tea", count(1, "cup"))
    assert not bill.lines
    assert bill.unpriced[0].why == "1 cup: no price of tea is known in ap-south-1"
    assert bill.unpriced[0].lacks_price, "the cup is due, whatever it costs"


def test_a_low_confidence_price_is_not_charged() -> None:
    bill = _bill(book({"tea": "1.50"}, Confidence.LOW))
    bill.charge(BUCKET, "tea", count(2, "cup"))
    assert not bill.lines
    assert bill.unpriced[0].why == (
        "2 cups: only a low-confidence price of tea is known in ap-south-1: 1.5 USD per unit from source of tea"
    )


@pytest.mark.parametrize(
    ("wanted", "billed", "formula"),
    [
        (7, 0, "(7 alarms − 7 of 10 free per account) × 0.1 USD"),
        (10, 0, "(10 alarms − 10 of 10 free per account) × 0.1 USD"),
        (12, 2, "(12 alarms − 10 of 10 free per account) × 0.1 USD"),
    ],
)
def test_an_allowance_comes_first(wanted: int, billed: int, formula: str) -> None:
    bill = _bill(book({ALARMS: "0.10"}))
    bill.charge(BUCKET, ALARMS, count(wanted, "alarm"))
    assert bill.lines[0].quantity == billed
    assert bill.lines[0].monthly == billed * Decimal("0.1")
    assert bill.lines[0].formula == formula


def test_an_allowance_counts_once() -> None:
    bill = _bill(book({ALARMS: "0.10"}))
    for _ in range(3):
        bill.charge(BUCKET, ALARMS, count(6, "alarm"))
    assert [line.quantity for line in bill.lines] == [0, 2, 6]
    assert bill.lines[2].formula == "6 alarms × 0.1 USD"


def test_what_an_allowance_covers_wholly_needs_no_price() -> None:
    bill = _bill(book({}))
    bill.charge(BUCKET, ALARMS, count(10, "alarm"))
    bill.charge(BUCKET, ALARMS, count(1, "alarm"))
    assert [item.why for item in bill.free] == [f"{ALARMS}: (10 alarms − 10 of 10 free per account)"]
    assert bill.free[0].source == "https://aws.amazon.com/cloudwatch/pricing/"
    assert [item.why for item in bill.unpriced] == [f"1 alarm: no price of {ALARMS} is known in ap-south-1"]


def test_a_copy_of_allowances_is_used_up_apart() -> None:
    first = Allowances()
    first.take(ALARMS, Decimal(4))
    second = first.copy()
    assert second.take(ALARMS, Decimal(100)) == 6
    assert first.take(ALARMS, Decimal(100)) == 6
    assert first.take("nothing", Decimal(1)) == 0


def test_a_discount_lowers_the_price_and_both_sources_stand() -> None:
    prices = {
        "tea": made_up_price("tea", "ap-south-1", "0.2"),
        "off": made_up_price("off", "ap-south-1", "69", Confidence.MEDIUM),
    }
    bill = _bill(lambda sku, region: prices.get(sku))
    bill.charge(BUCKET, "tea", count(10, "cup"), discount="off")
    bill.charge(BUCKET, "tea", count(10, "cup"), discount="unknown")
    (line,) = bill.lines
    assert (line.unit_price, line.monthly) == (Decimal("0.062"), Decimal("0.62"))
    assert line.formula == "10 cups × 0.2 USD × (100 − 69) %"
    assert line.source == "source of tea; off: source of off"
    assert line.confidence is Confidence.MEDIUM
    assert [item.why for item in bill.unpriced] == ["10 cups: no price of unknown is known in ap-south-1"]


def test_numbers_are_written_plainly() -> None:
    written = [number(Decimal(text)) for text in ("0.04256", "1E+3", "1000000", "0.0000133334", "5.00", "0")]
    assert written == ["0.04256", "1,000", "1,000,000", "0.0000133334", "5", "0"]


def test_quantities_keep_their_words() -> None:
    quantity = gigabytes(DataSize.parse("1536 MB")) * amount(90, "days") / amount(30, "days")
    assert (quantity.value, quantity.words) == (Decimal("4.5"), "1.5 GB × 90 days / 30 days")
    assert [count(n, "box", "boxes").words for n in (0, 1, 2)] == ["0 boxes", "1 box", "2 boxes"]
