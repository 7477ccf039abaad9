"""Whether backups are of any use: what is restored to see that it can be, and who hears of what fails."""

from __future__ import annotations

from typing import Any

from tests.design.blueprints import designed, refused

from groundplan.checks import run
from groundplan.resources import Architecture
from groundplan.resources.databases import DatabaseInstance
from groundplan.resources.events import EventRule
from groundplan.resources.governance import BackupSelection, BackupVault, RestoreTestingPlan, RestoreTestingSelection
from groundplan.resources.kubernetes import ClusterAddon
from groundplan.resources.monitoring import Topic, TopicPolicy
from groundplan.resources.security import Key
from groundplan.resources.storage import Bucket
from groundplan.resources.values import JsonDocument, Ref, text

SHOP: dict[str, Any] = {
    "project": "shop",
    "region": "eu-central-1",
    "databases": {"main": {"engine": "postgres 16", "class": "db.t4g.micro", "storage": "20 GB"}},
    "buckets": {"photos": {}, "scratch": {"keep": False}},
    "alarms": {"email": "ops@shop.com"},
    "backup": {"keep": "35d", "test": "cron(0 8 ? * SUN *)"},
}


def shop(**changes: Any) -> Architecture:
    return designed({**SHOP, **changes})


def test_the_newest_of_each_database_and_bucket_is_restored() -> None:
    architecture = shop()
    plan = architecture[Ref(RestoreTestingPlan, "main")]
    assert (plan.schedule_expression, plan.selection_window_days) == ("cron(0 8 ? * SUN *)", 35)
    assert plan.vaults == (Ref(BackupVault, "main"),)
    found = {item.protected_resource_type: item for item in architecture.of(RestoreTestingSelection)}
    assert found["RDS"].protected_resource_arns == (Ref(DatabaseInstance, "main").arn,)
    assert found["S3"].protected_resource_arns == (Ref(Bucket, "photos").arn,)
    assert {item.role for item in found.values()} == {found["RDS"].role}


def test_a_database_is_restored_into_its_own_subnets() -> None:
    found = {item.protected_resource_type: item for item in shop().of(RestoreTestingSelection)}
    place = found["RDS"].restore_metadata_overrides
    assert set(place) == {"dbSubnetGroupName", "vpcSecurityGroupIds"}
    assert place["vpcSecurityGroupIds"] != text('["', '"]')
    assert found["S3"].restore_metadata_overrides == {}


def test_recovery_points_that_are_kept_for_years_are_tested_for_one() -> None:
    architecture = shop(backup={"keep": "3650d", "test": "cron(0 8 ? * SUN *)"})
    assert architecture[Ref(RestoreTestingPlan, "main")].selection_window_days == 365


def test_nothing_is_tested_that_nobody_asked_for() -> None:
    architecture = shop(backup={"keep": "35d"})
    assert architecture.of(RestoreTestingPlan) == ()
    assert architecture.of(RestoreTestingSelection) == ()


def test_more_than_a_selection_takes_are_refused() -> None:
    many: dict[str, Any] = {f"photos-{number}": {} for number in range(31)}
    found = refused({**SHOP, "buckets": many})
    assert any("tests 30 buckets at most in one selection, and there are 31" in line for line in found)


def test_a_schedule_that_is_none_is_refused() -> None:
    assert any("backup.test" in line for line in broken({"keep": "35d", "test": "cron(0 25 ? * SUN *)"}))


def broken(backup: dict[str, Any]) -> list[str]:
    from groundplan.errors import InputError

    try:
        shop(backup=backup)
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_whoever_hears_of_alarms_hears_of_failed_backups() -> None:
    architecture = shop()
    rule = architecture[Ref(EventRule, "backup_failed")]
    assert rule.event_pattern.content["source"] == ["aws.backup"]
    assert rule.targets[0].arn == Ref(Topic, "alarms").arn
    policy = architecture[Ref(TopicPolicy, "alarms")].policy
    assert [item.sid for item in policy.statements] == ["AlarmsAndBudgets", "Events"]
    assert "Events" in [item.sid for item in architecture[Ref(Key, "main")].policy.statements]
    assert [item for item in run(architecture).findings if item.rule == "GP-SEC-023"] == []


def test_without_backup_or_alarms_the_topic_takes_no_events() -> None:
    assert [item.sid for item in shop(backup=None)[Ref(TopicPolicy, "alarms")].policy.statements] == [
        "AlarmsAndBudgets"
    ]
    assert shop(alarms=None).of(EventRule) == ()


def test_a_locked_vault_keeps_as_long_as_it_has_to_and_not_for_ever() -> None:
    architecture = shop(backup={"keep": "35d", "lock": True, "copy_to": "eu-west-1"})
    for vault in architecture.of(BackupVault):
        assert (vault.min_retention_days, vault.max_retention_days) == (35, 70)
    for vault in shop().of(BackupVault):
        assert (vault.min_retention_days, vault.max_retention_days) == (None, None)


def test_volumes_of_pods_are_found_by_their_tags() -> None:
    service = {
        "image": {"repository": "api", "tag": "1"},
        "volumes": {"data": {"path": "/data", "size": "20 GB"}},
    }
    kubernetes = {"nodes": {"general": {"instances": ["t3.large"]}}}
    architecture = shop(platform="eks", kubernetes=kubernetes, services={"api": service})
    marks = {"Project": "shop", "Environment": "production"}
    driver = architecture[Ref(ClusterAddon, "aws_ebs_csi_driver")]
    assert driver.configuration == JsonDocument({"controller": {"extraVolumeTags": marks}})
    selection = architecture[Ref(BackupSelection, "volumes")]
    assert selection.tag_conditions == marks
    tested = architecture[Ref(RestoreTestingSelection, "volumes")]
    assert (tested.protected_resource_type, tested.protected_resource_arns) == ("EBS", ("*",))
    assert tested.tag_conditions == marks
    shared = {**service, "volumes": {"data": {"path": "/data", "size": "20 GB", "shared": True}}}
    without = shop(platform="eks", kubernetes=kubernetes, services={"api": shared})
    assert without[Ref(ClusterAddon, "aws_ebs_csi_driver")].configuration is None
    assert Ref(BackupSelection, "volumes") not in without
