"""Blocks against their schemas: every argument and nested block is there, may be set, and fits."""

from __future__ import annotations

import difflib
import ipaddress
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundplan.catalog.terraform_providers import CIDR_ARGUMENTS, JSON_ARGUMENTS, Rules, Schema
from groundplan.engines.terraform.checking.model import (
    Mistake,
    Module,
    Source,
    UnresolvedError,
    type_of_attribute,
)
from groundplan.engines.terraform.checking.syntax import (
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    ListOf,
    Literal,
    Traversal,
    inside,
    name_of,
    traversals,
)
from groundplan.engines.terraform.checking.types import functions, misfits


@dataclass(frozen=True)
class Checker:
    """Checks the blocks of one file of a module. ``bound``: names that ``dynamic`` blocks around give a meaning."""

    module: Module
    source: Source
    language: Mapping[str, Any]
    bound: frozenset[str] = frozenset()
    each: bool = False
    """Whether ``each`` means something."""
    count: bool = False
    own: Schema | None = None
    """The schema of the resource at hand, for arguments that name its arguments."""
    ephemeral: bool = False
    """Whether values may come and go with Terraform."""

    def body(self, at: int, body: Body, schema: Schema | str, *extra: Schema) -> Iterator[Mistake]:
        """What is wrong between the braces of a block. ``extra``: what it takes beside its schema."""
        known_schema: Schema = self.language[schema] if isinstance(schema, str) else schema
        attributes, nested = known_schema.get("attributes", {}), known_schema.get("block_types", {})
        for part in extra:
            attributes = {**attributes, **part.get("attributes", {})}
            nested = {**nested, **part.get("block_types", {})}
        for attribute in body.attributes.values():
            known = attributes.get(attribute.name)
            if known is not None:
                yield from self._attribute(attribute, known)
                continue
            yield from self.references(attribute.value)
            if attribute.name in nested:
                yield self.mistake(
                    attribute.at, f'An argument named "{attribute.name}" is not expected here: it is a nested block.'
                )
            else:
                hint = _meant(attribute.name, attributes)
                yield self.mistake(attribute.at, f'An argument named "{attribute.name}" is not expected here.{hint}')
        for name, item in attributes.items():
            if item.get("required") and _is_missing(body, name):
                yield self.mistake(at, f'The argument "{name}" is required, but no definition was found.')
        yield from self._nested(at, body, attributes, nested)

    def _attribute(self, attribute: Attribute, known: Mapping[str, Any]) -> Iterator[Mistake]:
        name, value, wanted = attribute.name, attribute.value, type_of_attribute(known)
        match wanted:
            case "words":  # names with a meaning of their own
                return
            case "addresses":  # of what is declared
                yield from self._addresses(value)
                return
            case "arguments":  # of the resource at hand
                yield from self._arguments(value)
                return
        is_literal = isinstance(value, Literal)
        if not is_literal:
            yield from self.references(value)
        is_null = isinstance(value, Literal) and value.value is None
        if known.get("computed") and not (known.get("optional") or known.get("required")):
            if not is_null:
                yield self.mistake(
                    attribute.at,
                    f'Can\'t configure a value for "{name}": its value will be decided automatically based on the '
                    "result of applying this configuration.",
                )
            return
        for at, why in misfits(value, wanted, self.module.type_of):
            yield self.mistake(at, f'Inappropriate value for attribute "{name}": {why}.')
        if not (is_literal or self.ephemeral or known.get("write_only")) and self.module.is_marked(value, "ephemeral"):
            yield self.mistake(
                value.at, f'Ephemeral values are not valid for "{name}", because it is not a write-only attribute.'
            )

    def _nested(
        self, at: int, body: Body, attributes: Mapping[str, Any], nested: Mapping[str, Any]
    ) -> Iterator[Mistake]:
        written: dict[str, list[int]] = {}
        unknown: set[str] = set()
        for block in body.blocks:
            checker, name, inner = self, block.type, block
            if block.type == "dynamic" and "dynamic" not in nested:
                found = self._dynamic(block)
                if isinstance(found, Mistake):
                    yield found
                    continue
                checker, inner = found
                name = block.labels[0]
                yield from self.references(block.body.attributes["for_each"].value)
                unknown.add(name)
            written.setdefault(name, []).append(block.at)
            if name in nested:
                yield from checker.body(inner.at, inner.body, nested[name]["block"])
            elif (type_ := _element(attributes.get(name))) is not None:
                # Attributes of the provider's older kind may be written as blocks, too.
                members = {key: {"type": member, "optional": True} for key, member in type_.items()}
                yield from checker.body(inner.at, inner.body, {"attributes": members})
            elif name in ("provisioner", "connection") and self.own is not None:
                continue
            else:
                hint = f' Did you mean to define argument "{name}"?' if name in attributes else _meant(name, nested)
                yield self.mistake(block.at, f'Blocks of type "{name}" are not expected here.{hint}')
        for name, item in nested.items():
            fewest, most = item.get("min_items", 0), item.get("max_items", 0) or (item["nesting_mode"] == "single")
            places = [] if name in unknown else written.get(name, [])  # of a dynamic block nobody knows how many
            if len(places) < fewest and name not in unknown:
                yield self.mistake(at, f'At least {fewest} "{name}" blocks are required.')
            if most and len(places) > most:
                yield self.mistake(places[most], f'No more than {int(most)} "{name}" blocks are allowed.')

    def _dynamic(self, block: Block) -> tuple[Checker, Block] | Mistake:
        content = block.body.blocks_of("content")
        if len(block.labels) != 1 or "for_each" not in block.body.attributes or len(content) != 1:
            return self.mistake(block.at, "A dynamic block takes one label, for_each and one block content.")
        iterator = block.body.attributes.get("iterator")
        name = iterator.value.root if iterator and isinstance(iterator.value, Traversal) else block.labels[0]
        return replace(self, bound=self.bound | {name}), content[0]

    def references(self, expression: Expression) -> Iterator[Mistake]:
        """References in an expression that lead nowhere, and calls of functions that there are not."""
        for reference, bound in traversals(expression, self.bound):
            if bound:
                continue
            try:
                if reference.root == "each" and not self.each:
                    what = ".".join(["each", *(name for step in reference.steps[:1] if (name := name_of(step)))])
                    raise UnresolvedError(f'"{what}" is unavailable: for_each is not set here.')
                if reference.root == "count" and not self.count:
                    raise UnresolvedError('"count" is unavailable: count is not set here.')
                self.module.resolve(reference)
            except UnresolvedError as error:
                yield self.mistake(reference.at, str(error))
        yield from self._calls(expression)

    def _calls(self, expression: Expression) -> Iterator[Mistake]:
        if isinstance(expression, Call) and "::" not in expression.function:
            signature = functions().get(expression.function)
            if signature is None:
                hint = _meant(expression.function, functions())
                yield self.mistake(expression.at, f'There is no function named "{expression.function}".{hint}')
        for part in inside(expression):
            yield from self._calls(part)

    def _addresses(self, expression: Expression) -> Iterator[Mistake]:
        """Addresses are what is declared, without what it exports."""
        for item in expression.elements if isinstance(expression, ListOf) else [expression]:
            if isinstance(item, Traversal) and not (item.root == "module" and len(item.steps) > 2):
                keep = {"data": 2, "ephemeral": 2}.get(item.root, 1)
                try:
                    self.module.resolve(Traversal(item.at, item.root, item.steps[:keep]))
                except UnresolvedError as error:
                    yield self.mistake(item.at, str(error))

    def _arguments(self, expression: Expression) -> Iterator[Mistake]:
        schema = self.own or {}
        known = {**schema.get("attributes", {}), **schema.get("block_types", {})}
        for item in expression.elements if isinstance(expression, ListOf) else ():
            if isinstance(item, Traversal) and item.root not in known:
                yield self.mistake(
                    item.at, f'This object has no argument, nested block, or exported attribute named "{item.root}".'
                )

    def rules(self, body: Body, rules: Rules) -> Iterator[Mistake]:
        """What the provider's own code demands, as far as it is known."""

        def at(name: str) -> int:
            return body.attributes[name].at if name in body.attributes else body.blocks_of(name)[0].at

        given = {name for name in body.attributes if not _is_missing(body, name)}
        given |= {block.labels[0] if block.type == "dynamic" else block.type for block in body.blocks}
        certain = {name for name in given if not _may_be_null(body, name)}
        for first, second in rules.get("conflicts", ()):
            if first in certain and second in certain and (first in body.attributes or body.blocks_of(first)):
                yield self.mistake(at(first), f'"{first}": conflicts with {second}')
        for names in rules.get("together", ()):
            for name in names:
                if name in given and not given.issuperset(names):
                    yield self.mistake(at(name), f'"{name}": all of `{",".join(names)}` must be specified')
        for name in CIDR_ARGUMENTS:
            if isinstance(written := body.literal(name), str):
                try:
                    ipaddress.ip_network(written)
                except ValueError as error:
                    yield self.mistake(at(name), f"{name}: {error}")
        for name in JSON_ARGUMENTS:
            if isinstance(written := body.literal(name), str):
                try:
                    json.loads(written)
                except ValueError as error:
                    yield self.mistake(at(name), f'"{name}" contains an invalid JSON: {error}')

    def alternatives(self, at: int, body: Body, rules: Rules) -> Iterator[Mistake]:
        """Arguments of which exactly one has to be given."""
        for names in rules.get("exactly_one", ()):
            number = sum(name in body.attributes and not _is_missing(body, name) for name in names)
            if number != 1:
                yield self.mistake(at, f"exactly one of `{','.join(names)}` must be specified, not {number}")

    def mistake(self, at: int, message: str) -> Mistake:
        """A mistake in the file at hand."""
        return self.source.mistake(at, message)


def _is_missing(body: Body, name: str) -> bool:
    attribute = body.attributes.get(name)
    if attribute is None:
        return not body.blocks_of(name)
    return isinstance(attribute.value, Literal) and attribute.value.value is None


def _may_be_null(body: Body, name: str) -> bool:
    """Whether an argument is left out for some values of what it is made of: a variable, or a choice with ``null``."""
    match body.attributes.get(name):
        case Attribute(value=Traversal(root="var")):
            return True
        case Attribute(value=Conditional(yes=yes, no=no)):
            return any(isinstance(one, Literal) and one.value is None for one in (yes, no))
    return False


def _element(attribute: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The members of the objects that an attribute is a list of."""
    match attribute:
        case {"type": [("list" | "set"), ["object", dict(members), *_]]}:
            return members
    return None


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f' Did you mean "{near[0]}"?' if near else ""
