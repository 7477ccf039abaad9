"""Policies are divided where AWS would refuse them, in the same way each time, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.operations.deployer.sizes import MOST_CHARACTERS, characters, divided
from groundplan.resources.policies import PolicyDocument, Statement

WORDS = st.text(alphabet="abcdefghij", min_size=1, max_size=40)
STATEMENTS = st.lists(
    st.builds(
        Statement,
        sid=st.sampled_from(("Look", "Change")),
        actions=st.lists(WORDS.map("s3:{}".format), min_size=1, max_size=60, unique=True).map(tuple),
        resources=st.lists(WORDS.map("arn:aws:s3:::{}".format), min_size=1, max_size=8, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=12,
)


def meant(statements: tuple[Statement, ...]) -> set[tuple[str, object]]:
    return {(action, resource) for one in statements for action in one.actions for resource in one.resources}


@settings(max_examples=25)
@given(STATEMENTS, st.integers(400, MOST_CHARACTERS))
def test_everything_is_in_a_policy_that_fits(statements: list[Statement], most: int) -> None:
    documents = divided(statements, most)
    assert all(characters(document) <= most for document in documents)
    assert meant(tuple(one for document in documents for one in document.statements)) == meant(tuple(statements))
    assert documents == divided(statements, most)


def test_statements_of_a_policy_have_names_of_their_own() -> None:
    long = Statement(sid="Look", actions=tuple(f"s3:Get{number:04}" for number in range(2000)), resources=("*",))
    documents = divided([long])
    names = [one.sid for document in documents for one in document.statements]
    assert len(documents) == len(names) == len({*names}) == 5
    assert all(name.startswith("Look") for name in names)


def test_white_space_is_not_counted() -> None:
    spaced = PolicyDocument((Statement(sid="A", actions=("s3:GetObject",), resources=("arn:aws:s3:::a b",)),))
    close = PolicyDocument((Statement(sid="A", actions=("s3:GetObject",), resources=("arn:aws:s3:::ab",)),))
    assert characters(spaced) == characters(close)


def test_what_can_be_divided_no_more_is_told() -> None:
    with pytest.raises(ValueError, match="the statement Look does not fit into a policy"):
        divided([Statement(sid="Look", actions=("s3:GetObject",), resources=("arn:aws:s3:::" + "x" * 7000,))])
