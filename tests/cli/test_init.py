"""``init``: what is asked, what is demanded, what is never written over."""

from __future__ import annotations

import io
import resource
from pathlib import Path

import pytest
from tests.cli.commands import FILE, Command

from groundplan.errors import ExitCode

COMPOSE = Path(__file__).parents[1] / "cases" / "starting" / "compose" / "docker-compose.yml"


class Terminal(io.StringIO):
    """Standard input on which somebody types."""

    def isatty(self) -> bool:
        return True


def test_flags_give_a_blueprint_that_checks(groundplan: Command) -> None:
    result = groundplan("init", "--template", "poc", "--name", "shop", "--database", "none")
    assert result.code == ExitCode.FINE
    assert result.out.splitlines()[0] == "wrote groundplan.yaml: project shop in us-east-1, without a database"
    assert "  groundplan check " in result.out
    assert groundplan("check").code == ExitCode.FINE


def test_without_a_terminal_what_has_no_default_is_demanded(groundplan: Command) -> None:
    result = groundplan("init", "--name", "shop")
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err == "error: the template web-service needs --domain, and there is no terminal to ask on\n"
    result = groundplan("init", "--name", "shop", "--template", "worker")
    assert result.err == "error: the template worker needs --email, and there is no terminal to ask on\n"
    assert not FILE.exists()


def test_on_a_terminal_it_asks_until_it_understands(groundplan: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = ["web-servce", "web-service", "My Shop", "shop", "", "oracle", "postgres 17", "shop.groundplan.dev", ""]
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in typed)))
    result = groundplan("init")
    assert result.code == ExitCode.FINE, result.err
    assert 'there is no template "web-servce"; did you mean "web-service"?' in result.err
    assert "like my-shop" in result.err
    assert 'there is no database "oracle"' in result.err
    text = FILE.read_text(encoding="utf-8")
    assert text.startswith("# shop: ")
    for line in ("region: us-east-1", "engine: postgres 17", "{email: operations@shop.groundplan.dev}"):
        assert line in text
    assert "groundplan check -e production" in result.out


def test_a_file_that_exists_is_left_as_it_is(groundplan: Command, folder: Path) -> None:
    FILE.write_text("mine\n", encoding="utf-8")
    arguments = ("init", "--template", "poc", "--name", "shop")
    result = groundplan(*arguments)
    assert result.code == ExitCode.BAD_INPUT
    assert "exists and is left as it is; write over it with --force" in result.err
    assert FILE.read_text(encoding="utf-8") == "mine\n"
    assert groundplan(*arguments, "--force").code == ExitCode.FINE
    assert "project: shop" in FILE.read_text(encoding="utf-8")
    assert "name the file to write" in groundplan(*arguments, "--file", ".").err
    assert "cannot be written" in groundplan(*arguments, "--file", "/dev/null/groundplan.yaml").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--template", "web-servic"), 'there is no template "web-servic"; did you mean "web-service"?'),
        (("--template", "poc", "--name", "My Shop"), '--name: "My Shop" is no name for a project'),
        (("--template", "poc", "--region", "us-east-9"), '--region: there is no AWS region "us-east-9"'),
        (("--template", "poc", "--domain", "a.dev"), "--domain: the template poc has no use for it"),
        (
            ("--domain", "shop.example.com"),
            "error: --domain: shop.example.com stands for a domain of your own; write one that you have registered\n",
        ),
        (("--template", "poc", "--name", ""), '--name: "" is no name for a project'),
        (("--template", "", "--name", "shop"), 'there is no template ""; known here: kubernetes, poc, '),
        (("--name", "a" * 24, "--domain", "shop.groundplan.dev"), "as the name of a target group has 39 characters"),
        (("--file", "shop.py"), "shop.py would be run as Python"),
        (("--from-compose", "nowhere.yml"), "nowhere.yml does not exist"),
        (("--from-compose", "."), ". is a folder; name the Compose file in it: docker-compose.yml\n"),
        (("--from-compose", "nowhere.yml", "--template", "poc"), "--template has no meaning beside --from-compose"),
        (("--from-compose", str(COMPOSE)), "what the Compose file publishes needs --domain"),
    ],
)
def test_bad_input(groundplan: Command, arguments: tuple[str, ...], said: str) -> None:
    name = () if "--name" in arguments else ("--name", "shop")
    result = groundplan("init", *name, *arguments)
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert said in result.err
    assert not FILE.exists()


def test_what_is_written_over_stays_where_the_disk_is_full(groundplan: Command, folder: Path) -> None:
    FILE.write_text("mine\n", encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        result = groundplan("init", "--template", "poc", "--name", "shop", "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err == "error: groundplan.yaml cannot be written: file too large\n"
    assert FILE.read_text(encoding="utf-8") == "mine\n"


def test_from_compose(groundplan: Command) -> None:
    result = groundplan("init", "--from-compose", COMPOSE, "--domain", "club.groundplan.dev")
    assert result.code == ExitCode.FINE, result.err
    assert "project: book-club\n" in FILE.read_text(encoding="utf-8")
    assert f"{COMPOSE}:53:5: services.api.privileged: Fargate runs nothing privileged\n" in result.err
    assert result.out.splitlines()[0].endswith("4 services, 1 database, 1 cache, 1 bucket; 25 remarks on stderr")
