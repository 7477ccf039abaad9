"""READMEs of a tree: what each module takes and gives, and how the environments differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from groundplan.engines.terraform import hcl
from groundplan.engines.terraform.hcl import Argument, Block, Value
from groundplan.engines.terraform.model import MARKER
from groundplan.engines.terraform.modules.files import Attribute, ModuleFiles
from groundplan.engines.terraform.modules.layout import Environment, SharedRendering
from groundplan.engines.terraform.modules.share import CONTENTS

README = "README.md"
_HEADING = f"<!-- {MARKER.removeprefix('# ')}, which overwrites what is changed here. -->"


def of_module(files: ModuleFiles, called_by: Sequence[str]) -> str:
    """What a module makes, takes and gives."""
    kinds = sorted({block.labels[0] for block in files.blocks if block.type == "resource"})
    parts = [
        _HEADING,
        f"# {files.name}",
        f"{CONTENTS[files.name]}. Called by {', '.join(called_by)}.",
        f"Resources: {', '.join(f'`{kind}`' for kind in kinds)}.",
    ]
    if files.variables:
        parts += [
            "## Variables",
            _table(
                ("variable", "type", "what it is", "default"),
                (row for block in files.variables for row in _rows(block, files.objects.get(_name(block), ()))),
            ),
        ]
    if files.outputs:
        parts += [
            "## Outputs",
            _table(("output", "what it is"), ((_code(_name(one)), _description(one)) for one in files.outputs)),
        ]
    return _text(parts)


def of_tree(rendering: SharedRendering, environments: Mapping[str, Environment], shared: Iterable[str]) -> str:
    """Where what stands, how it is applied, and which environment has what."""
    first = next(iter(environments.values())).architecture
    names = list(environments)
    parts = [
        _HEADING,
        f"# {first.title} in Terraform",
        "Every environment is a root under `environments/`, with the values of its own in `terraform.tfvars`. "
        "What they share stands once, under `modules/`."
        + " What stands once for the account is under `shared/`."
        * bool(list(shared)),
        "```sh\nscripts/validate.sh\nscripts/plan.sh " + names[0] + "\nscripts/deploy.sh " + names[0] + "\n```",
        "`addresses.csv` beside each root notes where resources stand, so that the next rendering can write `moved` "
        "blocks instead of having anything destroyed. Keep it under version control.",
        "## Modules",
        _table(
            ("module", "what it makes", "called by"),
            (
                (f"[{folder}](modules/{folder}/{README})", CONTENTS[files.name], ", ".join(rendering.called_by[folder]))
                for folder, files in rendering.modules.items()
            ),
        ),
    ]
    if rendering.apart:
        told = "\n".join(f"- `{name}`: {reason}" for name, reason in sorted(rendering.apart.items()))
        parts += ["Modules that each environment has for itself, since sharing would hide more than it says:", told]
    if features := rendering.features:
        sites = list(
            dict.fromkeys(site for module in rendering.modules.values() for site in module.module.environments)
        )
        rows = (
            (_code(one.name), *("yes" if site in one.sites else "" for site in sites), one.description)
            for one in features
        )
        parts += ["## What only some environments have", _table(("feature", *sites, "what it switches"), rows)]
    return _text(parts)


def _rows(block: Block, attributes: Iterable[Attribute]) -> Iterator[tuple[str, str, str, str]]:
    """A variable and, where it is an object, its attributes."""
    told = {item.name: item.value for item in block.body if isinstance(item, Argument)}
    default = _inline(told["default"]) if "default" in told else "required"
    inner = list(attributes)
    yield _code(_name(block)), _code("object" if inner else _inline(told["type"])), _description(block), default
    for one in inner:
        default = _inline(one.default) if one.optional else "required"
        yield _code(f"{_name(block)}.{one.name}"), _code(one.type), one.description, default


def _inline(value: Value) -> str:
    """A value on one line."""
    (line,) = (hcl.render([Argument("x", value)]),)
    return " ".join(line.partition("=")[2].split())


def _name(block: Block) -> str:
    return block.labels[0]


def _description(block: Block) -> str:
    return next(
        (
            item.value
            for item in block.body
            if isinstance(item, Argument) and item.name == "description" and isinstance(item.value, str)
        ),
        "",
    )


def _code(text: str) -> str:
    return f"`{text}`"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return "\n".join((line(heads), line(["---"] * len(heads)), *map(line, rows)))


def _text(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"
