"""``renamed:``, what is called otherwise in the blueprint than in AWS: the model, and the blueprint in AWS's names.

AWS cannot change the name of a database, a bucket or a service in place: a new name means a new resource, and the data
of the old one is lost. So what is renamed in a blueprint keeps everything that it has in AWS.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from pydantic import Field

from groundplan.blueprint.base import Name, Part, ProjectName
from groundplan.blueprint.tree import Node

FAMILIES = ("services", "jobs", "capacity", "databases", "caches", "buckets", "queues")
"""Families of the blueprint that share one space of names."""
ENTRIES = (*FAMILIES, "secrets", "repositories", "nodes")
"""What ``renamed:`` has by its name now."""
WHOLE = ("project", "title", "environment", "short_name")
"""What stands in all names."""
_CDN = r"\$\$|\$\{cdn\.([^}]*)\}"


class Renamed(Part):
    """What has another name in AWS than in the blueprint, because it was renamed: the new name and, behind it, the one
    that it had when it was created. All of it stays as it is in AWS, names, tags and data; Terraform is told by
    ``moved`` blocks, and CloudFormation keeps the logical ids."""

    project: ProjectName | None = None
    """The ``project`` of before."""
    title: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=24)
    """The ``title`` of before."""
    environment: Name | None = None
    """What the environment was called; said by the environment itself."""
    short_name: Name | None = Field(default=None, max_length=20)
    """The ``short_name`` of before."""
    services: dict[Name, Name] = Field(default={})
    """Services: ``{web: api}`` for what is ``web`` now and was ``api``."""
    jobs: dict[Name, Name] = Field(default={})
    """Jobs."""
    capacity: dict[Name, Name] = Field(default={})
    """Capacity on EC2."""
    databases: dict[Name, Name] = Field(default={})
    """Databases."""
    caches: dict[Name, Name] = Field(default={})
    """Caches."""
    buckets: dict[Name, Name] = Field(default={})
    """Buckets."""
    queues: dict[Name, Name] = Field(default={})
    """Queues."""
    secrets: dict[Name, Name] = Field(default={})
    """Secrets that workloads name under ``secrets``."""
    repositories: dict[Name, Name] = Field(default={})
    """Image repositories, by ``image.repository``."""
    nodes: dict[Name, Name] = Field(default={})
    """Node groups of ``kubernetes.nodes``."""

    @property
    def is_empty(self) -> bool:
        """Whether everything is called as it is in AWS."""
        return not any(getattr(self, name) for name in (*WHOLE, *ENTRIES))

    def of(self, family: str) -> Mapping[str, str]:
        """New names to old ones of a family of :data:`ENTRIES`."""
        found: Mapping[str, str] = getattr(self, family)
        return found


def names_of(tree: Node) -> dict[str, tuple[str, ...]]:
    """The names that an environment's tree has now, by what :data:`ENTRIES` calls them."""
    workloads = list(_workloads(tree))
    found = {family: tuple((tree.step(family) or Node({})).fields) for family in FAMILIES}
    secrets = [str(item.value) for one in workloads for item in (one.step("secrets") or Node({})).fields.values()]
    repositories = [str(item.value) for one in workloads if (item := one.find(("image", "repository"))) is not None]
    found["secrets"] = tuple(dict.fromkeys((*(tree.step("secrets") or Node({})).fields, *secrets)))
    found["repositories"] = tuple(dict.fromkeys(repositories))
    found["nodes"] = tuple((tree.find(("kubernetes", "nodes")) or Node({})).fields)
    return found


def _workloads(tree: Node) -> Iterator[Node]:
    for family in ("services", "jobs"):
        yield from (tree.step(family) or Node({})).fields.values()


def in_aws(tree: Node, renamed: Renamed) -> Node:
    """The same tree in the names that AWS has, in the same order and without ``renamed:``."""
    fields = {key: node for key, node in tree.fields.items() if key != "renamed"}
    for key in ("project", "title", "short_name"):
        if (old := getattr(renamed, key)) is not None:
            fields[key] = replace(fields.get(key, Node(None)), value=old)
    return Names({family: renamed.of(family) for family in ENTRIES}).tree(replace(tree, value=fields))


class Names:
    """Turns names into old ones, wherever a blueprint has them."""

    def __init__(self, renamed: Mapping[str, Mapping[str, str]]) -> None:
        """``renamed``: new names to old ones, by what :data:`ENTRIES` has."""
        self._of = renamed
        # What needs: and secondary: name is of any family: they share one space of names.
        self._any = {new: old for family in FAMILIES for new, old in self._of[family].items()}

    def tree(self, tree: Node) -> Node:
        """The whole of an environment, or an overlay of it."""
        for family in FAMILIES:
            tree = _at(tree, (family,), partial(_keys, names=self._of[family]))
        for family in ("services", "jobs"):
            tree = _at(tree, (family,), lambda node: _each(node, self.workload))
        tree = _at(tree, ("secrets",), lambda node: _keys(node, self._of["secrets"]))
        tree = _at(tree, ("kubernetes", "nodes"), lambda node: _keys(node, self._of["nodes"]))
        tree = _at(tree, ("usage", "stored"), self._stored)
        tree = _at(tree, ("usage", "messages"), lambda node: _keys(node, self._of["queues"]))
        tree = _at(tree, ("usage", "recovery_points"), self._backed_up)
        tree = _at(tree, ("usage", "job_hours"), lambda node: _keys(node, self._of["jobs"]))
        for key in ("copies", "dumps", "without"):
            tree = _at(tree, ("secondary", "google", key), lambda node: _values(node, self._any))
        return _at(tree, ("standby", "overlay"), self.tree)

    def workload(self, workload: Node) -> Node:
        """A service or job."""
        workload = _at(workload, ("needs",), lambda node: _each(node, self._need))
        workload = _at(workload, ("capacity",), lambda node: _values(_keys(node, self._any), self._any))
        workload = _at(workload, ("secrets",), lambda node: _values(node, self._of["secrets"]))
        workload = _at(workload, ("image", "repository"), lambda node: _values(node, self._of["repositories"]))
        workload = _at(workload, ("nodes",), lambda node: _values(node, self._of["nodes"]))
        return _at(workload, ("environment",), lambda node: _each(node, self._variable))

    def _need(self, need: Node) -> Node:
        """``main``, ``{backups: read}`` or ``{name: backups, access: read}``."""
        if "name" in need.fields:
            return _at(need, ("name",), lambda node: _values(node, self._any))
        return _keys(_values(need, self._any) if not need.fields else need, self._any)

    def _stored(self, node: Node) -> Node:
        """Buckets, repositories, and shared volumes by ``<service>-<volume>``."""
        names = {**self._of["buckets"], **self._of["repositories"]}
        for key in node.fields:
            owner = max((new for new in self._of["services"] if key.startswith(f"{new}-")), key=len, default=None)
            if key not in names and owner is not None:
                names[key] = self._of["services"][owner] + key.removeprefix(owner)
        return _keys(node, names)

    def _backed_up(self, node: Node) -> Node:
        """Databases, and what is stored."""
        return self._stored(_keys(node, self._of["databases"]))

    def _variable(self, node: Node) -> Node:
        if not isinstance(node.value, str):
            return node
        buckets = self._of["buckets"]

        def old(found: re.Match[str]) -> str:
            return f"${{cdn.{buckets[found[1]]}}}" if found[1] in buckets else found[0]

        return replace(node, value=re.sub(_CDN, old, node.value))


def _at(tree: Node, path: tuple[str, ...], change: Callable[[Node], Node]) -> Node:
    """The tree with one place changed; as it is where that is not written."""
    if not path:
        return change(tree)
    child = tree.fields.get(path[0])
    return tree if child is None else replace(tree, value={**tree.fields, path[0]: _at(child, path[1:], change)})


def _each(node: Node, change: Callable[[Node], Node]) -> Node:
    if isinstance(node.value, list):
        return replace(node, value=[change(item) for item in node.value])
    return replace(node, value={key: change(item) for key, item in node.fields.items()}) if node.fields else node


def _keys(node: Node, names: Mapping[str, str]) -> Node:
    """Other keys in the same order: what is made of a blueprint stands in the order of the blueprint."""
    if not node.fields:
        return node
    return replace(node, value={names.get(key, key): item for key, item in node.fields.items()})


def _values(node: Node, names: Mapping[str, str]) -> Node:
    """Other texts: of a text itself, of the items of a list and of what a mapping's keys hold."""
    if isinstance(node.value, str):
        return replace(node, value=names.get(node.value, node.value))
    if isinstance(node.value, list):
        return replace(node, value=[_values(item, names) for item in node.value])
    if isinstance(node.value, dict):
        return replace(
            node,
            value={key: item if item.fields else _values(item, names) for key, item in node.value.items()},
        )
    return node
