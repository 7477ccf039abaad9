"""The standby in another region: what it can be a copy of, and what it may say for itself."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.recovery import Standby
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding

ONCE = ("standby", "secondary", "dns", "audit", "security", "account", "backup", "off_hours")
"""Sections that stand once for both regions, or make no sense in the other."""
COMMON = ("accept", "about", "engine", "owner_id", "profile", "project", "region", "state", "title")
"""What is the same in both."""
FIXED = {
    "buckets": {
        "cdn": "the distribution stands once, in the environment itself",
        "replicate": "copies go from the environment to its standby, and not on",
    },
    "databases": {
        "extensions": "the database is a copy, and nothing can be made in it there",
        "replicas": "the database there is a replica itself",
        "credentials": "the copy has the users and passwords of its primary",
    },
}
"""What is the same in every standby, by family: key to reason."""


def check_standby(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """What the environment has to be for a standby to copy it, and what the overlay may not say."""
    asked = blueprint.standby
    if asked is None:
        return
    if asked.region == blueprint.region:
        yield Finding(
            ("standby", "region"),
            f"{asked.region} is where the environment is; a standby for the loss of a region is in another one",
        )
    yield from _check_databases(blueprint)
    for name, bucket in blueprint.buckets.items():
        if bucket.replicate is not None and bucket.versioning and bucket.replicate.region != asked.region:
            yield Finding(
                ("buckets", name, "replicate"),
                f"the standby needs the copy in {asked.region}; leave replicate out, or write that region",
            )
    yield from _check_overlay(asked)


def _check_databases(blueprint: Blueprint) -> Iterator[Finding]:
    for name, database in blueprint.databases.items():
        at: Steps = ("databases", name)
        if not database.backups.seconds and not database.replicas:  # with replicas it is said already
            yield Finding((*at, "backups"), "the standby's replica is made from backups: keep them for 1d at least")
        if database.credentials == "managed" and not database.replicas:
            # Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html, Limitations
            yield Finding(
                (*at, "credentials"),
                "RDS makes no replica for the standby of an instance whose password it manages: take generated",
            )


def _check_overlay(asked: Standby) -> Iterator[Finding]:
    at: Steps = ("standby", "overlay")
    for section in asked.overlay:
        if section in ONCE or section in COMMON:
            why = "the standby's is standby.region" if section == "region" else "it counts for both regions"
            yield Finding((*at, section), f"{section} cannot differ in the standby: {why}; leave it out", at_key=True)
    for family, keys in FIXED.items():
        entries = asked.overlay.get(family)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            for key, why in keys.items():
                if isinstance(entry, dict) and key in entry:
                    yield Finding(
                        (*at, family, name, key),
                        f"{key} cannot differ in the standby: {why}; leave it out",
                        at_key=True,
                    )
