"""Copies in other regions at the prices there; what AWS Config and AWS Backup cost is said, and not guessed."""

from __future__ import annotations

from decimal import Decimal

from tests.cost.book import architecture_of, line, reasons, without
from tests.design.blueprints import designed

from groundplan.blueprint.models import Usage
from groundplan.catalog.prices import price
from groundplan.cost import estimate
from groundplan.resources.storage import Bucket
from groundplan.units import DataSize

START = "project: shop\nregion: eu-west-1\nprofile: poc\n"


def test_a_copy_is_paid_in_its_class_and_region() -> None:
    found = designed(START + "buckets: {files: {versioning: true, replicate: us-west-2}}\n")
    bill = estimate(found, Usage(stored={"files": DataSize.parse("200 GB")}), None)
    copy = line(bill, "bucket.files_replica", "s3.ia.gb_month")
    known = price("s3.ia.gb_month", "us-west-2")
    assert known is not None
    assert (copy.quantity, copy.unit_price) == (Decimal(200), known.usd)
    assert "a copy of bucket.files" in copy.formula
    assert line(bill, "bucket.files", "s3.standard.gb_month").quantity == 200
    assert any("transferred to the other region" in why for why in reasons(bill, "bucket.files_replica"))


def test_a_copy_of_an_unknown_size_is_not_priced() -> None:
    found = designed(START + "buckets: {files: {versioning: true, replicate: us-west-2}}\n")
    bill = estimate(found, Usage(), None)
    assert bill.of("bucket.files_replica") == ()
    assert "usage.stored.files is not stated" in reasons(bill, "bucket.files_replica")


def test_a_class_that_is_watched_object_by_object_is_not_priced() -> None:
    asked = "{region: us-west-2, storage_class: INTELLIGENT_TIERING}"
    found = designed(START + f"buckets: {{files: {{versioning: true, replicate: {asked}}}}}\n")
    bill = estimate(found, Usage(stored={"files": DataSize.parse("200 GB")}), None)
    assert bill.of("bucket.files_replica") == ()
    assert any("Intelligent-Tiering" in why for why in reasons(bill, "bucket.files_replica"))


def test_what_standard_costs_beyond_the_first_tier_is_said() -> None:
    asked = "{region: us-west-2, storage_class: STANDARD}"
    found = designed(START + f"buckets: {{files: {{versioning: true, replicate: {asked}}}}}\n")
    bill = estimate(found, Usage(stored={"files": DataSize.parse("60 TB")}), None)
    assert line(bill, "bucket.files_replica", "s3.standard.gb_month").quantity == 50 * 1024
    assert any("beyond the first 50 TB" in why for why in reasons(bill, "bucket.files_replica"))


def test_config_and_backup_say_what_they_depend_on() -> None:
    found = designed(
        START.replace("eu-west-1", "us-east-1")
        + "databases: {main: {engine: postgres 16, class: db.t4g.micro}}\nbackup: {}\naudit: {}\n"
    )
    bill = estimate(found, Usage(), None)
    assert reasons(bill, "configuration_recorder.main") == [
        "usage.config_changes is not stated: changes of resources are recorded, 0.003 USD each"
    ]
    assert reasons(bill, "config_rule.*") == [
        "usage.config_evaluations is not stated: rules are evaluated, 0.001 USD each"
    ]
    (vault,) = reasons(bill, "backup_vault.main")
    assert "0.095 USD each" in vault
    assert "0.05 USD each" in vault
    free = {item.resource for item in bill.free}
    assert {"trail.main", "delivery_channel.main", "backup_plan.main", "backup_selection.main"} <= free


def test_where_no_price_is_known_none_is_said() -> None:
    found = designed(START.replace("eu-west-1", "af-south-1") + "audit: {trail: null, rules: []}\n")
    assert reasons(estimate(found, Usage(), None), "configuration_recorder.main") == [
        "usage.config_changes is not stated: changes of resources are recorded"
    ]


def test_a_bucket_that_is_not_copied_is_as_before() -> None:
    bucket = Bucket(name="files", concern="storage", bucket_name="shop-files", sse_algorithm="AES256")
    bill = estimate(architecture_of([bucket]), Usage(stored={"files": DataSize.parse("1 GB")}), None)
    assert [item.resource for item in bill.lines] == ["bucket.files"]


BACKUP = "databases: {main: {engine: postgres 16, class: db.t4g.micro}}\nbackup: {copy_to: us-west-2}\n"


def test_recovery_points_are_transferred_to_the_other_region() -> None:
    found = designed(START + BACKUP)
    assert any(
        why == "usage.between_regions is not stated: each recovery point is transferred to the other region"
        for why in reasons(estimate(found, Usage(), None), "backup_vault.copies")
    )
    bill = estimate(found, Usage(between_regions=DataSize.parse("50 GB")), None)
    assert line(bill, "backup_vault.main", "dto.inter_region.gb").monthly == 50 * Decimal("0.02")


def test_what_is_copied_is_unpriced_once() -> None:
    """Where the price between regions is not known, too: it is one figure for all that is copied."""
    copied = "buckets: {files: {versioning: true, replicate: us-west-2}}\n"
    bill = estimate(
        designed(START + BACKUP + copied),
        Usage(between_regions=DataSize.parse("50 GB")),
        None,
        prices=without("dto.inter_region.gb"),
    )
    assert [item.resource for item in bill.unpriced if item.sku == "dto.inter_region.gb"] == ["bucket.files"]
