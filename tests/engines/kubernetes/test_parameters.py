"""Secrets in Parameter Store: the operator reads them from a second store, and pods find them as all others."""

from __future__ import annotations

from typing import Any

import pytest
from tests.design.blueprints import designed
from tests.engines.kubernetes.schemas import problem_of
from tests.engines.kubernetes.systems import values

from groundplan.engines.kubernetes import system_of

BLUEPRINT = """\
project: shop
region: eu-central-1
platform: eks
kubernetes: {nodes: {general: {instances: [t3.large], desired: 2, min: 1, max: 3}}}
services:
  web: {image: {repository: web, tag: '1'}, secrets: {TOKEN: token, OTHER: other}}
  worker: {image: {repository: web, tag: '1'}, secrets: {TOKEN: token}}
secrets: {token: {store: parameter-store, generate: 48}}
"""
TOKEN = {"secretKey": "TOKEN", "remoteRef": {"key": "/shop/production/token"}}


def objects(blueprint: str) -> dict[tuple[str, str], Any]:
    """Every object by its kind and name, each as the schemas have it."""
    system = system_of(designed(blueprint))
    found: list[dict[str, Any]] = system.filled(values(system))
    assert [problem for problem in (problem_of(item, "1.35") for item in found) if problem] == []
    return {(item["kind"], item["metadata"]["name"]): item.get("spec") for item in found}


def test_each_store_that_is_used_is_there() -> None:
    found = objects(BLUEPRINT)
    stores = {name: spec["provider"]["aws"] for (kind, name), spec in found.items() if kind == "SecretStore"}
    assert stores == {
        "aws": {"service": "SecretsManager", "region": "eu-central-1"},
        "aws-parameters": {"service": "ParameterStore", "region": "eu-central-1"},
    }


def test_a_container_with_secrets_of_both_stores_names_the_other_one() -> None:
    spec = objects(BLUEPRINT)["ExternalSecret", "web"]
    assert spec["secretStoreRef"] == {"kind": "SecretStore", "name": "aws"}
    other = {"storeRef": {"kind": "SecretStore", "name": "aws-parameters"}}
    assert spec["data"] == [
        {**TOKEN, "sourceRef": other},
        {"secretKey": "OTHER", "remoteRef": {"key": "shop/production/other"}},
    ]


def test_a_container_with_parameters_alone() -> None:
    spec = objects(BLUEPRINT)["ExternalSecret", "worker"]
    assert spec["secretStoreRef"] == {"kind": "SecretStore", "name": "aws-parameters"}
    assert spec["data"] == [TOKEN]


@pytest.mark.parametrize(
    ("secrets", "stores"),
    [("secrets: {token: {store: parameter-store}}", {"aws", "aws-parameters"}), ("secrets: {token: {}}", {"aws"})],
)
def test_no_store_without_a_use(secrets: str, stores: set[str]) -> None:
    head = BLUEPRINT[: BLUEPRINT.index("secrets: {token: {store")]
    found = objects(head + secrets + "\n")
    assert {name for kind, name in found if kind == "SecretStore"} == stores
