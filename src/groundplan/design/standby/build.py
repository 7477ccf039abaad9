"""Primary and standby as one architecture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groundplan.design.buckets import add_buckets
from groundplan.design.caches import add_caches
from groundplan.design.draft import Draft, check_region
from groundplan.design.edge import add_edge
from groundplan.design.encryption import add_keys
from groundplan.design.firewall import add_firewall
from groundplan.design.gateway import add_gateways
from groundplan.design.monitoring import add_monitoring
from groundplan.design.networking import add_network
from groundplan.design.platform import STEPS as OF_PLATFORM
from groundplan.design.queues import add_queues
from groundplan.design.regions import PRIMARY, check_other_region, in_standby
from groundplan.design.scaling import add_scaling
from groundplan.design.secrets import add_secrets
from groundplan.design.standby.databases import add_replicas
from groundplan.design.standby.promotion import add_promotion
from groundplan.design.standby.relocation import Relocation, name_in_whole
from groundplan.design.tracing import add_tracing
from groundplan.design.workloads import add_workloads
from groundplan.record import replace
from groundplan.resources.architecture import STANDBY, Architecture, Input, Output
from groundplan.resources.base import Resource
from groundplan.resources.containers import ContainerRepository, RegistryReplication
from groundplan.resources.values import Ref

STEPS = (
    check_region,
    add_keys,
    add_network,
    add_buckets,
    add_replicas,
    add_caches,
    add_queues,
    add_secrets,
    *OF_PLATFORM,
    add_tracing,
    add_edge,
    add_gateways,
    add_firewall,
    add_scaling,
    add_monitoring,
    add_promotion,
    add_workloads,
)
"""What makes a standby. What is global, or stands once for both regions, only the primary has: zone, CDN, audit,
backup, budget."""


def begin(primary: Draft) -> None:
    """Give a draft that of its standby, before either has any resources: each speaks of the other's."""
    assert primary.loaded.standby is not None
    kept = primary.kept.standby if primary.kept else None
    primary.standby = Draft(primary.loaded.standby, primary=primary, kept=kept)


def add_standby(primary: Draft) -> None:
    """Everything in the standby's region, and what copies images to there."""
    standby, asked = primary.standby, primary.blueprint.standby
    assert standby is not None
    assert asked is not None
    check_other_region(primary, "standby.region", asked.region)
    for step in STEPS:
        standby.take(step)
    _replicate_images(primary, standby)


def _replicate_images(primary: Draft, standby: Draft) -> None:
    """Images go where a repository of their name waits for them, with a lifecycle and scans of its own: one that ECR
    made by itself would have neither."""
    there = {item.repository_name: item.ref for item in standby.of(ContainerRepository)}
    names = [item.repository_name for item in primary.of(ContainerRepository)]
    copied = tuple(name for name in names if name in there)
    if copied:
        primary.add(
            RegistryReplication(
                name="standby",
                concern="registry",
                destination_region=standby.blueprint.region,
                repositories=copied,
                depends_on=tuple(in_standby(there[name]) for name in copied),
            )
        )


def whole(primary: Draft) -> Architecture:
    """Both in one architecture, which has the standby by itself too. Raises InputError with the problems of both."""
    standby = primary.standby
    assert standby is not None
    _check_names(primary)
    _gather_problems(primary, standby)
    primary.check()
    here, there = primary.blueprint.region, standby.blueprint.region
    move = Relocation(there, here)
    alone = standby.finish(_of_primary(primary.resources))
    moved = standby.kept.moved(alone, move) if standby.kept else move.resources(alone)
    own = primary.finish({resource.ref: resource for resource in moved})
    outputs = [
        Output(
            name=f"{STANDBY}{item.name}",
            description=f"{item.description} (standby in {there})",
            value=move.textual(item.value),
        )
        for item in alone.outputs
    ]

    def both(resources: tuple[Resource, ...]) -> Architecture:
        return replace(
            own,
            resources=resources,
            inputs=_inputs(own.inputs, alone.inputs),
            outputs=(*own.outputs, *outputs),
            needs=(
                *own.needs,
                *(replace(need, by=f"{STANDBY}{need.by}", name=f"{STANDBY}{need.name}") for need in alone.needs),
            ),
            beyond={},
            standby=alone,
        )

    resources = (*own.resources, *moved)
    return primary.kept.in_order(resources, both) if primary.kept else both(resources)


def _of_primary(resources: Iterable[Resource]) -> Mapping[Ref[Resource], Resource]:
    return {Ref(type(resource), f"{PRIMARY}{resource.name}", resource.key): resource for resource in resources}


def _inputs(own: Iterable[Input], others: Iterable[Input]) -> tuple[Input, ...]:
    """Both run the same version of the same application: what is asked for has one answer."""
    by_name = {item.name: item for item in others} | {item.name: item for item in own}
    return tuple(by_name.values())


def _check_names(primary: Draft) -> None:
    """Report a name of the blueprint that is taken by something of the standby's."""
    assert primary.standby is not None
    if not any(ref.name.startswith(STANDBY) for ref in primary.refs):
        return  # nearly always: all names of the standby's begin so
    taken = {name_in_whole(ref) for ref in primary.standby.refs}
    clashes: dict[str, Ref[Resource]] = {}
    for ref in sorted(primary.refs & taken, key=str):
        clashes.setdefault(primary.origin_of(ref.name) or "standby", ref)
    for path, ref in clashes.items():
        primary.problem(path, f"{ref} would be there twice, as the standby's as well; choose a name without standby")


def _gather_problems(primary: Draft, standby: Draft) -> None:
    """What is wrong in both regions is said once."""
    known = set(primary.problems)
    where = f" (in the standby in {standby.blueprint.region})"
    primary.problems += [replace(item, message=item.message + where) for item in standby.problems if item not in known]
    standby.problems.clear()
