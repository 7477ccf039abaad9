from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.blueprint.conftest import FILE, Problems, Write

from groundplan.blueprint.loading import Source, load, load_all, load_environment
from groundplan.errors import InputError, Problem

BASE = """\
project: shop
region: eu-west-1
services:
  api:
    image: {repository: api}
    size: {cpu: 512}
"""
SEVERAL = BASE + "environments: {dev: , staging: {}, prod: {region: eu-central-1}}\n"


def error_of(file_text: str, write: Write, name: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        load_environment(write(file_text), name)
    return str(caught.value)


def test_without_environments_there_is_production(write: Write) -> None:
    source = load(write(BASE))
    assert source.environments == ("production",)
    assert source.environment().name == "production"
    assert load(write(BASE + "environments:\n")).environments == ("production",)


def test_environments_keep_their_order(write: Write) -> None:
    source = load(write(SEVERAL))
    assert source.environments == ("dev", "staging", "prod")
    assert [loaded.name for loaded in source.all()] == ["dev", "staging", "prod"]
    assert source.environment("prod").blueprint.region == "eu-central-1"


def test_the_only_environment_needs_no_name(write: Write) -> None:
    assert load_environment(write(BASE + "environments: {live: {}}\n")).name == "live"


def test_several_environments_are_listed(write: Write) -> None:
    assert error_of(SEVERAL, write) == (
        "groundplan.yaml has several environments; choose one with -e: dev, staging, prod"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stagging", 'groundplan.yaml has no environment "stagging"; did you mean "staging"?'),
        ("qa", 'groundplan.yaml has no environment "qa"; known here: dev, prod, staging'),
    ],
)
def test_an_unknown_environment_gets_a_suggestion(name: str, message: str, write: Write) -> None:
    assert error_of(SEVERAL, write, name) == message


@pytest.mark.parametrize(
    ("environments", "message"),
    [
        ("[dev]", "groundplan.yaml:7:15: environments: has to be a mapping of names to what differs there"),
        ("{dev: 3}", "groundplan.yaml:7:21: environments.dev: has to be a mapping of what differs from the base"),
        (
            "{Dev: {}}",
            'groundplan.yaml:7:16: environments.Dev: "Dev" is not a name: lower-case letters and digits, in between '
            "single hyphens or underscores, starting with a letter",
        ),
    ],
)
def test_what_environments_are_not(environments: str, message: str, write: Write) -> None:
    with pytest.raises(InputError) as caught:
        load(write(BASE + f"environments: {environments}\n"))
    assert str(caught.value) == message


def test_an_environment_knows_its_file(write: Write) -> None:
    loaded = load_environment(write(BASE))
    assert loaded.source_file == FILE
    assert loaded.text == FILE.read_text()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("services.api.size.cpu", "6:17"),
        ("services.api.size.memory", "6:5"),
        ("services.api.tasks.max", "4:3"),
        ("services.web", "3:1"),
        ("network.cidr", "1:1"),
        (("services", "api", "size", "cpu"), "6:17"),
        ("services.api.no path", "4:3"),
    ],
)
def test_a_problem_stands_at_the_value_or_at_what_holds_it(
    path: str | tuple[str, ...], place: str, write: Write
) -> None:
    problem = load_environment(write(BASE)).problem(path, "is wrong")
    assert problem.message == "is wrong"
    assert str(problem.position) == f"groundplan.yaml:{place}"
    assert problem.path == (path if isinstance(path, str) else ".".join(path))


def test_origins_name_layer_and_place(write: Write) -> None:
    loaded = load_environment(write(SEVERAL), "prod")
    assert str(loaded.origins["project"]) == "groundplan.yaml:1:10"
    assert str(loaded.origins["region"]) == "environment prod, groundplan.yaml:7:51"
    assert str(loaded.origins["profile"]) == "default: environment prod"
    assert "services.api.size.memory" not in loaded.origins


def test_all_environments_are_checked_and_each_problem_is_told_once(problems: Problems) -> None:
    text = BASE.replace("cpu: 512", "cpu: many").replace("size:", "sise: 1\n    size:")
    text += "environments: {dev: {network: {nat: two}}, prod: {services: {api: {logs: 5}}}}\n"
    assert problems(text) == [
        'groundplan.yaml:6:5: services.api.sise: unknown key "sise"; did you mean "size"?',
        'groundplan.yaml:7:17: services.api.size.cpu: "many" is not a whole number',
        'groundplan.yaml:8:37: network.nat: "two" is not per-zone, single or none',
        "groundplan.yaml:8:74: services.api.logs: 5 is not a duration; write a whole number and s, m, h, d or w, like "
        "30s or 7d",
    ]


def test_a_problem_of_one_environment_names_it(problems: Problems) -> None:
    text = """
        project: shop
        region: eu-west-1
        services:
          api: {image: {repository: api}, needs: [main]}
        databases:
          main: {engine: postgres 15, class: db.t4g.micro}
        environments: {dev: {databases: {main: null}}, prod: {}}
        """
    assert problems(text) == [
        'groundplan.yaml:4:43: services.api.needs[0]: there is no "main" to need (environment dev)'
    ]


def test_problems_come_in_the_order_of_the_file(write: Write) -> None:
    text = "region: 3\nprojet: shop\nservices: {api: {}}\nnetwork: {cidr: x}\n"
    with pytest.raises(InputError) as caught:
        load_all(write(text))
    lines = [problem.position.line for problem in caught.value.problems if problem.position]
    assert lines == sorted(lines)
    assert all(isinstance(problem, Problem) and problem.position for problem in caught.value.problems)


def test_one_environment_is_not_held_up_by_another(write: Write) -> None:
    file = write(BASE + "environments: {good: {}, bad: {region: null}}\n")
    assert load_environment(file, "good").blueprint.region == "eu-west-1"
    with pytest.raises(InputError, match='"region" is missing'):
        load_environment(file, "bad")


def test_what_the_base_lacks_an_environment_may_say(write: Write) -> None:
    file = write("project: shop\nenvironments: {a: {region: eu-west-1}, b: {region: us-east-1}}\n")
    assert [loaded.blueprint.region for loaded in load_all(file)] == ["eu-west-1", "us-east-1"]


def test_versions_keep_their_text(write: Write) -> None:
    text = BASE + "databases: {main: {engine: {name: postgres, version: 15.10}, class: db.t4g.micro}}\n"
    blueprint = load_environment(write(text.replace("{repository: api}", "{repository: api, tag: 1.10}"))).blueprint
    assert blueprint.databases["main"].engine.version == "15.10"
    assert blueprint.services["api"].image.tag == "1.10"


def test_the_same_file_gives_the_same_environment(write: Write) -> None:
    file = write(SEVERAL)
    assert load_all(file) == load_all(file)


SHARED = """\
project: shop
region: eu-west-1
services: {web: {image: {repository: web}, port: 80, public: {domain: a.groundplan.dev}}}
environments:
  staging: {}
  production:
    services: {web: {public: {domain: b.groundplan.dev}}}
    buckets: {site: {cdn: {domains: [a.groundplan.dev]}}}
"""


@pytest.mark.parametrize(
    ("environment", "place"),
    [("staging", "3:71: services.web.public.domain"), ("production", "8:38: buckets.site.cdn.domains[0]")],
)
def test_a_domain_of_two_environments_is_told_in_each(tmp_path: Path, environment: str, place: str) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(SHARED)
    said = "a.groundplan.dev leads to one environment, and staging, production claim it; write another one under "
    with pytest.raises(InputError) as error:
        load(file).environment(environment)
    assert [str(problem) for problem in error.value.problems] == [f"{file}:{place}: {said}environments: for each"]


def test_a_domain_is_seen_in_an_environment_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(SHARED.replace("    buckets:", "    nonsense: 1\n    buckets:"))
    with pytest.raises(InputError) as error:
        load(file).environment("staging")
    assert "a.groundplan.dev leads to one environment" in str(error.value)


def test_each_environment_may_have_its_own_domain(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(SHARED.replace("[a.groundplan.dev]", "[c.groundplan.dev]"))
    assert [loaded.name for loaded in load(file).all()] == ["staging", "production"]


def test_another_overlay_is_seen_whatever_was_read_before(tmp_path: Path) -> None:
    """What a source knows of its environments holds for the overlays that they have."""
    file = tmp_path / "groundplan.yaml"
    file.write_text(SHARED.replace("[a.groundplan.dev]", "[c.groundplan.dev]"))
    source = load(file)
    assert source.environment("staging").name == "staging"
    clash = load_text(SHARED, tmp_path).overlays["production"]
    changed = replace(source, overlays={**source.overlays, "production": clash})
    with pytest.raises(InputError, match="staging, production claim it"):
        changed.environment("staging")
    assert source.environment("staging").name == "staging"


def load_text(text: str, folder: Path) -> Source:
    file = folder / "other.yaml"
    file.write_text(text)
    return load(file)
