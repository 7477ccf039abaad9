"""A blueprint as a call: the same values, the same resources and the same complaints as in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from groundplan import Blueprint, BlueprintFields, Cache, Database, InputError, Need, Overlay, Scaling, Service, Tasks
from groundplan.blueprint.loading import load
from groundplan.units import DataSize, Percentage

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/groundplan.yaml"))
HERE = Path(__file__)


def plain(value: object) -> object:
    """A YAML value as a person would write it in Python: numbers that remember their text are texts."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, float) else value


def call(**fields: Any) -> Blueprint:
    """A blueprint of whatever values: what a type checker would refuse has to be said at run time as well."""
    return Blueprint(**{"project": "shop", "region": "eu-central-1", **fields})


def complaints(blueprint: Blueprint) -> list[str]:
    with pytest.raises(InputError) as caught:
        blueprint.validate()
    return [f"{problem.path}: {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_the_examples_are_the_same_in_python(file: Path) -> None:
    source = load(file)
    values: Any = plain(source.base.plain())
    overlays: Any = {name: plain(overlay.plain()) for name, overlay in source.overlays.items()}
    if source.has_shared:
        values["shared"] = overlays.pop("shared")
    blueprint = Blueprint(**values, environments=overlays)
    assert blueprint.environments == source.environments
    for name in source.environments:
        assert blueprint.environment(name).settings == source.environment(name).blueprint


def test_the_parts_are_calls_and_literals() -> None:
    as_calls = Blueprint(
        project="shop",
        region="eu-central-1",
        services={"web": Service(image={"repository": "web"}, port=80, scaling=Scaling(cpu="70%", cooldown_in="5m"))},
        databases={"main": Database(engine={"name": "postgres", "version": "16"}, instance_class="db.t4g.micro")},
        caches={"sessions": Cache(engine="redis 7.1", node_class="cache.t4g.micro")},
        environments={"live": Overlay(services={"web": {"tasks": Tasks(desired=3)}})},
    )
    fields: BlueprintFields = {
        "project": "shop",
        "region": "eu-central-1",
        "services": {
            "web": {"image": {"repository": "web"}, "port": 80, "scaling": {"cpu": "70%", "cooldown_in": "5m"}}
        },
        "databases": {"main": {"engine": "postgres 16", "instance_class": "db.t4g.micro"}},
        "caches": {"sessions": {"engine": "redis 7.1", "node_class": "cache.t4g.micro"}},
        "environments": {"live": {"services": {"web": {"tasks": {"desired": 3}}}}},
    }
    assert as_calls.environment().settings == Blueprint(**fields).environment("live").settings
    assert as_calls.environment().settings.services["web"].tasks.max == 4


def test_yaml_spellings_are_taken_as_well() -> None:
    blueprint = call(
        databases={"main": {"engine": "postgres 16", "class": "db.t4g.micro"}},
        services={"web": {"image": {"repository": "web"}, "scaling": {"cpu": "70%", "in": "4m"}}},
    )
    settings = blueprint.environment().settings
    assert settings.databases["main"].instance_class == "db.t4g.micro"
    scaling = settings.services["web"].scaling
    assert scaling is not None
    assert scaling.cooldown_in.minutes == 4


def test_one_key_in_two_spellings() -> None:
    with pytest.raises(InputError) as caught:
        call(databases={"main": {"engine": "postgres 16", "class": "a", "instance_class": "b"}})
    (problem,) = caught.value.problems
    assert problem.path == "databases.main.class"
    assert problem.message == '"class" and "instance_class" are the same key; write one of them'


def test_needs_in_every_form() -> None:
    service = Service(image={"repository": "web"}, needs=["main", {"files": "read"}, Need(name="other")])
    blueprint = Blueprint(
        project="shop",
        region="eu-central-1",
        services={"web": service},
        buckets={"files": {}, "other": {}},
        databases={"main": {"engine": "postgres 16", "instance_class": "db.t4g.micro"}},
    )
    needs = blueprint.environment().settings.services["web"].needs
    assert [(need.name, need.access) for need in needs] == [
        ("main", "read-write"),
        ("files", "read"),
        ("other", "read-write"),
    ]


def test_values_that_know_their_unit() -> None:
    class Size(StrEnum):
        SMALL = "db.t4g.micro"

    network = IPv4Network("10.1.0.0/16")
    settings = (
        call(
            network={"cidr": network, "zones": ("a", "b"), "flow_logs": timedelta(days=7)},
            alarms={"cpu": Percentage.parse("60%")},
            databases={
                "main": {"engine": "postgres 16", "instance_class": Size.SMALL, "storage": {"size": DataSize(51200)}}
            },
        )
        .environment()
        .settings
    )
    assert settings.network.cidr == network
    assert settings.network.flow_logs is not None
    assert settings.network.flow_logs.days == 7
    assert settings.alarms is not None
    assert str(settings.alarms.cpu) == "60%"
    assert settings.databases["main"].storage.size.gib == 50


def test_a_later_change_of_a_dictionary_changes_nothing() -> None:
    zones = ["a", "b"]
    blueprint = call(network={"zones": zones})
    zones.append("z")
    assert blueprint.environment().settings.network.zones == ["a", "b"]


def test_none_removes_in_an_environment() -> None:
    blueprint = call(
        buckets={"files": {}, "logs": {}}, environments={"live": None, "small": {"buckets": {"logs": None}}}
    )
    assert blueprint.environments == ("live", "small")
    assert set(blueprint.environment("live").settings.buckets) == {"files", "logs"}
    assert set(blueprint.environment("small").settings.buckets) == {"files"}


SERVICE: Mapping[str, object] = {"image": {"repository": "web", "tag": "1"}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"databasses": {}}, ['databasses: unknown key "databasses"; did you mean "databases"?']),
        (
            {"services": {"web": {**SERVICE, "prot": 80}}},
            ['services.web.prot: unknown key "prot"; did you mean "port"?'],
        ),
        (
            {"services": {"web": {**SERVICE, "size": {"cpu": 500}}}},
            ["services.web.size.cpu: 500 CPU units is not a Fargate size; "
             "choose 256, 512, 1024, 2048, 4096, 8192, 16384, 32768"],
        ),
        (
            {"databases": {"main": {"engine": "postgres 16"}}},
            ['databases.main: "instance_class" is missing'],
        ),
        (
            {"databases": {"main": {"engine": "postgres 16", "instance_class": "db.t4g.micro", "instance_clas": "x"}}},
            ['databases.main.instance_clas: unknown key "instance_clas"; did you mean "instance_class"?'],
        ),
        ({"region": None}, [': "region" is missing']),
        (
            {"network": {"zones": "ab"}},
            ['network.zones: has to be a list, and is "ab"; write [ab]'],
        ),
        (
            {"services": {"web": {**SERVICE, "logs": 30}}},
            ["services.web.logs: 30 is not a duration; write a whole number and s, m, h, d or w, like 30s or 7d"],
        ),
        (
            {"services": {"web": {**SERVICE, "environment": {"DEBUG": True}}}},
            ['services.web.environment.DEBUG: has to be a text; put it in quotes: "true"'],
        ),
        (
            {"environments": {"live": {"services": {"web": {"port": 80}}}}},
            ['environments.live.services.web: "image" is missing'],
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_the_complaints_of_yaml(fields: dict[str, object], said: list[str]) -> None:
    assert [line.removeprefix("environments.live.") for line in complaints(call(**fields))] == [
        line.removeprefix("environments.live.") for line in said
    ]


@pytest.mark.parametrize(
    ("value", "path", "said"),
    [
        ({"about": {"version": 15.10}}, "about.version", "15.1 is a float, which does not remember how it was written"),
        ({"tags": {"a": object()}}, "tags.a", "a object cannot stand in a blueprint"),
        ({"tags": {1: "a"}}, "tags", "the key 1 has to be a text"),
        ({"network": {"zones": {"a", "b"}}}, "network.zones", "a set cannot stand in a blueprint"),
        ({"network": {"flow_logs": timedelta(milliseconds=5)}}, "network.flow_logs", "not a whole number of seconds"),
        ({"network": {"flow_logs": timedelta(days=-1)}}, "network.flow_logs", "not a whole number of seconds"),
        ({"tags": {"a": b"bytes"}}, "tags.a", "a bytes cannot stand in a blueprint"),
    ],
)
def test_values_that_no_blueprint_can_hold(value: dict[str, object], path: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        call(**value)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert said in problem.message
    assert problem.position is not None
    assert problem.position.file == HERE


def test_a_value_that_contains_itself() -> None:
    endless: dict[str, object] = {}
    endless["tags"] = endless
    with pytest.raises(InputError, match=r"values are nested deeper than 40 levels"):
        call(tags=endless)


def test_all_values_that_are_wrong_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        call(tags={"a": 1.5, "b": object()}, names=b"")
    assert [problem.path for problem in caught.value.problems] == ["tags.a", "tags.b", "names"]


def test_a_name_for_one_of_several_environments_has_to_be_given() -> None:
    blueprint = call(environments={"live": {}, "test": {}})
    with pytest.raises(InputError, match=r"^the blueprint has several environments; name one: live, test$"):
        blueprint.environment()
    with pytest.raises(InputError, match=r'has no environment "tset"; did you mean "test"'):
        blueprint.environment("tset")


def test_environments_have_to_be_named_and_mappings() -> None:
    with pytest.raises(InputError, match=r'environments.Live: "Live" is not a name'):
        call(environments={"Live": {}})
    with pytest.raises(InputError, match=r"environments.live: has to be a mapping of what differs from the base"):
        call(environments={"live": 1})


def test_it_says_what_it_is() -> None:
    assert repr(call()) == f"<Blueprint shop of {HERE}>"
    assert repr(call().environment()) == "<Environment production of shop>"


def test_settings_go_over_everything() -> None:
    blueprint = call(environments={"live": {"region": "eu-west-1"}})
    assert blueprint.environment().settings.region == "eu-west-1"
    assert blueprint.environment("live", settings=["region=us-east-1"]).settings.region == "us-east-1"
    with pytest.raises(InputError, match="regoin"):
        blueprint.environment("live", settings=["regoin=us-east-1"])
