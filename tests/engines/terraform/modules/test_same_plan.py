"""Through modules Terraform plans exactly what it plans without them: every resource, every value, every region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.engines.terraform.modules import small
from tests.engines.terraform.modules.systems import SYSTEMS, environments, tree
from tests.terraform_core.harness import TerraformCore

from groundplan.engines import terraform
from groundplan.engines.terraform import Options
from groundplan.engines.terraform.checking import check
from groundplan.engines.terraform.context import GLOBAL
from groundplan.engines.terraform.modules import write_tree

GOOGLE = Path(__file__).parents[2] / "google" / "groundplan.yaml"
Values = dict[str, dict[str, Any]]


@pytest.mark.parametrize("system", SYSTEMS)
def test_schemas_of_the_providers_allow_it(system: str) -> None:
    written = {f"{folder}/{name}": text for folder, files in tree(system).files.items() for name, text in files.items()}
    assert check(written) == ()


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_same_through_modules(system: str, tmp_path: Path) -> None:
    """Formatted, valid, planned as without modules, applied, and nothing left to do."""
    every, _ = environments(system)
    whole = tree(system)
    write_tree(whole, tmp_path / "tree")
    core = TerraformCore(tmp_path / "core", variables={})
    core.fmt_check(tmp_path / "tree")
    for name, environment in every.items():
        flat = tmp_path / f"flat-{name}"
        terraform.write(terraform.render(environment.architecture, Options(backend="local")), flat)
        expected = _values(core.plan(flat))
        root = tmp_path / "tree" / "environments" / name
        planned = _values(core.plan(root, within=tmp_path / "tree"))
        assert planned == dict(_through_modules(expected, whole.rendering.addresses[name]))
        core.validate(root, within=tmp_path / "tree")
        core.apply(root, within=tmp_path / "tree")
        core.second_plan_is_empty(root, within=tmp_path / "tree")


def test_another_cloud_through_modules(tmp_path: Path) -> None:
    """Its project is asked for, and what it looks up another module reads."""
    blueprint = GOOGLE.read_text()
    whole = small.tree(blueprint)
    write_tree(whole, tmp_path / "tree")
    core = TerraformCore(tmp_path / "core", variables={"google_project": "demo-project"})
    for name, environment in small.environments(blueprint).items():
        terraform.write(terraform.render(environment.architecture, Options(backend="local")), tmp_path / name)
        expected = _values(core.plan(tmp_path / name))
        planned = _values(core.plan(tmp_path / "tree" / "environments" / name, within=tmp_path / "tree"))
        assert planned == dict(_through_modules(expected, whole.rendering.addresses[name]))


def _through_modules(expected: Values, addresses: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The planned values under the addresses that they have through modules. An instance keeps its key."""
    for address, values in expected.items():
        flat = address if address in addresses else address.partition("[")[0]
        yield addresses[flat] + address.removeprefix(flat), values


def _values(plan: dict[str, Any]) -> Values:
    """The planned values of each resource, with the region that its provider is configured for where it names none."""
    regions = dict(_regions(plan))
    keys = dict(_provider_keys(plan["configuration"]["root_module"], ""))
    found = {}
    for address, values in TerraformCore.show(plan).items():
        if ".data." in f".{address}":
            continue  # only looked up
        place = _without_keys(address)
        is_global = place.rpartition(".")[0].rpartition(".")[2].startswith(GLOBAL)
        region = None if is_global else values.get("region") or regions.get(keys[place])
        found[address] = values | {"region": region}
    return found


def _regions(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, provider in plan["configuration"]["provider_config"].items():
        references = provider.get("expressions", {}).get("region", {}).get("references", ())
        for reference in references:
            yield key, plan["variables"][reference.removeprefix("var.")]["value"]


def _provider_keys(module: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for resource in module.get("resources", ()):
        yield f"{prefix}{resource['address']}", resource["provider_config_key"]
    for name, call in module.get("module_calls", {}).items():
        yield from _provider_keys(call["module"], f"{prefix}module.{name}.")


def _without_keys(address: str) -> str:
    parts, depth = [], 0
    for character in address:
        depth += character == "["
        if not depth:
            parts.append(character)
        depth -= character == "]"
    return "".join(parts)
