"""Amazon S3. Source: https://aws.amazon.com/s3/pricing/"""

from __future__ import annotations

from decimal import Decimal

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.quantities import amount, gigabytes, number
from groundplan.resources.storage import Bucket, Transition

FIRST_TIER = Decimal(50 * 1024)
"""GB in the first tier of S3 Standard. Beyond it the price falls; the price book holds only the first."""


def _buckets(bill: Bill, buckets: tuple[Bucket, ...]) -> None:
    left = FIRST_TIER
    sources = {bucket.replication.destination: bucket for bucket in buckets if bucket.replication}
    for bucket in buckets:
        if source := sources.get(bucket.ref):
            _replica(bill, source, bucket)
            continue
        stored = bill.stored(bucket)
        if stored is None:
            bill.add_unpriced(bucket, bill.not_stated(bucket))
            continue
        size = gigabytes(stored).value
        part = min(size, left)
        left -= part
        note = "all of it as S3 Standard" if _transitions(bucket) else ""
        if part or not size:
            bill.charge(bucket, "s3.standard.gb_month", amount(part, "GB"), "usage", note=note)
        if part < size:
            bill.add_unpriced(
                bucket, f"{number(size - part)} GB: no price of S3 Standard beyond the first 50 TB is known"
            )
        if any(change.storage_class == "INTELLIGENT_TIERING" for change in _transitions(bucket)):
            bill.add_unpriced(
                bucket, "usage does not state the objects that Intelligent-Tiering watches, each for a fee"
            )
    bill.add_unpriced(buckets, "usage does not state the requests to buckets")


def _replica(bill: Bill, source: Bucket, replica: Bucket) -> None:
    """A copy holds what its source holds, in its own storage class and at the prices of its region."""
    bill.add_unpriced(
        replica, "usage does not state what is new each month: each object is transferred to the other region, and put"
    )
    stored = bill.stored(source)
    sku = _SKUS.get(source.replication.storage_class) if source.replication else None
    if stored is None:
        bill.add_unpriced(replica, bill.not_stated(source))
    elif sku is None:
        bill.add_unpriced(replica, "usage does not state the objects that Intelligent-Tiering watches, each for a fee")
    else:
        size = gigabytes(stored)
        if sku == _SKUS["STANDARD"] and size.value > FIRST_TIER:
            beyond = number(size.value - FIRST_TIER)
            bill.add_unpriced(replica, f"{beyond} GB: no price of S3 Standard beyond the first 50 TB is known")
            size = amount(FIRST_TIER, "GB")
        bill.charge(replica, sku, size, "usage", note=f"a copy of {source.address}")


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
