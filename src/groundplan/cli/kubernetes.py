"""``kubernetes``: what of a system on EKS needs a live cluster, files for it, and applying them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundplan.cli.alone import alone
from groundplan.cli.engine import connected
from groundplan.cli.in_cluster import apply_to, cluster_of, known_outputs, prepared
from groundplan.cli.options import (
    DEFAULT_FILE,
    BreakLock,
    Environment,
    File,
    Format,
    OutputFormat,
    Settings,
    Tags,
    Target,
    TargetOption,
    Yes,
    confirm,
    designed,
)
from groundplan.cli.output import Progress, say, write, write_json, write_table
from groundplan.units import counted

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.resources.architecture import Architecture

app = typer.Typer(help="What runs in the EKS cluster of an environment.", no_args_is_help=True)

Outputs = Annotated[
    Path | None,
    typer.Option(
        "--outputs", help="What `terraform output -json` wrote, where Terraform has deployed.", show_default=False
    ),
]
Context = Annotated[
    str | None,
    typer.Option("--context", help="A cluster of your own beside the local AWS, by its context of the kubeconfig."),
]
Standby = Annotated[bool, typer.Option("--standby", help="The standby in the other region instead.")]


@app.command()
def status(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    outputs_file: Outputs = None,
    standby: Standby = False,
    context: Context = None,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Which parts need a live cluster, what they still wait for, and whether the cluster answers."""
    from groundplan.engines.kubernetes import system_of
    from groundplan.engines.kubernetes.context import Context as Rendered
    from groundplan.engines.kubernetes.deployed import missing
    from groundplan.engines.kubernetes.helm import chosen_charts
    from groundplan.errors import EnvironmentalError
    from groundplan.operations.kubernetes import known_values

    loaded, whole = _on_eks(file, environment, settings)
    architecture = _seen(whole, standby)
    system, connection = system_of(architecture), connected(loaded, target)
    outputs = known_outputs(whole, architecture, connection, outputs_file)
    lacking = [item.key for item in missing(system.wanted, known_values(system, outputs, {}))]
    charts = chosen_charts(Rendered(architecture))
    try:
        cluster = cluster_of(architecture, connection, context)
        answer, answers = f"answers, Kubernetes {cluster.version()} (context {cluster.context})", True
    except EnvironmentalError as error:
        answer, answers = str(error), False
    turns = {each.service: outputs.get(each.key, "") for each in system.turns}
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
                "colours": turns,
                "missing": lacking,
            }
        )
        return
    rows = [("AWS", counted(len(architecture), "resource"), "no: deployed by Terraform or CloudFormation")]
    rows += [(kind, str(count), "yes: kubectl or groundplan kubernetes apply") for kind, count in sorted(kinds.items())]
    rows += [(f"chart {chart.name}", chart.version, "yes: helm") for chart in charts]
    write_table(("part", "how many", "needs a live cluster"), rows)
    write(f"cluster: {answer}")
    for service, colour in turns.items():
        write(f"{service}: {f'{colour} has the requests' if colour else 'not deployed'}")
    write(f"still to be given: {', '.join(lacking) or 'nothing'}")


@app.command()
def fill(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")],
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.LOCAL,
    outputs_file: Outputs = None,
    standby: Standby = False,
    tags: Tags = None,
) -> None:
    """Write the deployed.env of an environment with what its stacks say. Render the folder first."""
    from groundplan.engines.kubernetes import DEPLOYED, system_of
    from groundplan.engines.kubernetes import fill as filled
    from groundplan.engines.kubernetes.deployed import missing, values_of
    from groundplan.operations.kubernetes import known_values, parse_tags

    loaded, whole = _on_eks(file, environment, settings)
    architecture = _seen(whole, standby)
    system = system_of(architecture)
    overlay = out / "overlays" / system.environment
    parse_tags(architecture, tags or [])
    outputs = known_outputs(whole, architecture, connected(loaded, target), outputs_file)
    given = parse_tags(architecture, tags or [], {**values_of(overlay / DEPLOYED), **outputs})
    values = filled(overlay, system, outputs, given)
    write(str(overlay / DEPLOYED))
    lacking = [item.key for item in missing(system.wanted, known_values(system, values, {}))]
    if lacking:
        say(f"still to be given: {', '.join(lacking)}")


@app.command()
def apply(
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.AWS,
    outputs_file: Outputs = None,
    standby: Standby = False,
    context: Context = None,
    tags: Tags = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete what an earlier apply made and the blueprint no longer has.")
    ] = False,
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="With --prune: claims of volumes as well, with what is on them.")
    ] = False,
    break_lock: BreakLock = False,
    yes: Yes = False,
) -> None:
    """Install the charts where helm is there, apply every object, and wait until the new pods run.

    Of a service with blue and green pods the next version goes to the idle colour: groundplan kubernetes switch.
    """
    from groundplan.errors import InputError
    from groundplan.operations.kubernetes import live_tags, parse_tags

    loaded, whole = _on_eks(file, environment, settings)
    architecture = _seen(whole, standby)
    if delete_data and not prune:
        raise InputError("--delete-data says what --prune may delete; write both")
    parse_tags(architecture, tags or [])
    connection = connected(loaded, target)
    cluster = cluster_of(architecture, connection, context)
    outputs = known_outputs(whole, architecture, connection, outputs_file)
    with alone(connection, architecture, "kubernetes apply", break_lock=break_lock, yes=yes):
        with cluster.client() as api:
            outputs |= live_tags(api, architecture)  # what was released stays, unless another tag is given
        ready = prepared(architecture, outputs, tags or [])
        if ready.lacking:
            listed = "; ".join(f"{item.key}: {item.description}" for item in ready.lacking)
            raise InputError(
                f"nothing was applied, because values are missing: {listed}. Tags are given with --tag NAME=TAG, and "
                "where Terraform has deployed, --outputs FILE reads what `terraform output -json` wrote"
            )
        write(apply_to(architecture, cluster, ready, yes=yes, prune=prune, delete_data=delete_data))


@app.command()
def switch(
    service: Annotated[str, typer.Argument(help="The service whose requests move.")],
    file: File = DEFAULT_FILE,
    environment: Environment = None,
    settings: Settings = None,
    target: Target = TargetOption.AWS,
    context: Context = None,
    standby: Standby = False,
    to: Annotated[
        str | None, typer.Option("--to", help="blue or green. Default: the one that is idle.", show_default=False)
    ] = None,
    break_lock: BreakLock = False,
    yes: Yes = False,
    format: Format = OutputFormat.TABLE,
) -> None:
    """Move a service's requests to its other colour: new pods first, then the requests; back by itself if it fails."""
    from groundplan.engines.kubernetes.colours import COLOURS, colour_of
    from groundplan.errors import InputError, suggestion
    from groundplan.operations import kubernetes
    from groundplan.resources.workloads import ServiceWorkload

    loaded, whole = _on_eks(file, environment, settings)
    architecture = _seen(whole, standby)
    known = {item.name: item for item in architecture.workloads if isinstance(item, ServiceWorkload) and item.shift}
    if service not in known:
        why = f"it has {', '.join(known)}" if known else "no service says deployment: {strategy: blue-green}"
        raise InputError(
            f'no service with blue and green pods is called "{service}"{suggestion(service, known)}; {why}'
        )
    if to is not None and to not in COLOURS:
        raise InputError(f"--to {to}: write blue or green")
    connection = connected(loaded, target)
    requests = kubernetes.find_requests(connection, architecture, known[service])
    cluster = cluster_of(architecture, connection, context)
    cluster.version()
    active = requests.active()
    new = colour_of(to) if to else ("green" if active == "blue" else "blue")
    confirm(f"{service}: {active} has the requests. Move them to {new}?", yes=yes)
    with (
        alone(connection, architecture, f"kubernetes switch {service}", part=service, break_lock=break_lock, yes=yes),
        Progress() as report,
        cluster.client() as api,
    ):
        done = kubernetes.switch(connection, architecture, api, known[service], report, to=new)
    if format is OutputFormat.JSON:
        write_json({"service": service, "before": done.before, "now": done.now, "image": done.image})
        return
    write(f"{service}: {done.now} has the requests and runs {done.image}")


def _on_eks(file: Path, environment: str | None, settings: list[str] | None) -> tuple[LoadedEnvironment, Architecture]:
    from groundplan.engines.kubernetes.context import has_cluster
    from groundplan.errors import InputError

    loaded, architecture = designed(file, environment, settings)
    if not has_cluster(architecture):
        raise InputError(f"{loaded.name} runs on Amazon ECS; write platform: eks to run it on Kubernetes")
    return loaded, architecture


def _seen(whole: Architecture, standby: bool) -> Architecture:
    """The environment itself, or its standby by itself."""
    from groundplan.errors import InputError

    if not standby:
        return whole
    if whole.standby is None:
        raise InputError(f"{whole.stage} has no standby; write standby: {{region: ...}}, or leave --standby out")
    return whole.standby
