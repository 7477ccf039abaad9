"""The files of a folder as one Terraform module: what it declares, and what a reference means in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from groundplan.catalog.terraform_providers import PROVIDERS, Schema, provider, provider_of
from groundplan.engines.terraform.checking.syntax import (
    SPLAT,
    Attribute,
    Block,
    Body,
    Call,
    Expression,
    Index,
    Literal,
    Step,
    Traversal,
    inside,
    name_of,
    traversals,
)
from groundplan.engines.terraform.checking.types import Type, at_steps, inferred, of_constraint

SORTS = ("resource", "data", "ephemeral")
Address = tuple[str, str, str]
"""Sort, type and name: ``("resource", "aws_vpc", "main")``."""


@dataclass(frozen=True, order=True, slots=True)
class Mistake:
    """Something that Terraform would refuse, or that a reader would stumble over."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class UnresolvedError(Exception):
    """A reference to what is not there; the message says what."""


@dataclass(frozen=True)
class Source:
    """A file that was read."""

    name: str
    text: str
    body: Body

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def mistake(self, at: int, message: str) -> Mistake:
        """A mistake at an offset."""
        line = bisect_right(self._starts, at)
        return Mistake(self.name, line, at - self._starts[line - 1] + 1, message)


@dataclass
class Module:
    """Everything that the files of a folder declare, by name."""

    directory: str
    sources: list[Source]
    builtin: Mapping[str, Schema]
    """Types that Terraform itself brings."""
    called: dict[str, Module] = field(default_factory=dict)
    """What its ``module`` blocks call, as far as it is there to read."""

    def blocks(self, type_: str) -> Iterator[tuple[Source, Block]]:
        """Its top-level blocks of a type."""
        for source in self.sources:
            for block in source.body.blocks_of(type_):
                yield source, block

    def _named(self, type_: str) -> dict[str, Block]:
        return {block.labels[0]: block for _, block in self.blocks(type_) if block.labels}

    @cached_property
    def variables(self) -> dict[str, Block]:
        return self._named("variable")

    @cached_property
    def outputs(self) -> dict[str, Block]:
        return self._named("output")

    @cached_property
    def modules(self) -> dict[str, Block]:
        return self._named("module")

    @cached_property
    def locals(self) -> dict[str, Attribute]:
        """Local values by name."""
        return {name: item for _, block in self.blocks("locals") for name, item in block.body.attributes.items()}

    @cached_property
    def declared(self) -> dict[Address, Block]:
        """Resources, data sources and ephemeral resources."""
        return {
            (sort, block.labels[0], block.labels[1]): block
            for sort in SORTS
            for _, block in self.blocks(sort)
            if len(block.labels) == 2
        }

    @cached_property
    def providers(self) -> frozenset[str]:
        """Provider configurations: ``aws``, ``aws.us_east_1``."""
        found = set()
        for _, block in self.blocks("provider"):
            alias = block.body.literal("alias")
            found.add(f"{block.labels[0]}.{alias}" if alias else block.labels[0])
        return frozenset(found)

    def schema(self, sort: str, type_: str) -> Schema | None:
        """The schema of a type; None where no provider that is known has it."""
        if type_ in self.builtin and sort == "resource":
            return self.builtin[type_]
        owner = provider_of(type_)
        return provider(owner).block(sort, type_) if owner in PROVIDERS else None

    def type_of(self, reference: Traversal) -> Type:
        """What a reference is; None where that is not known, or where it leads nowhere."""
        try:
            return self.resolve(reference)
        except UnresolvedError:
            return None

    def resolve(self, reference: Traversal) -> Type:
        """What a reference is. Raises UnresolvedError where it leads nowhere."""
        root, steps = reference.root, reference.steps
        try:
            match root:
                case "var":
                    return self._variable(steps)
                case "local":
                    return self._local(steps)
                case "module":
                    return self._output(steps)
                case "data" | "ephemeral":
                    return self._attribute(root, _names(reference, 2), steps[2:])
                case "path" | "terraform":
                    return "string"
                case "each" | "count" | "self":
                    return None
            return self._attribute("resource", (root, *_names(reference, 1)), steps[1:])
        except LookupError as error:
            raise UnresolvedError(
                f'This object has no argument, nested block, or exported attribute named "{error.args[0]}".'
            ) from error

    def _variable(self, steps: list[Step]) -> Type:
        name = _first(steps)
        if name not in self.variables:
            raise UnresolvedError(f'An input variable with the name "{name}" has not been declared.')
        written = self.variables[name].body.attributes.get("type")
        return at_steps(of_constraint(written.value) if written else None, steps[1:])

    def _local(self, steps: list[Step]) -> Type:
        name = _first(steps)
        if name not in self.locals:
            raise UnresolvedError(f'A local value with the name "{name}" has not been declared.')
        return at_steps(self._types_of_locals(name), steps[1:])

    def _types_of_locals(self, name: str) -> Type:
        if name not in self._locals_read:
            self._locals_read[name] = None  # for one that refers to itself
            self._locals_read[name] = inferred(self.locals[name].value, self.type_of)
        return self._locals_read[name]

    @cached_property
    def _locals_read(self) -> dict[str, Type]:
        return {}

    def _output(self, steps: list[Step]) -> Type:
        name = _first(steps)
        if name not in self.modules:
            raise UnresolvedError(f'No module call named "{name}" is declared in {self.told}.')
        rest = _of_one(f"module.{name}", self.modules[name], steps[1:])
        if not rest or name not in self.called:
            return None
        child, output = self.called[name], name_of(rest[0])
        if output is None:
            return None
        if output not in child.outputs:
            raise UnresolvedError(f'The module "{name}" has no output named "{output}".')
        value = child.outputs[output].body.attributes.get("value")
        type_ = at_steps(inferred(value.value, child.type_of) if value else None, rest[1:])
        return None if SPLAT in steps else type_

    def _attribute(self, sort: str, name: tuple[str, ...], steps: list[Step]) -> Type:
        block = self.declared.get((sort, *name))  # type: ignore[arg-type]  # the names are two
        if block is None:
            told = {"resource": "managed resource", "data": "data resource", "ephemeral": "ephemeral resource"}[sort]
            raise UnresolvedError(f'A {told} "{name[0]}" "{name[1]}" has not been declared in {self.told}.')
        schema = self.schema(sort, name[0])
        rest = _of_one(".".join(name), block, steps)
        type_ = at_block(schema, rest) if schema else None
        return ["list", type_] if steps[:1] == [SPLAT] else type_

    @property
    def told(self) -> str:
        """As Terraform's messages say it."""
        return f"the module {self.directory}" if self.called_by_others else "the root module"

    called_by_others: bool = False

    def is_marked(self, expression: Expression, mark: str) -> bool:
        """Whether a value is ``ephemeral`` or ``sensitive`` through anything that it is made from."""
        if isinstance(expression, Call) and expression.function in ("ephemeralasnull", "nonsensitive", "issensitive"):
            return False
        if isinstance(expression, Traversal) and self._reference_is_marked(expression, mark):
            return True
        return any(self.is_marked(part, mark) for part in inside(expression))

    def _reference_is_marked(self, reference: Traversal, mark: str) -> bool:
        name = name_of(reference.steps[0]) if reference.steps else None
        match reference.root:
            case "var":
                return name in self.variables and self.variables[name].body.literal(mark) is True
            case "local":
                if name not in self.locals:
                    return False
                key = (name, mark)
                if key not in self._locals_marked:
                    self._locals_marked[key] = False
                    self._locals_marked[key] = self.is_marked(self.locals[name].value, mark)
                return self._locals_marked[key]
            case "module":
                output = next((found for step in reference.steps[1:] if (found := name_of(step))), None)
                child = self.called.get(name or "")
                return bool(child and output in child.outputs and child.outputs[output].body.literal(mark) is True)
            case "ephemeral" if mark == "ephemeral":
                return True
            case "each" | "count" | "self" | "path" | "terraform":
                return False
        return mark == "sensitive" and self._is_sensitive(reference)

    @cached_property
    def _locals_marked(self) -> dict[tuple[str, str], bool]:
        return {}

    def _is_sensitive(self, reference: Traversal) -> bool:
        sort = reference.root if reference.root in ("data", "ephemeral") else "resource"
        names = [reference.root] if sort == "resource" else []
        names += [name for step in reference.steps if (name := name_of(step)) is not None]
        schema = self.schema(sort, names[0]) if names else None
        for name in names[2:]:
            if schema is None:
                return False
            if attribute := schema.get("attributes", {}).get(name):
                return bool(attribute.get("sensitive"))
            schema = schema.get("block_types", {}).get(name, {}).get("block", schema)
        return False

    def needed_by(self, body: Body) -> Iterator[tuple[str, ...]]:
        """What the expressions in a block refer to, as ``("local", "zones")`` or an address."""
        for attribute in body.attributes.values():
            for reference, bound in traversals(attribute.value):
                if not bound and (found := target_of(reference)):
                    yield found
        for block in body.blocks:
            yield from self.needed_by(block.body)


def target_of(reference: Traversal) -> tuple[str, ...] | None:
    """What a reference is to, like ``("var", "region")`` or ``("resource", "aws_vpc", "main")``; None for ``each``."""
    names = [name for step in reference.steps[:2] if (name := name_of(step)) is not None]
    match reference.root:
        case ("var" | "local" | "module") as root if names:
            return (root, names[0])
        case ("data" | "ephemeral") as root if len(names) == 2:
            return (root, *names)
        case root if names and "_" in root:
            return ("resource", root, names[0])
    return None


def type_of_attribute(attribute: Mapping[str, Any]) -> Type:
    """The type of an attribute of a schema, nested attributes included."""
    nested = attribute.get("nested_type")
    if nested is None:
        return attribute.get("type")
    inner = nested["attributes"]
    optional = [name for name, item in inner.items() if not item.get("required")]
    type_ = ["object", {name: type_of_attribute(item) for name, item in inner.items()}, optional]
    return type_ if nested["nesting_mode"] == "single" else [nested["nesting_mode"], type_]


def at_block(block: Schema, steps: list[Step]) -> Type:
    """What stands at some steps in a block. Raises LookupError with the name that is not there."""
    if not steps or (name := name_of(steps[0])) is None:
        return None
    if attribute := block.get("attributes", {}).get(name):
        return at_steps(type_of_attribute(attribute), steps[1:])
    nested = block.get("block_types", {}).get(name)
    if nested is None:
        raise LookupError(name)
    rest = steps[1:]
    if nested["nesting_mode"] == "single":
        return at_block(nested["block"], rest)
    if not rest or (isinstance(rest[0], str) and rest[0] != SPLAT):
        return None
    type_ = at_block(nested["block"], rest[1:])
    return ["list", type_] if rest[0] == SPLAT else type_


def _first(steps: list[Step]) -> str:
    name = name_of(steps[0]) if steps else None
    if name is None:
        raise UnresolvedError("A reference needs the name of what it is to, behind a dot.")
    return name


def _names(reference: Traversal, count: int) -> tuple[str, ...]:
    names = tuple(step for step in reference.steps[:count] if isinstance(step, str) and step != SPLAT)
    if len(names) < count:
        raise UnresolvedError(f'A reference to "{reference.root}" needs the name of what it is to, behind a dot.')
    return names


def _of_one(address: str, block: Block, steps: list[Step]) -> list[Step]:
    """The steps behind the choice of an instance. Raises UnresolvedError where one has to be chosen, or cannot be."""
    many = next((name for name in ("count", "for_each") if name in block.body.attributes), None)
    if not steps:
        return []
    chosen = steps[0] == SPLAT or isinstance(steps[0], (Index, int))
    if many and not chosen:
        raise UnresolvedError(
            f'Because {address} has "{many}" set, its attributes must be accessed on specific instances.'
        )
    if chosen and not many and steps[0] != SPLAT and not _may_be_name(steps[0]):
        raise UnresolvedError(f'Because {address} has neither "count" nor "for_each" set, it has no instances.')
    return steps[1:] if chosen and (many or steps[0] == SPLAT) else steps


def _may_be_name(step: Step) -> bool:
    return isinstance(step, Index) and not (isinstance(step.key, Literal) and isinstance(step.key.value, int))
