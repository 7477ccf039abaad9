"""What runs in the cluster: filled from the blueprint, and refused where Kubernetes knows no such thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundplan.api.files import read_source
from groundplan.design import design
from groundplan.errors import InputError
from groundplan.resources import Architecture
from groundplan.resources.workloads import JobWorkload, ServiceWorkload


def _design(folder: Path, service: str = "", job: str = "", platform: str = "eks") -> Architecture:
    file = folder / "groundplan.yaml"
    nodes = "kubernetes: {nodes: {general: {instances: [t3.large]}}}\n" if platform == "eks" else ""
    jobs = f"jobs: {{nightly: {{image: {{repository: web, tag: '1'}}, {job}}}}}\n" if job else ""
    file.write_text(
        f"project: shop\nregion: eu-central-1\nplatform: {platform}\n{nodes}"
        f"services: {{web: {{image: {{repository: web, tag: '1'}}, port: 8080, {service}}}}}\n{jobs}"
    )
    return design(read_source(file).environment())


def test_services_and_jobs_are_workloads(tmp_path: Path) -> None:
    service, job = _design(tmp_path, "scaling: {cpu: 60%}", "schedule: rate(6 hours)").workloads
    assert isinstance(service, ServiceWorkload)
    assert isinstance(job, JobWorkload)
    assert (service.name, service.namespace, service.port) == ("web", "shop", 8080)
    assert service.autoscaling is not None
    assert service.autoscaling.cpu == 60
    assert job.schedule == "0 */6 * * *"


def test_on_ecs_nothing_runs_in_a_cluster(tmp_path: Path) -> None:
    assert _design(tmp_path, platform="ecs").workloads == ()


def test_what_manifests_need_to_know_is_an_output(tmp_path: Path) -> None:
    names = {output.name for output in _design(tmp_path, "public: {tls: false}").outputs}
    assert {"web_repository", "web_target_group", "cluster", "cluster_endpoint"} <= names


@pytest.mark.parametrize(
    ("service", "job", "why"),
    [
        ("scaling: {cpu: 60%}, tasks: {min: 0, desired: 1, max: 2}", "", r"tasks\.min: .*leaves one pod at least"),
        ("scaling: {cpu: 60.5%}", "", r"scaling\.cpu: .*whole percents"),
        ("scaling: {memory: 60%, in: 2h}", "", r"scaling\.in: .*an hour at most"),
        ("", "schedule: rate(7 hours)", r"jobs\.nightly\.schedule: .*write cron"),
        ("", "schedule: 'cron(0 3 L * ? *)'", r"jobs\.nightly\.schedule: .*no L, W or #"),
        ("", "schedule: rate(6 hours), window: 10m", r"jobs\.nightly\.window: .*starts at its moment"),
    ],
)
def test_what_kubernetes_does_not_know_is_refused(tmp_path: Path, service: str, job: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        _design(tmp_path, service, job)
