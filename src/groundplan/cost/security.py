"""AWS KMS and AWS Secrets Manager.

Sources: https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/secrets-manager/pricing/
"""

from __future__ import annotations

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.quantities import amount, count
from groundplan.resources.security import Key, Secret

PER_PRICE = amount(10_000, "requests a price")
"""Requests that KMS and Secrets Manager name a price for."""


def _keys(bill: Bill, keys: tuple[Key, ...]) -> None:
    for key in keys:
        note = "as much again after each of the first two yearly rotations" if key.enable_key_rotation else ""
        bill.charge(key, "kms.key.month", count(1, "key"), note=note)
    if bill.usage.key_requests is None:
        why = "usage.key_requests is not stated: an account's first 20,000 to KMS are free"
        bill.add_unpriced(keys, why)
    else:
        requests = amount(bill.usage.key_requests, "requests") / PER_PRICE
        bill.charge(keys, "kms.request.per_10k", requests, "usage")


def _secrets(bill: Bill, secrets: tuple[Secret, ...]) -> None:
    for secret in secrets:
        bill.charge(secret, "secretsmanager.secret.month", count(1, "secret"))
        for copy in secret.replicas:
            # A copy is charged like a secret, where it is.
            note = f"the copy in {copy.region}"
            bill.charge(secret, "secretsmanager.secret.month", count(1, "secret"), note=note, region=copy.region)
    if bill.usage.secret_reads is None:
        bill.add_unpriced(secrets, "usage.secret_reads is not stated: calls to Secrets Manager are charged")
    else:
        calls = amount(bill.usage.secret_reads, "requests") / PER_PRICE
        bill.charge(secrets, "secretsmanager.api.per_10k", calls, "usage")


PRICERS = (pricer(Key, _keys), pricer(Secret, _secrets))
