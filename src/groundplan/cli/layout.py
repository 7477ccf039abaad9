"""``render --layout modules``: every environment at once, through modules that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundplan.cli.options import load_all
from groundplan.cli.output import say, write

if TYPE_CHECKING:
    from groundplan.engines import terraform
    from groundplan.engines.terraform import modules
    from groundplan.resources.architecture import Architecture


@dataclass(frozen=True)
class Importing:
    """What exists already in one environment and becomes Terraform's."""

    environment: str
    ids: Callable[[Architecture], Mapping[str, str]]


def render_modules(
    out: Path,
    file: Path,
    settings: list[str] | None,
    *,
    from_flat: bool = False,
    previous: str | None = None,
    importing: Importing | None = None,
) -> None:
    """Write ``modules/``, ``environments/``, ``shared/`` and ``scripts/`` below a folder.

    Raises InputError and EnvironmentalError.
    """
    from groundplan.design import design
    from groundplan.engines import terraform
    from groundplan.engines.terraform import modules

    every: dict[str, modules.Environment] = {}
    shared: dict[str, modules.Environment] = {}
    renamed: dict[str, Iterable[tuple[str, str]]] = {}
    for loaded in load_all(file, settings):
        before = None
        if previous is not None:
            from groundplan.cli.previous import since

            loaded, before = since(previous, file, loaded, settings)
        architecture = design(loaded)
        state = loaded.blueprint.state
        options = terraform.Options(backend=state.backend, state_bucket=loaded.state_bucket)
        found = terraform.moves_since(before, architecture)
        for remark in found.remarks:
            say(f"warning: {remark}")
        renamed[loaded.name] = found.pairs
        (shared if loaded.is_shared else every)[loaded.name] = modules.Environment(architecture, options)
    tree = modules.render_tree(
        every,
        shared,
        modules.read_records(out, every),
        renamed,
        imports=_imports(importing, every),
        from_flat=from_flat,
    )
    for path in modules.write_tree(tree, out):
        write(str(path))
    for name, reason in tree.rendering.apart.items():
        say(f"warning: each environment has a module {name} of its own: {reason}")
    for name, gaps in tree.unsupported.items():
        for item in gaps:
            say(f"warning: terraform cannot express {item.address} of {name}: {item.reason}")


def _imports(
    importing: Importing | None, every: Mapping[str, modules.Environment]
) -> dict[str, tuple[terraform.Import, ...]]:
    from groundplan.engines import terraform
    from groundplan.errors import InputError, suggestion

    if importing is None:
        return {}
    if importing.environment not in every:
        raise InputError(
            f"there is no environment {importing.environment} with modules{suggestion(importing.environment, every)}"
        )
    architecture = every[importing.environment].architecture
    return {importing.environment: terraform.imports(architecture, importing.ids(architecture))}
