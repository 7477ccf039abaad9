"""``groundplan diagram``: a picture of an environment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Settings, designed
from groundplan.cli.output import say, write
from groundplan.errors import EnvironmentalError, ExitCode, InputError
from groundplan.files import replace

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources.architecture import Architecture


class ViewOption(StrEnum):
    """What the picture is about."""

    OVERVIEW = "overview"
    NETWORK = "network"
    DATA_FLOW = "data-flow"
    ACCESS = "access"
    COST = "cost"


class ThemeOption(StrEnum):
    """What the picture stands on."""

    LIGHT = "light"
    DARK = "dark"


SUFFIXES = (".svg", ".png")
ViewChoice = Annotated[
    ViewOption,
    typer.Option(
        "--view",
        help="The whole; subnets, routes and security groups; who reads and writes which store; who may do what; "
        "what costs how much.",
    ),
]
ThemeChoice = Annotated[ThemeOption, typer.Option("--theme", help="On white, or on black.")]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Show what is new, gone and changed since a revision of git: a commit, a branch, HEAD~3.",
        metavar="REVISION",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", help="Where to write it: a name that ends in .svg or .png. Default: SVG to the standard output.",
        show_default=False,
    ),
]  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diagram)


def diagram(
    view: ViewChoice = ViewOption.OVERVIEW,
    theme: ThemeChoice = ThemeOption.LIGHT,
    since: Since = None,
    out: Out = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
) -> int:
    """Draw an environment: regions, networks, zones and tiers, what stands in them, and what reaches what."""
    if out is not None:
        _check(out)
    if since is not None and view is not ViewOption.OVERVIEW:
        raise InputError(f"--since compares overviews; leave --view {view.value} out")
    loaded, architecture = designed(file, environment, settings)
    before = _before(file, since, loaded, settings) if since is not None else None
    from groundplan.documents.diagram import Theme, View, draw, png, svg

    text = svg(draw(loaded, architecture, View(view.value), before=before), Theme(theme.value))
    if out is None:
        write(text.rstrip("\n"))
        return ExitCode.FINE
    content = png(text) if out.suffix.lower() == ".png" else text.encode()
    replace(out, content)
    say(f"{loaded.name}: {view.value} in {out}")
    return ExitCode.FINE


def _check(out: Path) -> None:
    """Refuse what cannot be written, before the work for it is done."""
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"{out}: a picture is written as SVG or PNG; let its name end in .svg or .png")
    if not out.parent.is_dir():
        raise EnvironmentalError(f"{out} cannot be written: there is no folder {out.parent}")
    if out.suffix.lower() == ".png":
        from groundplan.documents.diagram.raster import check

        check()


def _before(file: Path, revision: str, loaded: LoadedEnvironment, settings: list[str] | None) -> Architecture:
    """The environment as the revision had it. Raises as ``api.files.read_revision``, and where it had none."""
    from groundplan.api.files import read_revision
    from groundplan.design import design

    source = read_revision(file, revision).with_settings(settings or [])
    called = (loaded.name, loaded.blueprint.renamed.environment)
    was = next((name for name in called if name in source.environments), None)
    if was is None:
        raise InputError(f"the revision {revision} has no environment {loaded.name}: everything in it is new")
    return design(source.environment(was))
