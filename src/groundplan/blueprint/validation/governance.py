"""Audit, backup and copies in other regions: what they need of each other and of what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.governance import Account, Audit, Backup
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, check_days, check_retention
from groundplan.blueprint.validation.cron import cron_problem
from groundplan.units import Duration

LONGEST_BACKUP = 36500
"""Days. Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html"""
LONGEST_PASSWORD = 1095
"""Days. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html"""
LONGEST_RECORD = 36500
"""Days, as far as AWS gives any limit: S3 takes any whole number of them."""


def check_governance(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """``audit:``, ``account:`` and ``backup:``."""
    if blueprint.audit is not None:
        yield from _check_audit(blueprint.audit)
    if blueprint.account is not None:
        yield from _check_account(blueprint.account)
    if blueprint.backup is not None:
        yield from _check_backup(blueprint, blueprint.backup)


def check_replicas(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Copies of buckets in another region.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
    """
    for name, bucket in blueprint.buckets.items():
        if bucket.replicate is None:
            continue
        at: Steps = ("buckets", name)
        if bucket.replicate.region == blueprint.region:
            yield Finding(
                (*at, "replicate"),
                f"{blueprint.region} is where the bucket is; a copy for a disaster stands in another region",
            )
        if not bucket.versioning:
            yield Finding((*at, "versioning"), "S3 copies only buckets that keep versions: versioning: true")


def _check_audit(audit: Audit) -> Iterator[Finding]:
    if audit.trail is None and not audit.config:
        yield Finding(("audit",), "neither trail nor config: write audit: null, or one of them", at_key=True)
    if audit.trail is not None:
        yield from _check_whole_days(audit.trail, LONGEST_RECORD, ("audit", "trail"), "retention of the trail")
    if audit.logs is not None:
        yield from check_retention(audit.logs, ("audit", "logs"))
        if audit.trail is None:
            yield Finding(("audit", "logs"), "there is no trail whose events could go there: write trail: 365d")
    if "rules" in audit.model_fields_set and audit.rules and not audit.config:
        yield Finding(("audit", "rules"), "rules are checked by AWS Config: write config: true", at_key=True)
    for number, rule in enumerate(audit.rules):
        if rule in audit.rules[:number]:
            yield Finding(("audit", "rules", number), f"{rule} is there already")


def _check_account(account: Account) -> Iterator[Finding]:
    asked = (account.passwords, account.administrators, account.anomalies)
    if not account.cost_tags and all(value is None for value in asked):
        yield Finding(("account",), "it asks for nothing: write account: null, or one of its parts", at_key=True)
    if account.passwords is not None and account.passwords.expire is not None:
        expire = account.passwords.expire
        yield from _check_whole_days(expire, LONGEST_PASSWORD, ("account", "passwords", "expire"), "life of a password")


def _check_backup(blueprint: Blueprint, backup: Backup) -> Iterator[Finding]:
    yield from _check_whole_days(backup.keep, LONGEST_BACKUP, ("backup", "keep"), "retention of backups")
    problem = cron_problem(backup.schedule)
    if problem:
        yield Finding(("backup", "schedule"), problem)
    problem = cron_problem(backup.test) if backup.test is not None else None
    if problem:
        yield Finding(("backup", "test"), problem)
    if backup.copy_to == blueprint.region:
        yield Finding(
            ("backup", "copy_to"),
            f"{backup.copy_to} is where the vault is; a copy for a disaster stands in another region",
        )
    kept = {name: bucket for name, bucket in blueprint.buckets.items() if bucket.keep}
    volumes = any(item.volumes for item in blueprint.services.values())
    if not blueprint.databases and not kept and not volumes:
        yield Finding(
            ("backup",), "there is no database and no bucket with keep: true that could be backed up", at_key=True
        )
    for name, bucket in kept.items():
        if not bucket.versioning:
            # Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
            yield Finding(
                ("buckets", name, "versioning"),
                "AWS Backup takes only buckets that keep versions: versioning: true, or keep: false and no backup",
            )


def _check_whole_days(value: Duration, most: int, path: Steps, what: str) -> Iterator[Finding]:
    if not value.seconds:
        yield Finding(path, f"{what} is 1d at least")
    yield from check_days(value, most, path, what)
