from __future__ import annotations

from tests.blueprint.conftest import Write

from groundplan.blueprint.explain import explain
from groundplan.blueprint.loading import load_environment

TEXT = """\
project: shop
region: eu-west-1
services:
  api: {image: {repository: api}, tasks: {desired: 3}}
databases:
  main: {engine: postgres 15, class: db.t4g.micro, storage: 100 GB, parameters: {rds.force_ssl: 0}}
environments:
  dev: {network: {nat: none}}
"""


def rows(write: Write) -> dict[str, tuple[str, str]]:
    return {row.path: (row.value, row.origin) for row in explain(load_environment(write(TEXT)))}


def test_every_kind_of_origin_is_named(write: Write) -> None:
    found = rows(write)
    assert found["project"] == ("shop", "groundplan.yaml:1:10")
    assert found["network.nat"] == ("none", "environment dev, groundplan.yaml:8:24")
    assert found["databases.main.standby"] == ("false", "profile development")
    assert found["services.api.tasks.max"] == ("3", "profile development: fitted to desired")
    assert found["profile"] == ("development", "default: environment dev")
    assert found["network.name"] == ("null", "default: the environment's name")
    assert found["network.cidr"] == ("10.0.0.0/16", "default")
    assert found["alarms.cpu"] == ("80%", "default")


def test_a_short_form_is_the_place_of_what_it_says(write: Write) -> None:
    found = rows(write)
    assert found["databases.main.engine.version"] == ("15", "groundplan.yaml:6:18")
    assert found["databases.main.storage.size"] == ("100 GB", "groundplan.yaml:6:61")
    assert found["databases.main.storage.type"] == ("gp3", "default")


def test_keys_are_those_that_people_write(write: Write) -> None:
    found = rows(write)
    assert found["databases.main.class"] == ("db.t4g.micro", "groundplan.yaml:6:38")
    assert found['databases.main.parameters["rds.force_ssl"]'] == ("0", "groundplan.yaml:6:97")


def test_empty_collections_are_shown(write: Write) -> None:
    found = rows(write)
    assert found["services.api.needs"] == ("[]", "default")
    assert found["tags"] == ("{}", "default")


def test_each_path_stands_once_and_leads_to_its_value(write: Write) -> None:
    loaded = load_environment(write(TEXT))
    explained = explain(loaded)
    assert len({row.path for row in explained}) == len(explained)
    assert explained == explain(loaded)
    assert set(loaded.origins) - {row.path for row in explained} == {
        "databases.main.engine",  # told as its parts
        "databases.main.storage",
    }
