"""``kubernetes``: what of a system on EKS needs a live cluster, files for it, and applying them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.options import (
    DEFAULT_FILE,
    Environment,
    File,
    Format,
    OutputFormat,
    Settings,
    Target,
    TargetOption,
    Yes,
    confirm,
    designed,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table

if TYPE_CHECKING:
    from groundplan.resources.architecture import Architecture

app = typer.Typer(help="What runs in the EKS cluster of an environment.", no_args_is_help=True)

Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", help="NAME=TAG of the image that a service or job runs.", metavar="NAME=TAG"),
]


@app.command()
def status(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Which parts need a live cluster, what they still wait for, and whether the cluster answers."""
    from groundplan.engines.kubernetes import system_of
    from groundplan.engines.kubernetes.context import Context
    from groundplan.engines.kubernetes.deployed import missing
    from groundplan.engines.kubernetes.helm import chosen_charts
    from groundplan.errors import EnvironmentalError
    from groundplan.operations.kubernetes import known_values

    architecture = _on_eks(file, environment, settings)
    system = system_of(architecture)
    outputs = _outputs(architecture, target)
    lacking = [item.key for item in missing(system.wanted, known_values(system, outputs, {}))]
    charts = chosen_charts(Context(architecture))
    try:
        answer = _cluster_version(architecture, outputs, target)
        answers = True
    except EnvironmentalError as error:
        answer, answers = str(error), False
    kinds: dict[str, int] = {}
    for item in system.objects:
        kinds[item.identity[1]] = kinds.get(item.identity[1], 0) + 1
    if format is OutputFormat.JSON:
        write_json(
            {
                "target": target.value,
                "environment": architecture.environment,
                "cluster": {"answers": answers, "says": answer},
                "objects": kinds,
                "charts": [{"name": chart.name, "version": chart.version} for chart in charts],
                "missing": lacking,
            }
        )
        return
    rows = [("AWS", f"{len(architecture)} resources", "no: deployed by Terraform or CloudFormation")]
    rows += [(kind, str(count), "yes: kubectl or groundplan kubernetes apply") for kind, count in sorted(kinds.items())]
    rows += [(f"chart {chart.name}", chart.version, "yes: helm") for chart in charts]
    write_table(("part", "how many", "needs a live cluster"), rows)
    write(f"cluster: {answer}")
    write(f"still to be given: {', '.join(lacking) or 'nothing'}")


@app.command()
def fill(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")],
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    tags: Tags = None,
) -> None:
    """Write the deployed.env of an environment with what its stacks say. Render the folder first."""
    from groundplan.engines.kubernetes import DEPLOYED, system_of
    from groundplan.engines.kubernetes.deployed import fill as filled
    from groundplan.engines.kubernetes.deployed import missing
    from groundplan.operations.kubernetes import known_values, parse_tags

    architecture = _on_eks(file, environment, settings)
    system = system_of(architecture)
    given = parse_tags(architecture, tags or [])
    path = out / "overlays" / system.environment / DEPLOYED
    values = filled(path, system, _outputs(architecture, target), given)
    write(str(path))
    lacking = [item.key for item in missing(system.wanted, known_values(system, values, {}))]
    if lacking:
        say(f"still to be given: {', '.join(lacking)}")


@app.command()
def apply(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.AWS,
    tags: Tags = None,
    yes: Yes = False,
) -> None:
    """Install the charts where helm is there, apply every object, and wait until the new pods run."""
    from groundplan.engines.kubernetes import system_of
    from groundplan.engines.kubernetes.deployed import missing
    from groundplan.errors import InputError
    from groundplan.operations import kubernetes

    architecture = _on_eks(file, environment, settings)
    system = system_of(architecture)
    given = kubernetes.parse_tags(architecture, tags or [])
    outputs = _outputs(architecture, target)
    values = kubernetes.known_values(system, outputs, given)
    if "cluster_endpoint" not in outputs:
        raise InputError(f"{architecture.stage} is not deployed to {target.value}: no stack says where its cluster is")
    cluster = kubernetes.find(outputs["cluster"], architecture.region, outputs["cluster_endpoint"])
    version = cluster.version()
    lacking = missing(system.wanted, values)
    if lacking:
        listed = "; ".join(f"{item.key}: {item.description}" for item in lacking)
        raise InputError(
            f"nothing was applied, because values are missing: {listed}. Tags are given with --tag NAME=TAG"
        )
    confirm(f"Apply {len(system.objects)} objects to {outputs['cluster']} (Kubernetes {version})?", yes=yes)
    with Progress() as report:
        kubernetes.install(architecture, cluster, outputs.get("alarm_topic"), report)
        with cluster.client() as api:
            applied = kubernetes.apply(api, system.filled(values), report)
    write(f"{outputs['cluster']}: {sum(item.changed for item in applied)} of {len(applied)} objects changed")


def _on_eks(file: Path, environment: str | None, settings: list[str] | None) -> Architecture:
    from groundplan.engines.kubernetes.context import has_cluster
    from groundplan.errors import InputError

    loaded, architecture = designed(file, environment, settings)
    if not has_cluster(architecture):
        raise InputError(f"{loaded.name} runs on Amazon ECS; write platform: eks to run it on Kubernetes")
    return architecture


def _outputs(architecture: Architecture, target: TargetOption) -> dict[str, str]:
    """What the stacks of the environment say; nothing where it is not deployed."""
    from groundplan.engines import cloudformation
    from groundplan.operations.stacks import collected_outputs, look_at
    from groundplan.targets.connection import connect

    connection = connect(target.value)
    stacks = cloudformation.render(architecture).stacks
    found = {stack.name: look_at(connection, stack.name, stack.region).outputs for stack in stacks}
    return collected_outputs(architecture, found)


def _cluster_version(architecture: Architecture, outputs: Mapping[str, str], target: TargetOption) -> str:
    from groundplan.errors import EnvironmentalError
    from groundplan.operations.kubernetes import find

    if "cluster_endpoint" not in outputs:
        raise EnvironmentalError(f"not deployed to {target.value}")
    if target is TargetOption.LOCAL:
        raise EnvironmentalError(
            "does not answer: the local AWS has the cluster as AWS describes it, and no Kubernetes"
        )
    cluster = find(outputs["cluster"], architecture.region, outputs["cluster_endpoint"])
    return f"answers, Kubernetes {cluster.version()} (context {cluster.context})"


def after_deploy(architecture: Architecture, target: TargetOption) -> None:
    """What a deployment leaves to be done in the cluster."""
    from groundplan.engines.kubernetes import system_of
    from groundplan.engines.kubernetes.context import Context, has_cluster
    from groundplan.engines.kubernetes.helm import chosen_charts

    if not has_cluster(architecture):
        return
    objects, charts = len(system_of(architecture).objects), len(chosen_charts(Context(architecture)))
    left = f"{objects} objects of Kubernetes and {charts} Helm charts are not applied"
    if target is TargetOption.LOCAL:
        say(
            f"{left}: no Kubernetes answers in the local AWS. groundplan render --engine kubernetes --out DIR writes "
            "them, groundplan kubernetes fill --out DIR puts in what this deployment says"
        )
    else:
        say(f"{left} yet: groundplan kubernetes apply -e {architecture.environment} does it where the cluster answers")
