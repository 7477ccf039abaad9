"""One architecture with every kind of resource, for the tests of everything that reads architectures.

The values are such that AWS itself would take them. Where a kind has variants that are rendered, checked or priced
differently, each variant is here: a primary and its replica, listeners that forward, redirect and answer,
secrets that are generated, composed and left to a person.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.engines.parts import (
    account,
    compute,
    databases,
    delivery,
    detection,
    drills,
    edge,
    governance,
    kubernetes,
    messaging,
    monitoring,
    network,
    off_hours,
    recovery,
    security,
    services,
    standby,
    storage,
    tasks,
)
from tests.engines.parts.names import (
    ALERTS,
    API,
    API_TARGETS,
    BALANCER,
    CLUSTER,
    DATA_KEY,
    GATEWAY,
    LOGS_KEY,
    PRIMARY,
    REGION,
    VPC,
    ZONES,
)

from groundplan import resources as kinds
from groundplan.blueprint.loading import load_environment
from groundplan.design import design
from groundplan.resources import Architecture, Input, Output, Resource
from groundplan.resources import google as google_resources
from groundplan.resources.values import text

__all__ = [
    "ALERTS",
    "API",
    "API_TARGETS",
    "BALANCER",
    "CLUSTER",
    "DATA_KEY",
    "GATEWAY",
    "LOGS_KEY",
    "PRIMARY",
    "REGION",
    "VPC",
    "ZONES",
    "every_kind",
    "google_architecture",
    "google_kinds",
    "sample_architecture",
    "sample_of",
]


def every_kind() -> list[type[Resource]]:
    """Every kind of resource on AWS in ``groundplan.resources``, by name."""
    for module in pkgutil.iter_modules(kinds.__path__, kinds.__name__ + "."):
        importlib.import_module(module.name)

    def below(kind: type[Resource]) -> Iterator[type[Resource]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    found = {
        kind for kind in below(Resource) if kind.__module__.startswith(kinds.__name__ + ".") and kind.cloud == "aws"
    }
    return sorted(found, key=lambda kind: kind.__name__)


def google_kinds() -> list[type[Resource]]:
    """Every kind of resource on Google Cloud, by name."""
    for module in pkgutil.iter_modules(google_resources.__path__, google_resources.__name__ + "."):
        importlib.import_module(module.name)
    found = (kind for kind in Resource.__subclasses__() if kind.cloud == "google")
    return sorted(found, key=lambda kind: kind.__name__)


@cache
def google_architecture() -> Architecture:
    """An environment whose pilot light on Google Cloud has every kind of resource that there is."""
    return design(load_environment(Path(__file__).parent / "google" / "groundplan.yaml"))


def sample_of(kind: type[Resource]) -> Architecture:
    """The architecture that has samples of a kind."""
    return google_architecture() if kind.cloud == "google" else sample_architecture()


@cache
def sample_architecture() -> Architecture:
    """At least one resource of every kind, in ap-south-1 with a certificate in us-east-1."""
    return Architecture(
        project="sample",
        title="Sample",
        environment="production",
        region=REGION,
        resources=(
            *network.network(), *security.security(), *storage.storage(), *databases.databases(),
            *edge.edge(), *delivery.delivery(), *services.services(), *compute.compute(), *kubernetes.kubernetes(),
            *messaging.messaging(), *tasks.tasks(), *messaging.schedules(), *monitoring.monitoring(),
            *off_hours.off_hours(),
            *governance.governance(), *account.account(), *recovery.recovery(), *drills.drills(),
            *detection.detection(),
            *standby.standby(),
        ),
        tags={"Project": "sample", "Environment": "production", "ManagedBy": "groundplan"},
        inputs=(
            Input(
                name="api_image_tag",
                description="Tag of the image that the api service starts with",
                default="v1.0.0",
                pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
                pattern_hint="letters, digits, '_', '.' and '-', at most 128",
            ),
            Input(name="alert_email", description="Who hears of alarms"),
        ),
        outputs=(
            Output(
                name="load_balancer_address",
                description="Address of the load balancer",
                value=BALANCER.attribute("dns_name"),
            ),
            Output(
                name="api_url",
                description="Where the API answers",
                value=text("https://", BALANCER.attribute("dns_name"), "/v1"),
            ),
            Output(
                name="database_address", description="Address of the database", value=PRIMARY.attribute("address")
            ),
        ),
    )  # fmt: skip


def within_templates(architecture: Architecture) -> Architecture:
    """What CloudFormation has a type for, which is all that CDK deploys."""
    return architecture.with_resources(item for item in architecture if not item.not_in_cloudformation)
