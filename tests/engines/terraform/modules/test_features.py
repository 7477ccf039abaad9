"""What only some sites have is switched by names that a team would use."""

from __future__ import annotations

from groundplan.engines.terraform.modules.features import Features
from groundplan.engines.terraform.modules.links import Group

SITES = ("dev", "staging", "prod")
PROD, TWO = frozenset({"prod"}), frozenset({"staging", "prod"})


def _group(type_: str, name: str) -> Group:
    return Group("resource", type_, name)


ROLE, RULE, TARGET = _group("aws_iam_role", "off_hours"), _group("aws_rule", "off_hours"), _group("aws_target", "stop")
REPLICA = _group("aws_db_instance", "main_replica")


def test_what_hangs_together_is_one_feature_called_as_most_of_it() -> None:
    found = Features.of(SITES, dict.fromkeys((ROLE, RULE, TARGET), PROD), [(RULE, ROLE), (TARGET, RULE)])
    assert list(found.named) == ["off_hours"]
    assert {one.name for one in found.by_group.values()} == {"off_hours"}
    assert found.named["off_hours"].description == "aws_iam_role.off_hours, aws_rule.off_hours, aws_target.stop"


def test_what_does_not_hang_together_is_switched_by_itself() -> None:
    found = Features.of(SITES, dict.fromkeys((ROLE, REPLICA), PROD), [])
    assert sorted(found.named) == ["main_replica", "off_hours"]


def test_other_sites_make_another_feature_though_it_hangs_together() -> None:
    found = Features.of(SITES, {ROLE: PROD, RULE: TWO}, [(RULE, ROLE)])
    assert {group: one.sites for group, one in found.by_group.items()} == {ROLE: PROD, RULE: TWO}
    assert len({one.name for one in found.by_group.values()}) == 2


def test_a_name_that_says_nothing_gets_its_type() -> None:
    found = Features.of(SITES, {_group("aws_wafv2_web_acl", "main"): PROD}, [])
    assert list(found.named) == ["wafv2_web_acl_main"]


def test_many_are_counted_in_the_description() -> None:
    groups = [_group(f"aws_{letter}", "trail") for letter in "abcde"]
    found = Features.of(SITES, dict.fromkeys(groups, PROD), [(one, groups[0]) for one in groups])
    assert found.named["trail"].description.endswith("aws_c.trail and 2 more")


ALARMS = [_group("aws_metric_alarm", f"sessions_{name}") for name in ("0001_cpu", "0001_memory", "0002_cpu")]
TABLE = Group("resource", "aws_metric_alarm", "sessions", table=True)


def test_rows_that_nothing_hangs_on_are_switched_together() -> None:
    found = Features.of(SITES, dict.fromkeys(ALARMS, PROD), [], dict.fromkeys(ALARMS, TABLE))
    assert list(found.named) == ["sessions"]
    assert sorted(Features.of(SITES, dict.fromkeys(ALARMS, PROD), []).named) == [group.name for group in ALARMS]


def test_rows_of_other_sites_are_called_after_what_they_are_and_where() -> None:
    presence = dict.fromkeys(ALARMS, PROD)
    presence |= {_group("aws_metric_alarm", f"sessions_{name}"): TWO for name in ("1_cpu", "1_memory")}
    presence |= {_group("aws_metric_alarm", f"sessions_{name}"): frozenset({"dev"}) for name in ("3_cpu", "3_memory")}
    found = Features.of(SITES, presence, [], dict.fromkeys(presence, TABLE))
    assert sorted(found.named) == ["sessions", "sessions_alarms", "sessions_alarms_in_dev"]


def test_a_row_that_something_hangs_on_is_switched_with_that() -> None:
    presence = dict.fromkeys((*ALARMS, ROLE), PROD)
    found = Features.of(SITES, presence, [(ROLE, ALARMS[0])], dict.fromkeys(ALARMS, TABLE))
    assert found.by_group[ROLE] is found.by_group[ALARMS[0]]
    assert found.by_group[ALARMS[1]] is found.by_group[ALARMS[2]]
    assert found.by_group[ALARMS[1]] is not found.by_group[ROLE]


def test_a_part_goes_with_what_it_refers_to() -> None:
    found = Features.of(SITES, {ROLE: PROD}, [])
    assert found.switch(PROD, [ROLE]).name == "off_hours"
    assert found.switch(TWO, [ROLE]).name == "not_in_dev"


def test_a_part_by_itself_is_called_after_the_fewer_sites() -> None:
    found = Features.of(SITES, {}, [])
    assert found.switch(PROD).name == "in_prod"
    assert found.switch(TWO).name == "not_in_dev"
    assert found.switch(PROD) is found.switch(PROD)
    assert found.switch(PROD).description == "what prod has alone"
    assert Features(("prod", "prod standby")).switch(frozenset({"prod standby"})).name == "in_prod_standby"
