"""``renamed:``: what is called otherwise in AWS, in the blueprint alone."""

from __future__ import annotations

from textwrap import dedent

import pytest
from tests.design.blueprints import loaded

from groundplan.blueprint.renamed_since import renamed_since
from groundplan.blueprint.renames import ENTRIES, names_of
from groundplan.errors import InputError

SHOP = """
project: shop
region: eu-central-1
profile: development
services:
  api:
    image: {repository: api, tag: "1"}
    port: 80
    public: {tls: false}
    needs: [main, {files: read}, {name: mails, access: write}]
    secrets: {TOKEN: token}
    environment: {ASSETS: "https://${cdn.files}/", PRICE: "$${cdn.files}"}
  worker: {image: {repository: worker, tag: "1"}, needs: [mails, api]}
databases: {main: {engine: postgres 16, class: db.t4g.micro}}
buckets: {files: {cdn: {}}}
queues: {mails: {}}
secrets: {token: {generate: 32}}
usage: {stored: {files: 10 GB, api: 1 GB}, messages: {mails: 100}}
"""


def _renamed(blueprint: str, **names: str) -> str:
    for old, new in names.items():
        for before, after in ((" ", ":"), ("[", "]"), (" ", ","), ("[", ","), ("{", ":"), (" ", "]"), (" ", "}")):
            blueprint = blueprint.replace(f"{before}{old}{after}", f"{before}{new}{after}")
        blueprint = blueprint.replace(f"//${{cdn.{old}", f"//${{cdn.{new}")
    return blueprint


NEW = {"main": "primary", "files": "uploads", "mails": "letters", "token": "pass", "worker": "mailer"}
AFTER = _renamed(SHOP, **NEW)
HINTS = """
renamed:
  databases: {primary: main}
  buckets: {uploads: files}
  queues: {letters: mails}
  secrets: {pass: token}
  services: {mailer: worker}
  repositories: {mailer: worker}
"""


def test_in_awss_names_it_is_the_blueprint_of_before() -> None:
    before, after = loaded(SHOP), loaded(AFTER + HINTS)
    assert after.in_aws.tree.plain() == before.tree.plain()
    assert after.in_aws.blueprint == before.blueprint
    assert list(after.in_aws.tree.fields["services"].fields) == ["api", "worker"]
    assert before.in_aws is before


def test_the_names_of_an_environment() -> None:
    names = names_of(loaded(SHOP).tree)
    assert set(names) == set(ENTRIES)
    assert names["services"] == ("api", "worker")
    assert names["repositories"] == ("api", "worker")
    assert names["secrets"] == ("token",)


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        ("{databases: {primry: main}}", 'no "primry" in databases that was renamed; did you mean "primary"?'),
        ("{databases: {primary: mailer}}", '"mailer" is a name of services now'),
        ("{buckets: {uploads: files}, queues: {letters: uploads}}", '"uploads" is a name of buckets now'),
        ("{services: {mailer: worker, api: worker}}", '"worker" has become mailer above'),
        ("{services: {mailer: Worker}}", "services.mailer"),
        ("{databses: {primary: main}}", "databses"),
    ],
)
def test_what_cannot_be_followed_is_refused_where_it_stands(hints: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        loaded(AFTER + f"renamed: {hints}\n")
    assert message in str(refused.value)
    assert f"groundplan.yaml:{len(dedent(AFTER).splitlines())}:" in str(refused.value)


def test_old_names_that_cannot_stand_together_are_refused() -> None:
    """``main`` is free now, but the two that were called so never stood in one blueprint."""
    after = loaded(AFTER + "renamed: {databases: {primary: main}, buckets: {uploads: main}}\n")
    with pytest.raises(InputError, match=r'in the names of before: .*"main" is also one of'):
        _ = after.in_aws


def test_renames_are_found_by_what_the_entries_say() -> None:
    found = renamed_since(loaded(SHOP), loaded(AFTER))
    assert found.found == {
        "services": {"mailer": "worker"},
        "databases": {"primary": "main"},
        "buckets": {"uploads": "files"},
        "queues": {"letters": "mails"},
        "secrets": {"pass": "token"},
        "repositories": {"mailer": "worker"},
    }
    assert found.undecided == ()
    assert found.loaded.in_aws.blueprint == loaded(SHOP).blueprint
    assert renamed_since(loaded(SHOP), loaded(AFTER + HINTS)).found == {}
    assert renamed_since(loaded(SHOP), loaded(SHOP)).found == {}


def test_what_was_renamed_before_keeps_the_name_that_it_was_made_with() -> None:
    """``a`` became ``b`` became ``c``: AWS has ``a``."""
    first = AFTER + HINTS
    again = _renamed(AFTER, primary="store")
    assert renamed_since(loaded(first), loaded(again)).found["databases"] == {"store": "main"}
    forgotten = renamed_since(loaded(first), loaded(AFTER)).found
    assert forgotten["databases"] == {"primary": "main"}


def test_the_whole_is_renamed_by_one_name_each() -> None:
    found = renamed_since(loaded(SHOP), loaded(SHOP.replace("project: shop", "project: store")))
    assert found.found == {"": {"project": "shop"}}
    assert found.loaded.in_aws.blueprint.project == "shop"
    assert found.loaded.state_bucket == loaded(SHOP).state_bucket == "shop-production-terraform-state"
    short = renamed_since(loaded(SHOP), loaded(SHOP + "short_name: prod\n"))
    assert short.found == {"": {"short_name": "production"}}


def test_what_is_like_several_is_not_decided() -> None:
    cache = "{engine: redis 7.1, class: cache.t4g.micro}"
    before = SHOP + f"caches: {{one: {cache}}}\n"
    after = SHOP + f"caches: {{two: {cache}, three: {cache}}}\n"
    found = renamed_since(loaded(before), loaded(after))
    assert found.found == {}
    (told,) = found.undecided
    assert "caches: one is gone and two, three is new, and several are alike" in told
    assert "write renamed: {caches: {two: one}}" in told


def test_what_says_something_else_is_not_taken_for_a_rename() -> None:
    after = (
        SHOP.replace("[main,", "[primary,").replace("{main: {", "{primary: {").replace("db.t4g.micro", "db.t4g.small")
    )
    found = renamed_since(loaded(SHOP), loaded(after))
    assert found.found == {}
    assert "they say other things" in found.undecided[0]
