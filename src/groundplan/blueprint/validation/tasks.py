"""What runs in a task: log routes, references in variables, images that are shared, extensions of databases."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.references import NAMES, Reference, parts
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding, workloads
from groundplan.blueprint.validation.names import check_placeholders
from groundplan.blueprint.workloads import Image, Workload
from groundplan.errors import suggestion

_ONLY_PYTHON = r"\(\?P[<=>]|\(\?\("
"""Named groups and conditions as Python writes them; Onigmo has ``(?<name>...)``."""
_FLAGS = r"\(\?(?=[a-zA-Z-]*[a-hj-zA-Z])[a-zA-Z-]+[:)]"
"""Flags other than ``i``: ``m`` and ``s`` mean different things, and ``x`` would drop spaces."""


def check_tasks(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Each service and job for itself, then what several of them share."""
    for family, name, workload in workloads(blueprint):
        at: Steps = (family, name)
        yield from _check_routes(workload, (*at, "logs", "routes"))
        for variable, value in workload.environment.items():
            yield from _check_references(blueprint, value, (*at, "environment", variable))
    yield from _check_images(blueprint)
    yield from _check_log_groups(blueprint)
    yield from _check_extensions(blueprint)


def _check_routes(workload: Workload, at: Steps) -> Iterator[Finding]:
    """Regular expressions that Python and Onigmo, which Fluent Bit uses, both read.

    Sources: https://docs.fluentbit.io/manual/pipeline/filters/rewrite-tag and
    https://github.com/k-takata/Onigmo/blob/master/doc/RE
    """
    for route, pattern in workload.logs.routes.items():
        path = (*at, route)
        if not pattern or not pattern.isprintable():
            yield Finding(path, "the regular expression has to be one line of printable characters")
        elif re.search(_ONLY_PYTHON, pattern):
            yield Finding(path, "named groups are written (?<name>...), and conditions (?(...)...) are not known")
        elif re.search(_FLAGS, pattern):
            yield Finding(path, "of the flags in (?...) only i is read alike everywhere")
        elif "${" in pattern:
            yield Finding(path, "${ would be taken for a variable of Fluent Bit; write $ as [$]")
        else:
            yield from _check_pattern(pattern, path)


def _check_pattern(pattern: str, path: Steps) -> Iterator[Finding]:
    try:
        with warnings.catch_warnings():
            # Nested sets like [[a] are read another way by Onigmo: Python warns of them.
            warnings.simplefilter("error", FutureWarning)
            compiled = re.compile(re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", pattern))
    except re.error as error:
        where = f" at character {error.pos + 1}" if error.pos is not None else ""
        yield Finding(path, f"is not a regular expression: {error.msg}{where}")
        return
    except FutureWarning as warning:
        text = str(warning).partition(" at position")[0].lower()
        yield Finding(path, f"is not read alike everywhere ({text}); escape the character with \\")
        return
    found = compiled.search("\0")
    if found and not found[0]:
        yield Finding(path, "finds the empty text, which every line has; say more of what a line has to hold")


def _check_references(blueprint: Blueprint, value: str, path: Steps) -> Iterator[Finding]:
    for part in parts(value):
        if not isinstance(part, Reference):
            continue
        if not part.closed:
            yield Finding(path, f"the brace of ${{{part} is not closed; a $ itself is written $$")
        elif part.name not in NAMES or (part.of is None) == (part.name == "cdn"):
            known = [name if name != "cdn" else "cdn.<bucket>" for name in NAMES]
            yield Finding(path, f'"${{{part}}}" stands for nothing{suggestion(str(part), known)}; a $ itself is $$')
        elif part.of is not None and part.of not in blueprint.buckets:
            yield Finding(path, f'there is no bucket "{part.of}"{suggestion(part.of, blueprint.buckets)}')
        elif part.of is not None and blueprint.buckets[part.of].cdn is None:
            yield Finding(path, f"the bucket {part.of} has no CDN; write cdn: {{}} below buckets.{part.of}")
        elif part.name == "load_balancer" and not any(
            item.public and item.port for item in blueprint.services.values()
        ):
            yield Finding(path, "there is no load balancer: no service is public")


def _check_images(blueprint: Blueprint) -> Iterator[Finding]:
    """Workloads that run images of one repository say the same of it, or one of them says it for all."""
    said: dict[tuple[str, str], tuple[str, object]] = {}
    for family, name, workload in workloads(blueprint):
        for key in ("keep", "scan"):
            if key not in workload.image.model_fields_set:
                continue
            value = getattr(workload.image, key)
            other, same = said.setdefault((workload.image.repository, key), (name, value))
            if same != value:
                yield Finding(
                    (family, name, "image", key),
                    f"{other} says another {key} of the repository {workload.image.repository}; write it once",
                )


def repository_settings(blueprint: Blueprint, repository: str) -> Image:
    """What the workloads of a repository say of it together."""
    found = Image(repository=repository)
    for _, _, workload in workloads(blueprint):
        if workload.image.repository == repository:
            written = workload.image.model_fields_set & {"keep", "scan"}
            found = found.model_copy(update={key: getattr(workload.image, key) for key in written})
    return found


def _check_log_groups(blueprint: Blueprint) -> Iterator[Finding]:
    """No two workloads write to one log group, whose name they chose; a route's group is below its workload's."""
    owners: dict[str, str] = {}
    for family, name, workload in workloads(blueprint):
        if workload.logs.group is None:
            continue
        yield from check_placeholders(workload.logs.group, (family, name, "logs", "group"))
        group = workload.logs.group.replace("{name}", name)
        for full in (group, *(f"{group}/{route}" for route in workload.logs.routes)):
            owner = owners.setdefault(full, name)
            if owner != name:
                yield Finding((family, name, "logs", "group"), f"{owner} already has the log group {full}")


def _check_extensions(blueprint: Blueprint) -> Iterator[Finding]:
    """Somebody has to create them: a task that needs the database. Each is named once."""
    needed = {need.name for _, _, workload in workloads(blueprint) for need in workload.needs}
    for name, database in blueprint.databases.items():
        at: Steps = ("databases", name, "extensions")
        if database.extensions and name not in needed:
            yield Finding(at, f"nothing creates them: no service or job needs {name}", at_key=True)
        for index, extension in enumerate(database.extensions):
            if extension in database.extensions[:index]:
                yield Finding((*at, index), f'"{extension}" already stands above')
