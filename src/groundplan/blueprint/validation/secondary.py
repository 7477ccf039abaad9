"""The pilot light on Google Cloud: what it leaves out has to be said, and nothing that is there may need it."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.recovery import Google
from groundplan.blueprint.references import Reference, parts
from groundplan.blueprint.services import Service
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding
from groundplan.errors import suggestion

LEFT_OUT = ("services", "jobs", "databases", "caches", "queues")
"""The families whose entries ``without:`` can name."""
AT: Steps = ("secondary", "google")
WIDEST, NARROWEST = 8, 26
"""Prefix lengths of a subnet for Direct VPC egress.
Source: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#ip_address_allocation"""
MOST_CPU, MOST_MEMORY = 8 * 1024, 32 * 1024
"""CPU units and MiB of a Cloud Run instance.
Source: https://cloud.google.com/run/docs/configuring/services/memory-limits"""
LEAST_TIER_MEMORY, MOST_TIER_CPU = 3840, 96
"""MB and CPUs of a custom machine type; each CPU has 0.9 to 6.5 GB.
Source: https://cloud.google.com/sql/docs/postgres/create-instance#machine-types"""


def check_secondary(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """``secondary:``."""
    if blueprint.secondary is None:
        return
    google = blueprint.secondary.google
    yield from _check_lists(blueprint, google)
    yield from _check_sizes(google)
    yield from _check_dumps(blueprint, google)
    for name in blueprint.jobs:
        if name not in google.without:
            yield _left_out(("jobs", name), "jobs are not made on Google Cloud", name)
    for name, service in blueprint.services.items():
        if name not in google.without:
            yield from _check_service(blueprint, google, name, service)


def _left_out(path: Steps, why: str, name: str) -> Finding:
    return Finding(path, f"{why}; where that is as wanted, write secondary.google.without: [{name}]", at_key=True)


def _check_lists(blueprint: Blueprint, google: Google) -> Iterator[Finding]:
    for index, name in enumerate(google.copies):
        path = (*AT, "copies", index)
        if name not in blueprint.buckets:
            yield Finding(path, f'there is no bucket "{name}" to copy{suggestion(name, blueprint.buckets)}')
        elif name in google.copies[:index]:
            yield Finding(path, f"{name} is there already")
    known = [name for family in LEFT_OUT for name in getattr(blueprint, family)]
    for index, name in enumerate(google.without):
        path = (*AT, "without", index)
        if name not in known:
            families = "service, job, database, cache or queue"
            yield Finding(path, f'there is no {families} "{name}" to leave out{suggestion(name, known)}')
        elif name in google.without[:index]:
            yield Finding(path, f"{name} is there already")


def _check_sizes(google: Google) -> Iterator[Finding]:
    if not WIDEST <= google.cidr.prefixlen <= NARROWEST:
        yield Finding((*AT, "cidr"), f"the subnet for Cloud Run is a /{WIDEST} to /{NARROWEST}, unlike {google.cidr}")
    elif not google.cidr.is_private:
        yield Finding((*AT, "cidr"), f"{google.cidr} is no private range; write one of 10.0.0.0/8, like 10.200.0.0/22")
    kind, _, size = google.database_tier.removeprefix("db-").partition("-")
    if kind != "custom":
        return
    cpus, memory = map(int, size.split("-"))
    path = (*AT, "database_tier")
    if not 1 <= cpus <= MOST_TIER_CPU or (cpus > 1 and cpus % 2):
        yield Finding(path, f"a machine type of Cloud SQL has 1 CPU or an even number to {MOST_TIER_CPU}, not {cpus}")
    elif memory % 256 or memory < LEAST_TIER_MEMORY or not 0.9 * 1024 * cpus <= memory <= 6.5 * 1024 * cpus:
        least, most = max(LEAST_TIER_MEMORY, -(-cpus * 9216 // 2560) * 256), cpus * 6656
        yield Finding(path, f"with {cpus} CPUs the memory is {least} to {most} MB in steps of 256, and is {memory}")


def _check_dumps(blueprint: Blueprint, google: Google) -> Iterator[Finding]:
    """A database that takes over has to be filled from somewhere."""
    if all(name in google.without for name in blueprint.databases):
        return
    bucket = blueprint.buckets.get(google.dumps)
    path = (*AT, "dumps")
    if bucket is None:
        listed = ", ".join(name for name in blueprint.databases if name not in google.without)
        yield Finding(
            path,
            f'there is no bucket "{google.dumps}" for the dumps that {listed} would be restored from; write one, and a '
            f"job that puts a dump there every night{suggestion(google.dumps, blueprint.buckets)}",
        )
    elif google.dumps not in copied(blueprint, google):
        yield Finding(path, f"{google.dumps} is not copied to Google Cloud, so that no dump is there; add it to copies")


def copied(blueprint: Blueprint, google: Google) -> tuple[str, ...]:
    """The buckets that are copied."""
    return tuple(google.copies) or tuple(name for name, bucket in blueprint.buckets.items() if bucket.keep)


def _check_service(blueprint: Blueprint, google: Google, name: str, service: Service) -> Iterator[Finding]:
    at: Steps = ("services", name)
    for index, need in enumerate(service.needs):
        if need.name in google.without:
            yield Finding(
                (*at, "needs", index),
                f"{need.name} is not there after a take-over by Google Cloud; write secondary.google.without with "
                f"{name} as well",
            )
    if service.architecture != "x86_64":
        yield _left_out((*at, "architecture"), f"Cloud Run runs no {service.architecture} images", name)
    if service.size.cpu > MOST_CPU or service.size.memory > MOST_MEMORY:
        yield _left_out(
            (*at, "size"), f"an instance of Cloud Run has at most {MOST_CPU} CPU units and {MOST_MEMORY} MiB", name
        )
    if service.reads_secrets:
        yield _left_out((*at, "reads_secrets"), "on Google Cloud a service reads only what secrets: names", name)
    if service.public and service.public.allow and not service.public.domain:
        why = "without a domain Cloud Run answers everybody, and not only public.allow"
        yield _left_out((*at, "public", "allow"), why, name)
    if service.environment.get("PORT") not in (None, str(service.port)):
        yield _left_out((*at, "environment", "PORT"), "Cloud Run sets PORT itself, to port", name)
    for variable, value in service.environment.items():
        if any(isinstance(part, Reference) and part.name == "cdn" for part in parts(value)):
            yield _left_out((*at, "environment", variable), "there is no CDN on Google Cloud", name)
