"""The whole tree that a team takes over: modules, environments, what stands once for the account, and scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from groundplan.engines.terraform import hcl, import_blocks, moved
from groundplan.engines.terraform import root as root_files
from groundplan.engines.terraform.import_blocks import Import
from groundplan.engines.terraform.model import GITIGNORE, MARKER, Unsupported
from groundplan.engines.terraform.modules import addresses, documents, module_tests, scripts
from groundplan.engines.terraform.modules.addresses import Record
from groundplan.engines.terraform.modules.files import heading
from groundplan.engines.terraform.modules.layout import Environment, SharedRendering, render_modules
from groundplan.engines.terraform.rendering import about, render
from groundplan.engines.terraform.writing import write_tree as write_folders
from groundplan.errors import EnvironmentalError

SHARED, ENVIRONMENTS, MODULES = "shared", "environments", "modules"


@dataclass(frozen=True)
class Tree:
    """Every file, by folder and name, both relative to where it is written."""

    files: Mapping[str, Mapping[str, str]]
    rendering: SharedRendering
    unsupported: Mapping[str, tuple[Unsupported, ...]]
    """What Terraform cannot express, by environment."""


def render_tree(
    environments: Mapping[str, Environment],
    shared: Mapping[str, Environment],
    before: Mapping[str, Record] | None = None,
    renamed: Mapping[str, Iterable[tuple[str, str]]] | None = None,
    *,
    imports: Mapping[str, Iterable[Import]] | None = None,
    from_flat: bool = False,
) -> Tree:
    """All environments through modules, and what stands once for the account (``shared``) as a root of its own.

    ``before`` are the records of an earlier rendering by environment (:func:`read_records`), ``renamed`` the addresses
    in a root without modules that changed since then, ``imports`` what exists already, at its addresses without
    modules. ``from_flat`` says that what was applied so far is the root without modules.
    """
    rendering = render_modules(environments)
    files = {folder: dict(found) for folder, found in rendering.files.items()}
    for name, environment in environments.items():
        root = files[f"{ENVIRONMENTS}/{name}"]
        known = (before or {}).get(name, {})
        if from_flat:
            known = {flat: (flat,) for flat in rendering.addresses[name]} | dict(known)
        record = addresses.recorded(rendering.addresses[name], known, (renamed or {}).get(name, ()))
        root[addresses.FILE] = addresses.written(record)
        taken_over = _through_modules((imports or {}).get(name, ()), rendering.addresses[name])
        title = f"{environment.architecture.title} {environment.architecture.stage}"
        for file, blocks in (
            (moved.FILE, list(addresses.moved(record))),
            (import_blocks.FILE, list(import_blocks.blocks(taken_over))),
        ):
            if blocks:
                root[file] = hcl.render((*heading(f"{title}: {about(file)}."), *blocks))
    unsupported = dict(rendering.unsupported)
    flat = {name: render(item.architecture, item.options) for name, item in shared.items()}
    for name, own in flat.items():
        files[_shared_folder(name, shared)] = dict(own.files)
        unsupported[name] = own.unsupported
    files["scripts"] = dict(scripts.files(list(environments), [_shared_folder(name, shared) for name in shared]))
    for folder, module in rendering.modules.items():
        files[f"{MODULES}/{folder}"][documents.README] = documents.of_module(module, rendering.called_by[folder])
        tests = {f"{folder}.tftest.hcl": module_tests.of_module(module, environments)}
        files[f"{MODULES}/{folder}/{module_tests.FOLDER}"] = tests
    unversioned = f"{MARKER}: what Terraform makes for itself.\n{root_files.unversioned()}"
    files["."] = {documents.README: documents.of_tree(rendering, environments, list(flat)), GITIGNORE: unversioned}
    return Tree(dict(sorted(files.items())), rendering, unsupported)


def _through_modules(imports: Iterable[Import], addresses: Mapping[str, str]) -> tuple[Import, ...]:
    """Imports at the addresses through modules; an instance keeps its key."""
    found = []
    for one in imports:
        flat = one.to if one.to in addresses else one.to.partition("[")[0]
        found.append(Import(addresses[flat] + one.to.removeprefix(flat), one.id))
    return tuple(found)


def _shared_folder(name: str, shared: Mapping[str, Environment]) -> str:
    return SHARED if len(shared) == 1 else f"{SHARED}/{name}"


def read_records(directory: Path, environments: Iterable[str]) -> dict[str, Record]:
    """What an earlier rendering into the same folder has noted. Raises InputError and EnvironmentalError where a
    record cannot be read."""
    found = {}
    for name in environments:
        file = directory / ENVIRONMENTS / name / addresses.FILE
        if not file.is_file():
            continue
        try:
            found[name] = addresses.read(file.read_text(encoding="utf-8"), str(file))
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentalError(f"{file} cannot be read: {error}") from error
    return found


def write_tree(tree: Tree, directory: Path) -> list[Path]:
    """Make the folder hold the tree, and say what was written. Own files that are no longer needed go, also those of a
    module that no environment has any more; nothing of anybody else is touched.

    Raises InputError where Terraform files of somebody else stand among them, and EnvironmentalError where it cannot
    be written.
    """
    return write_folders(tree.files, directory, (MODULES, ENVIRONMENTS))
