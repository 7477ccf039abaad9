"""Names that a senior engineer would have chosen: label before noun, and nothing that says nothing."""

from __future__ import annotations

import pytest

from groundplan.engines.terraform.modules.nouns import asked, called, noun, settings, several
from groundplan.engines.terraform.modules.slots import plural, words_of, zone_of


@pytest.mark.parametrize(
    ("type_", "label", "attribute", "many", "expected"),
    [
        ("aws_vpc", "main", ".id", False, "vpc_id"),
        ("aws_subnet", "private", ".id", True, "private_subnet_ids"),
        ("aws_cloudwatch_log_group", "this", ".arn", True, "log_group_arns"),
        ("aws_iam_role", "this", ".arn", True, "role_arns"),
        ("aws_security_group", "this", ".id", True, "security_group_ids"),
        ("aws_db_instance", "main", ".address", False, "db_instance_address"),
        ("aws_db_instance", "main_replica", ".address", False, "main_replica_db_instance_address"),
        ("aws_eks_cluster", "main", ".name", False, "cluster_name"),
        ("aws_lb", "main", ".dns_name", False, "load_balancer_dns_name"),
        ("aws_elasticache_replication_group", "sessions", ".id", False, "sessions_replication_group_id"),
        ("aws_lb_target_group", "this", ".arn_suffix", True, "target_group_arn_suffixes"),
        ("aws_ecr_repository", "this", ".repository_url", True, "repository_urls"),
        ("aws_s3_bucket", "this", ".bucket_regional_domain_name", True, "bucket_regional_domain_names"),
        ("aws_route53_zone", "main", ".zone_id", False, "hosted_zone_id"),
        ("aws_route53_zone", "main", ".name_servers", False, "hosted_zone_name_servers"),
        (
            "aws_db_instance", "main", ".master_user_secret[0].secret_arn", False,
            "db_instance_master_user_secret_arn",
        ),
        ("aws_secretsmanager_secret_version", "token", ".secret_string", False, "token_secret_string"),
        ("", "main_password_secret", ".password", False, "main_password_secret_password"),
        ("aws_new_thing", "www.shop.com/A", ".id", False, "www_shop_com_a_new_thing_id"),
    ],
)  # fmt: skip
def test_what_is_asked_of_a_resource(type_: str, label: str, attribute: str, many: bool, expected: str) -> None:
    assert asked(type_, label, attribute, many=many) == expected


def test_a_type_that_nobody_gave_a_noun_is_its_own() -> None:
    assert noun("aws_iam_role") == "role"
    assert noun("aws_internet_gateway") == "internet_gateway"
    assert called("google_sql_database_instance", "main") == "google_sql_database_instance"


def test_main_is_said_where_it_is_asked_for_and_this_never() -> None:
    assert called("aws_xray_group", "main") == "trace_group"
    assert called("aws_kms_alias", "main", main=True) == "main_key_alias"
    assert called("aws_kms_alias", "this", main=True) == "key_alias"
    assert several("aws_subnet", "database") == "database_subnets"
    assert several("aws_nat_gateway", "main") == "nat_gateways"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("policy", "policies"), ("gateway", "gateways"), ("address", "addresses"), ("suffix", "suffixes"),
     ("alias", "aliases"), ("status", "statuses"), ("for_each", "for_eaches"),
     ("ownership_controls", "ownership_controls"),
     ("bucket_versioning", "bucket_versioning"), ("key", "keys")],
)  # fmt: skip
def test_several(name: str, expected: str) -> None:
    assert plural(name) == expected


def _settings(label: str, *path: str, shared: bool = True, of_several: bool = True) -> tuple[str, ...]:
    return settings("aws_cloudwatch_log_group", label, path, shared=shared, of_several=of_several)


def test_what_others_may_have_alike_is_called_by_the_noun_first() -> None:
    assert _settings("api", "retention_in_days") == (
        "log_group_retention_in_days", "api_log_group_retention_in_days",
        "api_cloudwatch_log_group_retention_in_days",
    )  # fmt: skip
    assert _settings("api", "retention_in_days", shared=False)[0] == "api_log_group_retention_in_days"


def test_what_is_its_own_says_whose_it_is() -> None:
    """Whatever else there is: the name stays when another log group comes."""
    assert _settings("api", "name")[0] == "api_log_group_name"
    assert _settings("api", "tags", "Name")[0] == "api_log_group_name_tag"
    assert _settings("main", "name", of_several=False)[0] == "log_group_name"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("tags", "Name"), "name_tag"),
        (("policy", "Statement", "read", "Condition", "StringEquals", "aws:RequestedRegion"), "read_requested_region"),
        (("policy", "Statement", "act", "Condition", "StringEquals"), "act_condition"),
        (("scaling_config", "min_size"), "scaling_config_min_size"),
    ],
)
def test_where_a_value_stands(path: tuple[str, ...], expected: str) -> None:
    assert words_of(path) == expected


def test_which_zone_is_meant_is_a_zone() -> None:
    assert zone_of(("nat_gateway_id",)) == ("nat_gateway_zone",)
    assert zone_of(("config", "subnet_ids"), "zones") == ("config", "subnet_zones")
