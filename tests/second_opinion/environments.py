"""Every environment of the examples, as Checkov gets to see it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.acceptance.conftest import SYSTEMS
from tests.second_opinion.verdicts import Failure
from tests.terraform_core.harness import TerraformCore

from groundplan.blueprint.loading import LoadedEnvironment, load_all
from groundplan.checks import Report, run
from groundplan.design import design
from groundplan.engines import cloudformation, terraform
from groundplan.resources import Architecture

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Subject:
    """One environment of one system."""

    system: str
    loaded: LoadedEnvironment
    _own: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    @property
    def name(self) -> str:
        """``spendsense prod``."""
        return f"{self.system} {self.loaded.name}"

    @property
    def is_production(self) -> bool:
        """Whether it has the profile of production."""
        return self.loaded.blueprint.profile == "production"

    @cached_property
    def architecture(self) -> Architecture:
        """What the blueprint becomes."""
        return design(self.loaded)

    @cached_property
    def report(self) -> Report:
        """What Groundplan's own rules find."""
        return run(self.architecture, self.loaded.blueprint.accept)

    @cached_property
    def templates(self) -> cloudformation.Rendering:
        """The CloudFormation templates."""
        return cloudformation.render(self.architecture)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The file with the plan of the rendered Terraform, and the folder with the templates."""
        state = self.loaded.blueprint.state
        options = terraform.Options(backend=state.backend, state_bucket=f"{self.system}-terraform-state")
        rendering = terraform.render(self.architecture, options)
        terraform.write(rendering, folder / "root")
        plan, templates = folder / "plan.json", folder / "templates"
        plan.write_text(json.dumps(TerraformCore(folder / "workspace").plan(folder / "root")), encoding="utf-8")
        templates.mkdir()
        for stack in self.templates.stacks:
            (templates / f"{stack.name}.yaml").write_text(stack.body, encoding="utf-8")
        for ref, addresses in rendering.addresses.items():
            self._own.update(dict.fromkeys(addresses, ref.address))
        for ref, places in self.templates.locations.items():
            self._own.update({f"{place.stack}/{place.logical_id}": ref.address for place in places})
        return plan, templates

    def failures(self, found: Mapping[tuple[str, str], str]) -> Iterator[Failure]:
        """What Checkov found, by check and its own name of the resource, on Groundplan's addresses."""
        for check, name in found:
            own = self._own.get(name) or self._own.get(name.partition("[")[0])
            yield Failure(check, own or name)


def subjects() -> Iterator[Subject]:
    """All of them, by system."""
    for system in sorted(SYSTEMS):
        for loaded in load_all(EXAMPLES / system / "groundplan.yaml"):
            yield Subject(system, loaded)
