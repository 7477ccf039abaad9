"""Domains over all environments of a file: the internet has one of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundplan.blueprint.tree import Node, Steps, format_path
from groundplan.errors import Problem

ZONE: Steps = ("dns", "zone")


def shared_hosts(environment: str, trees: Mapping[str, Node], beside: str | None = None) -> Iterator[Problem]:
    """What an environment claims that another one claims too, at its place here. ``trees``: each environment as
    written, read or not: whatever else is wrong with one, its domains are seen. ``beside``: the one that keeps the zone
    for the others, whose domains may be the zone's own."""
    owners: dict[str, list[str]] = {}
    zones: dict[str, list[str]] = {}
    for name, tree in trees.items():
        claims = list(_claims(tree))
        for domain in dict.fromkeys(domain for domain, path in claims if path == ZONE):
            zones.setdefault(domain, []).append(name)
        for domain in dict.fromkeys(domain for domain, _ in claims if name != beside):
            owners.setdefault(domain, []).append(name)
    for domain, path in _claims(trees[environment]):
        others = list(dict.fromkeys((*owners.get(domain, ()), *zones[domain]))) if path == ZONE else owners[domain]
        if environment == beside:
            others = zones[domain]
        if len(others) > 1:
            yield Problem(
                f"{domain} leads to one environment, and {', '.join(others)} claim it; write another one under "
                f"environments: for each",
                trees[environment].nearest(path),
                format_path(path),
            )


def _claims(tree: Node) -> Iterator[tuple[str, Steps]]:
    for name, service in _entries(tree, "services"):
        path: Steps = ("services", name, "public", "domain")
        yield from _text(service.find(("public", "domain")), path)
    for name, bucket in _entries(tree, "buckets"):
        domains = bucket.find(("cdn", "domains"))
        for index, domain in enumerate(domains.value if domains and isinstance(domains.value, list) else ()):
            yield from _text(domain, ("buckets", name, "cdn", "domains", index))
    yield from _text(tree.find(ZONE), ZONE)


def _entries(tree: Node, family: str) -> Iterator[tuple[str, Node]]:
    found = tree.step(family)
    yield from found.fields.items() if found else ()


def _text(node: Node | None, path: Steps) -> Iterator[tuple[str, Steps]]:
    if node is not None and isinstance(node.value, str):
        yield node.value, path
