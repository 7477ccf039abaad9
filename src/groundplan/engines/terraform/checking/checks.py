"""A module and what it calls, checked as a whole: declarations, references, and what nobody uses."""

from __future__ import annotations

import difflib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from groundplan.catalog.terraform_providers import PROVIDERS, provider, provider_of
from groundplan.engines.terraform.checking.bodies import Checker
from groundplan.engines.terraform.checking.model import SORTS, Mistake, Module, Source, target_of
from groundplan.engines.terraform.checking.parser import parse
from groundplan.engines.terraform.checking.syntax import Block, Body, HclSyntaxError, Literal, ObjectOf, traversals
from groundplan.engines.terraform.checking.types import misfits, of_constraint
from groundplan.errors import EnvironmentalError

_CONSTRAINT = re.compile(r"\s*(=|!=|>=|<=|>|<|~>)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[\w.]+)?\s*")


@cache
def _language() -> Mapping[str, Any]:
    """What Terraform's own blocks take."""
    content: Mapping[str, Any] = json.loads(Path(__file__).with_name("language.json").read_text(encoding="utf-8"))
    return content


def check_folder(folder: Path) -> tuple[Mistake, ...]:
    """Everything that is wrong with the Terraform files under a folder. Raises EnvironmentalError where one cannot be
    read."""
    files = {}
    for file in sorted(folder.rglob("*.tf")) + sorted(folder.rglob("*.tfvars")):
        name = file.relative_to(folder)
        if ".terraform" in name.parts:
            continue
        try:
            files[name.as_posix()] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentalError(f"{file} cannot be read: {error}") from error
    return check(files)


def check(files: Mapping[str, str]) -> tuple[Mistake, ...]:
    """Everything that is wrong with Terraform files, by relative path: each folder is a module, and calls of others by
    ``source = "../…"`` are followed. What Terraform does not look at is passed over."""
    mistakes: set[Mistake] = set()
    modules: dict[str, Module] = {}
    values: list[Source] = []
    for name, text in sorted(files.items()):
        if not name.endswith((".tf", ".tfvars")):
            continue
        try:
            source = Source(name, text, parse(text))
        except HclSyntaxError as error:
            mistakes.add(Source(name, text, Body()).mistake(error.at, str(error)))
            continue
        if name.endswith(".tfvars"):
            values.append(source)
            continue
        directory = posixpath.dirname(name)
        modules.setdefault(directory, Module(directory, [], _language()["builtin"])).sources.append(source)
    if mistakes:
        return tuple(sorted(mistakes))  # what stands in the files that cannot be read is not known
    for module in modules.values():
        _link(module, modules)
    for module in modules.values():
        mistakes.update(_declared_twice(module))
        for source in module.sources:
            checker = Checker(module, source, _language())
            for block in source.body.blocks:
                mistakes.update(_block(checker, block))
            mistakes.update(
                source.mistake(item.at, f'An argument named "{item.name}" is not expected here.')
                for item in source.body.attributes.values()
            )
        mistakes.update(_unused(module))
        mistakes.update(_cycles(module))
    for source in values:
        if given := modules.get(posixpath.dirname(source.name)):
            mistakes.update(_values(given, source))
    return tuple(sorted(mistakes))


def _link(module: Module, modules: Mapping[str, Module]) -> None:
    for name, block in module.modules.items():
        written = block.body.literal("source")
        if isinstance(written, str) and written.startswith("."):
            directory = posixpath.normpath(posixpath.join(module.directory, written))
            if child := modules.get("" if directory == "." else directory):
                module.called[name] = child
                child.called_by_others = True


def _declared_twice(module: Module) -> Iterator[Mistake]:
    seen: set[tuple[str, ...]] = set()
    for source in module.sources:
        for block in source.body.blocks:
            keys = [(block.type, *block.labels)]
            if block.type == "locals":
                keys = [("local", name) for name in block.body.attributes]
            elif block.type not in (*SORTS, "variable", "output", "module"):
                continue
            for key in keys:
                if key in seen:
                    yield source.mistake(block.at, f"{' '.join(key)} is declared twice.")
                seen.add(key)


def _block(checker: Checker, block: Block) -> Iterator[Mistake]:
    """One top-level block."""
    language = _language()
    number = language["labels"].get(block.type)
    if number is None:
        near = difflib.get_close_matches(block.type, language["labels"], 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        yield checker.mistake(block.at, f'Blocks of type "{block.type}" are not expected here.{hint}')
        return
    if len(block.labels) != number:
        yield checker.mistake(block.at, f"A block {block.type} takes {number} labels, not {len(block.labels)}.")
        return
    match block.type:
        case "resource" | "data" | "ephemeral":
            yield from _declared(checker, block)
        case "provider":
            yield from _provider(checker, block)
        case "locals":
            for attribute in block.body.attributes.values():
                yield from checker.references(attribute.value)
        case "terraform":
            yield from _terraform(checker, block)
        case "module":
            yield from _call(checker, block)
        case "import":
            each = "for_each" in block.body.attributes
            yield from replace(checker, each=each).body(block.at, block.body, language["blocks"]["import"])
        case "check":
            for inner in block.body.blocks_of("data"):
                yield from _declared(checker, inner)
            body = Body(block.body.attributes, block.body.blocks_of("assert"))
            yield from checker.body(block.at, body, language["blocks"]["check"])
        case "variable" | "output":
            yield from _described(checker, block)
        case _:
            yield from checker.body(block.at, block.body, language["blocks"][block.type])


def _declared(checker: Checker, block: Block) -> Iterator[Mistake]:
    """A resource, a data source or an ephemeral resource."""
    type_, body = block.labels[0], block.body
    schema = checker.module.schema(block.type, type_)
    if schema is None:
        owner = provider_of(type_)
        if owner not in PROVIDERS:
            yield checker.mistake(block.at, f'"{type_}" is of no provider whose schemas are known.')
            return
        near = difflib.get_close_matches(type_, provider(owner).types(block.type), 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        kind = {"resource": "resource type", "data": "data source", "ephemeral": "ephemeral resource type"}[block.type]
        yield checker.mistake(block.at, f'The provider hashicorp/{owner} does not support {kind} "{type_}".{hint}')
        return
    within = replace(
        checker,
        each="for_each" in body.attributes,
        count="count" in body.attributes,
        own=schema,
        ephemeral=block.type == "ephemeral",
    )
    yield from within.body(block.at, body, schema, _language()["meta"])
    if "provider" in body.attributes:
        yield from _provider_of(checker, body)
    if block.type == "resource" and provider_of(type_) in PROVIDERS:
        rules = provider(provider_of(type_)).rules(type_)
        yield from within.rules(body, rules)
        yield from within.alternatives(block.at, body, rules)


def _provider_of(checker: Checker, body: Body) -> Iterator[Mistake]:
    attribute = body.attributes["provider"]
    for reference, _ in traversals(attribute.value):
        name = ".".join((reference.root, *(step for step in reference.steps if isinstance(step, str))))
        if name not in checker.module.providers and not checker.module.called_by_others:
            yield checker.mistake(attribute.at, f"The provider configuration {name} is not declared.")


def _provider(checker: Checker, block: Block) -> Iterator[Mistake]:
    name = block.labels[0]
    if name not in PROVIDERS:
        yield checker.mistake(block.at, f'The schema of the provider "{name}" is not known.')
        return
    alias = {"attributes": {"alias": {"type": "string", "optional": True}}}
    yield from replace(checker, ephemeral=True).body(block.at, block.body, provider(name).configuration, alias)


def _terraform(checker: Checker, block: Block) -> Iterator[Mistake]:
    body, blocks = block.body, _language()["blocks"]["terraform"]
    yield from checker.body(block.at, Body(body.attributes), blocks)
    if "required_version" in body.attributes:
        yield from _constraint(checker, body.attributes["required_version"].value.at, body.literal("required_version"))
    for inner in body.blocks:
        if inner.type == "backend" and len(inner.labels) == 1:
            schema = _language()["backends"].get(inner.labels[0])
            if schema is None:
                yield checker.mistake(inner.at, f'There is no backend "{inner.labels[0]}" that is known.')
            else:
                yield from checker.body(inner.at, inner.body, schema)
        elif inner.type == "required_providers":
            yield from _required(checker, inner.body)
        else:
            yield checker.mistake(inner.at, f'Blocks of type "{inner.type}" are not expected here.')


def _required(checker: Checker, body: Body) -> Iterator[Mistake]:
    for name, attribute in body.attributes.items():
        if not isinstance(attribute.value, ObjectOf):
            yield checker.mistake(attribute.at, "source and version are expected here, as an object.")
            continue
        given = {str(key.value): value for key, value in attribute.value.members if isinstance(key, Literal)}
        version = given.get("version")
        if isinstance(version, Literal):
            known = provider(name).version if name in PROVIDERS else None
            yield from _constraint(checker, version.at, version.value, known)


def _constraint(checker: Checker, at: int, written: object, known: str | None = None) -> Iterator[Mistake]:
    """A constraint of versions is one, and lets the version pass whose schemas are known.

    Source: https://developer.hashicorp.com/terraform/language/expressions/version-constraints
    """
    parts = [_CONSTRAINT.fullmatch(part) for part in str(written).split(",")]
    if not all(parts):
        yield checker.mistake(at, f'"{written}" is not a valid version constraint.')
    elif known and not all(_allows(part, known) for part in parts if part):
        yield checker.mistake(at, f'"{written}" leaves out {known}, the version whose schemas are known.')


def _allows(constraint: re.Match[str], version: str) -> bool:
    operator, *written = constraint.groups()[:4]
    numbers = [int(number) for number in written if number is not None]
    asked, found = [*numbers, 0, 0][:3], [int(number) for number in version.split(".")]
    match operator:
        case ">=":
            return found >= asked
        case ">":
            return found > asked
        case "<=":
            return found <= asked
        case "<":
            return found < asked
        case "!=":
            return found != asked
        case "~>":
            fixed = max(len(numbers) - 1, 1)
            return found >= asked and found[:fixed] == asked[:fixed]
    return found == asked


def _described(checker: Checker, block: Block) -> Iterator[Mistake]:
    """A variable or an output."""
    name, body = block.labels[0], block.body
    own = Body({key: item for key, item in body.attributes.items() if key != "default"}, body.blocks)
    ephemeral = body.literal("ephemeral") is True or block.type == "variable"
    yield from replace(checker, ephemeral=ephemeral).body(block.at, own, _language()["blocks"][block.type])
    if not body.literal("description") and "description" not in body.attributes:
        yield checker.mistake(block.at, f'The {block.type} "{name}" has no description.')
    if block.type == "variable":
        if "type" not in body.attributes:
            yield checker.mistake(block.at, f'The variable "{name}" has no type.')
        elif default := body.attributes.get("default"):
            wanted = of_constraint(body.attributes["type"].value)
            for at, why in misfits(default.value, wanted, checker.module.type_of):
                yield checker.mistake(at, f'Invalid default value for variable "{name}": {why}.')
        return
    value = body.attributes.get("value")
    if checker.module.called_by_others:
        return  # only a root shows its outputs to people
    if value and body.literal("sensitive") is not True and checker.module.is_marked(value.value, "sensitive"):
        yield checker.mistake(block.at, f'Output refers to sensitive values: "{name}" has to be sensitive, too.')


def _call(checker: Checker, block: Block) -> Iterator[Mistake]:
    """A ``module`` block: its arguments are the variables of what it calls."""
    name, body = block.labels[0], block.body
    within = replace(checker, each="for_each" in body.attributes, count="count" in body.attributes, ephemeral=True)
    own = _language()["blocks"]["module"]
    child = checker.module.called.get(name)
    if child is None:
        source = body.literal("source")
        if isinstance(source, str) and source.startswith("."):
            yield checker.mistake(block.at, f'The module "{name}" is not there: {source}.')
        for attribute in body.attributes.values():
            if attribute.name not in ("providers", "depends_on"):
                yield from within.references(attribute.value)
        return
    inputs = {}
    for variable, declared in child.variables.items():
        type_ = declared.body.attributes.get("type")
        needed = "default" not in declared.body.attributes
        inputs[variable] = {"type": of_constraint(type_.value) if type_ else None, "required": needed, "optional": True}
    yield from within.body(block.at, body, {"attributes": inputs}, own)


def _values(module: Module, source: Source) -> Iterator[Mistake]:
    """A file of values."""
    for name, attribute in source.body.attributes.items():
        if name not in module.variables:
            yield source.mistake(attribute.at, f'An input variable with the name "{name}" has not been declared.')
            continue
        written = module.variables[name].body.attributes.get("type")
        for at, why in misfits(attribute.value, of_constraint(written.value) if written else None, lambda _: None):
            yield source.mistake(at, f'Invalid value for input variable "{name}": {why}.')
    for block in source.body.blocks:
        yield source.mistake(block.at, "Blocks are not expected in a file of values.")


def _unused(module: Module) -> Iterator[Mistake]:
    """Variables and local values that nothing refers to. A variable's own validation does not count."""
    used: set[tuple[str, ...]] = set()
    for source in module.sources:
        for block in source.body.blocks:
            own = ("var", block.labels[0]) if block.type == "variable" else None
            used |= set(module.needed_by(block.body)) - {own}
    for source, block in module.blocks("variable"):
        if block.labels and ("var", block.labels[0]) not in used:
            yield source.mistake(block.at, f'The variable "{block.labels[0]}" is used nowhere.')
    for source, block in module.blocks("locals"):
        for name, attribute in block.body.attributes.items():
            if ("local", name) not in used:
                yield source.mistake(attribute.at, f'The local value "{name}" is used nowhere.')


def _cycles(module: Module) -> Iterator[Mistake]:
    """Resources and local values that need themselves. What goes through modules is Terraform's to find."""
    places: dict[tuple[str, ...], tuple[Source, int]] = {}
    needs: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for source in module.sources:
        for block in source.body.blocks:
            if block.type in SORTS:
                key = (block.type, *block.labels)
                places[key], needs[key] = (source, block.at), set(module.needed_by(block.body))
            elif block.type == "locals":
                for name, attribute in block.body.attributes.items():
                    key = ("local", name)
                    found = (target_of(reference) for reference, bound in traversals(attribute.value) if not bound)
                    places[key], needs[key] = (source, attribute.at), {item for item in found if item}
    for cycle in _cycles_in(needs):
        source, at = places[cycle[0]]
        yield source.mistake(at, f"Cycle: {', '.join('.'.join(key).removeprefix('resource.') for key in cycle)}")


def _cycles_in(needs: Mapping[tuple[str, ...], set[tuple[str, ...]]]) -> Iterator[list[tuple[str, ...]]]:
    """Each once, from where it is entered first."""
    done: set[tuple[str, ...]] = set()
    for start in needs:
        path: list[tuple[str, ...]] = []
        waiting: list[tuple[tuple[str, ...], Iterator[tuple[str, ...]]]] = []

        def enter(key: tuple[str, ...], path: list[Any] = path, waiting: list[Any] = waiting) -> None:
            path.append(key)
            waiting.append((key, iter(sorted(needs[key]))))

        if start not in done:
            enter(start)
        while waiting:
            key, rest = waiting[-1]
            following = next(rest, None)
            if following is None:
                done.add(key)
                path.pop()
                waiting.pop()
            elif following in path:
                yield path[path.index(following) :]
            elif following in needs and following not in done:
                enter(following)
