"""Every template gives a blueprint that is right, safe (or says where it is not), priced and within its budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.blueprint.loading import source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.checks import Options, examine
from groundplan.cost import estimate_together
from groundplan.design import design
from groundplan.documents.starting import Answers, find, render, templates
from groundplan.documents.starting.answers import (
    as_name,
    read_database,
    read_domain,
    read_email,
    read_name,
    read_region,
)
from groundplan.errors import InputError

CASES = Path(__file__).parents[2] / "cases" / "starting"
SHOP = Answers(name="shop", domain="shop.groundplan.dev", email="operations@groundplan.dev")
FILE = Path("groundplan.yaml")
VARIANTS = [
    *((name, SHOP) for name in templates()),
    # Without a database no acceptance may be left over; Tokyo has no zone b.
    ("web-service", Answers("a", "ap-northeast-1", "none", SHOP.domain, SHOP.email)),
    ("worker", Answers("a", "eu-central-1", "none", "", SHOP.email)),
    ("poc", Answers("a", "us-west-2", "none")),
]


@pytest.mark.parametrize(("name", "answers"), VARIANTS)
def test_a_template_is_right_safe_and_within_its_budget(name: str, answers: Answers) -> None:
    text = render(find(name), answers)
    for loaded in source_of(read_yaml(text, FILE), FILE, text).all():
        architecture = design(loaded)
        report = examine(loaded, architecture, Options(severity="warning"))
        # An acceptance that accepts nothing would be a warning, too.
        assert [(finding.rule, finding.resource) for finding in report.findings if not finding.accepted] == []
        (bill,) = estimate_together([(loaded, architecture)])
        assert bill.monthly > 0 or answers is not SHOP, "us-east-1 has prices"
        assert bill.margin is not None
        assert bill.margin >= 0


@pytest.mark.parametrize("name", templates())
def test_a_template_is_written_as_before(name: str, update_golden: bool) -> None:
    text, golden = render(find(name), SHOP), CASES / f"{name}.yaml"
    if update_golden:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def test_the_documentation_names_every_template() -> None:
    page = (CASES.parents[2] / "docs" / "init.md").read_text(encoding="utf-8")
    assert [name for name in templates() if f"| `{name}` |" not in page] == []


def test_an_unknown_template_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match=r'there is no template "kubernets"; did you mean "kubernetes"'):
        find("kubernets")
    with pytest.raises(InputError, match="known here: kubernetes, poc, static-site-with-api, web-service, worker"):
        find("xyz")


@pytest.mark.parametrize(
    ("read", "wrong", "said"),
    [
        (read_name, "My Shop", "like my-shop"),
        (read_name, "shop-" * 5 + "x", "at most 24"),
        (read_region, "eu-wst-1", 'did you mean "eu-west-1"'),
        (read_database, "oracle 19", "known are none, postgres"),
        (read_domain, "https://shop.dev", "no domain"),
        (read_domain, "localhost", "no domain"),
        (read_email, "nobody", "no e-mail address"),
    ],
)
def test_wrong_answers_say_what_would_be_right(read: object, wrong: str, said: str) -> None:
    assert callable(read)
    with pytest.raises(InputError) as error:
        read(wrong)
    assert said in str(error.value)


def test_names_are_made_of_folders() -> None:
    assert [as_name(text) for text in ("My Shop!", "2nd_try", "___", "a" * 30)] == ["my-shop", "nd-try", "", "a" * 16]
    assert read_name(as_name("Some very long name of a-folder")) == "some-very-long-n"
