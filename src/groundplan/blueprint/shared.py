"""``shared:``: what stands once in an account, beside the environments that use it.

It becomes an environment of its own, called ``shared``, with its own state and stacks. It has no network and runs
nothing: the zone of the domains, the audit, the watch over the account, and who hears of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.shape import fields
from groundplan.blueprint.tree import Node, format_path
from groundplan.errors import Position, Problem
from groundplan.record import Record, dataclass

SHARED = "shared"
FROM_BASE = (
    "project", "title", "region", "engine", "names", "tags", "permissions_boundary", "about", "owner_id", "keys",
    "state", "renamed",
)  # fmt: skip
"""What the rest of the file says for ``shared:`` as well."""
KEYS = (
    "dns", "audit", "security", "account", "alarms", "objectives", "accept", "tags", "keys", "state", "short_name",
    "profile", "names", "usage", "region", "pipelines", "permissions_boundary",
)  # fmt: skip
"""What ``shared:`` may say itself."""
ONCE = ("audit", "security", "account")
"""What an account has one of: where ``shared:`` says it, no environment may."""


@dataclass(frozen=True)
class SharedZone(Record):
    """The DNS zone of ``shared:``, as environments of the same file find it."""

    zone: str
    """Its domain."""
    parameter: str
    """Name of the Systems Manager parameter that has its id, in every region where an environment needs it."""


def base_of(base: Node) -> Node:
    """What of the file's base counts for ``shared:``."""
    fields = {key: node for key, node in base.fields.items() if key in FROM_BASE}
    if "renamed" in fields and fields["renamed"].fields:
        # Of what was renamed it is only what stands in the names of the whole application.
        whole = {key: node for key, node in fields["renamed"].fields.items() if key in ("project", "title")}
        fields["renamed"] = replace(fields["renamed"], value=whole)
    return replace(base, value=fields)


def strangers(written: Node, *, option: bool = False) -> Iterator[Problem]:
    """What ``shared:`` says and cannot have, each at its key. A key that no blueprint knows is told with all others."""
    allowed = {*KEYS, *FROM_BASE} if option else KEYS
    for key, node in written.fields.items():
        if key not in fields(Blueprint) or key in allowed:
            continue
        if key in FROM_BASE:
            message = f'"{key}" is of the whole file, and stands at its top'
        else:
            message = f'"{key}" belongs into an environment; shared: takes {", ".join(KEYS)}'
        yield Problem(message, node.key or node.position, format_path((key,)))


def without_strangers(written: Node, *, option: bool = False) -> Node:
    """The same without what cannot stand there, so that no consequence of it is told."""
    wrong = {problem.path for problem in strangers(written, option=option)}
    return replace(
        written, value={key: node for key, node in written.fields.items() if format_path((key,)) not in wrong}
    )


def said_twice(tree: Node, shared: Node) -> Iterator[Problem]:
    """What an environment says although ``shared:`` has it for the whole account."""
    for key in ONCE:
        if _is_there(tree, key) and _is_there(shared, key):
            yield Problem(
                f"{key} stands once in the account, and shared: has it; leave it out here, and in the base",
                _place(tree, key),
                key,
            )


def unrecorded(name: str, trees: Mapping[str, Node]) -> Iterator[Problem]:
    """Security Hub without AWS Config, which records what its standards are checked by.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-setup-prereqs.html
    """
    tree = trees[name]
    standards = tree.find(("security", "standards"))
    if not _is_there(tree, "security") or (standards is not None and standards.value in (None, [])):
        return
    if not any(_records(other) for other in trees.values()):
        yield Problem(
            "the standards of Security Hub are checked by AWS Config, which is nowhere on: write audit: {} beside "
            "security:, or standards: null",
            (standards.place if standards else None) or _place(tree, "security"),
            "security.standards",
        )
        return
    regions = tree.find(("security", "regions"))
    if regions is not None and isinstance(regions.value, list) and regions.value and not _records(tree):
        yield Problem(
            "Security Hub needs AWS Config in each of these regions as well; write audit: beside security:, which then "
            "records there, too",
            regions.place,
            "security.regions",
        )


def zone_of_shared(shared: Node, settings: Node) -> SharedZone | None:
    """The zone that ``shared:`` says, as far as its tree can tell; ``settings`` go over it as over everything."""
    zone = _text(shared, settings, "dns", "zone")
    project = _text(shared, settings, "renamed", "project") or _text(shared, settings, "project")
    if zone is None or project is None:
        return None
    stage, owner = _text(shared, settings, "short_name") or SHARED, _text(shared, settings, "owner_id")
    return SharedZone(zone, zone_parameter(project, f"{stage}-{owner}" if owner else stage))


def zone_parameter(project: str, stage: str) -> str:
    """Name of the parameter that has the id of the zone. ``stage``: what ``shared:`` is called, and its owner."""
    return f"/{project}/{stage}/hosted-zone"


def _text(shared: Node, settings: Node, *path: str) -> str | None:
    node = settings.find(path) or shared.find(path)
    return str(node.value) if node is not None and isinstance(node.value, str | int) else None


def _is_there(tree: Node, key: str) -> bool:
    node = tree.step(key)
    return node is not None and node.value is not None


def _records(tree: Node) -> bool:
    config = tree.find(("audit", "config"))
    return _is_there(tree, "audit") and (config is None or config.value is not False)


def _place(tree: Node, key: str) -> Position | None:
    node = tree.step(key)
    return (node.key or node.position) if node is not None else tree.place
