"""AWS KMS and AWS Secrets Manager.

Sources: https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/secrets-manager/pricing/
"""

from __future__ import annotations

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.quantities import count
from groundplan.resources.security import Key, Secret


def _keys(bill: Bill, keys: tuple[Key, ...]) -> None:
    for key in keys:
        note = "as much again after each of the first two yearly rotations" if key.enable_key_rotation else ""
        bill.charge(key, "kms.key.month", count(1, "key"), note=note)
    bill.add_unpriced(keys, "usage does not state the requests to KMS; an account's first 20,000 a month are free")


def _secrets(bill: Bill, secrets: tuple[Secret, ...]) -> None:
    for secret in secrets:
        bill.charge(secret, "secretsmanager.secret.month", count(1, "secret"))
        for copy in secret.replicas:
            # A copy is charged like a secret. Its price is that of the secret's own region, which all regions have.
            note = f"the copy in {copy.region}"
            bill.charge(secret, "secretsmanager.secret.month", count(1, "secret"), note=note)
    bill.add_unpriced(secrets, "usage does not state the calls to Secrets Manager")


PRICERS = (pricer(Key, _keys), pricer(Secret, _secrets))
