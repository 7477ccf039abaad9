"""Google Cloud in Terraform: a row for every kind, and the provider."""

from __future__ import annotations

from groundplan.engines.terraform.google import access, databases, edge, messaging, network, project, run, storage

ROWS = (
    *project.ROWS, *network.ROWS, *storage.ROWS, *databases.ROWS, *messaging.ROWS, *run.ROWS, *edge.ROWS, *access.ROWS,
)  # fmt: skip

CONTENTS = {
    "google_access.tf": "who may do what on Google Cloud",
    "google_databases.tf": "databases and caches on Google Cloud, made when it takes over",
    "google_edge.tf": "load balancer and certificates on Google Cloud",
    "google_network.tf": "network on Google Cloud",
    "google_project.tf": "APIs, service accounts and workload identity federation on Google Cloud",
    "google_provider.tf": "the Google Cloud provider, and labels on everything",
    "google_pubsub.tf": "topics and subscriptions on Google Cloud",
    "google_registry.tf": "repositories of container images on Google Cloud",
    "google_run.tf": "services and worker pools on Google Cloud",
    "google_secrets.tf": "secrets on Google Cloud. Their values are in no state",
    "google_storage.tf": "buckets on Google Cloud, and the jobs that fill them",
}
"""What stands in each file."""

__all__ = ["CONTENTS", "ROWS"]
