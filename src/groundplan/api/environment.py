"""``groundplan.Environment``: one environment of a blueprint, and everything that can be made of it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from groundplan.blueprint.explain import Explanation
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.blueprint.models import Blueprint as Settings
    from groundplan.checks import Report
    from groundplan.cost import Estimate
    from groundplan.engines import cloudformation, terraform
    from groundplan.resources.architecture import Architecture


class Environment:
    """One environment, valid as far as the blueprint alone can tell."""

    def __init__(self, loaded: LoadedEnvironment) -> None:
        self.loaded = loaded
        """The environment with the place of each value."""

    @property
    def name(self) -> str:
        """What the environment is called."""
        return self.loaded.name

    @property
    def settings(self) -> Settings:
        """Every value: what is written, what the profile says, and the defaults."""
        return self.loaded.blueprint

    @cached_property
    def architecture(self) -> Architecture:
        """Every resource. Raises InputError with every size, version, zone and name that AWS would refuse."""
        from groundplan.design import design

        return design(self.loaded)

    def explain(self) -> list[Explanation]:
        """Every value, and where it came from."""
        from groundplan.blueprint.explain import explain

        return explain(self.loaded)

    def check(self) -> Report:
        """What is wrong with the architecture; ``standing`` has the findings that nobody accepted.

        The rules in ``checks/`` beside the file of the blueprint belong to it. Raises InputError where ``accept`` names
        a rule that does not exist.
        """
        from groundplan import checks

        return checks.examine(self.loaded, self.architecture)

    def cost(self) -> Estimate:
        """What the environment costs per month, line by line, and what is not known."""
        from groundplan.cost import estimate

        return estimate(self.architecture, self.settings.usage, self.settings.objectives.budget)

    def terraform(self) -> terraform.Rendering:
        """The environment as one Terraform root; ``files`` has the texts."""
        from groundplan.engines import terraform

        state = self.settings.state
        options = terraform.Options(backend=state.backend, state_bucket=self.loaded.state_bucket)
        return terraform.render(self.architecture, options)

    def cloudformation(self, stacks: Literal["concern", "region"] = "concern") -> cloudformation.Rendering:
        """The environment as CloudFormation templates: a stack for each concern, or one for each region."""
        from groundplan.engines import cloudformation

        return cloudformation.render(self.architecture, cloudformation.Options(stacks=stacks))

    def write(self, directory: str | Path, engine: Literal["terraform", "cloudformation"] | None = None) -> list[Path]:
        """Write the code of an engine (default: the blueprint's) into a folder. Gives the files.

        Raises EnvironmentalError where the folder cannot be written to, or holds files of somebody else by that name.
        """
        from groundplan.engines import cloudformation, terraform

        folder = Path(directory)
        if (engine or self.settings.engine) == "terraform":
            rendering = self.terraform()
            terraform.write(rendering, folder)
            return [folder / name for name in rendering.files]
        return list(cloudformation.write(self.cloudformation(), folder))

    def __repr__(self) -> str:
        return f"<Environment {self.name} of {self.settings.project}>"
