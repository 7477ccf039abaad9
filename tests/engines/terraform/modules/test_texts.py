"""Words are cut out of texts where they stand by themselves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.engines.terraform.modules.links import Code, Group, Link, Part, Token
from groundplan.engines.terraform.modules.texts import cut

LINK = Link(Group("resource", "aws_kms_key", "main"), None, ".arn")
WORDS = {"shop": "var.name", "shop-prod": "var.name_prefix", "prod": "var.environment"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("shop-prod-api", (Token("var.name_prefix"), "-api")),
        ("my-shop", ("my-", Token("var.name"))),
        ("shop_prod", (Token("var.name"), "_", Token("var.environment"))),
        ("shops and production", ("shops and production",)),
        ("shops, shop", ("shops, ", Token("var.name"))),
        ("shop-product", (Token("var.name"), "-product")),
        ("shopé", (Token("var.name"), "é")),
        ("prod", (Token("var.environment"),)),
    ],
)
def test_words(text: str, parts: tuple[Part, ...]) -> None:
    assert cut(Code(True, (text,)), WORDS) == parts


def test_links_stay() -> None:
    assert cut(Code(True, ("prod/", LINK, "/prod")), WORDS) == (
        *(Token("var.environment"), "/", LINK, "/", Token("var.environment")),
    )


def test_nothing_is_cut_out_of_code() -> None:
    assert cut(Code(False, ("var.prod",)), WORDS) == ("var.prod",)


@given(st.text("ab-_.é ", max_size=24), st.lists(st.text("ab-", min_size=1, max_size=4), min_size=1, unique=True))
def test_as_a_pattern_would_find_them(text: str, words: list[str]) -> None:
    longest = sorted(words, key=len, reverse=True)
    pattern = "|".join(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])" for word in longest)
    expected: list[Part] = []
    position = 0
    for found in re.finditer(pattern, text):
        expected += [text[position : found.start()], Token(found[0])]
        position = found.end()
    expected.append(text[position:])
    assert cut(Code(True, (text,)), {word: word for word in words}) == tuple(part for part in expected if part)
