"""AWS Config and AWS Backup.

Sources: https://aws.amazon.com/config/pricing/, https://aws.amazon.com/backup/pricing/
"""

from __future__ import annotations

from groundplan.cost.bill import Bill, pricer
from groundplan.cost.network import charge_between_regions
from groundplan.cost.quantities import amount, gigabytes
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.files import FileSystem
from groundplan.resources.governance import BackupVault, ConfigRule, ConfigurationRecorder, RestoreTestingPlan


def _recorders(bill: Bill, recorders: tuple[ConfigurationRecorder, ...]) -> None:
    if bill.usage.config_changes is not None:
        changes = amount(bill.usage.config_changes, "changes of resources")
        bill.charge(recorders, "config.item", changes, "usage")
        return
    for recorder in recorders:
        each = bill.each("config.item", recorder)
        bill.add_unpriced(recorder, f"usage.config_changes is not stated: changes of resources are recorded{each}")


def _rules(bill: Bill, rules: tuple[ConfigRule, ...]) -> None:
    if bill.usage.config_evaluations is not None:
        evaluations = amount(bill.usage.config_evaluations, "evaluations of rules")
        bill.charge(rules, "config.rule_evaluation", evaluations, "usage")
        return
    each = bill.each("config.rule_evaluation", rules[0])
    bill.add_unpriced(rules, f"usage.config_evaluations is not stated: rules are evaluated{each}")


def _vaults(bill: Bill, vaults: tuple[BackupVault, ...]) -> None:
    """The first recovery point holds everything, the others what has changed since."""
    kept = {name.replace("-", "_"): size for name, size in bill.usage.recovery_points.items()}
    for vault in vaults:
        if bill.region(vault) != bill.architecture.region:
            charge_between_regions(bill, vault, vaults[0], "each recovery point is transferred to the other region")
        if kept:
            for name, size in kept.items():
                note = f"recovery points of {name}"
                bill.charge(vault, _backed_up(bill, name), gigabytes(size), "usage", note=note)
            continue
        databases, buckets = (bill.each(f"backup.{kind}.gb_month", vault) for kind in ("rds_snapshot", "s3"))
        bill.add_unpriced(
            vault,
            "usage.recovery_points does not state how much they hold: "
            f"those of databases are paid by GB and month{databases}, those of buckets{buckets or ' too'}",
        )


def _backed_up(bill: Bill, name: str) -> str:
    """The sku of what is backed up under a name of the blueprint."""
    if any(instance.name == name for instance in bill.architecture.of(DatabaseInstance)):
        return "backup.rds_snapshot.gb_month"
    if any(system.name == name for system in bill.architecture.of(FileSystem)):
        return "backup.efs_warm.gb_month"
    return "backup.s3.gb_month"


def _restore_tests(bill: Bill, plans: tuple[RestoreTestingPlan, ...]) -> None:
    bill.add_unpriced(
        plans,
        "each restored recovery point is charged per test, by the restored volume where it is a bucket or a file "
        "system, and as what it is while it is there; no price of a test is known",
        lacks_price=True,
    )


PRICERS = (
    pricer(ConfigurationRecorder, _recorders),
    pricer(ConfigRule, _rules),
    pricer(BackupVault, _vaults),
    pricer(RestoreTestingPlan, _restore_tests),
)
