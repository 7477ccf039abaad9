"""Charts: installed by helm where it is there; where it is not, a person is told the commands."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from groundplan.engines.kubernetes.context import Context
from groundplan.engines.kubernetes.helm import chosen_charts, commands, files
from groundplan.errors import DeploymentError
from groundplan.operations.events import Report
from groundplan.operations.kubernetes.cluster import Cluster
from groundplan.resources import Architecture


def install(architecture: Architecture, cluster: Cluster, topic: str | None, report: Report) -> bool:
    """Install every chart, or bring it to its version and values. False where there is no helm, with what to run.

    Raises DeploymentError with the chart and helm's own words.
    """
    import tempfile

    charts = chosen_charts(Context(architecture))
    helm = shutil.which("helm")
    if helm is None:
        report("helm is not installed, and the cluster needs these charts; where they are missing, run:")
        for chart in charts:
            report(f"  {commands(chart, f'helm/{architecture.stage}')}")
        return False
    with tempfile.TemporaryDirectory() as folder, cluster.helm() as (access, secret):
        for name, text in files(architecture).items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        for chart in charts:
            values = Path(folder) / "helm" / architecture.stage / f"{chart.name}.yaml"
            call = [
                helm, "upgrade", "--install", chart.name, chart.name,
                "--repo", chart.repository, "--version", chart.version,
                "--namespace", chart.namespace, "--create-namespace", "--values", str(values), "--wait",
                *access,
            ]  # fmt: skip
            if chart.name == "kube-prometheus-stack" and topic:
                call += ["--set-string", f"alertmanager.config.receivers[1].sns_configs[0].topic_arn={topic}"]
            report(f"{chart.name}: installing {chart.version}", passing=True)
            environment = {**os.environ, **secret}
            done = subprocess.run(  # noqa: S603 - no shell
                call, capture_output=True, text=True, check=False, env=environment
            )
            if done.returncode:
                raise DeploymentError(f"{chart.name} {chart.version}: helm says: {done.stderr.strip() or done.stdout}")
            report(f"{chart.name}: {chart.version} is installed")
    return True
