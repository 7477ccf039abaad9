"""The part of ``bootstrap`` that is about the roles that deploy environments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from groundplan.cli.options import TargetOption, confirm, load_all
from groundplan.cli.output import Progress, say, write, write_table

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.operations.deployer import Environment, Made


def chosen_deployers(every: Sequence[LoadedEnvironment], chosen: Sequence[LoadedEnvironment]) -> list[Environment]:
    """The environments that are meant and whose role bootstrapping makes."""
    from groundplan.design.deployer import is_bootstrapped

    if not any(map(is_bootstrapped, chosen)):
        return []
    from groundplan.operations.deployer import environments

    return [one for one in environments(every) if one.loaded in chosen]


def require_deployer(loaded: LoadedEnvironment, target: TargetOption) -> None:
    """Raise EnvironmentalError where the role that deploys an environment on AWS, or the boundary of its roles, was
    made for another state of the blueprint. The local AWS asks nobody for rights."""
    from groundplan.design.deployer import is_bootstrapped

    if target is not TargetOption.AWS or not is_bootstrapped(loaded):
        return
    from groundplan.cli.engine import connected
    from groundplan.operations.deployer import environments, require_current

    # What is set for this deployment holds for the environment that is deployed, not for those beside it.
    every = [loaded if one.name == loaded.name else one for one in load_all(loaded.source_file)]
    for environment in environments(every):
        if environment.loaded is loaded:
            require_current(connected(loaded, target), environment)


def show_roles(made: Sequence[Made]) -> None:
    """Tell what was made."""
    if made:
        rows = [(one.environment, one.outputs["deploy_role"], one.result.changed) for one in made]
        write_table(("environment", "role that deploys it", "changed"), rows, right=("changed",))
    for one in made:
        write(f"{one.environment}: no role of it may exceed {one.outputs['permissions_boundary']}")


def role_as_json(made: Made) -> dict[str, object]:
    """The same for programs."""
    return {
        "environment": made.environment,
        "stack": made.result.name,
        "status": made.result.status,
        "changed": made.result.changed,
        "role": made.outputs["deploy_role"],
        "permissions_boundary": made.outputs["permissions_boundary"],
        "identity_provider": made.outputs.get("identity_provider"),
    }


def remove_roles(chosen: Sequence[LoadedEnvironment], target: TargetOption, *, yes: bool) -> list[str]:
    """Take away what was made for these environments. Returns the stacks that are gone."""
    from groundplan.design.deployer import is_bootstrapped

    removed: list[str] = []
    for loaded in filter(is_bootstrapped, chosen):
        from groundplan.operations.deployer import look_at_removal, remove
        from groundplan.targets.connection import connect

        connection = connect(target.value)
        going = look_at_removal(connection, loaded)
        if going is None:
            say(f"{loaded.name}: no role that deploys it was made on {target.value}")
            continue
        confirm(f"Remove the role that deploys {loaded.name}, and the boundary, on {target.value}?", yes=yes)
        with Progress() as report:
            remove(connection, going, report)
        removed.append(going.name)
    return removed
