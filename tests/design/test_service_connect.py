"""Services that call each other: found by name, reached on one port, the called deployed first."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.blueprint.loading import load_environment
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.containers import EcsService, ServiceNamespace, TaskDefinition

BLUEPRINT = """\
project: duo
region: eu-west-1
services:
  web: {image: {repository: web, tag: "1"}, port: 8080, needs: [orders]}
  orders: {image: {repository: orders, tag: "1"}, port: 9090}
  alone: {image: {repository: alone, tag: "1"}, port: 7070}
"""


def designed(folder: Path, text: str) -> Architecture:
    file = folder / "groundplan.yaml"
    file.write_text(text, encoding="utf-8")
    return design(load_environment(file))


def service(architecture: Architecture, name: str) -> EcsService:
    found = architecture.find(EcsService, name)
    assert found is not None
    return found


def test_the_called_is_offered_under_its_name_and_the_caller_only_calls(tmp_path: Path) -> None:
    architecture = designed(tmp_path, BLUEPRINT)
    (namespace,) = architecture.of(ServiceNamespace)
    called, caller = service(architecture, "orders").service_connect, service(architecture, "web").service_connect
    assert called is not None
    assert (called.namespace, called.port_name, called.dns_name, called.port) == (
        namespace.ref,
        "orders",
        "orders",
        9090,
    )
    assert caller is not None
    assert (caller.namespace, caller.port_name) == (namespace.ref, None)
    assert service(architecture, "alone").service_connect is None


def test_the_container_names_the_port_that_is_offered(tmp_path: Path) -> None:
    architecture = designed(tmp_path, BLUEPRINT)
    names = {task.name: task.containers[0].port_name for task in architecture.of(TaskDefinition)}
    assert names == {"web": None, "orders": "orders", "alone": None}


def test_the_called_comes_before_the_caller(tmp_path: Path) -> None:
    architecture = designed(tmp_path, BLUEPRINT)
    assert service(architecture, "orders").ref in service(architecture, "web").depends_on


def test_without_calls_there_is_no_namespace(tmp_path: Path) -> None:
    architecture = designed(tmp_path, BLUEPRINT.replace(", needs: [orders]", ""))
    assert architecture.of(ServiceNamespace) == ()


def test_a_service_without_a_port_cannot_be_called(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"groundplan\.yaml:5:\d+: services\.orders: other services need it, but it has no"
    ):
        designed(tmp_path, BLUEPRINT.replace(", port: 9090", ""))
