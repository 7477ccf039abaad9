"""RDS in Terraform: what the provider would change or make anew at the next plan, unless it is told."""

from __future__ import annotations

from tests.design.blueprints import designed

from groundplan.engines.terraform import render
from groundplan.resources import Architecture


def architecture(settings: str = "") -> Architecture:
    return designed(f"""
        project: shop
        region: eu-west-1
        databases: {{main: {{engine: postgres 16.10, class: db.t4g.micro, replicas: 1{settings}}}}}
        """)


def instance(found: Architecture, name: str) -> str:
    """The block of one instance in one line."""
    block = render(found).files["rds.tf"].partition(f'resource "aws_db_instance" "{name}" {{\n')[2]
    return " ".join(block.partition("\n}\n")[0].split())


def test_a_replica_says_that_it_is_encrypted_since_the_provider_would_replace_it_otherwise() -> None:
    assert "storage_encrypted = true" in instance(architecture(), "main_replica")
    assert "storage_encrypted" not in instance(architecture(", encryption: false"), "main_replica")


def test_a_replica_in_another_region_says_it_too() -> None:
    found = designed("""
        project: shop
        region: eu-west-1
        services:
          web:
            image: {repository: web, tag: '1'}
            port: 80
            public: {domain: shop.groundplan.dev}
            needs: [main]
        databases: {main: {engine: postgres 16, class: db.t4g.micro}}
        dns: {zone: groundplan.dev}
        standby: {region: eu-central-1, overlay: {network: {cidr: 10.1.0.0/16}}}
        """)
    assert "storage_encrypted = true" in instance(found, "standby_main")


def test_the_version_is_left_to_rds_where_it_upgrades_by_itself() -> None:
    assert "ignore_changes = [engine_version]" in instance(architecture(), "main")
    assert "ignore_changes" not in instance(architecture(", minor_upgrades: false"), "main")


def test_a_replica_has_no_version_that_could_be_left() -> None:
    found = architecture()
    assert "ignore_changes" not in instance(found, "main_replica")
    assert "engine_version" not in instance(found, "main_replica")
