"""``--set``: values that go over the blueprint for one run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.blueprint.conftest import Write

from groundplan.blueprint.explain import explain
from groundplan.blueprint.loading import LoadedEnvironment, load
from groundplan.blueprint.settings import read_settings
from groundplan.errors import InputError

SHOP = """\
project: shop
region: eu-west-1
services:
  api: {image: {repository: api}, port: 80, logs: 30d, environment: {MODE: base}}
buckets: {files: {versioning: true}}
environments:
  dev: {services: {api: {logs: 7d, environment: {LEVEL: debug}}}}
  prod: {}
"""


def chosen(write: Write, *settings: str, environment: str = "dev") -> LoadedEnvironment:
    return load(write(SHOP)).with_settings(settings).environment(environment)


def said(write: Write, *settings: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        chosen(write, *settings)
    return [str(problem) for problem in caught.value.problems]


def test_a_setting_goes_over_base_and_environment(write: Write) -> None:
    blueprint = chosen(write, "owner_id=jane", "services.api.logs=14d", "services.api.environment.LEVEL=info").blueprint
    assert blueprint.owner_id == "jane"
    assert str(blueprint.services["api"].logs.retention) == "14d"
    assert blueprint.services["api"].environment == {"MODE": "base", "LEVEL": "info"}


def test_a_part_of_a_short_form_can_be_set(write: Write) -> None:
    logs = chosen(write, "services.api.logs.group=/shop/api").blueprint.services["api"].logs
    assert (str(logs.retention), logs.group) == ("7d", "/shop/api")


def test_values_are_read_as_yaml_reads_them(write: Write) -> None:
    loaded = chosen(
        write, "services.api.image.tag=007", "services.api.port=0x50", "buckets.files.versioning=false", "alarms=null",
        "services.api.environment.RATE=1.10", "services.api.environment.EQUATION=a=b",
    )  # fmt: skip
    api = loaded.blueprint.services["api"]
    assert (api.image.tag, api.port, loaded.blueprint.alarms) == ("007", 80, None)
    assert loaded.blueprint.buckets["files"].versioning is False
    assert (api.environment["RATE"], api.environment["EQUATION"]) == ("1.10", "a=b")


def test_the_later_of_two_counts(write: Write) -> None:
    assert chosen(write, "owner_id=jane", "owner_id=bob").blueprint.owner_id == "bob"


def test_null_takes_away_what_the_blueprint_says(write: Write) -> None:
    assert chosen(write, "buckets.files=null").blueprint.buckets == {}
    api = chosen(write, "services.api.environment.LEVEL=null").blueprint.services["api"]
    assert api.environment == {"MODE": "base"}


def test_entries_whose_names_are_given_can_be_made(write: Write) -> None:
    objectives = chosen(
        write, "objectives.recovery.zone.time=5m", "objectives.recovery.zone.point=1m",
        "objectives.measured.restore=22m", "objectives.latency.p95=200ms",
    ).blueprint.objectives  # fmt: skip
    zone = objectives.recovery["zone"]
    assert (str(zone.time), str(zone.point), list(objectives.recovery)) == ("5m", "1m", ["zone"])
    assert str(objectives.measured["restore"]) == "22m"
    assert str(objectives.latency["p95"]) == "200ms"


def test_a_profile_can_be_set(write: Write) -> None:
    assert chosen(write, "profile=poc").blueprint.network.nat == "none"


def test_explanations_name_the_option(write: Write) -> None:
    rows = {row.path: row.origin for row in explain(chosen(write, "owner_id=jane", "services.api.image.tag=1"))}
    assert rows["owner_id"] == rows["services.api.image.tag"] == "option --set"
    assert rows["services.api.port"] == "groundplan.yaml:4:41"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("owner_id=JANE", 'owner_id: "JANE" is not an owner id: lower-case letters and digits'),
        ("services.api.port=http", 'services.api.port: "http" is not a whole number'),
        ("services.api.prot=1", 'services.api.prot: unknown key "prot"; did you mean "port"?'),
        ("services.apo.port=1", 'services.apo: there is no "apo" to set anything in; did you mean "api"?'),
        ("queues.emails.fifo=true", 'queues.emails: there is no "emails" to set anything in'),
        (
            "objectives.recovery.zon.time=5m",
            'objectives.recovery.zon: "zon" is not task, node, database, zone, region, table, corruption or key; did '
            'you mean "zone"?',
        ),
        (
            "objectives.recovery.zone.tim=5m",
            'objectives.recovery.zone.tim: unknown key "tim"; did you mean "time"?',
        ),
        ("objectives.recovery.zone.time=soon", 'objectives.recovery.zone.time: "soon" is not a duration'),
        (
            "objectives.recovery.zone=null",
            'objectives.recovery.zone: null removes an entry, and the base has no "zone"; write {} for an entry',
        ),
        (
            "services.web=null",
            'services.web: null removes an entry, and the base has no "web"; write {} for an entry with defaults',
        ),
        (
            "services.api.image=api",
            'services.api.image: has to be a mapping of keys to values, and is "api"; --set takes single values: set '
            "its keys one by one",
        ),
        (
            "services.api.needs=[files]",
            'services.api.needs: has to be a list, and is "[files]"; --set takes single values: write a list in the '
            "blueprint",
        ),
        ("services.api.image.tag=latest", 'services.api.image.tag: "latest" names another image every day'),
        ("abc", '"abc" is no setting; write KEY=VALUE, like owner_id=jane or services.api.image.tag=1.2.3'),
        ("=1", '"=1" is no setting; write KEY=VALUE'),
        ("a..b=1", '"a..b" is not a path like services.api.size'),
        ("services.api.needs[0]=files", "services.api.needs[0] is an item of a list, and a list is written"),
        ("environments.dev.region=us-east-1", "a setting goes over the environment that -e chooses"),
        (
            "shared.dns.zone=shop.dev",
            "a setting goes over the environment that -e chooses; write the key without shared",
        ),
    ],
)
def test_errors_name_the_option_instead_of_a_line(setting: str, message: str, write: Write) -> None:
    found = said(write, setting)
    assert len(found) == 1, found
    assert found[0].startswith(f"option --set: {message}")


def test_all_that_is_no_setting_is_told(write: Write) -> None:
    assert len(said(write, "abc", "def", "owner_id=jane")) == 2


def test_what_is_wrong_in_the_file_keeps_its_line(write: Write) -> None:
    with pytest.raises(InputError) as caught:
        load(write(SHOP.replace("port: 80", "port: x"))).with_settings(["owner_id=JANE"]).environment("dev")
    lines = [str(problem) for problem in caught.value.problems]
    assert [line.partition(": ")[0] for line in lines] == ["option --set", "groundplan.yaml:4:41"]


def test_settings_go_over_every_environment(write: Write) -> None:
    every = load(write(SHOP)).with_settings(["owner_id=jane"]).all()
    assert [loaded.blueprint.owner_id for loaded in every] == ["jane", "jane"]
    with pytest.raises(InputError) as caught:
        load(write(SHOP)).with_settings(["owner_id=JANE"]).all()
    assert [problem.path for problem in caught.value.problems] == ["owner_id"]


def test_without_settings_nothing_changes(write: Write) -> None:
    source = load(write(SHOP))
    assert source.with_settings([]).environment("dev").tree == source.environment("dev").tree


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = read_settings([text])
    except InputError as error:
        assert len(error.problems) == 1  # noqa: PT017 - either way something holds
    else:
        assert "=" in text
        assert len(tree.fields) == 1
