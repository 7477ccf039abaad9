"""``shared:``: what stands once in an account is an environment of its own."""

from __future__ import annotations

import json

import pytest
from tests.blueprint.conftest import Problems, Write

from groundplan.blueprint.explain import explain
from groundplan.blueprint.loading import load, load_all
from groundplan.blueprint.schema import schema
from groundplan.blueprint.shared import FROM_BASE, KEYS
from groundplan.errors import InputError

BASE = """\
project: shop
title: Shop
region: eu-west-1
keys: aws
tags: {Team: web}
services:
  api: {image: {repository: api}, port: 80, size: {cpu: 512}, public: {domain: api.shop.dev}}
databases:
  main: {engine: postgres 16, class: db.t4g.micro}
"""
SHARED = """\
shared:
  dns: {zone: shop.dev}
  audit: {}
  security: {regions: [us-west-2]}
  account: {anomalies: 50 USD/month}
"""
TWO = """\
environments:
  production: {}
  development: {services: {api: {public: {domain: api.dev.shop.dev}}}}
"""


def test_it_is_the_last_environment_and_has_of_the_file_what_concerns_it(write: Write) -> None:
    source = load(write(BASE + SHARED + TWO))
    assert source.environments == ("production", "development", "shared")
    found = source.environment("shared")
    blueprint = found.blueprint
    assert (blueprint.project, blueprint.title, blueprint.region, blueprint.keys) == (
        "shop",
        "Shop",
        "eu-west-1",
        "aws",
    )
    assert blueprint.tags == {"Team": "web"}
    assert blueprint.profile == "production"
    assert not blueprint.services
    assert not blueprint.databases
    assert blueprint.dns is not None
    assert blueprint.dns.zone == "shop.dev"
    assert blueprint.security is not None
    assert blueprint.security.regions == ["us-west-2"]
    assert found.is_shared
    assert [sibling.name for sibling in found.siblings] == ["production", "development"]
    assert found.state_bucket == "shop-shared-terraform-state"


def test_it_overrides_what_it_has_of_the_file(write: Write) -> None:
    text = BASE + "shared: {region: us-east-1, keys: customer, tags: {Team: platform}, short_name: common}\n"
    blueprint = load(write(text)).environment("shared").blueprint
    assert (blueprint.region, blueprint.keys, blueprint.short_name) == ("us-east-1", "customer", "common")
    assert blueprint.tags == {"Team": "platform"}


def test_the_environments_know_the_zone_and_nothing_else_of_it(write: Write) -> None:
    for loaded in load_all(write(BASE + SHARED + TWO)):
        if loaded.is_shared:
            assert loaded.shared_zone is None
            continue
        assert loaded.shared_zone is not None
        assert loaded.shared_zone.zone == "shop.dev"
        assert loaded.shared_zone.parameter == "/shop/shared/hosted-zone"
        assert loaded.blueprint.audit is None
        assert loaded.blueprint.security is None
        assert loaded.siblings == ()


def test_the_parameter_follows_the_short_name(write: Write) -> None:
    source = load(write(BASE + "shared: {dns: {zone: shop.dev}, short_name: common}\n"))
    zone = source.environment("production").shared_zone
    assert zone is not None
    assert zone.parameter == "/shop/common/hosted-zone"


def test_beside_one_environment_it_has_to_be_named(write: Write) -> None:
    source = load(write(BASE + SHARED))
    assert source.environments == ("production", "shared")
    assert source.environment().name == "production"
    with pytest.raises(InputError, match="several environments; choose one with -e: production, development, shared"):
        load(write(BASE + SHARED + TWO)).environment()


def test_empty_it_is_an_environment_too(write: Write) -> None:
    for text in ("shared:\n", "shared: {}\n"):
        assert load(write(BASE + text)).environment("shared").blueprint.alarms is not None


def test_explain_says_where_a_value_stands(write: Write) -> None:
    rows = {row.path: row.origin for row in explain(load(write(BASE + SHARED + TWO)).environment("shared"))}
    assert rows["dns.zone"].startswith("shared, groundplan.yaml:11")
    assert rows["project"] == "groundplan.yaml:1:10"
    assert rows["services"] == "default"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "shared: {services: {api: {image: {repository: a}}}}\n",
            'groundplan.yaml:10:10: services: "services" belongs into an environment; shared: takes dns, audit',
        ),
        ("shared: {network: {zones: [a]}}\n", '"network" belongs into an environment'),
        ("shared: {project: other}\n", '"project" is of the whole file, and stands at its top'),
        ("shared: {securitty: {}}\n", 'unknown key "securitty"; did you mean "security"?'),
        ("shared: [dns]\n", "shared: has to be a mapping of what stands once in the account"),
        (
            SHARED + "environments: {shared: {}}\n",
            "environments.shared: shared: is an environment of that name already; choose another",
        ),
        (
            SHARED + "environments: {production: {audit: {}}}\n",
            "audit: audit stands once in the account, and shared: has it; leave it out here, and in the base",
        ),
        ("audit: {}\n" + SHARED, "audit stands once in the account"),
        ("security: {standards: null}\n" + SHARED, "security stands once in the account"),
        ("account: {}\n" + SHARED, "account stands once in the account"),
        ("dns: {zone: shop.dev}\n" + SHARED, "shop.dev leads to one environment, and production, shared claim it"),
        ("shared: {security: {}}\n", "checked by AWS Config, which is nowhere on: write audit: {} beside security:"),
        ("shared: {security: {}, audit: {config: false}}\n", "AWS Config, which is nowhere on"),
        ("security: {}\n", "AWS Config, which is nowhere on"),
        (
            "shared: {security: {regions: [us-west-2]}}\nenvironments: {production: {audit: {}}}\n",
            "security.regions: Security Hub needs AWS Config in each of these regions as well",
        ),
        ("shared: {audit: {}, security: {regions: [eu-west-1]}}\n", "eu-west-1 is where it is, and watched anyway"),
        ("shared: {audit: {}, security: {regions: [us-west-2, us-west-2]}}\n", "us-west-2 is there already"),
        ("shared: {audit: {}, security: {standards: [fsbp, fsbp]}}\n", "fsbp is there already"),
        ("shared: {security: {guardduty: null, standards: null, access_analyzer: false}}\n", "nothing watches"),
        ("shared: {security: {standards: null, severity: low}, alarms: null}\n", "nobody hears of findings"),
        ("shared: {account: {anomalies: 5 USD/month}, alarms: null}\n", "account.anomalies: nobody would hear of it"),
        ("shared: {account: {administrators: [jane]}}\n", '"jane" is not the ARN of an IAM role or user'),
        ("shared: {audit: {config: false, conformance_packs: [x]}}\n", "packs are checked by AWS Config"),
        ("shared: {audit: {conformance_packs: [x, x]}}\n", "audit.conformance_packs[1]: x is there already"),
    ],
)
def test_what_cannot_be(text: str, said: str, problems: Problems) -> None:
    found = problems(BASE + text)
    assert len(found) == (2 if "claim it" in said else 1), found
    assert all(said in one for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "audit: {}\nsecurity: {}\naccount: {administrators: []}\ndns: {zone: shop.dev}\n",
        "security: {standards: null}\n",
        "shared: {security: {}}\nenvironments: {production: {audit: {}}}\n",
        "shared: {security: {}, alarms: null, audit: {}}\n",
        SHARED + TWO,
        "shared: {dns: {zone: shop.dev}}\ndns: null\n",
        "shared: {dns: {zone: api.shop.dev}}\n",
    ],
)
def test_what_is_fine(text: str, problems: Problems) -> None:
    assert problems(BASE + text) == []


def test_a_broken_environment_is_named(write: Write) -> None:
    text = BASE + "shared: {}\nenvironments: {production: {}, development: {databases: {main: {backups: often}}}}\n"
    text = text.replace(", public: {domain: api.shop.dev}", "")
    with pytest.raises(InputError, match='"often" is not a duration') as caught:
        load(write(text)).environment("shared")
    assert len(caught.value.problems) == 1


def test_settings_for_environments_are_not_of_it(write: Write) -> None:
    source = load(write(BASE + SHARED + TWO)).with_settings(["databases.main.backups=9d", "owner_id=jane"])
    assert [loaded.blueprint.owner_id for loaded in source.all()] == ["jane"] * 3
    with pytest.raises(InputError, match='"databases" belongs into an environment'):
        source.environment("shared")


def test_the_schema_knows_it() -> None:
    properties = schema()["properties"]
    assert isinstance(properties, dict)
    shared = properties["shared"]
    assert isinstance(shared, dict)
    assert isinstance(shared["properties"], dict)
    assert list(shared["properties"]) == list(KEYS)
    assert shared["additionalProperties"] is False
    assert '"#/$defs/SecurityOverlay"' in json.dumps(shared) or '"#/$defs/Security"' in json.dumps(shared)


def test_what_it_may_say_and_has_of_the_file_are_keys_of_a_blueprint() -> None:
    from groundplan.blueprint.models import Blueprint

    assert {*KEYS, *FROM_BASE} <= set(Blueprint.model_fields)


def test_what_is_set_for_it_is_not_said_of_the_environments_beside_it(write: Write) -> None:
    """`-e shared --set account…` would else be refused: the account's part stands in `shared:` alone."""
    source = load(write(BASE + SHARED + TWO)).with_settings(["account.anomalies=null", "owner_id=jane"])
    found = source.environment("shared")
    assert found.blueprint.account is not None
    assert found.blueprint.account.anomalies is None
    assert [one.name for one in found.siblings] == ["production", "development"]
    assert {one.blueprint.owner_id for one in found.siblings} == {"jane"}
    assert {one.blueprint.account for one in found.siblings} == {None}
