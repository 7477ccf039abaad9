"""Blue and green: two Deployments that take turns, and whose turn it is is a value of the deployment."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.engines.kubernetes.schemas import problem_of
from tests.engines.kubernetes.systems import values

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.engines import kubernetes
from groundplan.engines.kubernetes.model import Identity, identity
from groundplan.errors import EnvironmentalError, InputError

BLUEPRINT = """\
project: shop
region: eu-central-1
platform: eks
kubernetes: {nodes: {general: {instances: [t3.large]}}}
services:
  api:
    image: {repository: api, tag: '1'}
    port: 8080
    public: {tls: false}
    scaling: {cpu: 70%}
    tasks: {min: 2, desired: 3, max: 6}
    needs: [events]
    deployment: {strategy: blue-green}
  worker: {image: {repository: worker, tag: '1'}, needs: [api]}
queues: {events: {}}
environments: {staging: {}, production: {services: {api: {deployment: {strategy: rolling}}}}}
"""
KUBECTL = shutil.which("kubectl")


@pytest.fixture(scope="module")
def blueprint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("colours") / "groundplan.yaml"
    file.write_text(BLUEPRINT)
    return file


@cache
def _rendering(file: Path) -> kubernetes.Rendering:
    return kubernetes.render(*(design(loaded) for loaded in read_source(file).all()))


def _objects(file: Path, **given: str) -> dict[tuple[str, str], dict[str, Any]]:
    system = _rendering(file).systems["staging"]
    objects: list[dict[str, Any]] = system.filled(values(system) | given)
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}


def test_everything_that_holds_or_leads_to_pods_is_there_twice(blueprint: Path) -> None:
    found = _objects(blueprint)
    for kind in (
        "ConfigMap", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service", "TargetGroupBinding",
        "VerticalPodAutoscaler",
    ):  # fmt: skip
        assert {name for each, name in found if each == kind} >= {"api-blue", "api-green"}, kind
    assert ("Deployment", "api") not in found
    for kind in ("ServiceAccount", "NetworkPolicy", "PodMonitor", "Service"):
        assert (kind, "api") in found, kind


def test_the_idle_colour_has_no_pods_and_the_other_as_many_as_its_autoscaler_says(blueprint: Path) -> None:
    found = _objects(blueprint)
    assert "replicas" not in found["Deployment", "api-blue"]["spec"]
    assert found["Deployment", "api-green"]["spec"]["replicas"] == 0
    turned = _objects(blueprint, api_colour="green")
    assert turned["Deployment", "api-blue"]["spec"]["replicas"] == 0
    assert "replicas" not in turned["Deployment", "api-green"]["spec"]


def test_others_call_the_colour_whose_turn_it_is(blueprint: Path) -> None:
    for colour in ("blue", "green"):
        found = _objects(blueprint, api_colour=colour)
        assert found["Service", "api"]["spec"]["selector"]["groundplan/colour"] == colour
        assert found["Service", f"api-{colour}"]["spec"]["selector"]["groundplan/colour"] == colour
        pods = found["Deployment", f"api-{colour}"]["spec"]["template"]["metadata"]["labels"]
        assert pods["groundplan/colour"] == colour


def test_each_colour_stands_in_its_own_target_group_and_has_its_own_image(blueprint: Path) -> None:
    found = _objects(blueprint, api_green_image_tag="2")
    groups = {
        colour: found["TargetGroupBinding", f"api-{colour}"]["spec"]["targetGroupARN"] for colour in ("blue", "green")
    }
    assert groups == {"blue": "value-of-api_target_group", "green": "value-of-api_green_target_group"}
    images = [
        found["Deployment", f"api-{colour}"]["spec"]["template"]["spec"]["containers"][0]["image"]
        for colour in ("blue", "green")
    ]
    assert [image.rpartition(":")[2] for image in images] == ["1", "2"]


def test_every_object_is_valid(blueprint: Path) -> None:
    for colour in ("blue", "green"):
        found = [problem_of(item, "1.35") for item in _objects(blueprint, api_colour=colour).values()]
        assert [problem for problem in found if problem] == []


def test_what_is_no_colour_is_refused(blueprint: Path) -> None:
    with pytest.raises(InputError, match='"red" is no colour'):
        _objects(blueprint, api_colour="red")


def test_pods_start_anew_when_a_value_of_the_deployment_changes(blueprint: Path) -> None:
    def checksum(**given: str) -> str:
        template = _objects(blueprint, **given)["Deployment", "api-blue"]["spec"]["template"]
        found: str = template["metadata"]["annotations"]["groundplan/configuration"]
        return found

    assert checksum(events_queue_url="a") == checksum(events_queue_url="a", api_colour="green")
    assert checksum(events_queue_url="a") != checksum(events_queue_url="b")


@pytest.mark.skipif(KUBECTL is None, reason="kubectl, which has kustomize in it, is not installed")
@pytest.mark.parametrize("colour", ["blue", "green"])
def test_kustomize_makes_the_same_of_it(blueprint: Path, tmp_path: Path, colour: str) -> None:
    rendered = _rendering(blueprint)
    system, overlay = rendered.systems["staging"], tmp_path / "overlays" / "staging"
    kubernetes.write(rendered, tmp_path)
    kubernetes.fill(overlay, system, {**values(system), "api_colour": colour}, {})
    # What is known of the deployment stays when the folder is rendered again.
    kubernetes.write(rendered, tmp_path)
    assert KUBECTL
    built = subprocess.run([KUBECTL, "kustomize", str(overlay)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    expected: dict[Identity, object] = {
        identity(item): item for item in _objects(blueprint, api_colour=colour).values()
    }
    assert {identity(item): item for item in yaml.safe_load_all(built.stdout)} == expected


def test_a_folder_that_was_never_rendered_is_not_filled(blueprint: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentalError, match="groundplan render --engine kubernetes"):
        kubernetes.fill(tmp_path, _rendering(blueprint).systems["staging"], {}, {})
