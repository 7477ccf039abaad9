"""Dockerfiles: two stages, a pinned slim base, no root, a health check that needs no package of its own.

The health check raises on answers from 400 on, and has a time limit (C-82); packages are in a virtual environment that
every user can read and whose programs are on the path (C-83).
Source: https://docs.docker.com/build/building/best-practices/
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from string import Template

from groundplan.blueprint.builds import Build
from groundplan.blueprint.services import Service
from groundplan.blueprint.workloads import Workload
from groundplan.catalog.base_images import base_image

_FOLDER = Path(__file__).parent / "templates"
HEALTHCHECK = "HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --retries=3"
"""For whoever runs the image alone: ECS and EKS have the service's own ``health``, and ignore this."""
ASKED = 2
"""Seconds that the check waits for an answer: it has to say no before its own time is over."""


def dockerfile(workload: Workload, build: Build) -> str:
    """The Dockerfile of a service or job."""
    return Template(_template(f"{build.language}.Dockerfile")).substitute(
        image=base_image(build.language).at(build.version),
        listening=_listening(workload, build),
        start=_array(build.start),
    )


def dockerignore() -> str:
    """What is not sent to the build, and so gets into no image."""
    return _template("dockerignore")


def health_command(build: Build, port: int, path: str) -> list[str]:
    """What checks the health with nothing but the language itself."""
    url = f"http://localhost:{port}{path}"
    if build.language == "python":
        return ["python", "-c", f"import urllib.request as r; r.urlopen('{url}', timeout={ASKED})"]
    asked = f"fetch('{url}', {{signal: AbortSignal.timeout({ASKED * 1000})}})"
    return ["node", "-e", f"{asked}.then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]


def _listening(workload: Workload, build: Build) -> str:
    if not isinstance(workload, Service) or workload.port is None:
        return "# It listens on no port; whether it runs is all that can be asked.\nHEALTHCHECK NONE"
    command = _array(health_command(build, workload.port, workload.health.path))
    return f"EXPOSE {workload.port}\n{HEALTHCHECK} \\\n    CMD {command}"


def _array(words: list[str]) -> str:
    return json.dumps(words, ensure_ascii=False)


@cache
def _template(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
