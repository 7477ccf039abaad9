"""IAM's wildcards, against an oracle that tries every short text."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.access.patterns import covers, match_action, match_resource, overlap, overlapping_arns
from groundplan.access.truth import Truth

PATTERNS = st.text("ab*?", max_size=5)
TEXTS = ["".join(signs) for length in range(6) for signs in product("ab", repeat=length)]
ARN = "arn:aws:sqs:eu-west-1:123456789012:jobs"


def oracle(pattern: str, text: str) -> bool:
    """What AWS's page says, sign by sign."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return oracle(pattern[1:], text) or (bool(text) and oracle(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and oracle(pattern[1:], text[1:])


@given(PATTERNS, st.text("ab", max_size=6))
@settings(max_examples=300, deadline=None)
def test_a_pattern_matches_what_the_page_says(pattern: str, text: str) -> None:
    assert covers(pattern, text) is oracle(pattern, text)


@given(PATTERNS, PATTERNS)
@settings(max_examples=150, deadline=None)
def test_two_patterns_overlap_where_some_text_matches_both(one: str, other: str) -> None:
    common = any(oracle(one, text) and oracle(other, text) for text in TEXTS)
    assert overlap(one, other) is overlap(other, one)
    assert overlap(one, other) or not common
    if len(one.replace("*", "")) + len(other.replace("*", "")) <= 5:  # then a common text is among the short ones
        assert overlap(one, other) is common


@given(PATTERNS, PATTERNS)
@settings(max_examples=150, deadline=None)
def test_what_a_pattern_covers_it_matches_wholly(wide: str, narrow: str) -> None:
    if covers(wide, narrow):
        assert all(oracle(wide, text) for text in TEXTS if oracle(narrow, text))


@pytest.mark.parametrize(
    ("pattern", "asked", "found"),
    [
        ("*", ARN, Truth.TRUE),
        (ARN, ARN, Truth.TRUE),
        ("arn:aws:sqs:*:123456789012:jo?s", ARN, Truth.TRUE),
        ("arn:aws:sqs", ARN, Truth.TRUE),  # what is missing at the end is anything
        ("arn:aws:sqs:*:jobs", ARN, Truth.FALSE),  # a wildcard stays within its part
        ("arn:aws:sqs:eu-west-1:123456789012:JOBS", ARN, Truth.FALSE),
        ("arn:aws:s3:::files/a/*", "arn:aws:s3:::files/*", Truth.DEPENDS),
        ("arn:aws:s3:::files/*", "arn:aws:s3:::files/a/*", Truth.TRUE),
        ("arn:aws:s3:::files/*", "arn:aws:s3:::other/*", Truth.FALSE),
        ("arn:aws:s3:::files/${aws:username}/*", "arn:aws:s3:::files/jane/x", Truth.DEPENDS),
        ("arn:aws:s3:::files/${aws:username}/*", "arn:aws:s3:::other/jane/x", Truth.FALSE),
        (ARN, "*", Truth.DEPENDS),
        ("jobs", ARN, Truth.FALSE),
    ],
)
def test_resources_are_compared_part_by_part(pattern: str, asked: str, found: Truth) -> None:
    assert match_resource(pattern, asked) is found


def test_actions_have_no_case_and_resources_have() -> None:
    assert match_action("S3:getobject", "s3:GetObject") is Truth.TRUE
    assert match_action("s3:Get*", "s3:*") is Truth.DEPENDS
    assert match_action("s3:Get*", "s3:PutObject") is Truth.FALSE


def test_arns_overlap_part_by_part() -> None:
    assert overlapping_arns("arn:aws:sqs:*:*:jobs", "arn:*:sqs:eu-west-1:1:jo*")
    assert overlapping_arns("*", ARN)
    assert not overlapping_arns("arn:aws:sqs:*:*:jobs", "arn:aws:sns:*:*:jobs")
