"""Log routes: a Fluent Bit sidecar (AWS FireLens) sorts what a container prints into several log groups.

No image is built for it: the routes stand in an environment variable, and the sidecar's command writes them to the file
that the configuration of FireLens includes.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from groundplan.blueprint.workloads import Workload
from groundplan.catalog import images
from groundplan.design.draft import Draft, identifier
from groundplan.design.logs import add_log_group
from groundplan.resources.containers import Container, FirelensConfiguration
from groundplan.resources.monitoring import LogGroup
from groundplan.resources.policies import Statement
from groundplan.resources.values import Pseudo, Ref, Textual, text

NAME = "log-router"
PORTS = (8877, 24224)
"""What FireLens has it listen on, in the network of the task.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html"""
FILE = "/fluent-bit/etc/routes.conf"
SCRIPT = f"printf '%s\\n' \"$ROUTES\" > {FILE} && exec /entrypoint.sh"
"""``/entrypoint.sh`` is what the image itself runs.
Source: https://github.com/aws/aws-for-fluent-bit/blob/mainline/scripts/dockerfiles/runtime/Dockerfile"""

_ESCAPED = {" ": r"\x20", '"': r"\x22", "'": r"\x27", "`": r"\x60"}
"""A rule of Fluent Bit is split at spaces, and quotes around a part of it are taken away."""


def group_name(draft: Draft, name: str, workload: Workload) -> str:
    """The log group of a workload: as it says, or by the convention."""
    return draft.written(workload.logs.group, name) if workload.logs.group else f"/{draft.title}/{draft.stage}/{name}"


def add_groups(
    draft: Draft, name: str, workload: Workload, place: str
) -> tuple[Ref[LogGroup], Mapping[str, Ref[LogGroup]]]:
    """The log group of a workload, and those of its routes below it."""
    whole, days, ident = group_name(draft, name, workload), workload.logs.retention.days, identifier(name)
    group = add_log_group(draft, ident, name, days, "services", f"{place}.logs", full_name=whole)
    routes = {
        route: add_log_group(
            draft, f"{ident}_{identifier(route)}", name, days, "services", f"{place}.logs.routes.{route}",
            full_name=f"{whole}/{route}",
        )
        for route in workload.logs.routes
    }  # fmt: skip
    return group, routes


def statements(groups: tuple[Ref[LogGroup], ...]) -> list[Statement]:
    """What the log router may do: it writes with the role of the task.

    Source: https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch#permissions
    """
    resources = tuple(text(group.arn, ":*") for group in groups)
    return [Statement(sid="RouteLogs", actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=resources)]


def router(name: str, workload: Workload, group: Ref[LogGroup], routes: Mapping[str, Ref[LogGroup]]) -> Container:
    """The sidecar. The task stops when it does, because what is printed afterwards would be lost."""
    image = images.image("fluent_bit")
    return Container(
        name=NAME,
        image=str(image),
        essential=True,
        entry_point=("/bin/sh", "-c"),
        command=(SCRIPT,),
        memory_reservation=image.memory_mib,
        environment={"ROUTES": text(*_configuration(name, workload, group, routes))},
        log_group=group,
        log_stream_prefix=NAME,
        firelens=FirelensConfiguration(options={"config-file-type": "file", "config-file-value": FILE}),
    )


def _configuration(
    name: str, workload: Workload, group: Ref[LogGroup], routes: Mapping[str, Ref[LogGroup]]
) -> Iterator[Textual]:
    """Lines are tagged ``<container>-firelens-<task>``; one that a rule matches comes again as ``route.<route>.<tag>``.

    Sources: https://docs.fluentbit.io/manual/pipeline/filters/rewrite-tag and
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
    """
    yield f"[FILTER]\n    Name rewrite_tag\n    Match {name}-firelens-*\n"
    for route, pattern in workload.logs.routes.items():
        yield f"    Rule $log {fluent_bit_pattern(pattern)} route.{route}.$TAG false\n"
    yield "    Emitter_Name routes\n"
    yield from _output(f"{name}-firelens-*", name, group)
    for route, target in routes.items():
        yield from _output(f"route.{route}.*", name, target)


def _output(match: str, name: str, group: Ref[LogGroup]) -> Iterator[Textual]:
    """Only the line itself is sent, without what FireLens adds to it."""
    yield f"[OUTPUT]\n    Name cloudwatch_logs\n    Match {match}\n    region "
    yield Pseudo.REGION
    yield "\n    log_group_name "
    yield group.attribute("id")
    yield f"\n    log_stream_prefix {name}/\n    log_key log\n    auto_create_group false\n    Retry_Limit 5\n"


def fluent_bit_pattern(pattern: str) -> str:
    """A regular expression as a rule of Fluent Bit takes it: the same, without a space or a quote in it."""
    return re.sub(
        r"""\\(.)|([ "'`])""",
        lambda found: _ESCAPED.get(found[1], found[0]) if found[1] else _ESCAPED[found[2]],
        pattern,
    )
