"""GP-VAL-019."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.facts import primaries
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import DatabaseInstance

SIZES = {"gp2": (20, 65_536), "gp3": (20, 65_536), "io1": (100, 65_536), "io2": (100, 65_536), "standard": (5, 3_072)}
"""Smallest and largest storage in GiB of MySQL, MariaDB and PostgreSQL by storage type."""
GROWTH_PERCENT = 10
"""So far above the allocated storage the upper limit of storage autoscaling has to lie at least."""


class DatabaseStorage(Rule):
    id = "GP-VAL-019"
    title = "A database's storage has a size that its type allows, and room to grow where it may grow"
    severity = "error"
    why = "RDS refuses storage outside the limits of its type, and an upper limit less than 10 % above it."
    fix = Fix(
        blueprint="Set databases.<name>.storage, like 100..500 GB gp3.",
        terraform="aws_db_instance: allocated_storage, max_allocated_storage and storage_type",
        cloudformation="AWS::RDS::DBInstance: AllocatedStorage, MaxAllocatedStorage and StorageType",
    )
    source = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for database in primaries(architecture):
            problem = _problem(database)
            if problem:
                yield self.violation(database, problem)


def _problem(database: DatabaseInstance) -> str | None:
    kind = database.storage_type or "gp2"
    size, most = database.allocated_storage, database.max_allocated_storage
    if kind not in SIZES:
        return f"has storage_type {kind}; {', '.join(SIZES)} are right"
    if size is None:
        return "has no allocated_storage; a primary needs one"
    smallest, largest = SIZES[kind]
    if not smallest <= size <= largest:
        return f"has allocated_storage {size} GiB of {kind}; {smallest} to {largest} GiB is right"
    least = -(-size * (100 + GROWTH_PERCENT) // 100)
    if most is not None and not least <= most <= largest:
        return (
            f"has max_allocated_storage {most} GiB over an allocated_storage of {size} GiB; "
            f"{least} to {largest} GiB is right, or none"
        )
    return None
