"""``init``: the first blueprint, from a template or from a Compose file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE
from groundplan.cli.output import say, write
from groundplan.errors import ExitCode, InputError, Problem
from groundplan.files import replace
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.documents.starting import Answers, Template

DEFAULT_TEMPLATE = "web-service"

File = Annotated[Path, typer.Option("--file", "-f", help="The blueprint to write.")]
TemplateName = Annotated[
    str | None,
    typer.Option(
        "--template",
        "-t",
        help=f"web-service, poc, kubernetes, static-site-with-api or worker. Default: asked, else {DEFAULT_TEMPLATE}.",
        show_default=False,
    ),
]
Name = Annotated[
    str | None, typer.Option("--name", help="The project's name. Default: the folder's.", show_default=False)
]
Region = Annotated[
    str | None, typer.Option("--region", help="AWS region. Default: asked, else us-east-1.", show_default=False)
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database", help="Like 'postgres 16', or none. Default: asked, else postgres 16.", show_default=False
    ),
]
Domain = Annotated[
    str | None,
    typer.Option("--domain", help="A domain of yours that the application answers under.", show_default=False),
]
Email = Annotated[
    str | None,
    typer.Option("--email", help="Who hears of alarms. Default: operations@ the domain.", show_default=False),
]
FromCompose = Annotated[
    Path | None,
    typer.Option(
        "--from-compose",
        help="Read a Compose file instead of a template. What has no counterpart is listed with its place.",
        metavar="FILE",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)


def init(
    file: File = DEFAULT_FILE,
    template: TemplateName = None,
    name: Name = None,
    region: Region = None,
    database: Database = None,
    domain: Domain = None,
    email: Email = None,
    from_compose: FromCompose = None,
    force: Force = False,
) -> int:
    """Writes a blueprint to begin with: from a template or a Compose file. On a terminal it asks what is not said."""
    from groundplan.documents.starting import answers

    _refuse(file, force=force)
    if from_compose is not None:
        for option, given in (("--template", template), ("--database", database)):
            if given is not None:
                raise InputError(f"{option} has no meaning beside --from-compose: the Compose file says it")
        return _from_compose(from_compose, file, name, region, domain, email)
    chosen = _template(template)
    usual = answers.as_name(Path.cwd().name)
    known = _answers(f"the template {chosen.name}", chosen.asks, usual, name, region, database, domain, email)
    from groundplan.documents.starting import render

    text = render(chosen, known)
    _validate(text, file)
    replace(file, text, parents=True)
    say(f"{file}: {chosen.name}, {chosen.about}")
    extra = "" if known.database != answers.NO_DATABASE else ", without a database"
    write(f"wrote {file}: project {known.name} in {known.region}{extra}")
    _tell_next(file, text)
    return ExitCode.FINE


def _refuse(file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise InputError(f"{file} is a folder; name the file to write: {file / DEFAULT_FILE.name}")
    if file.suffix == ".py":
        raise InputError(f"{file} would be run as Python, and what is written is YAML; name it like {DEFAULT_FILE}")
    if file.exists() and not force:
        raise InputError(f"{file} exists and is left as it is; write over it with --force, or elsewhere with --file")


def _template(name: str | None) -> Template:
    """The template that was named; on a terminal asked for, else the usual one."""
    from groundplan.documents.starting import find, templates

    if name is not None:
        return find(name)
    if not sys.stdin.isatty():
        return find(DEFAULT_TEMPLATE)
    for item in templates().values():
        say(f"  {item.name}: {item.about}")
    return find(_ask("Template", DEFAULT_TEMPLATE, lambda text: find(text).name))


def _answers(
    what: str,
    asks: frozenset[str],
    usual_name: str,
    name: str | None,
    region: str | None,
    database: str | None,
    domain: str | None,
    email: str | None,
) -> Answers:
    """What was said, then asked, then the defaults; what has none has to be said. Raises InputError."""
    from groundplan.documents.starting import answers

    for option, given in (("domain", domain), ("email", email)):
        if given is not None and option not in asks:
            raise InputError(f"--{option}: {what} has no use for it")
    host = ""
    missing: list[Problem] = []

    def answer(option: str, given: str | None, question: str, default: str, read: Callable[[str], str]) -> str:
        if given is not None:
            return _reading(option, given, read)
        if sys.stdin.isatty():
            return _ask(question, default, read)
        if not default:
            missing.append(Problem(f"{what} needs --{option}, and there is no terminal to ask on"))
            return ""
        return _reading(option, default, read)

    project = answer("name", name, "Name of the project", usual_name, answers.read_name)
    place = answer("region", region, "AWS region", answers.DEFAULT_REGION, answers.read_region)
    engine = answer("database", database, "Database (or none)", answers.DEFAULT_DATABASE, answers.read_database)
    if "domain" in asks:
        host = answer("domain", domain, "A domain of yours", "", answers.read_domain)
    people = ""
    if "email" in asks:
        # Without a domain there is nothing to make an address of, and the one missing answer is said already.
        usual = f"operations@{host}" if host else ""
        if host or "domain" not in asks or email:
            people = answer("email", email, "Who hears of alarms", usual, answers.read_email)
    if missing:
        raise InputError(missing)
    return answers.Answers(project, place, engine, host, people)


def _reading(option: str, given: str, read: Callable[[str], str]) -> str:
    try:
        return read(given)
    except InputError as error:
        raise InputError(f"--{option}: {error}") from error


def _ask(question: str, default: str, read: Callable[[str], str]) -> str:
    """Ask on the terminal until the answer can be read."""
    while True:
        given: str = typer.prompt(question, default=default or None, err=True)
        try:
            return read(given.strip())
        except InputError as error:
            say(f"  {error}")


def _validate(text: str, file: Path) -> None:
    """The blueprint has to be right, and to be an architecture, before it is written. Raises InputError: its places are
    in no file yet."""
    from groundplan.blueprint.loading import source_of
    from groundplan.blueprint.yaml import read_yaml
    from groundplan.design import design

    try:
        for loaded in source_of(read_yaml(text, file), file, text).all():
            design(loaded)
    except InputError as error:
        # An environment says the same as the others: once is enough.
        said = dict.fromkeys(Problem(problem.message, path=problem.path) for problem in error.problems)
        raise InputError(said) from error


def _tell_next(file: Path, text: str) -> None:
    """What to run now, as it can be pasted."""
    import shlex

    options = f" -f {shlex.quote(str(file))}" if file != DEFAULT_FILE else ""
    options += " -e production" if "\n  development:" in text else ""
    for command, why in (
        ("check", "is it safe?"),
        ("cost", "what does it cost?"),
        ("deploy", "does it run? On the AWS of this machine, without an account"),
    ):
        line = f"groundplan {command}{options}"
        write(f"  {line:<{22 + len(options)}}  # {why}")


def _from_compose(
    compose: Path, file: Path, name: str | None, region: str | None, domain: str | None, email: str | None
) -> int:
    from groundplan.documents.starting.answers import NO_DATABASE, as_name
    from groundplan.documents.starting.compose import convert, is_public, read_compose

    read = read_compose(compose)
    asks = frozenset({"domain", "email"} if is_public(read) else {"email"})
    usual = as_name(read.name or compose.resolve().parent.name)
    what = "what the Compose file publishes" if "domain" in asks else "what the Compose file holds"
    known = _answers(what, asks, usual, name, region, NO_DATABASE, domain, email)
    conversion = convert(read, known)
    _validate(conversion.text, file)
    replace(file, conversion.text, parents=True)
    for notice in conversion.notices:
        say(str(notice))
    write(f"wrote {file} from {compose}: {conversion.summary}; {counted(len(conversion.notices), 'remark')} on stderr")
    _tell_next(file, conversion.text)
    return ExitCode.FINE
