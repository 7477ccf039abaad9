"""Audit, backup and copies: what is asked for has to go together."""

from __future__ import annotations

import pytest
from tests.blueprint.conftest import Problems

BASE = "project: shop\nregion: eu-west-1\n"
DATABASE = "databases: {main: {engine: postgres 15, class: db.t4g.micro}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "audit: {}\n",
        "audit: {trail: null}\n",
        "audit: {config: false, logs: 365d}\n",
        "audit: {config: false, rules: []}\n",
        DATABASE + "backup: {}\n",
        DATABASE + "backup: {schedule: cron(0 5 ? * SUN *), keep: 400d, copy_to: us-east-1, lock: true}\n",
        "buckets: {files: {}}\nbackup: {}\n",
        DATABASE + "buckets: {files: {versioning: false, keep: false}}\nbackup: {}\n",
        "buckets: {files: {replicate: us-east-1}}\n",
        "buckets: {files: {replicate: {region: us-east-1, storage_class: GLACIER}}}\n",
    ],
)
def test_what_is_fine(text: str, problems: Problems) -> None:
    assert problems(BASE + text) == []


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("audit: {trail: null, config: false}\n", "audit", "neither trail nor config: write audit: null"),
        ("audit: {trail: 0d}\n", "audit.trail", "retention of the trail is 1d at least"),
        ("audit: {trail: 36h}\n", "audit.trail", "is counted in whole days, and is 36h"),
        ("audit: {logs: 8d}\n", "audit.logs", "CloudWatch Logs cannot keep logs for 8d; the nearest it can is 7d"),
        ("audit: {trail: null, logs: 7d}\n", "audit.logs", "there is no trail whose events could go there"),
        (
            "audit: {config: false, rules: [RDS_STORAGE_ENCRYPTED]}\n",
            "audit.rules",
            "rules are checked by AWS Config: write config: true",
        ),
        (
            "audit: {rules: [RDS_STORAGE_ENCRYPTED, RDS_STORAGE_ENCRYPTED]}\n",
            "audit.rules[1]",
            "RDS_STORAGE_ENCRYPTED is there already",
        ),
        ("backup: {}\n", "backup", "there is no database and no bucket with keep: true that could be backed up"),
        ("buckets: {b: {keep: false}}\nbackup: {}\n", "backup", "there is no database and no bucket"),
        (DATABASE + "backup: {keep: 0d}\n", "backup.keep", "retention of backups is 1d at least"),
        (DATABASE + "backup: {keep: 101y}\n", "backup.keep", ""),
        (DATABASE + "backup: {copy_to: eu-west-1}\n", "backup.copy_to", "eu-west-1 is where the vault is"),
        (DATABASE + "backup: {schedule: cron(0 5 * * *)}\n", "backup.schedule", "cron has 6 fields"),
        (DATABASE + "backup: {schedule: daily}\n", "backup.schedule", ""),
        (
            DATABASE + "buckets: {b: {versioning: false}}\nbackup: {}\n",
            "buckets.b.versioning",
            "AWS Backup takes only buckets that keep versions: versioning: true, or keep: false and no backup",
        ),
        (
            "buckets: {b: {replicate: eu-west-1}}\n",
            "buckets.b.replicate",
            "eu-west-1 is where the bucket is; a copy for a disaster stands in another region",
        ),
        (
            "buckets: {b: {replicate: us-east-1, versioning: false}}\n",
            "buckets.b.versioning",
            "S3 copies only buckets that keep versions: versioning: true",
        ),
        ("buckets: {b: {replicate: {region: us-east-1, storage_class: COLD}}}\n", "buckets.b.replicate", ""),
        ("alarms: {webhook: 'http://example.com'}\n", "alarms.webhook", ""),
    ],
)
def test_what_does_not_go_together(text: str, path: str, said: str, problems: Problems) -> None:
    found = problems(BASE + text)
    assert len(found) == 1, found
    assert f": {path}" in found[0], found
    assert said in found[0]


@pytest.mark.parametrize(
    "text",
    [
        "account: {}\n",
        "account: {cost_tags: false}\n",
        "account: {passwords: null}\n",
        "account: {passwords: null, cost_tags: false, administrators: []}\n",
        "account: {passwords: {length: 6, reuse: 1, expire: 1095d}}\n",
    ],
)
def test_accounts_that_are_fine(text: str, problems: Problems) -> None:
    assert problems(BASE + text) == []


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("account: {passwords: null, cost_tags: false}\n", "account", "it asks for nothing: write account: null"),
        ("account: {passwords: {expire: 0d}}\n", "account.passwords.expire", "life of a password is 1d at least"),
        ("account: {passwords: {expire: 36h}}\n", "account.passwords.expire", "is counted in whole days, and is 36h"),
        ("account: {passwords: {expire: 1096d}}\n", "account.passwords.expire", "can be 1095d at most, and is 1096d"),
        ("account: {passwords: {length: 5}}\n", "account.passwords.length", ""),
        ("account: {passwords: {reuse: 25}}\n", "account.passwords.reuse", ""),
    ],
)
def test_accounts_that_cannot_be(text: str, path: str, said: str, problems: Problems) -> None:
    (found,) = problems(BASE + text)
    assert f": {path}" in found
    assert said in found
