"""Everything that runs in the cluster of one environment, object by object."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.kubernetes import jobs, monitoring, namespace, pods, policies, secrets, services, storage
from groundplan.engines.kubernetes.colours import turns, variants
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
        turns=tuple(found for workload in context.workloads if (found := turns(workload))),
        wanted=tuple(sorted(context.wanted.values(), key=lambda item: item.key)),
    )


def _objects(context: Context) -> Iterator[Placed]:
    yield Placed("namespace.yaml", namespace.namespace(context))
    yield from _placed("access.yaml", namespace.access(context))
    yield Placed("network.yaml", policies.deny_all(context))
    yield from _placed("storage.yaml", storage.storage_classes(context))
    yield from _placed("secrets.yaml", secrets.stores(context))
    for workload in context.workloads:
        family = "jobs" if isinstance(workload, JobWorkload) else "services"
        yield from _placed(f"{family}/{workload.name}.yaml", _of_workload(context, workload))
    yield from _placed("monitoring.yaml", monitoring.objects(context))


def _placed(path: str, manifests: Iterator[Manifest]) -> Iterator[Placed]:
    return (Placed(path, manifest) for manifest in manifests)


def _of_workload(context: Context, workload: Workload) -> Iterator[Manifest]:
    yield namespace.service_account(context, workload)
    for colour in variants(workload) if isinstance(workload, ServiceWorkload) else (None,):
        variables = pods.configuration(context, workload, colour)
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
    for colour in variants(service):
        yield services.controller(context, service, colour)
        for made in (
            services.horizontal_autoscaler(context, service, colour),
            services.vertical_autoscaler(context, service, colour),
            services.disruption_budget(context, service, colour),
            services.target_group_binding(context, service, colour),
        ):
            if made:
                yield made
