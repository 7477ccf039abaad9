"""What runs in the EKS cluster: pods of services and jobs with what they know, may reach and keep.

What AWS says only once it exists becomes an output, so that whoever deploys, with Terraform or CloudFormation, can hand
it on to the manifests (:mod:`groundplan.engines.kubernetes`).
"""

from __future__ import annotations

from ipaddress import IPv4Network

from groundplan.blueprint.jobs import Job
from groundplan.blueprint.services import Scaling, Service
from groundplan.blueprint.validation.base import workloads
from groundplan.blueprint.workloads import Workload as Spec
from groundplan.catalog.kubernetes import controller
from groundplan.design import deployments, extensions, tasks, tracing
from groundplan.design.alarms import TOPIC
from groundplan.design.draft import Draft, identifier
from groundplan.design.edge import alternate_group, production_rule, target_group
from groundplan.design.kubernetes import namespace
from groundplan.design.pods import service_account
from groundplan.design.schedules import kubernetes_schedule
from groundplan.design.volumes import NFS, access_point, file_system
from groundplan.record import replace
from groundplan.resources.containers import Container, ContainerRepository
from groundplan.resources.kubernetes import NodeGroup
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.network import Subnet, Tier
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Secret
from groundplan.resources.values import Attribute, Pseudo, Ref, Text, Textual, dynamic_values
from groundplan.resources.workloads import (
    AlertThresholds,
    JobWorkload,
    Peer,
    Pod,
    PodAutoscaling,
    PodHealth,
    PodImage,
    PodShift,
    PodVolume,
    ServiceWorkload,
)

CPU_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
"""What nodes say of themselves in the label ``kubernetes.io/arch``."""
LONGEST_PAUSE = 3600
"""Seconds that an autoscaler may wait before it changes its mind."""


def add_workloads(draft: Draft) -> None:
    """Every service and job of a system on EKS. It comes last: outputs that others made are used, not made again."""
    if draft.blueprint.platform != "eks":
        return
    for family, name, spec in workloads(draft.blueprint):
        pod = _pod(draft, name, spec)
        if isinstance(spec, Service):
            draft.workloads.append(_service(draft, name, spec, pod))
        elif isinstance(spec, Job):
            draft.workloads.append(_job(draft, f"{family}.{name}", spec, pod))
    _add_outputs(draft)


def _pod(draft: Draft, name: str, spec: Spec) -> Pod:
    every = draft.blueprint.network.zones
    zones = [letter for letter in every if letter in (spec.zones or every)]
    port = spec.port if isinstance(spec, Service) else None
    tasks.check_variables(draft, f"{'services' if isinstance(spec, Service) else 'jobs'}.{name}", name, spec, port)
    return Pod(
        name=service_account(name),
        namespace=namespace(draft),
        image=PodImage(
            repository=Ref(ContainerRepository, identifier(spec.image.repository)),
            tag_name=f"{identifier(name)}_image_tag",
            tag=spec.image.tag,
        ),
        command=tuple(spec.command or ()),
        cpu=spec.size.cpu,
        memory=spec.size.memory,
        cpu_architecture=CPU_ARCHITECTURES[spec.architecture],
        zones=() if len(zones) == len(every) else tuple(draft.zone(letter) for letter in zones),
        environment=_environment(draft, name, spec, port),
        secrets=tasks.injected(draft, spec),
        init_containers=_init_containers(draft, name, spec),
        needs=_needs(draft, spec),
        traced=spec.tracing,
        read_only=spec.read_only,
        log_group=Ref(LogGroup, identifier(name)),
    )


def _environment(draft: Draft, name: str, spec: Spec, port: int | None) -> dict[str, Textual]:
    """As on ECS, but with names of Kubernetes: of other services, and of the cluster's one trace collector."""
    found = tasks.environment(draft, name, spec, port)
    for need in spec.needs:
        called = draft.blueprint.services.get(need.name)
        variable = f"{identifier(need.name).upper()}_URL"
        if called is not None and variable not in spec.environment:
            found[variable] = f"http://{service_account(need.name)}:{called.port}"
    if spec.tracing:
        collector = controller("trace-collector")
        host = f"{collector.service_account}.{collector.namespace}.svc"
        for variable, value in tracing.variables(draft, name).items():
            if variable not in spec.environment and isinstance(value, str):
                found[variable] = value.replace("localhost", host)
    return found


def _init_containers(draft: Draft, name: str, spec: Spec) -> tuple[Container, ...]:
    """What creates the extensions of a database, before the application starts."""
    found = []
    for need in spec.needs:
        database = draft.blueprint.databases.get(need.name)
        if database and database.extensions:
            creator = extensions.creator(draft, need.name, database, Ref(LogGroup, identifier(name)))
            found.append(replace(creator, name=service_account(creator.name)))
    return tuple(found)


def _needs(draft: Draft, spec: Spec) -> tuple[Peer, ...]:
    """What pods connect to beside AWS's APIs, which buckets, queues and secrets are behind."""
    found = []
    for need in spec.needs:
        port, _ = tasks.port_of(draft, need.name)
        if port is None:
            continue
        if need.name in draft.blueprint.services:
            found.append(Peer(name=need.name, port=port, service=service_account(need.name)))
        else:
            found.append(Peer(name=need.name, port=port, networks=_networks(draft, "database")))
    if isinstance(spec, Service):
        found += [
            Peer(name=name, port=NFS, networks=_networks(draft, "private"))
            for name, volume in spec.volumes.items()
            if volume.shared
        ]
    return tuple(found)


def _networks(draft: Draft, tier: Tier) -> tuple[IPv4Network, ...]:
    return tuple(item.cidr_block for item in draft.of(Subnet) if item.tier == tier)


def _service(draft: Draft, name: str, spec: Service, pod: Pod) -> ServiceWorkload:
    alarms = draft.blueprint.alarms
    scaling = _scaling(draft, f"services.{name}", spec, spec.scaling) if spec.scaling else None
    public = spec.public if spec.port else None
    group = next((item for item in draft.of(NodeGroup) if item.ref == _node_group(spec)), None)
    return ServiceWorkload(
        pod=pod,
        port=spec.port,
        health=_health(spec) if spec.port else None,
        health_command=tuple(spec.health.command or ()),
        replicas=spec.tasks.desired,
        autoscaling=scaling,
        max_surge=spec.deployment.maximum - 100,
        max_unavailable=100 - int(spec.deployment.minimum_healthy.percent),
        volumes=tuple(
            PodVolume(
                name=service_account(called),
                path=volume.path,
                gib=volume.size.gib,
                file_system=file_system(name, called) if volume.shared else None,
                access_point=access_point(name, called) if volume.shared else None,
            )
            for called, volume in spec.volumes.items()
        ),
        node_group=spec.nodes,
        taints=group.taints if group else (),
        target_group=target_group(name) if public else None,
        shift=_shift(draft, name, spec) if public else None,
        balancer_networks=_networks(draft, "public") if public else (),
        deregistration=public.deregistration.seconds if public else 0,
        monitored=draft.blueprint.kubernetes.monitoring,
        alerts=AlertThresholds(
            cpu=alarms.cpu.percent,
            memory=alarms.memory.percent,
            errors=alarms.errors.percent,
            storage=alarms.storage.percent,
            period=alarms.period.seconds,
        )
        if alarms and draft.blueprint.kubernetes.monitoring
        else None,
    )


def _shift(draft: Draft, name: str, spec: Service) -> PodShift | None:
    """How requests move to the next version, where another Deployment runs it."""
    deployment = spec.deployment
    if not deployment.shifts:
        return None
    for other in ("blue", "green"):
        if f"{service_account(name)}-{other}" in {service_account(each) for _, each, _ in workloads(draft.blueprint)}:
            draft.problem(
                f"services.{name}.deployment.strategy",
                f"its Deployment would be called {service_account(name)}-{other}, as another service or job is; "
                "call that one differently",
            )
    return PodShift(
        strategy=deployments.STRATEGIES[deployment.strategy],
        green_target_group=alternate_group(name),
        listener_rule=production_rule(name),
        gradual=deployments.gradual_shift(spec),
        bake_time=deployment.bake.minutes,
        rollback_alarms=deployments.add_request_alarms(draft, name, spec),
    )


def _node_group(spec: Service) -> Ref[NodeGroup] | None:
    return Ref(NodeGroup, identifier(spec.nodes)) if spec.nodes else None


def _health(spec: Service) -> PodHealth:
    health = spec.health
    return PodHealth(
        path=health.path,
        interval=health.interval.seconds,
        timeout=health.timeout.seconds,
        retries=health.retries,
        start=health.start.seconds,
        healthy=health.healthy,
        unhealthy=health.unhealthy or max(health.retries, 2),
    )


def _scaling(draft: Draft, place: str, spec: Service, scaling: Scaling) -> PodAutoscaling | None:
    """What a HorizontalPodAutoscaler does. Reports what it cannot.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
    """
    if scaling.cpu is None and scaling.memory is None:
        return None
    if spec.tasks.min == 0:
        draft.problem(f"{place}.tasks.min", "a HorizontalPodAutoscaler leaves one pod at least; write min: 1")
    for key, target in (("cpu", scaling.cpu), ("memory", scaling.memory)):
        if target and (target.percent % 1 or not target.percent):
            draft.problem(
                f"{place}.scaling.{key}",
                f"a HorizontalPodAutoscaler holds whole percents from 1 on, and this is {target}",
            )
    for key, pause in (("in", scaling.cooldown_in), ("out", scaling.cooldown_out)):
        if pause.seconds > LONGEST_PAUSE:
            draft.problem(
                f"{place}.scaling.{key}", f"a HorizontalPodAutoscaler waits an hour at most, and this is {pause}"
            )
    return PodAutoscaling(
        min=spec.tasks.min,
        max=spec.tasks.max,
        cpu=scaling.cpu.percent if scaling.cpu else None,
        memory=scaling.memory.percent if scaling.memory else None,
        cooldown_in=scaling.cooldown_in.seconds,
        cooldown_out=scaling.cooldown_out.seconds,
    )


def _job(draft: Draft, place: str, spec: Job, pod: Pod) -> JobWorkload:
    try:
        schedule = kubernetes_schedule(spec.schedule)
    except ValueError as problem:
        draft.problem(f"{place}.schedule", str(problem))
        schedule = ""
    if spec.window.seconds:
        draft.problem(
            f"{place}.window", "a CronJob of Kubernetes starts at its moment; move the schedule, and leave window out"
        )
    return JobWorkload(
        pod=pod,
        schedule=schedule,
        timezone=spec.timezone,
        tasks=spec.tasks,
        retries=spec.retries,
        enabled=spec.enabled,
    )


def _add_outputs(draft: Draft) -> None:
    """An output for each value that only AWS knows and that a manifest holds."""
    for workload in draft.workloads:
        for container in workload.containers:
            _container_outputs(draft, container)
        if isinstance(workload, ServiceWorkload):
            _service_outputs(draft, workload)


def _container_outputs(draft: Draft, container: Pod | Container) -> None:
    """Variables, and secrets whose name RDS chooses. Those of Groundplan have names of the convention."""
    for variable, value in container.environment.items():
        _output(
            draft, f"{identifier(container.name)}_{variable.lower()}", f"{variable} of {container.name}", value
        )  # fmt: skip
    for value in container.secrets.values():
        arn = secret_arn(value)
        if arn.ref.kind not in (Secret, SecureParameter):
            _output(draft, f"{arn.ref.name}_secret", f"Secret that RDS keeps for {arn.ref.name}", arn)


def _service_outputs(draft: Draft, workload: ServiceWorkload) -> None:
    ident = identifier(workload.name)
    if workload.target_group:
        _output(draft, f"{ident}_target_group", f"Target group of {workload.name}", workload.target_group.arn)
    if workload.shift:
        green = workload.shift.green_target_group
        _output(draft, f"{ident}_green_target_group", f"Target group of {workload.name}, green", green.arn)
    if workload.alerts and TOPIC in draft.refs:
        _output(draft, "alarm_topic", "Topic that alarms are sent to", TOPIC.arn)
    for volume in workload.volumes:
        if volume.access_point:
            label, what = f"{ident}_{identifier(volume.name)}", f"the volume {volume.name} of {workload.name}"
            point = volume.access_point.attribute("id")
            _output(draft, f"{label}_access_point", f"Access point of {what}", point)


def secret_arn(value: Textual) -> Attribute:
    """The ARN in front of a ``:json-key::``."""
    found = next((part for part in dynamic_values(value) if isinstance(part, Attribute)), None)
    if found is None:
        raise ValueError(f"{value!r} is no secret")
    return found


def _output(draft: Draft, name: str, description: str, value: Textual) -> None:
    """An output, where nothing gives the value yet and where it is not known before."""
    dynamic = [part for part in dynamic_values(value) if part not in (Pseudo.REGION, Pseudo.PARTITION)]
    if not dynamic or any(item.value == value for item in draft.outputs):
        return
    assert isinstance(value, Attribute | Text | Pseudo)
    taken = {item.name for item in draft.outputs}
    draft.output(name if name not in taken else f"{name}_of_pods", description, value)
