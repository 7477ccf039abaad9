"""Services on Cloud Run: who they are, what they may, what they get told."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from groundplan.blueprint.references import Reference, parts
from groundplan.blueprint.services import Service
from groundplan.blueprint.workloads import Need
from groundplan.design.databases import database_name
from groundplan.design.draft import identifier
from groundplan.design.google import databases, queues, secrets
from groundplan.design.google.copies import bucket_name, google_bucket
from groundplan.design.google.images import repository
from groundplan.design.google.network import NETWORK, SUBNETWORK
from groundplan.design.google.pilot import REGION, Pilot
from groundplan.resources.architecture import Input
from groundplan.resources.base import Resource
from groundplan.resources.google.access import GoogleAccess
from groundplan.resources.google.network import GoogleAddress
from groundplan.resources.google.project import GoogleServiceAccount
from groundplan.resources.google.run import (
    GoogleContainer,
    GoogleMount,
    GoogleProbe,
    GoogleRunService,
    GoogleWorkerPool,
    Ingress,
)
from groundplan.resources.google.secrets import GoogleSecret, GoogleSecretVersion
from groundplan.resources.google.storage import GoogleBucket
from groundplan.resources.values import InputValue, Ref, Textual, text

ADDRESS = Ref(GoogleAddress, "main")
CPU_OF_MEMORY = ((1, 4096), (2, 8192), (4, 16384), (6, 24576), (8, 32768))
"""CPUs and the most MiB that go with them. Less than one CPU would answer one request at a time.
Source: https://cloud.google.com/run/docs/configuring/services/memory-limits"""
LEAST_MEMORY = 512
"""MiB, of the second generation of Cloud Run, which mounts buckets."""
BUCKET_ROLES = {
    "read": ("roles/storage.objectViewer",),
    "write": ("roles/storage.objectCreator",),
    "read-write": ("roles/storage.objectUser",),
}
"""Source: https://cloud.google.com/storage/docs/access-control/iam-roles"""
LONGEST_PROBE = 240
"""Seconds between two probes. Source: https://cloud.google.com/run/docs/configuring/healthchecks"""


def run_service(name: str) -> Ref[GoogleRunService]:
    """A service that answers requests, by its name in the blueprint."""
    return Ref(GoogleRunService, identifier(name))


def add_services(pilot: Pilot) -> None:
    """Every service that is not left out: with a port on Cloud Run, without one as a worker pool."""
    pilot.api("run")
    for name, service in pilot.services.items():
        _add_image_tag(pilot, name, service)
        account = pilot.add_account(name, f"{pilot.draft.title} {name}", f"services.{name}")
        _allow(pilot, name, service, account)
        container = _container(pilot, name, service, account)
        if service.port is None:
            _add_pool(pilot, name, service, account, container)
        else:
            _add_service(pilot, name, service, service.port, account, container)
    for name, need in pilot.needs("services"):
        pilot.allow(
            f"{identifier(name)}_calls_{identifier(need.name)}",
            run_service(need.name),
            "roles/run.invoker",
            Ref(GoogleServiceAccount, identifier(name)).attribute("member"),
            present="services",
        )


def _add_image_tag(pilot: Pilot, name: str, service: Service) -> None:
    pilot.draft.inputs.append(
        Input(
            name=f"google_{identifier(name)}_image_tag",
            description=f"Tag of the image of {name} on Google Cloud: at a take-over, that of the latest release",
            default=service.image.tag,
            pattern="[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
            pattern_hint="a tag of the repository, at most 128 characters",
        )
    )


def _allow(pilot: Pilot, name: str, service: Service, account: Ref[GoogleServiceAccount]) -> None:
    """Rights for exactly what ``needs:`` and ``secrets:`` name."""
    ident, member, blueprint = identifier(name), account.attribute("member"), pilot.draft.blueprint
    for need in service.needs:
        target = identifier(need.name)
        if need.name in blueprint.buckets:
            for role in BUCKET_ROLES[need.access]:
                pilot.allow(f"{ident}_{target}", google_bucket(need.name), role, member)
        elif need.name in blueprint.queues:
            if need.access != "read":
                pilot.allow(f"{ident}_{target}", queues.topic(need.name), "roles/pubsub.publisher", member, key="send")
            if need.access != "write":
                pilot.allow(
                    f"{ident}_{target}", queues.subscription(need.name), "roles/pubsub.subscriber", member,
                    key="receive",
                )  # fmt: skip
    for secret in dict.fromkeys((*_secrets(pilot, service).values(), *_urls(pilot, service).values())):
        pilot.allow(f"{ident}_{secret.name}", secret, "roles/secretmanager.secretAccessor", member, key="secret")


def _container(pilot: Pilot, name: str, service: Service, account: Ref[GoogleServiceAccount]) -> GoogleContainer:
    memory = max(service.size.memory, LEAST_MEMORY)
    tag = InputValue(f"google_{identifier(name)}_image_tag")
    image = repository(service.image.repository)
    own = {key: _value(pilot, value) for key, value in service.environment.items() if key != "PORT"}
    always, after = _given(pilot, service)
    return GoogleContainer(
        image=text(image.attribute("uri"), f"/{service.image.repository}:", tag),
        arguments=tuple(service.command or ()),
        cpu=next(cpus for cpus, most in CPU_OF_MEMORY if cpus * 1024 >= service.size.cpu and most >= memory),
        memory=memory,
        environment=always | own,
        environment_when_active={key: value for key, value in after.items() if key not in own},
        secrets=_secrets(pilot, service),
        secrets_when_active=_urls(pilot, service),
        mounts=tuple(_add_mounts(pilot, name, service, account)),
    )


def _add_mounts(pilot: Pilot, name: str, service: Service, account: Ref[GoogleServiceAccount]) -> list[GoogleMount]:
    """A bucket for each volume: Cloud Run has no disks. It begins empty, and all instances share it."""
    mounts = []
    for volume, spec in service.volumes.items():
        called = f"{name}-{volume}"
        bucket = pilot.draft.add(
            GoogleBucket(
                name=f"{identifier(called)}_volume",
                concern="storage",
                bucket_name=bucket_name(pilot, f"{called}-volume", f"services.{name}.volumes.{volume}"),
                location=REGION,
            )
        )
        pilot.allow(f"{identifier(called)}_volume", bucket, "roles/storage.objectUser", account.attribute("member"))
        mounts.append(GoogleMount(name=volume.replace("_", "-"), path=spec.path, bucket=bucket))
    return mounts


def _of(pilot: Pilot, service: Service, family: str) -> list[Need]:
    known: Mapping[str, object] = getattr(pilot.draft.blueprint, family)
    return [need for need in service.needs if need.name in known]


def _given(pilot: Pilot, service: Service) -> tuple[dict[str, Textual], dict[str, Textual]]:
    """Variables that are no secret: those that it always has, and those that it has after a take-over."""
    blueprint = pilot.draft.blueprint
    always: dict[str, Textual] = {}
    after: dict[str, Textual] = {}
    one_cache = len(_of(pilot, service, "caches")) == 1
    for need in service.needs:
        prefix = identifier(need.name).upper()
        if need.name in blueprint.buckets:
            always[f"{prefix}_BUCKET"] = google_bucket(need.name).attribute("bucket_name")
        elif need.name in blueprint.services:
            always[f"{prefix}_URL"] = run_service(need.name).attribute("uri")
        elif need.name in blueprint.queues:
            if need.access != "read":
                always[f"{prefix}_TOPIC"] = queues.topic(need.name).attribute("id")
            if need.access != "write":
                always[f"{prefix}_SUBSCRIPTION"] = queues.subscription(need.name).attribute("id")
        elif need.name in blueprint.caches:
            variable = "REDIS_URL" if one_cache else f"{prefix}_REDIS_URL"
            after |= databases.cache_variables(pilot, need.name, variable)
        elif blueprint.databases[need.name].credentials == "managed":
            spec = blueprint.databases[need.name]
            always |= {
                f"{prefix}_PORT": str(databases.PORT),
                f"{prefix}_NAME": database_name(pilot.draft, spec),
                f"{prefix}_USERNAME": databases.username(need.name),
            }
            after[f"{prefix}_HOST"] = databases.instance(need.name).attribute("private_address")
    return always, after


def _secrets(pilot: Pilot, service: Service) -> dict[str, Ref[GoogleSecret]]:
    found = {variable: secrets.google_secret(name) for variable, name in service.secrets.items()}
    for need in _of(pilot, service, "databases"):
        if pilot.draft.blueprint.databases[need.name].credentials == "managed":
            found[f"{identifier(need.name).upper()}_PASSWORD"] = secrets.password(need.name)
    return found


def _urls(pilot: Pilot, service: Service) -> dict[str, Ref[GoogleSecret]]:
    needed = _of(pilot, service, "databases")
    return {
        "DATABASE_URL" if len(needed) == 1 else f"{identifier(need.name).upper()}_DATABASE_URL": secrets.url(need.name)
        for need in needed
        if pilot.draft.blueprint.databases[need.name].credentials == "generated"
    }


def _value(pilot: Pilot, written: str) -> Textual:
    """A variable with what it refers to put in, as it is on Google Cloud."""
    return text(*(part if isinstance(part, str) else _referred(pilot, part) for part in parts(written)))


def _referred(pilot: Pilot, reference: Reference) -> Textual:
    match reference.name:
        case "load_balancer" if has_address(pilot):
            return ADDRESS.attribute("address")
        case "region":
            return REGION
        case "environment":
            return pilot.draft.environment
    return ""


def has_address(pilot: Pilot) -> bool:
    """Whether a service has a domain, which a load balancer answers for."""
    return any(service.port and service.public and service.public.domain for service in pilot.services.values())


def _probe(service: Service, failures: int) -> GoogleProbe:
    period = min(max(service.health.interval.seconds, service.health.timeout.seconds, 1), LONGEST_PROBE)
    return GoogleProbe(
        path=service.health.path,
        period_seconds=period,
        timeout_seconds=min(max(service.health.timeout.seconds, 1), period),
        failure_threshold=failures,
    )


def _add_service(
    pilot: Pilot,
    name: str,
    service: Service,
    port: int,
    account: Ref[GoogleServiceAccount],
    container: GoogleContainer,
) -> None:
    """Only the load balancer reaches one with a domain, only the network one that is not public."""
    draft, health = pilot.draft, service.health
    ingress: Ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY"
    if service.public:
        ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" if service.public.domain else "INGRESS_TRAFFIC_ALL"
    interval = max(health.interval.seconds, 1)
    ref = draft.add(
        GoogleRunService(
            name=identifier(name),
            concern="services",
            service_name=pilot.called("google_run", name, f"services.{name}"),
            location=REGION,
            ingress=ingress,
            service_account=account,
            container=container,
            port=port,
            cpu_idle=not any(need.access != "write" for need in _of(pilot, service, "queues")),
            startup=_probe(service, ceil(health.start.seconds / interval) + health.retries),
            liveness=_probe(service, health.retries),
            network=NETWORK,
            subnetwork=SUBNETWORK,
            min_instances=1,
            max_instances=max(service.tasks.max, 1),
            depends_on=_before(pilot, account, container),
        )
    )
    if service.public:
        pilot.allow(f"{identifier(name)}_public", ref, "roles/run.invoker", "allUsers", present="services")
    if service.public and not service.public.domain:
        draft.output(f"google_{identifier(name)}_url", f"Where {name} answers on Google Cloud", ref.attribute("uri"))


def _add_pool(
    pilot: Pilot, name: str, service: Service, account: Ref[GoogleServiceAccount], container: GoogleContainer
) -> None:
    pilot.draft.add(
        GoogleWorkerPool(
            name=identifier(name),
            concern="services",
            pool_name=pilot.called("google_run", name, f"services.{name}"),
            location=REGION,
            service_account=account,
            container=container,
            network=NETWORK,
            subnetwork=SUBNETWORK,
            instances=max(service.tasks.min, 1),
            depends_on=_before(pilot, account, container),
        )
    )


def _before(pilot: Pilot, account: Ref[GoogleServiceAccount], container: GoogleContainer) -> tuple[Ref[Resource], ...]:
    """A revision is refused while its account may not read the secrets, and its database has no URL yet."""
    member = account.attribute("member")
    access = (
        item.ref
        for item in pilot.draft.resources
        if isinstance(item, GoogleAccess) and item.member == member and item.target.kind is not GoogleRunService
    )
    versions = (Ref(GoogleSecretVersion, secret.name) for secret in container.secrets_when_active.values())
    return (pilot.api("run"), *access, *versions)
