"""Options and steps that commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.errors import InputError

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources.architecture import Architecture


class OutputFormat(StrEnum):
    """How a result is written."""

    TABLE = "table"
    JSON = "json"


class TargetOption(StrEnum):
    """Where to deploy."""

    LOCAL = "local"
    AWS = "aws"


class EngineOption(StrEnum):
    """What to render for."""

    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"
    KUBERNETES = "kubernetes"


class DeployingEngine(StrEnum):
    """What deploys to AWS."""

    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"


File = Annotated[
    Path, typer.Option("--file", "-f", help="The blueprint: YAML, or Python that makes one.", show_default=True)
]
Environment = Annotated[
    str | None, typer.Option("--environment", "-e", help="The environment. Default: the only one.", show_default=False)
]
Format = Annotated[OutputFormat, typer.Option("--format", help="A table for people, or JSON for programs.")]
Target = Annotated[TargetOption, typer.Option("--target", help="AWS, or the local AWS, which starts by itself.")]
Deploying = Annotated[
    DeployingEngine | None,
    typer.Option(
        "--engine",
        help="What deploys. Default: on AWS the blueprint's engine; the local AWS takes CloudFormation.",
        show_default=False,
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input", help="NAME=VALUE of an input, like api_image_tag=1.2.3. May be repeated.", metavar="NAME=VALUE"
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag", help="NAME=TAG of the image that a service or job on EKS runs. May be repeated.", metavar="NAME=TAG"
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="KEY=VALUE that goes over the blueprint, like owner_id=jane. May be repeated.",
        metavar="KEY=VALUE",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer every question with yes.")]
BreakLock = Annotated[
    bool,
    typer.Option("--break-lock", help="Take the lock from who holds it, after a question; they begin nothing new."),
]
TemplateBucket = Annotated[
    str | None, typer.Option("--template-bucket", help="Bucket for templates too large to send inline (AWS only).")
]

AllowReplace = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-replace",
        help="Replace or delete this although it holds data, like database_instance.main. May be repeated.",
        metavar="NAME",
        show_default=False,
    ),
]
AllowUnprotect = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-unprotect",
        help="Take the protection off this, like database_instance.main. May be repeated.",
        metavar="NAME",
        show_default=False,
    ),
]
Offline = Annotated[
    bool,
    typer.Option(
        "--offline",
        help="Terraform only: plan without provider, network or account, by the providers' schemas. What exists is not "
        "read. Needs pip install 'groundplan[offline]'.",
    ),
]

DEFAULT_FILE = Path("groundplan.yaml")


def load(file: Path, environment: str | None, settings: list[str] | None = None) -> LoadedEnvironment:
    """Read one environment of a blueprint. Raises InputError with everything that is wrong with it."""
    from groundplan.api.files import read_source

    return read_source(file).with_settings(settings or []).environment(environment)


def load_all(file: Path, settings: list[str] | None = None) -> list[LoadedEnvironment]:
    """Read every environment of a blueprint. Raises InputError with everything that is wrong with any of them."""
    from groundplan.api.files import read_source

    return read_source(file).with_settings(settings or []).all()


def designed(
    file: Path, environment: str | None, settings: list[str] | None = None
) -> tuple[LoadedEnvironment, Architecture]:
    """Read one environment and design its architecture."""
    from groundplan.design import design

    loaded = load(file, environment, settings)
    return loaded, design(loaded)


def confirm(question: str, *, yes: bool) -> None:
    """Ask a question on a terminal. Raises InputError where the answer is no, or where nobody can be asked."""
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(f"{question} There is no terminal to ask on: answer with --yes")
    if not typer.confirm(question, err=True):
        raise InputError("nothing was done")
