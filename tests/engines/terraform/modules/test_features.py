"""What only some sites have is switched by names that a team would use."""

from __future__ import annotations

from collections.abc import Sequence

from groundplan.engines.terraform.modules.features import Features
from groundplan.engines.terraform.modules.links import Group

SITES = ("dev", "staging", "prod")
PROD, TWO = frozenset({"prod"}), frozenset({"staging", "prod"})


def _group(type_: str, name: str) -> Group:
    return Group("resource", type_, name)


ROLE, RULE, TARGET = _group("aws_iam_role", "off_hours"), _group("aws_rule", "off_hours"), _group("aws_target", "stop")
REPLICA = _group("aws_db_instance", "main_replica")
METRIC_ALARM = "aws_cloudwatch_metric_alarm"


def test_what_hangs_together_is_one_feature_called_as_most_of_it() -> None:
    found = Features.of(SITES, dict.fromkeys((ROLE, RULE, TARGET), PROD), [(RULE, ROLE), (TARGET, RULE)])
    assert list(found.named) == ["off_hours"]
    assert {one.name for one in found.by_group.values()} == {"off_hours"}
    assert found.named["off_hours"].description == "aws_iam_role.off_hours, aws_rule.off_hours, aws_target.stop"


def test_what_does_not_hang_together_is_switched_by_itself() -> None:
    found = Features.of(SITES, dict.fromkeys((ROLE, REPLICA), PROD), [])
    assert sorted(found.named) == ["main_replica_db_instance", "off_hours_role"]


def test_other_sites_make_another_feature_though_it_hangs_together() -> None:
    found = Features.of(SITES, {ROLE: PROD, RULE: TWO}, [(RULE, ROLE)])
    assert {group: one.sites for group, one in found.by_group.items()} == {ROLE: PROD, RULE: TWO}
    assert len({one.name for one in found.by_group.values()}) == 2


def test_a_name_that_says_nothing_gets_its_type() -> None:
    found = Features.of(SITES, {_group("aws_wafv2_web_acl", "main"): PROD}, [])
    assert list(found.named) == ["web_acl"]


def test_one_thing_is_called_after_what_it_is_whatever_else_there_is() -> None:
    record = _group("aws_route53_record", "api_primary_a")
    assert list(Features.of(SITES, {record: PROD}, []).named) == ["api_primary_a_record"]
    trust = Group("local", "", "trusted_by_s3")
    assert list(Features.of(SITES, {trust: PROD}, []).named) == ["trusted_by_s3"]


def test_things_of_one_type_that_share_no_word_are_called_after_the_type() -> None:
    endpoints = [_group("aws_vpc_endpoint", name) for name in ("ecr_api", "logs")]
    table = Group("resource", "aws_vpc_endpoint", "this", table=True)
    found = Features.of(SITES, dict.fromkeys(endpoints, PROD), [], dict.fromkeys(endpoints, table))
    assert list(found.named) == ["vpc_endpoints"]


def test_many_are_counted_in_the_description() -> None:
    groups = [_group(f"aws_{letter}", "trail") for letter in "abcde"]
    found = Features.of(SITES, dict.fromkeys(groups, PROD), [(one, groups[0]) for one in groups])
    assert found.named["trail"].description.endswith("aws_c.trail and 2 more")


ALARMS = [_group(METRIC_ALARM, f"sessions_{name}") for name in ("0001_cpu", "0001_memory", "0002_cpu")]
TABLE = Group("resource", METRIC_ALARM, "sessions", table=True)


def test_of_names_that_one_has_each_the_one_that_others_begin_with_is_taken() -> None:
    group = _group("aws_security_group", "endpoints")
    rule = _group("aws_vpc_security_group_ingress_rule", "endpoints_from_api_443")
    endpoint = _group("aws_vpc_endpoint", "logs")
    found = Features.of(SITES, dict.fromkeys((group, rule, endpoint), PROD), [(rule, group), (endpoint, group)])
    assert list(found.named) == ["endpoints"]


def test_rows_that_nothing_hangs_on_are_switched_together() -> None:
    found = Features.of(SITES, dict.fromkeys(ALARMS, PROD), [], dict.fromkeys(ALARMS, TABLE))
    assert list(found.named) == ["sessions"]
    apart = Features.of(SITES, dict.fromkeys(ALARMS, PROD), []).named
    assert sorted(apart) == [f"{group.name}_alarm" for group in ALARMS]


def test_rows_of_other_sites_are_called_after_what_they_are_and_where() -> None:
    presence = dict.fromkeys(ALARMS, PROD)
    presence |= {_group(METRIC_ALARM, f"sessions_{name}"): TWO for name in ("1_cpu", "1_memory")}
    presence |= {_group(METRIC_ALARM, f"sessions_{name}"): frozenset({"dev"}) for name in ("3_cpu", "3_memory")}
    found = Features.of(SITES, presence, [], dict.fromkeys(presence, TABLE))
    assert sorted(found.named) == ["sessions", "sessions_alarms", "sessions_alarms_in_dev"]


def test_a_row_that_something_hangs_on_is_switched_with_that() -> None:
    presence = dict.fromkeys((*ALARMS, ROLE), PROD)
    found = Features.of(SITES, presence, [(ROLE, ALARMS[0])], dict.fromkeys(ALARMS, TABLE))
    assert found.by_group[ROLE] is found.by_group[ALARMS[0]]
    assert found.by_group[ALARMS[1]] is found.by_group[ALARMS[2]]
    assert found.by_group[ALARMS[1]] is not found.by_group[ROLE]


def _said(
    found: Features, sites: frozenset[str], near: Sequence[Group] = (), of: Group | None = None
) -> tuple[str, bool]:
    switch = found.switch(sites, near, of)
    return switch.feature.name, switch.on


def test_a_part_goes_with_what_it_refers_to() -> None:
    found = Features.of(SITES, {ROLE: PROD}, [])
    assert found.switch(PROD, [ROLE]) == (found.by_group[ROLE], True)
    assert _said(found, TWO, [ROLE]) == ("in_dev", False)


def test_a_part_goes_with_what_its_resource_refers_to_where_that_is_one_thing() -> None:
    """Cluster mode goes with the parameters for it; two things on one switch could both be meant."""
    cache = _group("aws_elasticache_replication_group", "sessions")
    parameters = _group("aws_elasticache_parameter_group", "cluster_mode")
    found = Features.of(SITES, {parameters: PROD}, [(cache, parameters)])
    assert found.switch(PROD, of=cache) == (found.by_group[parameters], True)
    assert found.switch(frozenset(SITES) - PROD, of=cache) == (found.by_group[parameters], False)
    assert _said(found, PROD, of=ROLE) == ("in_prod", True)
    both = Features.of(SITES, {parameters: PROD, REPLICA: PROD}, [(cache, parameters), (cache, REPLICA)])
    assert _said(both, PROD, of=cache) == ("in_prod", True)


def test_a_part_by_itself_is_called_after_the_fewer_sites() -> None:
    found = Features.of(SITES, {}, [])
    assert _said(found, PROD) == ("in_prod", True)
    assert _said(found, TWO) == ("in_dev", False)
    assert _said(found, frozenset({"dev"})) == ("in_dev", True)
    assert sorted(found.named) == ["in_dev", "in_prod"]
    assert found.named["in_prod"].description == "in what prod is unlike the others"


def test_of_two_halves_one_name_is_enough() -> None:
    found = Features(("dev", "prod"))
    assert _said(found, PROD) == ("in_prod", True)
    assert _said(found, frozenset({"dev"})) == ("in_prod", False)


def test_an_environment_is_called_so_with_its_standby_or_one_of_its_regions() -> None:
    found = Features(("dev", "staging", "prod", "prod standby"))
    assert _said(found, PROD) == ("in_prod_primary", True)
    assert _said(found, PROD | {"prod standby"}) == ("in_prod", True)
    assert _said(found, frozenset({"dev", "staging"})) == ("in_prod", False)
    assert _said(found, frozenset({"dev", "prod"})) == ("in_dev_or_prod_primary", True)


def test_every_standby_is_one_thing() -> None:
    found = Features(("staging", "staging standby", "prod", "prod standby"))
    assert _said(found, frozenset({"staging standby", "prod standby"})) == ("in_standby", True)
    assert _said(found, TWO) == ("in_standby", False)


def test_what_is_there_wherever_a_standby_is_not_needs_no_other_word() -> None:
    """What the resource refers to may happen to be on the same switch."""
    sites = ("dev", "prod", "prod standby")
    secret = _group("aws_secretsmanager_secret_version", "main_password")
    found = Features.of(sites, {secret: frozenset({"dev", "prod"})}, [(REPLICA, secret)])
    assert _said(found, frozenset({"dev", "prod"}), of=REPLICA) == ("in_standby", False)


def test_a_site_named_after_a_number_keeps_it() -> None:
    """The words that all begin with end before a number that counts, not within a word."""
    names = [_group("aws_thing", name) for name in ("by_s3_0001_read", "by_s3_0001_write")]
    found = Features.of(SITES, dict.fromkeys(names, PROD), [(names[0], names[1])])
    assert list(found.named) == ["by_s3"]
