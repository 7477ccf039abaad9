"""Renames that say what is there, and that can be followed."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.renames import ENTRIES, FAMILIES, names_of
from groundplan.blueprint.tree import Node
from groundplan.blueprint.validation.base import Finding
from groundplan.errors import suggestion


def check_renames(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """What is renamed is there under its new name, and its old name means nothing else now."""
    if blueprint.renamed.is_empty:
        return
    now = names_of(tree)
    shared = {name.replace("-", "_"): (family, name) for family in FAMILIES for name in now[family]}
    for family in ENTRIES:
        from_old: dict[str, str] = {}
        for new, old in blueprint.renamed.of(family).items():
            path = ("renamed", family, new)
            if new not in now[family]:
                near = suggestion(new, now[family]) or "; leave it out here"
                yield Finding(path, f'there is no "{new}" in {family} that was renamed{near}', at_key=True)
                continue
            if old in from_old:
                yield Finding(path, f'"{old}" has become {from_old[old]} above; one thing cannot become two')
            from_old.setdefault(old, new)
            taken = shared.get(old.replace("-", "_")) if family in FAMILIES else (family, old)
            if taken and taken[1] in now[taken[0]] and taken != (family, new):
                yield Finding(
                    path,
                    f'"{old}" is a name of {taken[0]} now, while what stands in AWS under it became {new}: neither '
                    f"Terraform nor CloudFormation can tell the two apart; call the new one otherwise",
                )
