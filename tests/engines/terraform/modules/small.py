"""Small trees of two environments, and blocks of Terraform to compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from groundplan.blueprint.loading import source_of
from groundplan.blueprint.yaml import read_yaml
from groundplan.design import design
from groundplan.engines.terraform import Options, hcl
from groundplan.engines.terraform.hcl import Argument, Block, Item, Value
from groundplan.engines.terraform.modules import Environment, Tree, render_tree
from groundplan.engines.terraform.modules.bodies import body_of
from groundplan.engines.terraform.modules.features import Features
from groundplan.engines.terraform.modules.links import Addresses, Group, Link
from groundplan.engines.terraform.modules.reading import Reading
from groundplan.engines.terraform.modules.slots import Slot
from groundplan.engines.terraform.modules.unify import Description
from groundplan.engines.terraform.modules.variables import Interface

GROUP = Group("resource", "aws_thing", "main")
NAMES = {"var.name_prefix": {"dev": "shop-dev", "prod": "shop-prod"}, "var.environment": {"dev": "dev", "prod": "prod"}}

Body: TypeAlias = Sequence[Item] | Mapping[str, Value]

SHOP = """
project: shop
region: eu-west-1
network: {zones: [a, b]}
services:
  api:
    image: {repository: api, tag: '1'}
    port: 8080
    public: {tls: false}
    needs: [main, {media: read}]
databases: {main: {engine: postgres 16, class: db.t4g.micro, storage: 20 GB}}
buckets: {media: {}}
alarms: {}
environments:
  dev: {}
  prod:
    databases: {main: {class: db.m7g.large}}
"""


@cache
def environments(blueprint: str = SHOP) -> Mapping[str, Environment]:
    """The environments of a blueprint."""
    path = Path("groundplan.yaml")
    loaded = source_of(read_yaml(blueprint, path), path, blueprint).all()
    return {one.name: Environment(design(one), Options(backend="local")) for one in loaded}


@cache
def tree(blueprint: str = SHOP) -> Tree:
    """A blueprint as a tree."""
    return render_tree(environments(blueprint), {})


class Described:
    """What is said of a resource at several sites, said once."""

    def __init__(
        self,
        bodies: Mapping[str | tuple[str, str], Body],
        *,
        by_name: bool = False,
        addresses: Addresses | None = None,
        refer: Callable[[Link, str], str] | None = None,
    ) -> None:
        slots = {Slot(*key) if isinstance(key, tuple) else Slot(key, None): body for key, body in bodies.items()}
        sites = tuple(dict.fromkeys(slot.environment for slot in slots))
        self.interface = Interface(sites, Features(sites))
        self.description = Description(
            group=GROUP,
            label=GROUP.name,
            slots=tuple(slots),
            readings=dict.fromkeys(sites, Reading(addresses or {})),
            interface=self.interface,
            refer=refer or _code,
            names={code: {site: words[site] for site in sites} for code, words in NAMES.items()},
            keyed=any(slot.key for slot in slots),
            by_name=by_name,
        )
        items = {slot: hcl.arguments(body) if isinstance(body, Mapping) else body for slot, body in slots.items()}
        self.text = hcl.render(body_of(self.description, items))

    @property
    def values(self) -> dict[str, dict[str, object]]:
        """What each site sets its variables to."""
        return {name: dict(one.values) for name, one in self.interface.variables.items()}


def _code(link: Link, key: str) -> str:
    return f"{link.group.address}{f'[{key}]' if key else ''}{link.attribute}"


def block(kind: str, **values: Value) -> Block:
    """A nested block."""
    return Block(kind, (), tuple(Argument(name, value) for name, value in values.items()))
