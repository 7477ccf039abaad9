"""Amazon S3. Source: https://aws.amazon.com/s3/pricing/"""

from __future__ import annotations

from decimal import Decimal

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.network import charge_between_regions
from groundplan.cost.quantities import amount, gigabytes
from groundplan.resources.storage import Bucket, Transition

PER_PRICE = Decimal(1000)
"""Requests that S3 names a price for."""


def _buckets(bill: Bill, buckets: tuple[Bucket, ...]) -> None:
    sources = {bucket.replication.destination: bucket for bucket in buckets if bucket.replication}
    for bucket in buckets:
        if source := sources.get(bucket.ref):
            _replica(bill, source, bucket)
            continue
        stored = bill.stored(bucket)
        if stored is None:
            bill.add_unpriced(bucket, bill.not_stated(bucket))
            continue
        note = "all of it as S3 Standard" if _transitions(bucket) else ""
        bill.charge(bucket, "s3.standard.gb_month", gigabytes(stored), "usage", note=note)
        if any(change.storage_class == "INTELLIGENT_TIERING" for change in _transitions(bucket)):
            bill.add_unpriced(
                bucket, "usage does not state the objects that Intelligent-Tiering watches, each for a fee"
            )
    _requests(bill, buckets)


def _replica(bill: Bill, source: Bucket, replica: Bucket) -> None:
    """A copy holds what its source holds, in its own storage class and at the prices of its region."""
    charge_between_regions(bill, replica, source, "each new object is transferred to the other region, and put")
    stored = bill.stored(source)
    sku = _SKUS.get(source.replication.storage_class) if source.replication else None
    if stored is None:
        bill.add_unpriced(replica, bill.not_stated(source))
    elif sku is None:
        bill.add_unpriced(replica, "usage does not state the objects that Intelligent-Tiering watches, each for a fee")
    else:
        bill.charge(replica, sku, gigabytes(stored), "usage", note=f"a copy of {source.address}")


def _requests(bill: Bill, buckets: tuple[Bucket, ...]) -> None:
    """Writing is the dearer of the two. Deleting is free."""
    each = (
        ("bucket_writes", bill.usage.bucket_writes, "s3.put.per_1k"),
        ("bucket_reads", bill.usage.bucket_reads, "s3.get.per_1k"),
    )
    for key, requests, sku in each:
        if requests is None:
            bill.add_unpriced(buckets, f"usage.{key} is not stated: requests to buckets are charged by their number")
        else:
            paid = amount(requests, "requests") / amount(PER_PRICE, "requests a price")
            bill.charge(buckets, sku, paid, "usage")


_SKUS = {
    "STANDARD": "s3.standard.gb_month",
    "STANDARD_IA": "s3.ia.gb_month",
    "ONEZONE_IA": "s3.onezone_ia.gb_month",
    "GLACIER_IR": "s3.glacier_ir.gb_month",
    "GLACIER": "s3.glacier_flexible.gb_month",
}
"""Storage class to what is charged."""


def _transitions(bucket: Bucket) -> tuple[Transition, ...]:
    return tuple(change for rule in bucket.lifecycle_rules for change in rule.transitions)


PRICERS = (pricer(Bucket, _buckets),)
