"""Whatever a blueprint says of a service: its manifests are valid, and nothing of them is left open."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.kubernetes.schemas import problem_of
from tests.engines.kubernetes.systems import values

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.engines.kubernetes import render, system_of
from groundplan.engines.kubernetes.model import identity

Services = st.fixed_dictionaries(
    {"image": st.fixed_dictionaries({"repository": st.just("web")}, optional={"tag": st.sampled_from(["1", "v1.0"])})},
    optional={
        "port": st.integers(1, 65535),
        "size": st.sampled_from([{"cpu": 256, "memory": 512}, {"cpu": 300, "memory": 700}]),
        "tasks": st.sampled_from([{"min": 1, "desired": 1, "max": 3}, {"min": 2, "desired": 4, "max": 9}]),
        "scaling": st.sampled_from([{"cpu": "70%"}, {"memory": "80%", "in": "10m"}, {"cpu": "50%", "memory": "60%"}]),
        "volumes": st.dictionaries(
            st.sampled_from(["data", "up_loads"]),
            st.booleans().map(lambda shared: {"shared": shared, "size": "5 GB"}),
            max_size=2,
        ).map(lambda found: {name: {**volume, "path": f"/srv/{name}"} for name, volume in found.items()}),
        "environment": st.dictionaries(
            st.sampled_from(["A", "B"]), st.sampled_from(["yes", "0123", "a b", "${region}"])
        ),
        "secrets": st.just({"KEY": "key"}),
        "read_only": st.booleans(),
        "tracing": st.booleans(),
        "nodes": st.sampled_from(["general", "compute"]),
        "deployment": st.sampled_from([{"maximum": 100, "minimum_healthy": "50%"}, {"minimum_healthy": "100%"}]),
        "command": st.just(["node", "on"]),
    },
)
NODES = {
    "general": {"instances": ["t3.large"]},
    "compute": {"instances": ["c5.large"], "taints": ["only:NoExecute"]},
}


@given(st.dictionaries(st.sampled_from(["web", "back-end", "work_er"]), Services, min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_every_manifest_is_valid(services: dict[str, object]) -> None:
    blueprint = {
        "project": "any_system",
        "region": "eu-west-1",
        "platform": "eks",
        "kubernetes": {"nodes": NODES},
        "services": services,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "groundplan.yaml"
        file.write_text(yaml.safe_dump(blueprint))
        architecture = design(read_source(file).environment())
    system = system_of(architecture)
    objects = system.filled(values(system))
    assert [problem for problem in (problem_of(item, "1.35") for item in objects) if problem] == []
    assert len({identity(item) for item in objects}) == len(objects)
    # A HorizontalPodAutoscaler acts on CPU, and no blueprint can say that a VerticalPodAutoscaler does as well.
    vertical: list[Any] = [item for item in objects if item["kind"] == "VerticalPodAutoscaler"]
    assert all(item["spec"]["updatePolicy"] == {"updateMode": "Off"} for item in vertical)
    for name, text in render(architecture).files.items():
        if name.endswith(".yaml"):
            assert list(yaml.safe_load_all(text))
