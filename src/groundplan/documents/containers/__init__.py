"""Container files: Dockerfile and ``.dockerignore`` of what is built, and a Compose file for a developer's machine."""

from __future__ import annotations

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.blueprint.validation.base import workloads
from groundplan.documents.containers.compose import compose
from groundplan.documents.containers.dockerfile import dockerfile, dockerignore
from groundplan.documents.files import commented
from groundplan.errors import InputError

COMMAND = "containers"


def container_files(loaded: LoadedEnvironment) -> dict[str, str]:
    """Every file by its path in the repository. Raises InputError where nothing says how it is built."""
    source = loaded.source_file.name
    files: dict[str, str] = {}
    for _, _, workload in workloads(loaded.blueprint):
        build = workload.build
        if build is None:
            continue
        below = "" if build.folder == "." else f"{build.folder}/"
        files[f"{below}Dockerfile"] = commented(dockerfile(workload, build), source, COMMAND)
        files[f"{below}.dockerignore"] = commented(dockerignore(), source, COMMAND)
    if not files:
        raise InputError(
            [
                loaded.problem(
                    "services",
                    "nothing says how it is built; write services.<name>.build, like "
                    "{language: python, version: 3.11.7, start: [uvicorn, app.main:app]}",
                )
            ]
        )
    files["compose.yaml"] = commented(compose(loaded.blueprint, loaded.name), source, COMMAND)
    return files
