"""The bill beside the estimate: what is matched, divided between concerns, and named as drift."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.cost.book import architecture_of, made_up_price

from groundplan.catalog import prices
from groundplan.cost import Estimate, Line
from groundplan.cost.actual import Charge, Comparison, Spending, Spent, _services, compare
from groundplan.cost.model import Range
from groundplan.resources.storage import Bucket

TEN_DAYS = (date(2026, 11, 1), date(2026, 11, 11))
"""A third of November."""
TEN = Decimal(10)
BUCKET = Bucket(name="files", concern="storage", bucket_name="files")
TRAIL = Bucket(name="trail", concern="audit", bucket_name="trail")


def line(resource: str, sku: str, monthly: str) -> Line:
    price = made_up_price(sku, "ap-south-1", monthly)
    return Line(
        resource, sku, Decimal(1), price.unit, price.usd, price.usd, "", price.source, price.source_date,
        price.confidence, "fixed",
    )  # fmt: skip


def compared(lines: list[Line], *items: tuple[str, str, str], forecast: str | None = "0") -> Comparison:
    architecture = architecture_of([BUCKET, TRAIL])
    estimate = Estimate("ap-south-1", tuple(lines), (), (), Range(Decimal, Decimal))
    spent = tuple(Spent(service, usage_type, Decimal(usd)) for service, usage_type, usd in items)
    return compare(architecture, estimate, Spending(*TEN_DAYS, spent, None if forecast is None else Decimal(forecast)))


def charge(found: Comparison, name: str) -> Charge:
    (only,) = (each for each in found.charges if each.name == name)
    return only


S3 = "Amazon Simple Storage Service"
STORED = (S3, "APS3-TimedStorage-ByteHrs")


def test_a_charge_is_compared_for_as_many_days_as_are_billed() -> None:
    found = compared([line(BUCKET.address, "s3.standard.gb_month", "30")], (*STORED, "10"))
    assert charge(found, f"{S3}: APS3-TimedStorage-ByteHrs").estimated == 10
    assert found.drifts == ()
    assert [(str(each.concern), each.estimated, each.actual) for each in found.concerns] == [("storage", TEN, TEN)]
    assert (found.estimated, found.month) == (TEN, TEN)


@pytest.mark.parametrize(("billed", "drifts"), [("12", False), ("12.01", True), ("8", False), ("7.99", True)])
def test_what_is_off_by_more_than_a_fifth_drifts(billed: str, drifts: bool) -> None:
    found = compared([line(BUCKET.address, "s3.standard.gb_month", "30")], (*STORED, billed))
    assert bool(found.drifts) is drifts


def test_what_is_off_by_less_than_a_dollar_does_not() -> None:
    assert compared([line(BUCKET.address, "s3.standard.gb_month", "3")], (*STORED, "2")).drifts == ()


def test_a_charge_of_two_concerns_is_divided_as_estimated() -> None:
    lines = [line(BUCKET.address, "s3.standard.gb_month", "45"), line(TRAIL.address, "s3.standard.gb_month", "15")]
    found = compared(lines, (*STORED, "40"))
    assert {each.concern: each.actual for each in found.concerns} == {"storage": 30, "audit": 10}
    (drift,) = found.drifts
    assert ([*map(str, drift.concerns)], drift.difference) == (["storage", "audit"], Decimal(20))


def test_what_the_estimate_does_not_have_is_named() -> None:
    found = compared(
        [line(BUCKET.address, "s3.standard.gb_month", "30")],
        (*STORED, "10"),
        ("Amazon SageMaker", "APS3-Notebook", "55"),
        ("Amazon EC2 Container Registry (ECR)", "APS3-TimedStorage-ByteHrs", "7"),
    )
    assert [(each.name, each.estimated, each.actual, len(each.concerns)) for each in found.drifts] == [
        ("Amazon SageMaker: APS3-Notebook", Decimal(0), Decimal(55), 0),
        ("Amazon EC2 Container Registry (ECR): APS3-TimedStorage-ByteHrs", Decimal(0), Decimal(7), 0),
    ]
    assert found.concerns[-1].concern is None
    assert found.concerns[-1].actual == 62


def test_what_is_estimated_and_not_billed_is_named() -> None:
    found = compared([line(BUCKET.address, "s3.standard.gb_month", "30")], ("AWS WAF", "APS3-WebACLV2", "0.01"))
    (drift,) = found.drifts
    assert (drift.name, drift.actual) == ("s3.standard.gb_month (not billed)", Decimal(0))


def test_a_usage_type_of_another_region_is_not_ours() -> None:
    found = compared([line(BUCKET.address, "s3.standard.gb_month", "30")], (S3, "APS1-TimedStorage-ByteHrs", "10"))
    assert {each.name for each in found.drifts} == {
        f"{S3}: APS1-TimedStorage-ByteHrs", "s3.standard.gb_month (not billed)",
    }  # fmt: skip


def test_a_usage_type_of_two_skus_and_renamed_usage_types_are_one_charge() -> None:
    found = compared(
        [line(BUCKET.address, "alb.hour", "18"), line(TRAIL.address, "nlb.hour", "12")],
        ("Amazon Elastic Load Balancing", "APS3-LoadBalancerUsage", "10"),
    )
    (both,) = found.charges
    assert (both.estimated, both.actual) == (TEN, TEN)
    queue = "Amazon Simple Queue Service"
    found = compared(
        [line(BUCKET.address, "sqs.standard.per_1m", "30")],
        (queue, "APS3-Requests-Tier1", "6"),
        (queue, "APS3-Requests-RBP", "4"),
    )
    (both,) = found.charges
    assert (both.name, both.actual) == (f"{queue}: APS3-Requests-Tier1, {queue}: APS3-Requests-RBP", TEN)


def test_a_sku_without_selector_is_found_by_its_service() -> None:
    found = compared(
        [line(BUCKET.address, "guardduty.vpc_flow_dns.gb", "30")],
        ("Amazon GuardDuty", "APS3-PaidFlowLogs", "6"),
        ("Amazon GuardDuty", "APS3-PaidEvents", "4"),
    )
    (only,) = found.charges
    assert (only.estimated, only.actual) == (TEN, TEN)


def test_data_transfer_is_billed_with_every_service() -> None:
    found = compared(
        [line(BUCKET.address, "dto.internet.gb_first10tb", "30")],
        ("EC2 - Other", "APS3-DataTransfer-Out-Bytes", "6"),
        (S3, "APS3-DataTransfer-Out-Bytes", "4"),
    )
    (only,) = found.charges
    assert only.actual == 10


def test_no_part_of_a_bill_or_an_estimate_is_lost() -> None:
    lines = [
        line(BUCKET.address, "s3.standard.gb_month", "45"),
        line("bucket.*", "s3.get.per_1k", "9"),
        line("nowhere.at_all", "kms.key.month", "3"),
        line(TRAIL.address, "alb.hour", "0"),
    ]
    found = compared(
        lines,
        (*STORED, "40"),
        (S3, "APS3-Requests-Tier2", "1"),
        ("AWS Key Management Service", "ap-south-1-KMS-Keys", "2"),
        ("Amazon Elastic Load Balancing", "APS3-LoadBalancerUsage", "8"),
        ("Tax", "Tax", "3"),
    )
    assert sum(each.actual for each in found.concerns) == found.spending.usd == 54
    assert sum(each.estimated for each in found.concerns) == found.estimated == 19


def test_without_a_forecast_the_month_is_not_known() -> None:
    assert compared([], ("AWS WAF", "APS3-WebACLV2", "1"), forecast=None).month is None


def test_every_service_of_the_book_has_a_name_on_the_bill() -> None:
    unknown = {
        price.service
        for price in prices.packaged()
        if not _services()[price.sku] and price.service not in ("gcp", "savings")
    }
    assert unknown == set()
