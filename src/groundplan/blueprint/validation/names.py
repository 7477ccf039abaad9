"""Names that stand for something else: unique, and leading somewhere."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import FAMILIES, NAMED, WORKLOADS, Finding, workloads
from groundplan.errors import suggestion
from groundplan.units import Duration

_PLACEHOLDERS = ("environment", "name", "owner_id", "project", "title")
_LIMITED = ("buckets", "queues")
"""Families that ``needs:`` may give a part of."""


def check_names(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """No name means two things, because ``needs:`` has to be plain; the naming convention can be filled in."""
    seen: dict[str, tuple[str, str]] = {}
    for family in NAMED:
        for name in getattr(blueprint, family):
            other, same = seen.setdefault(name.replace("-", "_"), (family, name))
            if (other, same) == (family, name):
                continue
            message = f'"{name}" is also one of {other}; it could mean either, so give one another name'
            if same != name:
                message = f'"{name}" and "{same}" of {other} differ only in hyphens; give one another name'
            yield Finding((family, name), message, at_key=True)
    wrong = list(check_placeholders(blueprint.names, ("names",)))
    yield from wrong
    if not wrong and "{name}" not in blueprint.names:
        yield Finding(("names",), "without {name} everything would be called the same")


def check_placeholders(pattern: str, path: Steps) -> Iterator[Finding]:
    """A name with places to fill in."""
    try:
        used = [part[1:] for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        yield Finding(path, "a brace is not closed; write names like {title}-{environment}-{name}")
        return
    for field, layout, conversion in used:
        if field not in _PLACEHOLDERS:
            yield Finding(path, f'"{{{field}}}" stands for nothing{suggestion(str(field), _PLACEHOLDERS)}')
        elif layout or conversion:
            yield Finding(path, f"{field} is filled in as it is; write {{{field}}}")


def check_tags(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Tags that AWS refuses.

    Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    """
    for key, value in blueprint.tags.items():
        if key == "Owner" and blueprint.owner_id:
            yield Finding(("tags", key), "owner_id sets this tag; choose another key", at_key=True)
        if key.lower().startswith("aws:"):
            yield Finding(("tags", key), "keys that start with aws: belong to AWS", at_key=True)
        if not 1 <= len(key) <= 128:
            yield Finding(("tags", key), f"the key has {len(key)} characters; AWS takes 1 to 128", at_key=True)
        if foreign := _foreign(key):
            yield Finding(("tags", key), f"the key has {foreign}", at_key=True)
        yield from _check_tag_value(value, ("tags", key))
    if blueprint.about.specification:
        yield from _check_tag_value(blueprint.about.specification, ("about", "specification"))


def _check_tag_value(value: str, path: Steps) -> Iterator[Finding]:
    if len(value) > 256:
        yield Finding(path, f"the value has {len(value)} characters; AWS takes 256")
    if foreign := _foreign(value):
        yield Finding(path, f"becomes a tag, and has {foreign}")


def _foreign(text: str) -> str:
    """What a tag must not hold."""
    found = dict.fromkeys(
        letter for letter in text if unicodedata.category(letter)[0] not in "LNZ" and letter not in "_.:/=+-@"
    )
    return f"{' '.join(found)} in it; AWS takes letters, digits, spaces and _.:/=+-@" if found else ""


def check_needs(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """What services and jobs need exists, is named once, and is not the service itself, nor in a circle."""
    families = {name: family for family in FAMILIES for name in _names(tree, family)}
    for family, workload, what in workloads(blueprint):
        seen: set[str] = set()
        for index, need in enumerate(what.needs):
            path = (family, workload, "needs", index)
            if need.name == workload:
                yield Finding(path, f"{workload} needs itself; leave that out")
            elif need.name not in families:
                others = sorted(set(families) - {workload})
                yield Finding(path, f'there is no "{need.name}" to need{suggestion(need.name, others)}')
            elif need.name in seen:
                yield Finding(path, f'"{need.name}" is already needed above')
            elif "access" in need.model_fields_set and families[need.name] not in _LIMITED:
                kind = families[need.name].removesuffix("s")
                yield Finding(
                    path,
                    f'"{need.access}" limits the use of a bucket or queue, and {need.name} is a {kind}; '
                    f"write {need.name} alone",
                )
            seen.add(need.name)
    yield from _circles(blueprint)


def _circles(blueprint: Blueprint) -> Iterator[Finding]:
    """Services that wait for each other could never start. Each circle is told once, from where it was entered."""
    done: set[str] = set()
    for start in blueprint.services:
        way: list[str] = []
        pending = [(start, 0)]
        while pending:
            name, at = pending.pop()
            del way[len(pending) :]
            if at == 0 and name in done:
                continue
            way.append(name)
            needs = blueprint.services[name].needs
            if at == len(needs):
                done.add(name)
                continue
            pending.append((name, at + 1))
            target = needs[at].name
            if target in way and target != name:
                circle = [*way[way.index(target) :], target]
                yield Finding(("services", name, "needs", at), f"needs go in a circle: {' → '.join(circle)}")
            elif target in blueprint.services and target != name:
                pending.append((target, 0))


def check_secrets(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """A secret that nobody uses would not be made: most likely its name is misspelt on one of the sides."""
    entries = [entry for family in WORKLOADS for entry in (tree.step(family) or Node({})).fields.values()]
    secrets = [entry.step("secrets") or Node({}) for entry in entries]
    named = (node.value for secret in secrets for node in secret.fields.values())
    used = {str(value) for value in named if isinstance(value, str | int)}  # anything else is told as no name
    for name in blueprint.secrets:
        if name not in used:
            near = suggestion(name, used) if used else ""
            yield Finding(
                ("secrets", name),
                f'no service or job names "{name}" under its secrets{near or "; remove it"}',
                at_key=True,
            )
    yield from _check_recovery(blueprint.secret_recovery)


def _check_recovery(kept: Duration) -> Iterator[Finding]:
    """Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html"""
    if kept.seconds % 86400 or (kept.seconds and not 7 <= kept.days <= 30):
        yield Finding(("secret_recovery",), f"can be 0d, or 7d to 30d, and is {kept}")


_MOST_HOURS = Duration(1000 * 730 * 3600)


def check_usage(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """Usage is said of buckets, image repositories and shared volumes (``<service>-<volume>``) that exist; ``logs`` is
    the bucket for access logs."""
    repositories = [workload.image.repository for _, _, workload in workloads(blueprint)]
    shared = [
        f"{service}-{name}"
        for service, spec in blueprint.services.items()
        for name, volume in spec.volumes.items()
        if volume.shared
    ]
    stores = {*_names(tree, "buckets"), *repositories, *shared, "logs"}
    for name in blueprint.usage.stored:
        if name not in stores:
            message = f'there is no bucket, image repository or shared volume "{name}"{suggestion(name, stores)}'
            yield Finding(("usage", "stored", name), message, at_key=True)
    backed_up = {*_names(tree, "databases"), *_names(tree, "buckets"), *shared}
    for name in blueprint.usage.recovery_points:
        if name not in backed_up:
            message = f'there is no database, bucket or shared volume "{name}"{suggestion(name, backed_up)}'
            yield Finding(("usage", "recovery_points", name), message, at_key=True)
    jobs = _names(tree, "jobs")
    for name, hours in blueprint.usage.job_hours.items():
        path = ("usage", "job_hours", name)
        if name not in jobs:
            yield Finding(path, f'there is no job "{name}"{suggestion(name, jobs)}', at_key=True)
        elif hours > _MOST_HOURS:
            yield Finding(path, f"{hours} is more than 1,000 tasks run in a month of 730 hours")


def _names(tree: Node, family: str) -> list[str]:
    node = tree.step(family)
    return list(node.fields) if node else []
