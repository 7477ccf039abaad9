"""A Compose file as a blueprint: what is taken over, what is told, and what never is: the values of secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.blueprint.loading import source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.checks import Options, examine
from groundplan.design import design
from groundplan.documents.starting import Answers
from groundplan.documents.starting.compose import Conversion, convert, is_public, read_compose
from groundplan.documents.starting.compose.images import classify, engine_of, read_image
from groundplan.documents.starting.compose.values import Variable, interpolate
from groundplan.errors import InputError

CASES = Path(__file__).parents[2] / "cases" / "starting" / "compose"
ANSWERS = Answers("club", domain="club.groundplan.dev", email="operations@groundplan.dev")
OUT = Path("groundplan.yaml")


def converted(tmp_path: Path, text: str) -> Conversion:
    file = tmp_path / "docker-compose.yml"
    file.write_text(text, encoding="utf-8")
    return convert(read_compose(file), ANSWERS)


def told(conversion: Conversion) -> str:
    return "\n".join(f"{notice.path}: {notice.message}" for notice in conversion.notices)


def test_a_whole_file(update_golden: bool) -> None:
    compose = read_compose(CASES / "docker-compose.yml")
    assert is_public(compose)
    conversion = convert(compose, ANSWERS)
    notices = "".join(
        f"{notice.position.line}:{notice.position.column}: {notice.path}: {notice.message}\n"
        for notice in conversion.notices
        if notice.position
    )
    assert len(notices.splitlines()) == len(conversion.notices), "every remark has its place"
    for name, text in (("groundplan.yaml", conversion.text), ("remarks.txt", notices)):
        if update_golden:
            (CASES / name).write_text(text, encoding="utf-8")
        assert (CASES / name).read_text(encoding="utf-8") == text
    assert conversion.summary == "4 services, 1 database, 1 cache, 1 bucket"


def test_what_it_becomes_is_right_and_safe() -> None:
    text = convert(read_compose(CASES / "docker-compose.yml"), ANSWERS).text
    loaded = source_of(read_yaml(text, OUT), OUT, text).environment()
    report = examine(loaded, design(loaded), Options(severity="warning"))
    assert [(finding.rule, finding.resource) for finding in report.findings if not finding.accepted] == []
    for secret in ("hunter2", "not-for-git", "pa55word", "AKIA"):
        assert secret not in text


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("services: {}\n", ":1:1", "a Compose file has services:, each with an image or a build"),
        ("", ":1:1", "the Compose file is empty"),
        ("- a\n", ":1:1", "a Compose file is a mapping of keys to values"),
        ("services:\n  web: {ports: [80]}\n", ":2:3", "services.web: a service has an image: or a build:"),
        ("services:\n  web: !reset {}\n", ":2:8", "means nothing in a Compose file"),
        ("services:\n\tweb: {}\n", ":2:1", "indented with a tab"),
    ],
)
def test_what_is_no_compose_file(tmp_path: Path, text: str, place: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        converted(tmp_path, text)
    assert place in str(error.value)
    assert said in str(error.value)
    assert "blueprint" not in str(error.value)


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yml does not exist; name a Compose file"):
        read_compose(tmp_path / "nowhere.yml")


def test_needs_of_addresses_make_no_circle(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        "services:\n"
        "  a: {image: 'x/a:1', expose: [80], environment: {B: 'http://b:81'}}\n"
        "  b: {image: 'x/b:1', expose: [81], environment: {A: 'http://a:80', OWN: b}}\n",
    )
    assert conversion.text.count("needs:") == 1
    loaded = source_of(read_yaml(conversion.text, OUT), OUT, conversion.text).environment()
    assert [need.name for need in loaded.blueprint.services["a"].needs] == ["b"]


def test_secrets_stand_in_no_command_and_are_shared_by_value(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        "services:\n"
        "  a: {image: 'x/a:1', command: run --password s3cret, environment: {API_KEY: value-1, JWT_TTL: 60}}\n"
        "  b: {image: 'x/b:1', command: [run, --verbose], environment: [API_KEY=value-2, 'COPY=ghp_"
        + "a"
        * 36
        + "']}\n"
        "  c: {image: 'x/c:1', environment: {API_KEY: value-1}}\n",
    )
    assert not [word for word in ("s3cret", "value-1", "value-2", "ghp_") if word in conversion.text]
    assert "command: [run, --verbose]" in conversion.text or 'command: [run, "--verbose"]' in conversion.text
    assert conversion.text.count("API_KEY: api-key") == 2
    assert "API_KEY: b-api-key" in conversion.text
    assert "a secret seems to stand in it" in told(conversion)
    assert "JWT_TTL: " in conversion.text


def test_several_databases_are_told_apart(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        "services:\n"
        "  api: {image: 'x/api:1', depends_on: [one, two], environment: {A_URL: 'postgres://u:p@one/x', N: '${N}'}}\n"
        "  one: {image: 'postgres:9.6'}\n"
        "  two: {image: 'postgres:${PG}'}\n"
        "  old: {image: 'mysql:8'}\n",
    )
    assert conversion.summary == "1 service, 2 databases"
    assert "A_URL: the whole address, with user and password, comes as ONE_DATABASE_URL and TWO_DATABASE_URL" in told(
        conversion
    )
    assert told(conversion).count("postgres 16 is taken") == 2
    assert "services.old: mysql:8: databases of a blueprint are PostgreSQL" in told(conversion)


def test_long_names_leave_the_environment_out(tmp_path: Path) -> None:
    file = "services: {notification-service: {build: ., ports: ['80:80']}}\n"
    conversion = converted(tmp_path, file)
    assert 'names: "{title}-{name}"' in conversion.text
    loaded = source_of(read_yaml(conversion.text, OUT), OUT, conversion.text).environment()
    assert design(loaded).resources
    assert "names:" not in converted(tmp_path, file.replace("notification-", "")).text


def test_names_and_ports_that_a_blueprint_cannot_have(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        "services:\n"
        "  Web.App: {image: 'x/Front__End.v2:1', environment: {PORT: 3000, discovery.type: one}, depends_on: [mute]}\n"
        "  web_app: {image: x/b, command: 'say \"hi'}\n"
        "  web-app: {build: ., ports: ['8000-8010:8000-8010', '[::1]:99:99']}\n"
        "  mute: {image: 'x/c:1'}\n"
        "  db: {image: postgis/postgis, user: postgres, environment: {POSTGRES_USER: rdsadmin, POSTGRES_DB: my-db}}\n",
    )
    loaded = source_of(read_yaml(conversion.text, OUT), OUT, conversion.text).environment()
    services = loaded.blueprint.services
    assert list(services) == ["web-app", "web_app-2", "web-app-3", "mute"]
    assert [service.port for service in services.values()] == [3000, None, 99, None]
    assert services["web-app"].image.repository == "front_end-v2"
    assert services["web-app"].environment == {"PORT": "3000"}
    assert not any(service.public for service in services.values())
    assert "services.Web.App: it is called web-app here" in told(conversion)
    assert "discovery.type: names of variables" in told(conversion)
    assert "no ports: or expose: says where mute listens" in told(conversion)
    assert "8000-8010:8000-8010 is no single TCP port" in told(conversion)
    assert "services.db.user" not in told(conversion)


@pytest.mark.parametrize(
    ("image", "becomes", "engine"),
    [
        ("postgres:17.2-alpine", "database", ("postgres 17", True)),
        ("docker.io/library/postgres", "database", ("postgres 16", False)),
        ("pgvector/pgvector:pg15", "database", ("postgres 15", True)),
        ("redis:7.0@sha256:abc", "redis", ("redis 7.0", True)),
        ("redis:8", "redis", ("redis 7.1", False)),
        ("valkey/valkey:8.1", "valkey", ("valkey 8.1", True)),
    ],
)
def test_engines_by_their_images(image: str, becomes: str, engine: tuple[str, bool]) -> None:
    read = read_image(image)
    found, _ = classify(read)
    assert (found, engine_of(read, found)) == (becomes, engine)


def test_images_of_ones_own_are_services() -> None:
    assert classify(read_image("registry.local:5000/team/redis-like:1"))[0] == "service"
    assert (read_image("registry.local:5000/team/App").tag, read_image("localhost:5000/App").repository) == ("", "app")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a$$b", "a$b"),
        ("${A:-x}y", "xy"),
        ("${A-}", ""),
        ("$A", None),
        ("${A:?no}", None),
        ("${A:+x}", ""),
        ("5%", "5%"),
    ],
)
def test_interpolation(text: str, value: str | None) -> None:
    assert interpolate(text) == value


def test_what_looks_like_a_secret() -> None:
    secret = (
        "DB_PASSWORD",
        "SECRET_KEY",
        "github_token",
        "STRIPE_API_KEY",
        "SENTRY_DSN",
        "PASSPHRASE",
        "JWT_PRIVATE_PEM",
    )
    plain = ("KEYBOARD", "PASSENGERS", "TOKEN_TTL", "PUBLIC_KEY", "PASSWORD_FILE", "MONKEY", "SECRET_NAME")
    assert [name for name in secret if not Variable(name, "x", None).secret] == []
    assert [name for name in plain if Variable(name, "x", None).secret] == []
