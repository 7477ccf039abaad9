"""The pilot light on Google Cloud: what is there always, what a take-over makes.

Nothing here asks AWS for anything but the copies: at a take-over AWS may not answer. So no service, database or
certificate refers to a resource on AWS, and passwords come out of Secret Manager.
"""

from __future__ import annotations

from groundplan.blueprint.recovery import Google
from groundplan.design.draft import Draft
from groundplan.design.google.copies import add_buckets
from groundplan.design.google.databases import add_caches, add_databases
from groundplan.design.google.edge import add_edge
from groundplan.design.google.images import add_pipeline, add_repositories
from groundplan.design.google.network import add_network
from groundplan.design.google.pilot import Pilot
from groundplan.design.google.queues import add_queues
from groundplan.design.google.secrets import add_secrets
from groundplan.design.google.services import add_services

STEPS = (
    add_network,
    add_buckets,
    add_repositories,
    add_pipeline,
    add_secrets,
    add_databases,
    add_caches,
    add_queues,
    add_services,
    add_edge,
)


def add_google(draft: Draft, spec: Google) -> None:
    """Everything of the pilot light, in order: a step may refer to what the ones before it added."""
    pilot = Pilot(draft, spec)
    pilot.check_region()
    pilot.add_inputs()
    for step in STEPS:
        step(pilot)


__all__ = ["add_google"]
