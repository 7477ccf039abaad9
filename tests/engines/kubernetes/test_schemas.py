"""Every manifest against the schemas of the cluster's version of Kubernetes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from tests.engines.kubernetes.schemas import problem_of
from tests.engines.kubernetes.systems import rendering, values

ENVIRONMENTS = ("production", "development")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_object_of_an_environment_is_valid(environment: str) -> None:
    system = rendering().systems[environment]
    found = [problem_of(item, system.version) for item in system.filled(values(system))]
    assert len(found) > 40
    assert [problem for problem in found if problem] == []


def test_what_stands_in_the_base_is_valid_before_anything_is_filled_in() -> None:
    documents = [
        document
        for name, text in rendering().files.items()
        if name.startswith("base/") and not name.endswith("kustomization.yaml")
        for document in yaml.safe_load_all(text)
    ]
    assert len(documents) > 40
    assert [problem for problem in (problem_of(item, "1.35") for item in documents) if problem] == []


def _object(kind: str) -> dict[str, Any]:
    system = rendering().systems["production"]
    return copy.deepcopy(next(item for item in system.filled(values(system)) if item["kind"] == kind))


@pytest.mark.parametrize(
    "kind", ["Deployment", "StatefulSet", "NetworkPolicy", "TargetGroupBinding", "ExternalSecret", "PrometheusRule"]
)
def test_the_check_finds_a_field_that_does_not_exist(kind: str) -> None:
    wrong = _object(kind)
    wrong["spec"]["nonsense"] = True
    assert problem_of(wrong, "1.35") is not None


def test_the_check_finds_a_kind_that_does_not_exist() -> None:
    assert problem_of({**_object("Deployment"), "kind": "Nonsense"}, "1.35") is not None
