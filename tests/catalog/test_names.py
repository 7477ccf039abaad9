from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.catalog import names
from groundplan.errors import InputError

KINDS = sorted(names.all_rules())
kinds = st.sampled_from(KINDS)
plain_names = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", max_size=80)


@pytest.mark.parametrize(
    ("kind", "maximum"),
    [
        ("s3_bucket", 63), ("rds_instance", 63), ("cache_replication_group", 40), ("load_balancer", 32),
        ("target_group", 32), ("iam_role", 64), ("iam_policy", 128), ("secret", 512), ("log_group", 512),
        ("security_group", 255), ("alarm", 255), ("dashboard", 255), ("sns_topic", 256), ("sqs_queue", 80),
        ("budget", 100), ("cloudformation_stack", 128), ("lambda_function", 64), ("scaling_policy", 256),
        ("name_tag", 256), ("postgres_database", 63), ("postgres_master_username", 63),
    ],
)  # fmt: skip
def test_greatest_lengths(kind: str, maximum: int) -> None:
    rule = names.rule(kind)
    assert rule.problem("a" * maximum) is None
    assert rule.problem("a" * (maximum + 1)) == (
        f'"{"a" * (maximum + 1)}" as the name of {names._article(rule.title)} {rule.title} '
        f"has {maximum + 1} characters; at most {maximum} are allowed"
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("s3_bucket", "duskspendr-backups.eu"),
        ("rds_instance", "duskspendr-production"),
        ("db_subnet_group", "dusk spendr_1.x"),
        ("ecr_repository", "duskspendr/api"),
        ("kms_alias", "duskspendr/main"),
        ("secret", "DuskSpendr/production/main"),
        ("log_group", "/aws/ecs/DuskSpendr"),
        ("secure_parameter", "/duskspendr/prod/api_key"),
        ("security_group", "DuskSpendr (production)"),
        ("sqs_queue", "orders.fifo"),
        ("budget", "DuskSpendr monthly, 373 USD"),
        ("name_tag", ""),
        ("name_tag", "DuskSpendr Größe"),
        ("postgres_database", "duskspendr"),
        ("postgres_master_username", "postgres"),
    ],
)
def test_legal_names(kind: str, name: str) -> None:
    assert names.rule(kind).problem(name) is None


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("s3_bucket", "ab", "at least 3"),
        ("s3_bucket", "DuskSpendr", 'write "duskspendr"'),
        ("s3_bucket", "192.168.5.4", "no IP address"),
        ("s3_bucket", "a..b", 'contains ".."'),
        ("s3_bucket", "xn--abc", 'starts with "xn--"'),
        ("s3_bucket", "abc-s3alias", 'ends with "-s3alias"'),
        ("s3_bucket", "-abc", "starts and ends with"),
        ("s3_bucket", "abc\n", "lower-case letters"),
        ("rds_instance", "1abc", "starts with a letter"),
        ("rds_instance", "abc-", "no hyphen at its end"),
        ("rds_instance", "a--b", 'contains "--"'),
        ("cache_replication_group", "a_b", "letters, digits and hyphens"),
        ("db_subnet_group", "default", "keeps this name for itself"),
        ("load_balancer", "internal-web", 'starts with "internal-"'),
        ("load_balancer", "web-", "starts and ends with"),
        ("iam_role", "a role", "letters, digits and"),
        ("iam_role", "rôle", "letters, digits and"),
        ("iam_role", "", "at least 1"),
        ("log_group", "aws/x", 'starts with "aws/"'),
        ("secure_parameter", "duskspendr/key", "a slash at its beginning"),
        ("secure_parameter", "/a" * 16, "up to 15 levels"),
        ("secure_parameter", "/ssm/key", 'starts with "/ssm"'),
        ("security_group", "sg-web", 'starts with "sg-"'),
        ("security_group", "default", "keeps this name for itself"),
        ("kms_alias", "aws/s3", 'starts with "aws/"'),
        ("budget", "a:b", "any characters but"),
        ("budget", "a/action/b", 'contains "/action/"'),
        ("cloudformation_stack", "1a", "starts with a letter"),
        ("alarm", "a\tb", "control characters"),
        ("postgres_database", "rdsadmin", "keeps this name for itself"),
        ("postgres_database", "user", "keeps this name for itself"),
        ("postgres_master_username", "admin", "keeps this name for itself"),
        ("postgres_master_username", "Admin", "keeps this name for itself"),
        ("postgres_master_username", "pg_app", 'starts with "pg_"'),
    ],
)
def test_illegal_names_are_told_what_is_right(kind: str, name: str, words: str) -> None:
    problem = names.rule(kind).problem(name)
    assert problem is not None
    assert words in problem
    assert name in problem


@pytest.mark.parametrize(
    ("kind", "name", "fitted"),
    [
        ("s3_bucket", "DuskSpendr_Backups", "duskspendr-backups"),
        ("rds_instance", "DuskSpendr-Production", "duskspendr-production"),
        ("load_balancer", "DuskSpendr_Web", "DuskSpendr-Web"),
        ("postgres_database", "dusk-spendr", "dusk_spendr"),
        ("iam_role", "DuskSpendr_api-task", "DuskSpendr_api-task"),
        ("db_subnet_group", "Dusk_Spendr-a", "dusk_spendr-a"),
    ],
)
def test_fitting(kind: str, name: str, fitted: str) -> None:
    assert names.rule(kind).fit(name) == fitted
    assert names.rule(kind).problem(fitted) is None


@given(kinds, plain_names)
def test_fit_never_cuts_and_is_idempotent(kind: str, name: str) -> None:
    rule = names.rule(kind)
    fitted = rule.fit(name)
    assert len(fitted) == len(name)
    assert rule.fit(fitted) == fitted
    assert fitted.lower().replace("_", "-") == name.lower().replace("_", "-")


@given(kinds, plain_names)
def test_a_legal_name_fits_as_it_is(kind: str, name: str) -> None:
    rule = names.rule(kind)
    if rule.problem(name) is None:
        assert rule.fit(name) == name


@pytest.mark.parametrize("kind", names.all_rules())
@pytest.mark.parametrize("name", ["abc-d1", "abc_d1", "A0-", "A0_"])
def test_a_legal_separator_fits_as_it_is(kind: str, name: str) -> None:
    """Found once by the property above: Pub/Sub takes both."""
    rule = names.rule(kind)
    assert rule.problem(name) is not None or rule.fit(name) == name


@given(kinds, st.text(max_size=600))
def test_a_name_without_problem_obeys_the_rule(kind: str, name: str) -> None:
    rule = names.rule(kind)
    problem = rule.problem(name)
    legal = bool(re.fullmatch(rule.pattern, name)) and rule.minimum <= len(name) <= rule.maximum
    assert problem is None or problem.startswith(f'"{name}" as the name of')
    assert problem is not None or legal


@given(kinds, st.data())
def test_names_made_from_the_pattern_are_legal_but_for_length_and_reserved_words(
    kind: str, data: st.DataObject
) -> None:
    rule = names.rule(kind)
    name = data.draw(st.from_regex(rf"\A(?:{rule.pattern})\Z", fullmatch=True))
    problem = rule.problem(name)
    if problem is not None:
        assert "a name has" not in problem or "contains" in problem
        assert any(word in problem for word in ("characters; at", "keeps", "contains"))


def test_unknown_kind_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match='did you mean "s3_bucket"'):
        names.rule("s3_buckets")


@pytest.mark.parametrize("kind", KINDS)
def test_data(kind: str) -> None:
    rule = names.rule(kind)
    assert 0 <= rule.minimum < rule.maximum
    assert rule.title
    assert rule.description
    assert rule.separators in ("-_", "-", "_")
    assert rule.source.page.startswith(("https://docs.aws.amazon.com/", "https://cloud.google.com/"))
    assert rule.source.date.year == 2026
    assert all(word == word.lower() for word in (*rule.reserved, *rule.reserved_prefixes, *rule.reserved_suffixes))
    if rule.lower_case:
        assert not re.search(r"(?<!\\)[A-Z]", rule.pattern)


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_read_alone_is_the_one_that_is_read_with_all(kind: str) -> None:
    assert names.rule(kind) == names.all_rules()[kind]


def test_a_kind_without_rule_is_refused_with_the_nearest_that_has_one() -> None:
    with pytest.raises(InputError, match=r'no name rule is known for .s3_buckets.; did you mean "s3_bucket"\?'):
        names.rule("s3_buckets")
