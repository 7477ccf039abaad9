"""Audit, backup, copies elsewhere: for each rule a fault that it finds and a neighbour that it leaves alone."""

from __future__ import annotations

import pytest
from tests.checks.planting import (
    DATA_KEY,
    Bad,
    Good,
    Planting,
    change,
    copy,
    get,
    identify,
    remove,
    together,
    with_fields,
)
from tests.engines.parts.names import COPIES_KEY, COPIES_REGION

from groundplan.resources import Architecture
from groundplan.resources.governance import (
    BackupVault,
    ConfigRule,
    ConfigurationRecorder,
    ConformancePack,
    DeliveryChannel,
    Trail,
)
from groundplan.resources.monitoring import Alarm
from groundplan.resources.storage import Bucket


def replication(**fields: object) -> Planting:
    """Change what the uploads say of their copies."""

    def planted(architecture: Architecture) -> Architecture:
        uploads = get(architecture, Bucket, "uploads")
        assert uploads.replication is not None
        return architecture.changed(uploads, replication=with_fields(uploads.replication, fields))

    return planted


WITHOUT_RULES = together(
    remove(ConfigRule, "rds_storage_encrypted"),
    remove(ConfigRule, "access_keys_rotated"),
    remove(ConformancePack, "s3"),
)

BAD = (
    Bad("GP-SEC-050", change(Trail, "main", is_multi_region=False), "trail.main", ("is_multi_region false",)),
    Bad("GP-SEC-050", change(Trail, "main", enable_log_file_validation=False), "trail.main", ("true is right",)),
    Bad("GP-SEC-050", change(Trail, "main", include_global_service_events=False), "trail.main", ("true is right",)),
    Bad("GP-SEC-051", change(Trail, "main", kms_key=None), "trail.main", ("no kms_key",)),
    Bad("GP-SEC-052", change(BackupVault, "main", kms_key=None), "backup_vault.main", ("no kms_key",)),
    Bad(
        "GP-VAL-055",
        together(
            change(ConfigRule, "rds_storage_encrypted", depends_on=()),
            change(ConfigRule, "access_keys_rotated", depends_on=()),
            remove(DeliveryChannel, "main"),
        ),
        "configuration_recorder.main",
        ("no delivery channel",),
    ),
    Bad(
        "GP-VAL-055",
        together(
            copy(ConfigurationRecorder, "main", name="second", recorder_name="second"),
            lambda architecture: copy(
                DeliveryChannel, "main", name="second", channel_name="second",
                recorder=get(architecture, ConfigurationRecorder, "second").ref,
            )(architecture),
        ),
        "configuration_recorder.second",
        ("configuration_recorder.main", "one recorder"),
    ),
    Bad(
        "GP-VAL-055",
        change(ConfigRule, "access_keys_rotated", region=COPIES_REGION),
        "config_rule.access_keys_rotated",
        ("without a recorder",),
    ),
    Bad(
        "GP-VAL-056",
        change(Bucket, "uploads", versioning=False),
        "bucket.uploads",
        ("versioning false; true is needed",),
        also=("GP-REL-013",),
    ),
    Bad(
        "GP-VAL-056",
        change(Bucket, "uploads-replica", versioning=False),
        "bucket.uploads-replica",
        ("takes part in replication",),
        also=("GP-REL-013",),
    ),
    Bad("GP-VAL-056", replication(kms_key=None), "bucket.uploads", ("names no key for the copies",)),
    Bad("GP-VAL-056", replication(kms_key=DATA_KEY), "bucket.uploads", ("not in ap-southeast-1",)),
    Bad(
        "GP-VAL-057",
        change(BackupVault, "copies", kms_key=DATA_KEY),
        "backup_vault.copies",
        ("in ap-southeast-1 has kms_key key.data, which is in ap-south-1",),
    ),
    Bad("GP-VAL-057", change(Alarm, "errors", region="us-east-1"), "alarm.errors", ("actions topic.alerts",)),
    Bad(
        "GP-VAL-058",
        change(Bucket, "backups", versioning=False),
        "bucket.backups",
        ("backup_selection.main", "true is needed"),
        also=("GP-REL-013", "GP-VAL-056"),
    ),
)  # fmt: skip

GOOD = (
    Good("GP-SEC-050", change(Trail, "main", log_group=None, log_role=None)),
    Good("GP-SEC-051", change(Trail, "main", kms_key=COPIES_KEY)),
    Good("GP-SEC-052", change(BackupVault, "main", min_retention_days=None)),
    Good(
        "GP-VAL-055",
        together(WITHOUT_RULES, remove(DeliveryChannel, "main"), remove(ConfigurationRecorder, "main")),
    ),
    Good("GP-VAL-056", together(change(Bucket, "uploads", kms_key=None), replication(kms_key=None))),
    Good("GP-VAL-057", change(Alarm, "errors", region="us-east-1", actions=())),
    Good("GP-VAL-058", change(Bucket, "uploads", versioning=False)),
)


@pytest.mark.parametrize("case", BAD, ids=identify)
def test_finds_the_fault(case: Bad) -> None:
    case.check()


@pytest.mark.parametrize("case", GOOD, ids=identify)
def test_leaves_the_neighbour_alone(case: Good) -> None:
    case.check()
