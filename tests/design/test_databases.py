"""Databases and their replicas."""

from __future__ import annotations

from tests.design.blueprints import designed

from groundplan.resources.databases import DatabaseInstance, DatabaseParameterGroup
from groundplan.resources.values import Ref


def test_the_storage_of_a_replica_grows_as_far_as_its_primarys() -> None:
    found = designed("""
        project: shop
        region: eu-west-1
        databases:
          main: {engine: postgres 16, class: db.t4g.micro, storage: 20..100 GB, replicas: 1}
          fixed: {engine: postgres 16, class: db.t4g.micro, storage: 20 GB, replicas: 1}
        """)
    grown = {name: found[Ref(DatabaseInstance, name)].max_allocated_storage for name in ("main", "main_replica")}
    assert grown == {"main": 100, "main_replica": 100}
    assert found[Ref(DatabaseInstance, "fixed_replica")].max_allocated_storage is None


def test_a_new_major_version_takes_a_group_of_another_name() -> None:
    """Whichever engine deploys makes it before the old one goes: RDS deletes none that a database still has."""
    groups = [
        designed(f"""
            project: shop
            region: eu-west-1
            databases:
              main: {{engine: postgres {major}, class: db.t4g.micro, storage: 20 GB}}
            """)[Ref(DatabaseParameterGroup, "main")]
        for major in (15, 16)
    ]
    assert [group.parameter_group_name.rpartition("-")[2] for group in groups] == ["postgres15", "postgres16"]
