"""Conditions by operator, and that what is said of half a request holds for every whole one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.access.conditions import COMPARISONS, NEGATED, Context, Restriction, evaluate, is_operator
from groundplan.access.truth import Truth

KEY = "aws:sourcearn"


def holds(operator: str, *values: str, asked: tuple[str, ...] | None) -> Truth:
    return evaluate(Restriction(operator, "aws:SourceArn", values), {KEY: asked})


@pytest.mark.parametrize(
    ("operator", "value", "yes", "no"),
    [
        ("StringEquals", "a", "a", "A"),
        ("StringNotEquals", "a", "b", "a"),
        ("StringEqualsIgnoreCase", "a", "A", "b"),
        ("StringNotEqualsIgnoreCase", "a", "b", "A"),
        ("StringLike", "a*", "abc", "cab"),
        ("StringNotLike", "a*", "cab", "abc"),
        ("NumericEquals", "10", "10.0", "11"),
        ("NumericNotEquals", "10", "11", "10"),
        ("NumericLessThan", "10", "9", "10"),
        ("NumericLessThanEquals", "10", "10", "11"),
        ("NumericGreaterThan", "10", "11", "10"),
        ("NumericGreaterThanEquals", "10", "10", "9"),
        ("DateEquals", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("DateNotEquals", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("DateLessThan", "2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
        ("DateLessThanEquals", "2026-11-21", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("DateGreaterThan", "1795219200", "2026-11-22T00:00:00Z", "2026-11-20T00:00:00Z"),
        ("DateGreaterThanEquals", "2026-11-21", "2026-11-21", "2026-11-20"),
        ("Bool", "true", "True", "false"),
        ("BinaryEquals", "QQ==", "QQ==", "Qg=="),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", "192.168.0.1"),
        ("NotIpAddress", "10.0.0.0/8", "192.168.0.1", "10.1.2.3"),
        ("ArnEquals", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b"),
        ("ArnLike", "arn:aws:*:::a", "arn:aws:s3:::a", "arn:aws:s3:x::a"),
        ("ArnNotEquals", "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::a"),
        ("ArnNotLike", "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::a"),
    ],
)
def test_each_operator(operator: str, value: str, yes: str, no: str) -> None:
    negated = operator.lower() in NEGATED
    assert holds(operator, value, asked=(yes,)) is Truth.TRUE
    assert holds(operator, value, asked=(no,)) is Truth.FALSE
    assert holds(operator, value, asked=None) is (Truth.TRUE if negated else Truth.FALSE), "the request has no such key"
    assert holds(f"{operator}IfExists", value, asked=None) is Truth.TRUE
    assert evaluate(Restriction(operator, "aws:SourceArn", (value,)), {}) is Truth.DEPENDS, (
        "nothing is known of the key"
    )


def test_of_several_values_one_is_enough_and_of_negated_ones_none_may_fit() -> None:
    assert holds("StringEquals", "a", "b", asked=("b",)) is Truth.TRUE
    assert holds("StringNotEquals", "a", "b", asked=("b",)) is Truth.FALSE
    assert holds("StringNotEquals", "a", "b", asked=("c",)) is Truth.TRUE


@pytest.mark.parametrize(
    ("operator", "asked", "found"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), Truth.TRUE),
        ("ForAllValues:StringEquals", ("a", "c"), Truth.FALSE),
        ("ForAllValues:StringEquals", (), Truth.TRUE),
        ("ForAllValues:StringEquals", None, Truth.TRUE),
        ("ForAnyValue:StringEquals", ("a", "c"), Truth.TRUE),
        ("ForAnyValue:StringEquals", ("c",), Truth.FALSE),
        ("ForAnyValue:StringEquals", (), Truth.FALSE),
        ("ForAnyValue:StringEquals", None, Truth.FALSE),
    ],
)
def test_keys_of_several_values(operator: str, asked: tuple[str, ...] | None, found: Truth) -> None:
    assert holds(operator, "a", "b", asked=asked) is found


def test_null_asks_whether_there_is_a_key() -> None:
    assert holds("Null", "true", asked=None) is Truth.TRUE
    assert holds("Null", "true", asked=("x",)) is Truth.FALSE
    assert holds("Null", "false", asked=("x",)) is Truth.TRUE


def test_what_is_known_at_deployment_only_may_be_equal() -> None:
    assert holds("StringEquals", "{account_id}", asked=("{account_id}",)) is Truth.TRUE
    assert holds("StringEquals", "{account_id}", asked=("123456789012",)) is Truth.DEPENDS
    assert holds("StringLike", "${aws:username}-*", asked=("jane-1",)) is Truth.DEPENDS


def test_nonsense_holds_never() -> None:
    assert not is_operator("StringIs")
    assert not is_operator("ForSomeValues:StringEquals")
    assert holds("StringIs", "a", asked=("a",)) is Truth.FALSE
    assert holds("NumericLessThan", "ten", asked=("9",)) is Truth.FALSE
    assert holds("IpAddress", "10.0.0.0/99", asked=("10.0.0.1",)) is Truth.FALSE
    assert holds("DateLessThan", "2026-11-21", asked=("yesterday",)) is Truth.FALSE


OPERATORS = st.sampled_from(sorted({"stringequals", "stringlike", "null", *NEGATED} & {*COMPARISONS, *NEGATED, "null"}))
TESTS = st.builds(
    lambda operator, key, values: Restriction(operator, key, tuple(values)),
    OPERATORS,
    st.sampled_from("xyz"),
    st.lists(st.sampled_from(["a", "b", "true"]), min_size=1, max_size=2),
)
VALUES = st.one_of(st.none(), st.tuples(st.sampled_from(["a", "b"])))


@given(TESTS, st.dictionaries(st.sampled_from("xyz"), VALUES), st.dictionaries(st.sampled_from("xyz"), VALUES))
@settings(max_examples=200, deadline=None)
def test_what_is_certain_stays_so_when_more_is_known(test: Restriction, known: Context, more: Context) -> None:
    before = evaluate(test, known)
    after = evaluate(test, {**more, **known})
    assert before is Truth.DEPENDS or after is before
