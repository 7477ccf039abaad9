"""Buckets, logs, alarms, keys and messages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.cost.book import architecture_of, line, made_up_price, priced, reasons
from tests.engines.samples import sample_architecture

from groundplan.blueprint.models import Usage
from groundplan.cost import Estimate, estimate
from groundplan.cost.bill import PriceLookup
from groundplan.resources import Architecture
from groundplan.resources.monitoring import Alarm, Dashboard, LogGroup
from groundplan.resources.security import Key
from groundplan.resources.storage import Bucket, BucketLifecycleRule, Transition
from groundplan.units import DataSize


def _stored(**sizes: str) -> Usage:
    return Usage(stored={name: DataSize.parse(size) for name, size in sizes.items()})


def _estimate(architecture: Architecture, usage: Usage | None = None) -> Estimate:
    return estimate(architecture, usage or Usage(), None)


def _dearer_in(dear: str) -> PriceLookup:
    """A price book in which everything costs 2 USD in one region, and 1 USD elsewhere."""
    return lambda sku, region: made_up_price(sku, region, "2" if region == dear else "1")


def _buckets(*names: str) -> list[Bucket]:
    return [Bucket(name=name, concern="storage", bucket_name=name) for name in names]


def test_objects_are_priced_by_size() -> None:
    found = priced(_buckets("files"), _stored(files="300 GB"))
    assert line(found, "bucket.files", "s3.standard.gb_month").monthly == Decimal("7.50")  # 300 × 0.025
    assert reasons(found, "bucket.files") == [
        "usage.bucket_writes is not stated: requests to buckets are charged by their number",
        "usage.bucket_reads is not stated: requests to buckets are charged by their number",
    ]


def test_beyond_fifty_terabytes_no_price_is_known() -> None:
    found = priced(_buckets("one", "two"), _stored(one="40 TB", two="20 TB"))
    assert line(found, "bucket.one", "s3.standard.gb_month").monthly == Decimal("1024")  # 40,960 × 0.025
    assert line(found, "bucket.two", "s3.standard.gb_month").quantity == 10 * 1024
    assert reasons(found, "bucket.two") == [
        "10,240 of 20,480 GB: no price of s3.standard.gb_month beyond the first 50 TB is known"
    ]


def test_objects_that_move_to_an_archive_are_priced_as_if_they_stayed() -> None:
    found = _estimate(sample_architecture(), _stored(backups="10 GB", uploads="10 GB"))
    assert "all of it as S3 Standard" in line(found, "bucket.backups", "s3.standard.gb_month").formula
    assert "as S3 Standard" not in line(found, "bucket.uploads", "s3.standard.gb_month").formula


def _log_groups(*days: int) -> list[LogGroup]:
    return [
        LogGroup(name=f"group-{number}", concern="services", log_group_name=f"/group/{number}", retention_in_days=each)
        for number, each in enumerate(days)
    ]


def test_logs_are_paid_once_written_and_again_while_kept() -> None:
    # In us-east-1: 105 GB less 5 free at 0.50, and 105 GB × 3 months × 0.15 at 0.03.
    ohio = architecture_of(_log_groups(7, 90), "us-east-1")
    found = _estimate(ohio, Usage(logs=DataSize.parse("105 GB")))
    assert line(found, "log_group.*", "cloudwatch.logs_ingest.gb").monthly == Decimal("50.00")
    kept = line(found, "log_group.*", "cloudwatch.logs_storage.gb_month")
    assert kept.monthly == Decimal("1.4175")
    assert kept.formula.startswith("105 GB × 90 days kept / 30 days × 0.15 compressed × 0.03 USD")


def test_a_single_log_group_is_named() -> None:
    found = priced(_log_groups(30), Usage(logs=DataSize.parse("6 GB")))
    assert line(found, "log_group.group-0", "cloudwatch.logs_ingest.gb").monthly == Decimal("0.67")
    assert "low-confidence" in reasons(found, "log_group.group-0")[0]


@pytest.mark.parametrize(("region", "dashboards", "monthly"), [("ap-south-1", 3, "0"), ("eu-north-1", 5, "6")])
def test_three_dashboards_of_an_account_are_free(region: str, dashboards: int, monthly: str) -> None:
    (board,) = sample_architecture().of(Dashboard)
    more = [replace(board, name=f"more-{number}") for number in range(dashboards - 1)]
    found = _estimate(replace(sample_architecture(), region=region, resources=(*sample_architecture(), *more)))
    boards = [item for item in found.lines if item.sku == "cloudwatch.dashboard.month"]
    assert len(boards) == dashboards
    assert sum(item.monthly for item in boards) == Decimal(monthly)


def test_every_metric_of_metric_math_counts_and_fast_alarms_cost_more() -> None:
    # The sample's own alarms take the free ten; 5 copies of the two-metric alarm are 10 metrics more at 0.10.
    virginia = replace(sample_architecture(), region="us-east-1")
    errors = virginia.at("alarm.errors")
    assert isinstance(errors, Alarm)
    copies = [replace(errors, name=f"errors-{number}", period=60) for number in range(5)]
    fast = replace(errors, name="fast", period=10)
    before, found = _estimate(virginia), _estimate(virginia.with_resources((*virginia, *copies, fast)))
    standard = [
        sum(item.monthly for item in estimated.lines if item.sku == "cloudwatch.alarm.month")
        for estimated in (before, found)
    ]
    assert standard[0] > 0
    assert standard[1] - standard[0] == Decimal("1.00")
    assert line(found, "alarm.fast", "cloudwatch.alarm_hires.month").monthly == Decimal("0.60")  # 2 × 0.30


def test_target_tracking_brings_alarms_of_its_own() -> None:
    virginia = replace(sample_architecture(), region="us-east-1")
    policy = line(_estimate(virginia), "scaling_policy.api-cpu", "cloudwatch.alarm.month")
    assert policy.formula.startswith("(2 alarms of target tracking − 2 of 10 free per account)")


def test_a_key_without_rotation_has_no_note() -> None:
    architecture = sample_architecture()
    key = architecture.of(Key)[0]
    formulas = [
        line(_estimate(architecture.changed(key, enable_key_rotation=rotates)), key.address, "kms.key.month").formula
        for rotates in (True, False)
    ]
    assert formulas[0].startswith("1 key × 1 USD (as much again after")
    assert formulas[1] == "1 key × 1 USD"


def test_secrets_are_priced_where_a_sourced_price_is_known() -> None:
    virginia = replace(sample_architecture(), region="us-east-1")
    found = _estimate(virginia)
    secrets = [item for item in found.lines if item.sku == "secretsmanager.secret.month"]
    # Five, and the one that RDS keeps, at 0.40. Of the region of the copy no price is known.
    assert sum(item.monthly for item in secrets) == Decimal("2.40")
    (copy,) = reasons(found, "secret.shared")
    assert copy == "1 secret: no price of secretsmanager.secret.month is known in ap-southeast-1"


def test_the_copy_of_a_secret_has_the_price_of_its_own_region() -> None:
    dear = estimate(sample_architecture(), Usage(), None, prices=_dearer_in("ap-southeast-1"))
    copied, own = sorted(item.unit_price for item in dear.of("secret.shared"))[::-1]
    assert (own, copied) == (Decimal(1), Decimal(2))


def test_nothing_of_what_has_no_price_costs_nothing() -> None:
    found = _estimate(sample_architecture(), Usage(logs=DataSize.parse("0 GB"), traces=0))
    assert not any("logs_storage" in item.why or item.sku == "xray.trace_recorded.per_1m" for item in found.unpriced)
    assert any("cloudwatch.logs_storage" in item.why for item in found.free)


def test_objects_that_intelligent_tiering_watches_have_a_fee_that_is_not_known() -> None:
    watched = BucketLifecycleRule(id="all", transitions=(Transition(days=0, storage_class="INTELLIGENT_TIERING"),))
    bucket = replace(_buckets("files")[0], lifecycle_rules=(watched,))
    found = priced([bucket], _stored(files="1 GB"))
    assert any("Intelligent-Tiering" in why for why in reasons(found, "bucket.files"))
    assert not any(
        "Intelligent-Tiering" in why
        for why in reasons(priced(_buckets("files"), _stored(files="1 GB")), "bucket.files")
    )


def test_a_hyphen_in_a_name_finds_its_bucket() -> None:
    """The architecture writes underscores where the blueprint may write hyphens."""
    from groundplan.cost.bill import stores
    from groundplan.cost.usage import used

    usage = Usage.model_validate({"stored": {"user-uploads": "10 GB"}})
    assert {name: size.gib for name, size in stores(used(usage, "expected")).items()} == {"user_uploads": 10}
