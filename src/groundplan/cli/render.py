"""``render``: write the infrastructure as code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundplan.cli.options import DEFAULT_FILE, EngineOption, Environment, File, Settings, designed
from groundplan.cli.output import say, write


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
) -> None:
    """Write Terraform or CloudFormation for an environment, or manifests of Kubernetes.

    Kubernetes: base/, overlays/ and helm/ of one environment, or of every one on EKS where none is named.
    """
    if engine is EngineOption.KUBERNETES:
        _render_kubernetes(out, file, environment, settings)
        return
    loaded, architecture = designed(file, environment, settings)
    chosen = engine.value if engine else loaded.blueprint.engine
    if chosen == "terraform":
        from groundplan.engines import terraform

        state = loaded.blueprint.state
        options = terraform.Options(backend=state.backend, state_bucket=loaded.state_bucket)
        rendered = terraform.render(architecture, options)
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
