"""Secrets that workloads name: in which stack each is made."""

from __future__ import annotations

from tests.design.blueprints import designed

from groundplan.engines.cloudformation import render
from groundplan.resources import Architecture
from groundplan.resources.security import Secret
from groundplan.resources.values import Ref

BLUEPRINT = """
    project: shop
    region: eu-west-1
    services: {web: {image: {repository: web, tag: '1'}, secrets: {TOKEN: token, LICENCE: licence}}}
    secrets: {token: {generate: 32}}
    """


def stacks_with(found: Architecture, resource: str) -> list[int]:
    """The places in the order of deployment of the stacks that have it."""
    return [place for place, stack in enumerate(render(found).stacks) if f"\n  {resource}:\n" in stack.body]


def test_what_a_person_fills_is_made_first_so_that_services_find_a_value() -> None:
    found = designed(BLUEPRINT)
    assert found[Ref(Secret, "licence")].concern == "encryption"
    assert found[Ref(Secret, "token")].concern == "services"
    assert stacks_with(found, "LicenceSecret") == [0]
    assert stacks_with(found, "WebEcsService") == stacks_with(found, "TokenSecret") != [0]


def test_the_stacks_of_a_standby_form_no_circle_around_it() -> None:
    found = designed("""
        project: shop
        region: eu-west-1
        services:
          web:
            image: {repository: web, tag: '1'}
            port: 80
            public: {domain: shop.groundplan.dev}
            secrets: {LICENCE: licence}
        dns: {zone: groundplan.dev}
        standby: {region: eu-central-1, overlay: {network: {cidr: 10.1.0.0/16}}}
        """)
    assert found[Ref(Secret, "licence")].replicas[0].region == "eu-central-1"
    (place,) = stacks_with(found, "LicenceSecret")
    assert all(place < service for service in stacks_with(found, "WebEcsService"))
