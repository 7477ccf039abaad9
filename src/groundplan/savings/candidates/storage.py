"""Volumes, logs and objects."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Plain
from groundplan.savings.change import Change

RETENTION_DAYS = (30, 14, 7)
"""What logs could be kept for instead."""
COPIES = ("STANDARD_IA", "GLACIER_IR")
"""Classes of copies that are hardly ever read, and can be at once."""
COLDER = "STANDARD_IA"


def changes(blueprint: Blueprint) -> Iterator[Change]:
    """gp3, shorter retention, storage classes."""
    for name, database in blueprint.databases.items():
        if database.storage.type != "gp3":
            yield Change(
                "storage", f"database {name} on gp3 instead of {database.storage.type}",
                {f"databases.{name}.storage.type": "gp3"},
            )  # fmt: skip
    yield from _logs(blueprint)
    for name, bucket in blueprint.buckets.items():
        if bucket.replicate is not None:
            unknown = "" if name in blueprint.usage.stored else f"usage.stored.{name} is not stated"
            for storage_class in COPIES:
                if bucket.replicate.storage_class != storage_class:
                    yield Change(
                        "storage",
                        f"copies of bucket {name} in {storage_class}",
                        {f"buckets.{name}.replicate.storage_class": storage_class},
                        "reading a copy costs by GB, and each is charged for 30 days (GLACIER_IR: 90) at least",
                        unknown=unknown,
                    )
        if not any(rule.archive for rule in bucket.lifecycle.values()):
            yield Change(
                "storage",
                f"bucket {name}: objects of 30 days to {COLDER}",
                {f"buckets.{name}.lifecycle.colder": {"archive": "30d", "archive_class": COLDER}},
                unknown="usage does not state how old objects are and how often they are read; all count as Standard",
            )


def _logs(blueprint: Blueprint) -> Iterator[Change]:
    """All logs at once: the usage of an environment is one figure for all of them."""
    for days in RETENTION_DAYS:
        settings: dict[str, Plain] = {
            f"{family}.{name}.logs.retention": f"{days}d"
            for family, workloads in (("services", blueprint.services), ("jobs", blueprint.jobs))
            for name, workload in workloads.items()
            if workload.logs.retention.days > days
        }
        if blueprint.network.flow_logs is not None and blueprint.network.flow_logs.days > days:
            settings["network.flow_logs"] = f"{days}d"
        if blueprint.platform == "eks" and blueprint.kubernetes.logs.days > days:
            settings["kubernetes.logs"] = f"{days}d"
        if settings:
            unknown = "" if blueprint.usage.logs is not None else "usage.logs is not stated"
            choice = blueprint.profile == "production"
            note = "what is older cannot be looked at any more"
            yield Change("logs", f"logs kept for {days} days", settings, note, choice=choice, unknown=unknown)
