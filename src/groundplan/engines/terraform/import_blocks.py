"""``import`` blocks: what exists already becomes Terraform's, instead of being made a second time.

Source: https://developer.hashicorp.com/terraform/language/import
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from groundplan.engines.terraform.hcl import Argument, Blank, Block, Comment, Expression, Item, Value
from groundplan.engines.terraform.import_ids import formats
from groundplan.errors import InputError, Problem, suggestion
from groundplan.record import Record, dataclass

FILE = "imports.tf"
_ADDRESS = re.compile(r'(?P<base>[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*)(?P<key>\[(?:\d+|"(?:[^"\\]|\\.)*")\])?')


@dataclass(frozen=True)
class Importable(Record):
    """A resource block that an existing resource can be put under."""

    address: str
    """``aws_vpc.main``, without modules."""
    region: str | None
    """Where it is, if not in the provider's region."""
    several: Literal["count", "for_each"] | None
    arguments: Mapping[str, Value]

    @property
    def type(self) -> str:
        """``aws_vpc``"""
        return self.address.partition(".")[0]


@dataclass(frozen=True)
class Import(Record):
    """One import."""

    to: str
    """``aws_vpc.main``, with its key where there are several; without modules."""
    id: str


def importable(block: Block) -> Importable:
    """What a ``resource`` block says about itself."""
    arguments = {item.name: item.value for item in block.body if isinstance(item, Argument)}
    region = arguments.get("region")
    several: Literal["count", "for_each"] | None = (
        "count" if "count" in arguments else "for_each" if "for_each" in arguments else None
    )
    return Importable(".".join(block.labels), region if isinstance(region, str) else None, several, arguments)


def imports(known: Mapping[str, Importable], ids: Mapping[str, str], names: Mapping[str, str]) -> tuple[Import, ...]:
    """The imports of resources by the ids that the provider's documentation names, in the order of ``known``.

    ``known``: by Terraform address. ``ids``: by Terraform address (``aws_vpc.main``) or by what Groundplan calls a
    resource (``vpc.main``), which ``names`` leads from to the Terraform address. A resource of another region gets
    that region behind its id. Raises InputError for an address that is not there, an id that is empty or taken twice,
    and for a type that the provider cannot import.
    """
    problems: list[str] = []
    found: dict[str, Import] = {}
    for written, id_ in ids.items():
        target, problem = _target(written, known, names)
        if target is None or problem:
            problems.append(problem)
            continue
        to, resource = target
        if not id_.strip():
            problems.append(f"{written}: the id is empty; leave the import out, or write what AWS calls it")
        elif to in found and found[to].id != _in_region(resource, id_.strip()):
            problems.append(f"{to} is imported twice, as {found[to].id} and as {id_.strip()}")
        else:
            found[to] = Import(to, _in_region(resource, id_.strip()))
    problems += _taken_twice(found.values())
    if problems:
        raise InputError(Problem(f"import: {problem}") for problem in problems)
    order = {address: number for number, address in enumerate(known)}
    return tuple(sorted(found.values(), key=lambda item: (order[item.to.partition("[")[0]], item.to)))


def _target(
    written: str, known: Mapping[str, Importable], names: Mapping[str, str]
) -> tuple[tuple[str, Importable] | None, str]:
    """The address and its resource, or what is wrong with it."""
    if written in names:
        written = names[written]
    match = _ADDRESS.fullmatch(written)
    resource = known.get(match["base"]) if match else None
    if match is None or resource is None:
        near = suggestion(written, known)
        near = near if "did you mean" in near else "; terraform/*.tf has the addresses, like aws_vpc.main"
        return None, f"there is no {written}{near}"
    row = formats().get(resource.type)
    if row is not None and row.never:
        return None, f"{written}: {row.reason}"
    key = match["key"]
    if resource.several == "for_each" and (key is None or not key.startswith('["')):
        return None, f'{written} is one for each of several: name one, like {resource.address}["..."]'
    if resource.several is None and key is not None:
        return None, f"{resource.address} is one alone; leave {key} out"
    if resource.several == "count":
        if key not in (None, "[0]"):
            return None, f"{resource.address} is there once at most; write {resource.address}[0]"
        key = "[0]"
    return (f"{resource.address}{key or ''}", resource), ""


def _in_region(resource: Importable, id_: str) -> str:
    """``vpc-0a1b2c3d@us-east-1``: the provider would look in its own region else.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
    """
    if resource.region is None or id_.endswith(f"@{resource.region}"):
        return id_
    return f"{id_}@{resource.region}"


def _taken_twice(found: Iterable[Import]) -> Iterator[str]:
    owners: dict[tuple[str, str], str] = {}
    for item in found:
        other = owners.setdefault((item.to.partition(".")[0], item.id), item.to)
        if other != item.to:
            yield f"{other} and {item.to} cannot both be {item.id}"


def blocks(found: Iterable[Import]) -> tuple[Item, ...]:
    """``imports.tf``"""
    items: list[Item] = []
    for item in found:
        items += [Blank(), Block("import", (), (Argument("to", Expression(item.to)), Argument("id", item.id)))]
    if not items:
        return ()
    return (Comment("What exists already. Once it is in the state, these blocks say nothing more."), *items)
