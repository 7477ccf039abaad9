"""``render``: write the infrastructure as code."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, EngineOption, Environment, File, Settings, TargetOption, load
from groundplan.cli.output import say, write


class LayoutOption(StrEnum):
    """How Terraform is laid out."""

    FLAT = "flat"
    MODULES = "modules"


Previous = Annotated[
    str | None,
    typer.Option(
        "--previous",
        help="What was applied last: a revision of git, or another blueprint. What was renamed since then keeps what "
        "it has in AWS.",
        metavar="REVISION|FILE",
        show_default=False,
    ),
]
Import = Annotated[
    list[str] | None,
    typer.Option(
        "--import",
        help="ADDRESS=ID of something that exists and becomes Terraform's, like aws_vpc.main=vpc-0a1b2c3d. May be "
        "repeated.",
        metavar="ADDRESS=ID",
        show_default=False,
    ),
]
Imports = Annotated[
    Path | None,
    typer.Option("--imports", help="A file of such imports: CSV with address,id or YAML.", show_default=False),
]
ImportFrom = Annotated[
    TargetOption | None,
    typer.Option(
        "--import-from",
        help="Import what groundplan deploy has made there by CloudFormation, as far as its ids follow.",
        show_default=False,
    ),
]
Layout = Annotated[
    LayoutOption,
    typer.Option(
        "--layout",
        help="Of Terraform: one root without modules, or every environment at once through modules that they share.",
    ),
]
FromFlat = Annotated[
    bool,
    typer.Option(
        "--from-flat",
        help="With --layout modules: what was applied so far has no modules; nothing of it is made again.",
    ),
]
Check = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Check the folder against the providers' schemas, your own values (*.auto.tfvars) included, without "
        "Terraform or network (Terraform only). Exit code 1: there are mistakes.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command()(render)


def render(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")],
    engine: Annotated[
        EngineOption | None, typer.Option("--engine", help="Default: the blueprint's engine.", show_default=False)
    ] = None,
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    previous: Previous = None,
    single_imports: Import = None,
    imports: Imports = None,
    import_from: ImportFrom = None,
    check: Check = False,
    layout: Layout = LayoutOption.FLAT,
    from_flat: FromFlat = False,
) -> int:
    """Write Terraform or CloudFormation for an environment, or manifests of Kubernetes.

    Kubernetes: base/, overlays/ and helm/ of one environment, or of every one on EKS where none is named.
    Terraform with --layout modules: modules/, environments/, shared/ and scripts/, of every environment.
    """
    from groundplan.design import design
    from groundplan.errors import ExitCode, InputError

    if engine is EngineOption.KUBERNETES:
        _render_kubernetes(out, file, environment, settings)
        return ExitCode.FINE
    importing = single_imports or imports or import_from
    if layout is LayoutOption.MODULES:
        from groundplan.cli.imports import ids_of
        from groundplan.cli.layout import Importing, render_modules

        if engine is EngineOption.CLOUDFORMATION:
            raise InputError("--layout is of Terraform; CloudFormation has stacks. Leave one of the two out")
        if bool(importing) != (environment is not None):
            raise InputError(
                "modules are shared, so that every environment is written: leave -e out"
                if environment
                else "say with -e which environment gets the imports; all are written"
            )
        wanted = None
        if environment is not None:
            origin = import_from.value if import_from else None
            wanted = Importing(environment, lambda found: ids_of(found, single_imports, imports, origin))
        render_modules(out, file, settings, from_flat=from_flat, previous=previous, importing=wanted)
        return ExitCode.FINDINGS if check and _has_mistakes(out) else ExitCode.FINE
    if from_flat:
        raise InputError("--from-flat says what was applied before --layout modules: add that, or leave it out")
    loaded = load(file, environment, settings)
    chosen = engine.value if engine else loaded.blueprint.engine
    if importing and chosen != "terraform":
        raise InputError("an import makes something Terraform's: add --engine terraform, or leave the import out")
    if check and chosen != "terraform":
        raise InputError("--check is for Terraform: add --engine terraform, or leave it out")
    before = None
    if previous is not None:
        from groundplan.cli.previous import since

        loaded, before = since(previous, file, loaded, settings)
    architecture = design(loaded)
    if chosen == "terraform":
        from groundplan.engines import terraform

        state = loaded.blueprint.state
        options = terraform.Options(backend=state.backend, state_bucket=loaded.state_bucket)
        ids = None
        if importing:
            from groundplan.cli.imports import ids_of

            ids = ids_of(architecture, single_imports, imports, import_from.value if import_from else None)
        rendered = terraform.render(architecture, options, before, ids)
        for remark in rendered.moves.remarks:
            say(f"warning: {remark}")
        terraform.write(rendered, out)
        written = [out / name for name in rendered.files]
        gaps = [(item.address, item.reason) for item in rendered.unsupported]
        beside = []
    else:
        from groundplan.engines import cloudformation

        templates = cloudformation.render(architecture)
        written = list(cloudformation.write(templates, out))
        gaps = [(item.address, item.reason) for item in templates.unsupported]
        beside = [item.ref.address for item in templates.beside]
        if templates.elsewhere:
            say(f"warning: {cloudformation.told_elsewhere(templates.elsewhere)}")
    for path in written:
        write(str(path))
    if beside:
        say(
            f"in no template, since CloudFormation has no type for it: {', '.join(beside)}. groundplan deploy makes it "
            "through AWS's API; stacks.yaml says what"
        )
    for address, reason in gaps:
        say(f"warning: {chosen} cannot express {address}: {reason}")
    return ExitCode.FINDINGS if check and _has_mistakes(out) else ExitCode.FINE


def _has_mistakes(folder: Path) -> bool:
    """Whether the check finds anything in a folder; each mistake is told."""
    from groundplan.engines.terraform.checking import check_folder

    mistakes = check_folder(folder)
    for mistake in mistakes:
        say(f"error: {folder}/{mistake}")
    if not mistakes:
        say(f"{folder} is as the providers' schemas want it")
    return bool(mistakes)


def _render_kubernetes(out: Path, file: Path, environment: str | None, settings: list[str] | None) -> None:
    """Patches say what differs between environments, so that all are rendered together where none is named."""
    from groundplan.cli.options import load, load_all
    from groundplan.design import design
    from groundplan.engines import kubernetes
    from groundplan.errors import InputError

    chosen = [load(file, environment, settings)] if environment else load_all(file, settings)
    on_eks = [loaded for loaded in chosen if loaded.blueprint.platform == "eks"]
    if not on_eks:
        raise InputError(f"no environment of {file} runs on Kubernetes; write platform: eks")
    for loaded in chosen:
        if loaded not in on_eks and not loaded.is_shared:
            say(f"{loaded.name} runs on Amazon ECS, so there is nothing of Kubernetes to write for it")
    for path in kubernetes.write(kubernetes.render(*(design(loaded) for loaded in on_eks)), out):
        write(str(path))
