from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from tests.blueprint.conftest import Problems, Write

from groundplan.blueprint.loading import load_environment
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.profiles import PROFILES, choose_profile, posture_of, with_posture
from groundplan.blueprint.shape import shape_of
from groundplan.blueprint.tree import Plain, node_of

BASE = """\
project: shop
region: eu-west-1
services:
  api: {image: {repository: api}}
databases:
  main: {engine: postgres 15, class: db.t4g.micro}
caches:
  sessions: {engine: redis 7.1, class: cache.t4g.micro}
buckets:
  files: {}
"""


@pytest.mark.parametrize(
    ("written", "environment", "profile", "layer"),
    [
        ("poc", "production", "poc", ""),
        (None, "staging", "staging", "default: environment staging"),
        (None, "dev", "development", "default: environment dev"),
        (None, "prod", "production", "default: environment prod"),
        (None, "poc", "poc", "default: environment poc"),
        (None, "customer-a", "production", "default"),
        ("nonsense", "dev", "development", "default: environment dev"),
    ],
)
def test_which_profile_an_environment_has(written: str | None, environment: str, profile: str, layer: str) -> None:
    assert choose_profile(written, environment) == (profile, layer)


def test_the_overlay_chooses_before_the_base(write: Write) -> None:
    file = write(BASE + "profile: staging\nenvironments: {a: {profile: poc}, b: {}, dev: {profile: null}}\n")
    assert [load_environment(file, name).blueprint.profile for name in ("a", "b", "dev")] == [
        "poc",
        "staging",
        "development",
    ]


@pytest.mark.parametrize(
    ("profile", "nat", "standby", "backups", "nodes", "tasks", "logs", "protected", "keep", "alarms"),
    [
        ("poc", "none", False, "1d", 1, (1, 1, 1), "7d", False, False, False),
        ("development", "single", False, "1d", 1, (1, 1, 2), "7d", False, False, True),
        ("staging", "single", True, "7d", 2, (1, 1, 2), "14d", False, False, True),
        ("production", "per-zone", True, "7d", 2, (2, 2, 4), "30d", True, True, True),
    ],
)
def test_the_postures(
    profile: str, nat: str, standby: bool, backups: str, nodes: int, tasks: tuple[int, int, int], logs: str,
    protected: bool, keep: bool, alarms: bool, write: Write,
) -> None:  # fmt: skip
    blueprint = load_environment(write(BASE + f"profile: {profile}\n")).blueprint
    api, main = blueprint.services["api"], blueprint.databases["main"]
    assert blueprint.network.nat == nat
    assert (main.standby, str(main.backups), main.deletion_protection) == (standby, backups, protected)
    assert blueprint.caches["sessions"].nodes == nodes
    assert (api.tasks.desired, api.tasks.min, api.tasks.max) == tasks
    assert str(api.logs.retention) == logs
    assert blueprint.buckets["files"].keep is keep
    assert (blueprint.alarms is not None) is alarms


def test_what_is_written_goes_before_a_posture_wherever_it_is_written(write: Write) -> None:
    text = BASE.replace("class: db.t4g.micro", "class: db.t4g.micro, standby: true, monitoring: 30s")
    file = write(text + "alarms: {}\nenvironments: {poc: {network: {nat: per-zone}}}\n")
    loaded = load_environment(file)
    main = loaded.blueprint.databases["main"]
    assert (main.standby, str(main.monitoring), loaded.blueprint.network.nat) == (True, "30s", "per-zone")
    assert loaded.blueprint.alarms is not None
    assert str(loaded.origins["databases.main.standby"]) == "groundplan.yaml:6:61"
    assert str(loaded.origins["databases.main.deletion_protection"]) == "profile poc"
    assert str(loaded.origins["network.nat"]) == "environment poc, groundplan.yaml:12:37"


def test_a_null_in_an_overlay_returns_to_the_posture(write: Write) -> None:
    file = write(BASE + "network: {nat: per-zone}\nenvironments: {dev: {network: {nat: null}}}\n")
    assert load_environment(file).blueprint.network.nat == "single"


def test_a_posture_creates_no_entry() -> None:
    for profile in PROFILES:
        tree = with_posture(node_of({"project": "shop"}), profile)
        assert not tree.fields.keys() & {"services", "databases", "caches", "buckets"}
        empty = with_posture(node_of({"services": {}, "databases": None, "caches": {"a": "text"}}), profile)
        assert [empty.fields[family].plain() for family in ("services", "databases", "caches")] == [
            {}, None, {"a": "text"},
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "written", "tasks"),
    [
        ("poc", "{}", (1, 1, 1)),
        ("poc", "{desired: 3}", (3, 1, 3)),
        ("poc", "{min: 3}", (3, 3, 3)),
        ("poc", "{max: 5}", (1, 1, 5)),
        ("poc", "{min: 2, max: 5}", (2, 2, 5)),
        ("development", "{desired: 0}", (0, 0, 2)),
        ("development", "{max: 20}", (1, 1, 20)),
        ("development", "{desired: 4, max: 8}", (4, 1, 8)),
        ("staging", "{min: 4}", (4, 4, 4)),
        ("production", "{desired: 6}", (6, 2, 6)),
        ("production", "{max: 1}", (1, 1, 1)),
        ("production", "{desired: 3, min: 3, max: 20}", (3, 3, 20)),
    ],
)
def test_numbers_of_tasks_stretch_around_the_written_ones(
    profile: str, written: str, tasks: tuple[int, int, int], write: Write
) -> None:
    text = BASE.replace("{image: {repository: api}}", f"{{image: {{repository: api}}, tasks: {written}}}")
    got = load_environment(write(text + f"profile: {profile}\n")).blueprint.services["api"].tasks
    assert (got.desired, got.min, got.max) == tasks


def test_stretched_numbers_say_why(write: Write) -> None:
    text = BASE.replace("{image: {repository: api}}", "{image: {repository: api}, tasks: {desired: 3}}")
    poc = load_environment(write(text + "profile: poc\n")).origins
    assert str(poc["services.api.tasks.max"]) == "profile poc: fitted to desired"
    assert str(poc["services.api.tasks.min"]) == "profile poc"
    production = load_environment(write(text.replace("desired: 3", "desired: 6"))).origins
    assert str(production["services.api.tasks.max"]) == "default: fitted to desired"


def test_contradictions_that_somebody_wrote_stay_errors(problems: Problems) -> None:
    text = BASE.replace("{image: {repository: api}}", "{image: {repository: api}, tasks: {desired: 9, max: 3}}")
    assert problems(text) == [
        "groundplan.yaml:4:35: services.api.tasks: desired (9) has to lie between min (2) and max (3)"
    ]


def test_every_value_of_a_posture_exists_in_the_models() -> None:
    shape = shape_of(Blueprint)

    def check(posture: Plain, path: tuple[str, ...]) -> None:
        for key, value in posture.items() if isinstance(posture, dict) else ():
            assert shape.at((*path, key)) is not None, (*path, key)
            check(value, (*path, key))

    for profile in PROFILES:
        check(posture_of(profile), ())


def test_every_table_is_of_a_profile() -> None:
    whole = tomllib.loads(files("groundplan.blueprint").joinpath("profiles.toml").read_text(encoding="utf-8"))
    assert set(whole) == set(PROFILES)
    for profile, posture in whole.items():
        read = posture_of(profile)
        assert isinstance(read, dict)
        assert read.keys() == posture.keys()


def test_every_value_of_a_posture_says_why() -> None:
    text = files("groundplan.blueprint").joinpath("profiles.toml").read_text(encoding="utf-8")
    values = [line for line in text.splitlines() if re.match(r"\w+ *=", line)]
    assert len(values) > 40
    assert [line for line in values if not re.search(r" # \S+ \S+", line)] == []
