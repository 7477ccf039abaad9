"""``render --layout modules``: every environment at once, through modules that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from groundplan.cli.options import load_all
from groundplan.cli.output import say, write


def render_modules(
    out: Path, file: Path, settings: list[str] | None, *, from_flat: bool, previous: str | None = None
) -> None:
    """Write ``modules/``, ``environments/``, ``shared/`` and ``scripts/`` below a folder.

    Raises InputError and EnvironmentalError.
    """
    from groundplan.design import design
    from groundplan.engines.terraform import Options
    from groundplan.engines.terraform.modules import Environment, read_records, render_tree, write_tree

    environments: dict[str, Environment] = {}
    shared: dict[str, Environment] = {}
    renamed: dict[str, Iterable[tuple[str, str]]] = {}
    for loaded in load_all(file, settings):
        options = Options(backend=loaded.blueprint.state.backend, state_bucket=loaded.state_bucket)
        chosen = shared if loaded.is_shared else environments
        chosen[loaded.name] = Environment(design(loaded), options)
    tree = render_tree(environments, shared, read_records(out, environments), renamed, from_flat=from_flat)
    for path in write_tree(tree, out):
        write(str(path))
    for name, reason in tree.rendering.apart.items():
        say(f"warning: each environment has a module {name} of its own: {reason}")
    for name, gaps in tree.unsupported.items():
        for item in gaps:
            say(f"warning: terraform cannot express {item.address} of {name}: {item.reason}")
