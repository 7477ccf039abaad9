"""Cloud Run in Terraform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.engines.terraform.context import Context
from groundplan.engines.terraform.google.base import ACTIVE, row
from groundplan.engines.terraform.hcl import Argument, Block, Expression
from groundplan.resources.google.run import GoogleContainer, GoogleProbe, GoogleRunService, GoogleWorkerPool
from groundplan.resources.google.secrets import GoogleSecret
from groundplan.resources.values import Ref

FILE = "google_run.tf"


def _when_active(value: int) -> Expression:
    return Expression(f"{ACTIVE} ? {value} : 0")


def _service_blocks(service: GoogleRunService, context: Context) -> Iterator[Block]:
    least = {"min_instance_count": _when_active(service.min_instances), "max_instance_count": service.max_instances}
    probes = (_probe("startup_probe", service.startup, context), _probe("liveness_probe", service.liveness, context))
    port = context.block("ports", {"container_port": service.port})
    yield context.block(
        "template",
        {
            "service_account": service.service_account.attribute("email"),
            # The first cannot mount buckets.
            "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
            # A revision is not started to be checked before there is a database that it could reach.
            "health_check_disabled": Expression(f"!{ACTIVE}"),
        },
        context.block("scaling", least),
        _container(service.container, context, port, *probes, cpu_idle=service.cpu_idle),
        _network(service, context),
        *_volumes(service.container, context),
    )


def _pool_blocks(pool: GoogleWorkerPool, context: Context) -> Iterator[Block]:
    count = _when_active(pool.instances)
    yield context.block("scaling", {"scaling_mode": "MANUAL", "manual_instance_count": count})
    yield context.block(
        "template",
        {"service_account": pool.service_account.attribute("email")},
        _container(pool.container, context),
        _network(pool, context),
        *_volumes(pool.container, context),
    )


def _container(container: GoogleContainer, context: Context, *inner: Block, cpu_idle: bool | None = None) -> Block:
    limits = {"cpu": str(container.cpu), "memory": f"{container.memory}Mi"}
    return context.block(
        "containers",
        {"image": container.image, "args": list(container.arguments)},
        context.block("resources", {"limits": limits, "cpu_idle": cpu_idle}),
        *(context.block("env", {"name": name, "value": value}) for name, value in container.environment.items()),
        *(_only_when_active(context.block("env", {"name": name, "value": value}))
          for name, value in container.environment_when_active.items()),
        *_secrets(container.secrets, context),
        *(
            _only_when_active(secret)
            for secret in _secrets(container.secrets_when_active, context)
        ),
        *(context.block("volume_mounts", {"name": item.name, "mount_path": item.path}) for item in container.mounts),
        *inner,
    )  # fmt: skip


def _secrets(secrets: Mapping[str, Ref[GoogleSecret]], context: Context) -> Iterator[Block]:
    for name, secret in secrets.items():
        latest = context.block("secret_key_ref", {"secret": secret.attribute("secret_id"), "version": "latest"})
        yield context.block("env", {"name": name}, context.block("value_source", {}, latest))


def _only_when_active(block: Block) -> Block:
    there = Argument("for_each", Expression(f"{ACTIVE} ? [true] : []"))
    return Block("dynamic", (block.type,), (there, Block("content", (), block.body)))


def _probe(type_: str, probe: GoogleProbe, context: Context) -> Block:
    return context.block(
        type_,
        {
            "period_seconds": probe.period_seconds,
            "timeout_seconds": probe.timeout_seconds,
            "failure_threshold": probe.failure_threshold,
        },
        context.block("http_get", {"path": probe.path}),
    )


def _network(item: GoogleRunService | GoogleWorkerPool, context: Context) -> Block:
    interface = {"network": context.refer(item.network), "subnetwork": context.refer(item.subnetwork)}
    return context.block("vpc_access", {"egress": item.egress}, context.block("network_interfaces", interface))


def _volumes(container: GoogleContainer, context: Context) -> Iterator[Block]:
    for mount in container.mounts:
        bucket = context.block("gcs", {"bucket": mount.bucket.attribute("bucket_name"), "read_only": False})
        yield context.block("volumes", {"name": mount.name}, bucket)


ROWS = (
    row(
        GoogleRunService,
        "google_cloud_run_v2_service",
        FILE,
        attributes={"uri": "uri", "service_name": "name"},
        rename={"service_name": "name"},
        fixed={"deletion_protection": False},
        blocks=_service_blocks,
        written=frozenset(
            {
                "service_account", "container", "port", "cpu_idle", "startup", "liveness", "network", "subnetwork",
                "egress", "min_instances", "max_instances",
            }
        ),
    ),
    row(
        GoogleWorkerPool,
        "google_cloud_run_v2_worker_pool",
        FILE,
        attributes={"pool_name": "name"},
        rename={"pool_name": "name"},
        fixed={"deletion_protection": False},
        blocks=_pool_blocks,
        written=frozenset({"service_account", "container", "network", "subnetwork", "egress", "instances"}),
        section=1,
    ),
)  # fmt: skip
