"""Which buckets take access logs: one for the environment, where something writes them."""

from __future__ import annotations

from groundplan.blueprint.delivery import Cdn
from groundplan.blueprint.models import Blueprint

NAME = "logs"
"""What the bucket is called; ``buckets.logs`` says more of it."""


def keeps_access_logs(blueprint: Blueprint) -> bool:
    """Access logs are kept where the posture keeps flow logs, and where a CDN is told to."""
    public = any(service.public for service in blueprint.services.values())
    return (blueprint.network.flow_logs is not None and public) or any(
        bucket.cdn and keeps_cdn_logs(blueprint, bucket.cdn) for bucket in blueprint.buckets.values()
    )


def keeps_cdn_logs(blueprint: Blueprint, cdn: Cdn) -> bool:
    """Whether requests to a CDN are logged: as it says, or where flow logs are kept."""
    return blueprint.network.flow_logs is not None if cdn.logs is None else cdn.logs


def takes_access_logs(blueprint: Blueprint, bucket: str) -> bool:
    """Whether a bucket, by its name in the blueprint, is the one for access logs."""
    return bucket == NAME and keeps_access_logs(blueprint)
