"""Audit, backup, copies in other regions, and who is told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.design.blueprints import addresses, designed, refused

from groundplan.catalog import config_rules
from groundplan.checks.wording import spelled
from groundplan.resources import Architecture, Resource
from groundplan.resources.governance import (
    BackupPlan,
    BackupSelection,
    BackupVault,
    ConfigRule,
    ConfigurationRecorder,
    DeliveryChannel,
    Trail,
)
from groundplan.resources.monitoring import Alarm, Budget, Metric, Topic, TopicSubscription
from groundplan.resources.policies import Statement
from groundplan.resources.security import Key, Role
from groundplan.resources.storage import Bucket, BucketPolicy, Transition
from groundplan.resources.values import Ref

START = "project: shop\nregion: eu-west-1\n"
DATABASE = "databases: {orders: {engine: postgres 16, class: db.t4g.micro, replicas: 1}}\n"


def statement(policy: tuple[Statement, ...], sid: str) -> Statement:
    (found,) = (item for item in policy if item.sid == sid)
    return found


def conditions(found: Statement) -> dict[str, tuple[str, ...]]:
    return {item.key: tuple(spelled(value) for value in item.values) for item in found.conditions}


def governed(architecture: Architecture) -> set[str]:
    return {resource.address for resource in architecture if resource.concern in ("audit", "backup")}


def test_nothing_is_audited_or_backed_up_unasked() -> None:
    found = designed(START + DATABASE + "buckets: {files: {}}\n")
    assert governed(found) == set()
    assert all(bucket.replication is None for bucket in found.of(Bucket))


def test_the_trail_covers_every_region_and_only_it_may_write() -> None:
    found = designed(START + "audit: {config: false}\n")
    (trail,) = found.of(Trail)
    assert trail.is_multi_region
    assert trail.include_global_service_events
    assert trail.enable_log_file_validation
    assert trail.kms_key == Ref(Key, "audit")
    assert (trail.log_group, trail.log_role) == (None, None)
    bucket = found[trail.bucket]
    assert bucket.keep
    assert bucket.kms_key == Ref(Key, "audit")
    (expiry,) = bucket.lifecycle_rules
    assert expiry.expiration_days == 365
    policy = found[Ref(BucketPolicy, "trail")].policy.statements
    assert trail.depends_on == (Ref(BucketPolicy, "trail"),)
    assert statement(policy, "TlsOnly").effect == "Deny"
    write = statement(policy, "TrailWrites")
    (only,) = conditions(write)["aws:SourceArn"]
    assert only.endswith(":trail/shop-production-trail")
    key = found[Ref(Key, "audit")].policy.statements
    assert conditions(statement(key, "TrailEncrypts"))["aws:SourceArn"] == (only,)
    assert not {"configuration_recorder.main", "key_audit"} & addresses(found)


def test_the_trail_may_go_to_cloudwatch_logs_too() -> None:
    found = designed(START + "audit: {config: false, logs: 90d}\n")
    (trail,) = found.of(Trail)
    assert trail.log_group is not None
    assert trail.log_role is not None
    assert found[trail.log_group].retention_in_days == 90
    (policy,) = found[trail.log_role].inline_policies
    (write,) = policy.document.statements
    assert write.actions == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert "_CloudTrail_" in spelled(write.resources[0])


def test_config_records_everything_and_rules_wait_for_it() -> None:
    found = designed(START + "audit: {trail: null, rules: [RDS_STORAGE_ENCRYPTED, ACCESS_KEYS_ROTATED]}\n")
    assert found.of(Trail) == ()
    (recorder,) = found.of(ConfigurationRecorder)
    (channel,) = found.of(DeliveryChannel)
    assert recorder.include_global_resource_types
    assert channel.recorder == recorder.ref
    role = found[recorder.role]
    assert [spelled(arn).rpartition(":")[2] for arn in role.managed_policy_arns] == [
        "policy/service-role/AWS_ConfigRole"
    ]
    rules = {rule.source_identifier: rule for rule in found.of(ConfigRule)}
    assert rules["RDS_STORAGE_ENCRYPTED"].input_parameters == {}
    assert rules["ACCESS_KEYS_ROTATED"].input_parameters == {"maxAccessKeyAge": "90"}
    assert all(set(rule.depends_on) == {recorder.ref, channel.ref} for rule in rules.values())


def test_the_rules_that_come_unasked_are_known_and_need_nothing() -> None:
    found = designed(START + "audit: {}\n")
    assert len(found.of(ConfigRule)) == 10
    for rule in found.of(ConfigRule):
        known = config_rules.find(rule.source_identifier)
        assert known is not None
        assert not known.missing


@pytest.mark.parametrize(
    ("blueprint", "said"),
    [
        (
            START + "audit: {rules: [RDS_STORAGE_ENCRYPT]}\n",
            ":3:17: audit.rules[0]: AWS Config has no managed rule RDS_STORAGE_ENCRYPT; "
            'did you mean "RDS_STORAGE_ENCRYPTED"?',
        ),
        (
            START + "audit: {rules: [REQUIRED_TAGS]}\n",
            ":3:17: audit.rules[0]: REQUIRED_TAGS demands tag1Key, which a blueprint cannot say; leave the rule out "
            "(https://docs.aws.amazon.com/config/latest/developerguide/required-tags.html)",
        ),
        (
            START + "audit: {}\nbuckets: {trail: {}}\n",
            ":4:11: buckets.trail: the name trail is taken by the bucket of audit; choose another",
        ),
        (
            START + "buckets: {files: {replicate: eu-west-9}}\n",
            ':3:30: buckets.files.replicate: there is no AWS region "eu-west-9"; did you mean',
        ),
        (
            START + "buckets: {files: {replicate: {region: us-gov-west-1}}}\n",
            ":3:19: buckets.files.replicate: us-gov-west-1 is of the partition aws-us-gov, eu-west-1 of aws",
        ),
        (
            START + DATABASE + "backup: {copy_to: us-est-1}\n",
            ':4:19: backup.copy_to: there is no AWS region "us-est-1"; did you mean',
        ),
        (
            START + f"buckets: {{files: {{name: {'f' * 55}, replicate: us-east-1}}}}\n",
            f':3:93: buckets.files.replicate: "{"f" * 55}-us-east-1" as the name of an S3 bucket has 65 characters; '
            "at most 63 are allowed",
        ),
        (
            START.replace("shop", "a" * 24) + "names: 'a-long-convention-{title}-{environment}-{name}'\n"
            "profile: production\naudit: null\n" + DATABASE + "backup: {copy_to: us-east-1}\n",
            "as the name of a backup vault has",
        ),
    ],
)
def test_refused(blueprint: str, said: str) -> None:
    found = refused(blueprint)
    assert [line for line in found if said in line], found


def test_a_name_that_is_taken_is_told_once() -> None:
    assert len(refused(START + "audit: {}\nbuckets: {trail: {}, config: {}}\n")) == 2


def test_backups_of_what_stays() -> None:
    found = designed(START + DATABASE + "buckets: {files: {}, scratch: {keep: false}}\nbackup: {copy_to: us-east-1}\n")
    (selection,) = found.of(BackupSelection)
    assert [spelled(arn) for arn in selection.resource_arns] == [
        spelled(Ref(kind, name).arn) for kind, name in (_kind("database_instance", found), (Bucket, "files"))
    ]
    (plan,) = found.of(BackupPlan)
    (rule,) = plan.rules
    assert rule.delete_after_days == 35
    (copy,) = rule.copies
    home, away = found[rule.vault], found[copy.vault]
    assert (home.region, away.region) == (None, "us-east-1")
    assert (home.min_retention_days, home.keep, away.keep) == (None, True, True)
    assert home.kms_key is not None
    assert away.kms_key is not None
    assert (found[home.kms_key].region, found[away.kms_key].region) == (None, "us-east-1")
    arns = [spelled(arn).rpartition("/")[2] for arn in found[selection.role].managed_policy_arns]
    assert arns == [
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBackupServiceRolePolicyForS3Backup",
        "AWSBackupServiceRolePolicyForS3Restore",
    ]


def _kind(name: str, architecture: Architecture) -> tuple[type[Resource], str]:
    (primary,) = (item for item in architecture if item.kind_name() == name and getattr(item, "source", 1) is None)
    return type(primary), primary.name


def test_a_lock_holds_what_is_backed_up_and_keeps_the_vault() -> None:
    database = DATABASE.replace("replicas: 1", "final_snapshot: false")
    free = designed(START + database + "backup: {}\n")
    locked = designed(START + database + "backup: {keep: 60d, lock: true}\n")
    assert [(vault.keep, vault.min_retention_days) for vault in free.of(BackupVault)] == [(False, None)]
    assert [(vault.keep, vault.min_retention_days) for vault in locked.of(BackupVault)] == [(True, 60)]
    assert "AWSBackupServiceRolePolicyForS3Backup" not in str(free[Ref(Role, "backup")].managed_policy_arns)


def test_a_copy_of_a_bucket_is_kept_as_its_source_is() -> None:
    found = designed(
        START
        + """
buckets:
  files:
    replicate: us-east-1
    lifecycle:
      old: {archive: 90d, expire: 400d}
      warm: {prefix: w/, archive: 30d, archive_class: STANDARD_IA}
"""
    )
    source, copy = found[Ref(Bucket, "files")], found[Ref(Bucket, "files_replica")]
    replication = source.replication
    assert replication is not None
    assert replication.destination == copy.ref
    assert replication.storage_class == "STANDARD_IA"
    assert (copy.region, copy.bucket_name) == ("us-east-1", "shop-files-production-us-east-1")
    assert (copy.keep, copy.versioning) == (source.keep, True)
    assert all((copy.block_public_acls, copy.block_public_policy, copy.ignore_public_acls))
    assert copy.kms_key == replication.kms_key == Ref(Key, "files_replica")
    assert found[Ref(Key, "files_replica")].region == "us-east-1"
    assert found[Ref(BucketPolicy, "files_replica")].region == "us-east-1"
    # The rule that only moves to the class that the copies are in is left out: it would do nothing.
    rules = {rule.id: rule for rule in copy.lifecycle_rules}
    assert set(rules) == {"old", "abort-incomplete-uploads"}
    assert rules["old"].expiration_days == 400
    assert rules["old"].transitions == (Transition(days=90, storage_class="GLACIER"),)


def test_replication_may_read_the_source_and_write_the_copy_and_nothing_else() -> None:
    found = designed(START + "buckets: {files: {replicate: us-east-1}, other: {}}\n")
    (policy,) = found[Ref(Role, "files_replication")].inline_policies
    reached = {resource for item in policy.document.statements for resource in map(spelled, item.resources)}
    assert not [resource for resource in reached if "other" in resource or resource == "*"]
    decrypt = statement(policy.document.statements, "DecryptSource")
    encrypt = statement(policy.document.statements, "EncryptCopies")
    assert (decrypt.actions, decrypt.resources) == (("kms:Decrypt",), (Ref(Key, "files").arn,))
    assert conditions(decrypt)["kms:ViaService"] == ("s3.eu-west-1.amazonaws.com",)
    assert (encrypt.actions, encrypt.resources) == (("kms:Encrypt",), (Ref(Key, "files_replica").arn,))
    assert conditions(encrypt)["kms:ViaService"] == ("s3.us-east-1.amazonaws.com",)


def test_without_keys_of_its_own_everything_is_still_encrypted() -> None:
    found = designed(
        START
        + DATABASE
        + "keys: aws\naudit: {}\nbackup: {copy_to: us-east-1}\nbuckets: {files: {replicate: us-east-1}}\n"
    )
    assert found.of(Key) == ()
    assert {bucket.sse_algorithm for bucket in found.of(Bucket)} == {"AES256"}
    assert [vault.kms_key for vault in found.of(BackupVault)] == [None, None]
    assert found[Ref(Bucket, "files")].replication is not None


@pytest.mark.parametrize("name", ["audit", "backup", "backup-copies"])
def test_buckets_may_be_called_like_the_keys_of_governance(name: str) -> None:
    more = "audit: {}\nbackup: {copy_to: us-east-1}\n"
    found = designed(START + more + f"buckets: {{{name}: {{}}}}\n")
    bucket = found[Ref(Bucket, name.replace("-", "_"))]
    assert bucket.kms_key == Ref(Key, f"{name.replace('-', '_')}_bucket")


def test_whoever_is_told() -> None:
    found = designed(START + 'alarms: {email: a@b.de, webhook: "https://x.y/z"}\nobjectives: {budget: 10 USD/month}\n')
    assert {(item.protocol, item.endpoint) for item in found.of(TopicSubscription)} == {
        ("email", "a@b.de"),
        ("https", "https://x.y/z"),
    }
    (budget,) = found.of(Budget)
    assert [(item.notification_type, item.threshold_percent) for item in budget.notifications] == [
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    assert budget.cost_filter_tags == {"Project": "shop", "Environment": "production"}


def test_databases_are_watched_for_their_connections() -> None:
    found = designed(START + DATABASE)
    alarm = found[Ref(Alarm, "orders_connections_high")]
    assert isinstance(alarm.metric, Metric)
    assert alarm.metric.metric_name == "DatabaseConnections"
    assert alarm.threshold == Decimal(89)  # 80 % of 112: 1 GiB of a db.t4g.micro / 9531392
    said = designed(START + DATABASE.replace("replicas: 1", "parameters: {max_connections: '200'}"))
    assert said[Ref(Alarm, "orders_connections_high")].threshold == Decimal(160)
    formula = "parameters: {max_connections: 'LEAST({DBInstanceClassMemory/9531392},100)'}"
    unknown = designed(START + DATABASE.replace("replicas: 1", formula))
    assert unknown.find(Alarm, "orders_connections_high") is None


CDN = "buckets: {web: {encryption: s3, cdn: {}}}\nalarms: {email: a@b.de, webhook: 'https://x.y/z'}\n"


def test_a_cdn_is_watched_where_its_metrics_are() -> None:
    found = designed(START + CDN)
    alarm = found[Ref(Alarm, "web_cdn_errors_high")]
    assert isinstance(alarm.metric, Metric)
    assert alarm.metric.dimensions["Region"] == "Global"
    (ref,) = alarm.actions
    topic = found[ref]
    assert (alarm.region, topic.region) == ("us-east-1", "us-east-1")
    assert topic.kms_key is not None
    key = found[topic.kms_key]
    assert key.region == "us-east-1"
    publish = statement(key.policy.statements, "AlarmsAndBudgets")
    assert "cloudwatch.amazonaws.com" in publish.principals[0].identifiers
    told = {(item.topic.name, item.protocol, item.region) for item in found.of(TopicSubscription)}
    assert told == {
        ("alarms", "email", None),
        ("alarms", "https", None),
        ("alarms_global", "email", "us-east-1"),
        ("alarms_global", "https", "us-east-1"),
    }


def test_in_the_region_of_cdns_one_topic_is_enough() -> None:
    found = designed(START.replace("eu-west-1", "us-east-1") + CDN)
    alarm = found[Ref(Alarm, "web_cdn_errors_high")]
    assert (alarm.region, alarm.actions) == (None, (Ref(Topic, "alarms"),))
    assert len(found.of(Topic)) == 1


def test_without_keys_of_its_own_the_topic_of_a_cdn_has_none_either() -> None:
    found = designed(START + "keys: aws\n" + CDN)
    assert [topic.kms_key for topic in found.of(Topic)] == [None, None]
