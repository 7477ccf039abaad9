"""The language of the tables: how a kind of resource becomes Terraform.

A row says what cannot be derived. Derived is: every field becomes the argument of the same name; a reference becomes
what its target's row says that others write, so that ``vpc`` is ``vpc_id = aws_vpc.main.id`` and ``subnets`` is
``subnet_ids = [...]``; what is None or empty is left out; tags that are not on everything are written out.

``prevent_destroy`` stands where deletion protection is on, or the blueprint keeps what is inside: AWS refuses only when
half of an apply is done, Terraform when it plans. ``groundplan destroy`` takes both off, after it has asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, fields
from functools import cached_property
from typing import Generic, TypeVar

from groundplan.engines.terraform.context import Context, Joined, Piece
from groundplan.engines.terraform.hcl import Argument, Blank, Block, Comment, Expression, Item
from groundplan.record import Record, dataclass
from groundplan.resources import Resource
from groundplan.resources.values import Ref

R = TypeVar("R", bound=Resource)

_BASE_FIELDS = frozenset(item.name for item in fields(Resource))


@dataclass(frozen=True)
class Beside(Record):
    """An attribute of a resource that stands beside the resource's own, under the same label."""

    type: str
    name: str


Arguments = Callable[[R, Context], Mapping[str, object]]
"""Arguments made from several fields, or shaped unlike the field."""
Blocks = Callable[[R, Context], Iterable[Block]]


@dataclass(frozen=True)
class Row(Record, Generic[R]):
    """How one kind becomes Terraform."""

    kind: type[R]
    type: str | Callable[[R], str]
    """``aws_vpc``."""
    file: str
    """``network.tf``."""
    attributes: Mapping[str, str | Beside | Joined | Piece] = field(default_factory=dict)
    """Attribute of the kind to the attribute in Terraform."""
    numbers: frozenset[str] = frozenset()
    """Attributes of the kind that are numbers in Terraform."""
    referred: tuple[str, str] = ("id", "id")
    """How others refer to it: what their argument's name ends with ("" for nothing), and the attribute they write."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Field to argument, where the name is not derived."""
    first: tuple[str, ...] = ("name",)
    """Arguments that a person reads first."""
    paragraphs: tuple[tuple[str, ...], ...] = ()
    """Arguments that stand together below the others, with an empty line before each group."""
    fixed: Mapping[str, object] = field(default_factory=dict)
    """Arguments that are always the same."""
    arguments: Arguments[R] | None = None
    blocks: Blocks[R] | None = None
    """The nested blocks."""
    beside: Blocks[R] | None = None
    """Further resources that belong to this one."""
    written: frozenset[str] = frozenset()
    """The fields that ``arguments``, ``blocks`` and ``beside`` read; they are not mapped by name."""
    not_rendered: Mapping[str, str] = field(default_factory=dict)
    """Field to the reason why it is in no file."""
    ignore_changes: tuple[str, ...] | Callable[[R], tuple[str, ...]] = ()
    """Arguments that others change after creation."""
    ignored_because: str | Callable[[R], str] = ""
    """Who changes them, for the reader of the file."""
    tags_argument: bool = True
    """Whether its tags are the argument ``tags``; else ``blocks`` writes them."""
    protects: Callable[[R], bool] | None = None
    """Whether a plan that would delete it is refused, since it holds data."""
    create_before_destroy: bool = False
    """Whether a replacement takes over before the old one goes. Not possible where both would have one name."""
    waits_for: Callable[[R, Context], Iterable[str]] | None = None
    """Addresses that have to exist first although nothing refers to them."""
    count: Callable[[R], Expression | None] | None = None
    """How many of it there are, where that is decided by a variable: none or one. None: always one."""
    ready: frozenset[str] = frozenset()
    """Types beside it that have to exist before it is of use to what depends on it."""
    section: int = 0
    """Where in its file it stands."""
    group: Callable[[R], str] | None = None
    """What it stands together with in its section; else its own name."""

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that the kind has beside those of every resource."""
        return tuple(item.name for item in fields(self.kind) if item.name not in _BASE_FIELDS)

    def type_of(self, resource: R) -> str:
        """The Terraform type of the resource itself."""
        return self.type if isinstance(self.type, str) else self.type(resource)

    def count_of(self, resource: R) -> Expression | None:
        """How many of it there are; None: one, and always."""
        return self.count(resource) if self.count else None


def body(row: Row[R], resource: R, context: Context, waits_for: Iterable[str]) -> tuple[Item, ...]:
    """The body of the resource's own block: arguments, nested blocks, lifecycle, depends_on."""
    items: list[Item] = list(_in_order(row, _arguments(row, resource, context), context))
    if count := row.count_of(resource):
        items = [Argument("count", count), Blank(), *items]
    if row.kind.taggable and row.tags_argument:
        common = context.architecture.tags
        tags = {key: value for key, value in resource.tags.items() if common.get(key) != value}
        if tags:
            items += [Blank(), Argument("tags", context.value(tags))]
    if row.blocks:
        items += row.blocks(resource, context)
    if lifecycle := tuple(_lifecycle(row, resource)):
        items.append(Block("lifecycle", (), lifecycle))
    depends_on = [*waits_for, *(row.waits_for(resource, context) if row.waits_for else ())]
    if depends_on:
        items += [Blank(), Argument("depends_on", [Expression(address) for address in dict.fromkeys(depends_on)])]
    return tuple(items)


def _lifecycle(row: Row[R], resource: R) -> Iterator[Item]:
    if row.create_before_destroy:
        yield Argument("create_before_destroy", True)
    if row.protects and row.protects(resource):
        yield Argument("prevent_destroy", True)
    ignored = row.ignore_changes(resource) if callable(row.ignore_changes) else row.ignore_changes
    if ignored:
        because = row.ignored_because(resource) if callable(row.ignored_because) else row.ignored_because
        if because:
            yield Comment(because)
        yield Argument("ignore_changes", [Expression(name) for name in ignored])


def _arguments(row: Row[R], resource: R, context: Context) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in row.fields:
        if name in row.written or name in row.not_rendered:
            continue
        value = getattr(resource, name)
        if isinstance(value, Ref):
            argument, value = _argument(name, "", value, context), context.refer(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Ref):
            argument = _argument(name.removesuffix("s"), "s", value[0], context)
            value = [context.refer(item) for item in value]
        else:
            argument = name
        found[row.rename.get(name, argument)] = value
    found.update(row.fixed)
    if row.arguments:
        found.update(row.arguments(resource, context))
    return found


def _argument(name: str, plural: str, target: Ref[Resource], context: Context) -> str:
    suffix = context.rows[target.kind].referred[0]
    return f"{name}_{suffix}{plural}" if suffix else f"{name}{plural}"


def _in_order(row: Row[R], arguments: dict[str, object], context: Context) -> Iterator[Item]:
    def take(names: Iterable[str]) -> dict[str, object]:
        return {name: arguments.pop(name) for name in names if name in arguments}

    leading, *below = take(row.first), *(take(names) for names in row.paragraphs)
    yield from context.arguments(leading | arguments)
    for paragraph in below:
        if written := context.arguments(paragraph):
            yield Blank()
            yield from written
