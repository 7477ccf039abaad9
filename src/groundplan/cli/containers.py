"""``containers`` and ``pipelines``: files for the application's repository, written from the blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, Environment, File, Format, OutputFormat, Settings
from groundplan.cli.output import say, write, write_json

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

Out = Annotated[Path, typer.Option("--out", "-o", help="The top of the application's repository.")]
Check = Annotated[
    bool,
    typer.Option("--check", help="Write nothing; exit code 1 where a file is not as it would be written."),
]
Force = Annotated[bool, typer.Option("--force", help="Write also what somebody has edited.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(pipelines)
    app.command()(containers)


def pipelines(
    out: Out,
    file: File = DEFAULT_FILE,
    settings: Settings = None,
    check: Check = False,
    force: Force = False,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Write the workflows of GitHub Actions: test, build, release; check, plan, deploy; look for drift; scan."""
    from groundplan.cli.options import load_all
    from groundplan.documents.pipelines import pipeline_files, settings_of_repository

    every = load_all(file, settings)
    code = _settle(out, pipeline_files(every), check=check, force=force, format=format)
    if not check and format is OutputFormat.TABLE:
        for line in settings_of_repository(every):
            say(line)
    return code


def containers(
    out: Out,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    check: Check = False,
    force: Force = False,
    format: Format = OutputFormat.TABLE,
) -> int:
    """Write Dockerfile and .dockerignore of what the blueprint says how to build, and a Compose file for local work."""
    from groundplan.cli.options import load_all
    from groundplan.documents.containers import container_files
    from groundplan.errors import InputError, suggestion

    every = [loaded for loaded in load_all(file, settings) if not loaded.is_shared]
    names = [loaded.name for loaded in every]
    if environment is not None and environment not in names:
        raise InputError(f'there is no environment "{environment}"{suggestion(environment, names)}')
    # What is built is the same everywhere; the first environment says what a developer's machine has of it.
    loaded = every[names.index(environment) if environment is not None else 0]
    code = _settle(out, container_files(loaded), check=check, force=force, format=format)
    if not check and format is OutputFormat.TABLE:
        _tell_sizes(loaded, out)
    return code


def _settle(out: Path, files: Mapping[str, str], *, check: bool, force: bool, format: OutputFormat) -> int:
    """Compare or write the files. Returns 1 where ``check`` finds any stale, or an edited one stays as it is."""
    from groundplan.documents.files import compare
    from groundplan.documents.files import write as put
    from groundplan.errors import ExitCode

    found = compare(out, files)
    to_write = [one for one in found if one.state in ("missing", "stale") or (force and one.state == "edited")]
    if not check:
        for one in to_write:
            put(one)
    kept = [one for one in found if one.state == "edited" and (check or not force)]
    if format is OutputFormat.JSON:
        write_json([{"file": str(one.path), "state": one.state, "difference": one.difference} for one in found])
    else:
        for one in to_write:
            write(f"{one.path}: {one.state}" if check else str(one.path))
            if check and one.difference:
                say(one.difference.rstrip("\n"))
        for one in kept:
            say(f"{one.path}: somebody has edited it, so that it stays; --force writes it anew. The difference:")
            say(one.difference.rstrip("\n"))
    return ExitCode.FINDINGS if kept or (check and to_write) else ExitCode.FINE


def _tell_sizes(loaded: LoadedEnvironment, out: Path) -> None:
    """How large the images will be, where the list of their packages is there already."""
    from groundplan.blueprint.validation.base import workloads
    from groundplan.documents.containers.size import estimate

    for _, name, workload in workloads(loaded.blueprint):
        build = workload.build
        listed = out / build.folder / "requirements.txt" if build else None
        if build is None or listed is None or build.language != "python" or not listed.is_file():
            continue
        size = estimate(build, listed.read_text(encoding="utf-8"))
        assumed = f", {', '.join(size.unknown)} assumed with 5 MB each" if size.unknown else ""
        verdict = "within" if size.megabytes <= build.largest.mib * 1.048576 else "more than"
        say(f"{name}: about {size.megabytes:.0f} MB, {verdict} the {build.largest} that it may have{assumed}")
