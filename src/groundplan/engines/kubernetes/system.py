"""Everything that runs in the cluster of one environment, object by object."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.kubernetes import jobs, monitoring, namespace, pods, policies, secrets, services, storage
from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.model import Manifest, Placed, System
from groundplan.resources import Architecture
from groundplan.resources.workloads import JobWorkload, ServiceWorkload, Workload


def system_of(architecture: Architecture) -> System:
    """The objects of an environment, in an order in which each stands after what it uses."""
    context = Context(architecture)
    objects = tuple(_objects(context))
    return System(
        environment=architecture.stage,
        title=architecture.title,
        version=context.cluster.version,
        objects=objects,
        wanted=tuple(sorted(context.wanted.values(), key=lambda item: item.key)),
    )


def _objects(context: Context) -> Iterator[Placed]:
    yield Placed("namespace.yaml", namespace.namespace(context))
    yield from _placed("access.yaml", namespace.access(context))
    yield Placed("network.yaml", policies.deny_all(context))
    yield from _placed("storage.yaml", storage.storage_classes(context))
    if secrets.has_secrets(context):
        yield Placed("secrets.yaml", secrets.store(context))
    for workload in context.workloads:
        family = "jobs" if isinstance(workload, JobWorkload) else "services"
        yield from _placed(f"{family}/{workload.name}.yaml", _of_workload(context, workload))
    yield from _placed("monitoring.yaml", monitoring.objects(context))


def _placed(path: str, manifests: Iterator[Manifest]) -> Iterator[Placed]:
    return (Placed(path, manifest) for manifest in manifests)


def _of_workload(context: Context, workload: Workload) -> Iterator[Manifest]:
    yield namespace.service_account(context, workload)
    variables = pods.configuration(context, workload)
    if variables:
        yield variables
    yield from secrets.external_secrets(context, workload)
    yield policies.policy(context, workload)
    if isinstance(workload, JobWorkload):
        yield jobs.cron_job(context, workload)
    elif isinstance(workload, ServiceWorkload):
        yield from _of_service(context, workload)


def _of_service(context: Context, service: ServiceWorkload) -> Iterator[Manifest]:
    yield from services.shared_volumes(context, service)
    yield from services.addresses(context, service)
    yield services.controller(context, service)
    for made in (
        services.horizontal_autoscaler(context, service),
        services.vertical_autoscaler(context, service),
        services.disruption_budget(context, service),
        services.target_group_binding(context, service),
    ):
        if made:
            yield made
