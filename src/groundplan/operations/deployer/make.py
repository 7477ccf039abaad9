"""Making the role that deploys an environment, looking whether it still fits, and taking it away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groundplan.design.deployer import deployer_name
from groundplan.design.pipelines import ISSUER
from groundplan.design.state import MANAGED_BY
from groundplan.engines import cloudformation
from groundplan.engines.cloudformation.rows import pascal
from groundplan.engines.cloudformation.stacks import stack_name
from groundplan.errors import EnvironmentalError
from groundplan.operations import change_sets, stacks
from groundplan.operations.account import require_account
from groundplan.operations.changes import Change
from groundplan.operations.deploy import Deployer, StackResult
from groundplan.operations.deployer import stack as wanted
from groundplan.operations.deployer.rights import Environment
from groundplan.operations.events import Report, delete_stack
from groundplan.operations.plan import addresses, as_changes, creations
from groundplan.operations.state_copies import protect
from groundplan.resources.architecture import Architecture
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.engines.cloudformation import Rendering, Stack


@dataclass(frozen=True)
class Foundation:
    """The stack of one environment's role, as it is wanted and as it is."""

    environment: Environment
    architecture: Architecture
    rendering: Rendering
    deployed: stacks.DeployedStack

    @property
    def stack(self) -> Stack:
        """The only one."""
        return self.rendering.stacks[0]


@dataclass(frozen=True)
class Made:
    """The role that deploys an environment."""

    environment: str
    result: StackResult
    outputs: Mapping[str, str]
    """``deploy_role`` and ``permissions_boundary`` (ARNs) among them."""


def rendered(environment: Environment) -> tuple[Architecture, Rendering]:
    """The stack, without a look at what is deployed. Raises InputError; see ``design_deployer``."""
    architecture = wanted.design_deployer(environment)
    rendering = cloudformation.render(architecture, cloudformation.Options(stacks="region"))
    return architecture, replace(rendering, stacks=tuple(map(_short, rendering.stacks)))


def _short(stack: Stack) -> Stack:
    """The stack with its template as JSON, where as YAML it is more than AWS takes without a bucket."""
    if len(stack.body.encode()) <= change_sets.INLINE_LIMIT:
        return stack
    return replace(stack, body=json.dumps(stack.template, separators=(",", ":")))


def templates(every: Sequence[Environment]) -> tuple[Stack, ...]:
    """A stack for each environment, without a look at what is deployed. Raises InputError; see ``design_deployer``."""
    return tuple(stack for environment in every for stack in rendered(environment)[1].stacks)


def look_ahead(connection: Connection, environment: Environment) -> Foundation:
    """What is wanted, and what there is.

    Raises InputError where the credentials are of another account, EnvironmentalError where the stack is somebody
    else's, or GitHub's identity provider is there already without it.
    """
    require_account(connection, environment.loaded)
    architecture, rendering = rendered(environment)
    deployed = _look_at(connection, rendering.stacks[0].name, environment.loaded.blueprint.region)
    makes_provider = any(output.name == wanted.IDENTITY_PROVIDER for output in architecture.outputs)
    if makes_provider and pascal(wanted.IDENTITY_PROVIDER) not in deployed.outputs:
        _require_no_provider(connection, environment)
    return Foundation(environment, architecture, rendering, deployed)


def _look_at(connection: Connection, name: str, region: str) -> stacks.DeployedStack:
    """The stack. Raises EnvironmentalError where somebody else has made it."""
    deployed = stacks.look_at(connection, name, region)
    if deployed.exists:
        with explained(f"Reading the stack {name}"):
            found = connection.cloudformation(region).describe_stacks(StackName=name)["Stacks"][0]
        if {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}.get("ManagedBy") != MANAGED_BY:
            raise EnvironmentalError(
                f"the stack {name} in {region} is there already and was not made by groundplan bootstrap, so it is "
                "left as it is. Delete it, or name a role of your own as pipelines.deploy_role"
            )
    return deployed


def _require_no_provider(connection: Connection, environment: Environment) -> None:
    """An account has one identity provider of each address."""
    with explained("Looking for GitHub's identity provider"):
        listed = connection.iam(environment.loaded.blueprint.region).list_open_id_connect_providers()
    for item in listed["OpenIDConnectProviderList"]:
        if item["Arn"].endswith(f"/{ISSUER}"):
            raise EnvironmentalError(
                f"GitHub's identity provider is in the account already ({item['Arn']}), and an account has one: write "
                "pipelines: {provider: exists}. Where an environment made it that now says deploy_role: bootstrap, "
                "its next deployment would take it away: make that deployment first, then bootstrap again"
            )


def changes(connection: Connection, found: Foundation, template_bucket: str | None = None) -> list[Change]:
    """What bootstrapping would change, by a change set that is never executed."""
    known, tags = addresses(found.rendering), stacks.stack_tags(found.architecture)
    if not found.deployed.updatable:
        return as_changes(found.stack.name, creations(found.stack), known)
    change_set = change_sets.create(connection, found.stack, {}, tags, update=True, template_bucket=template_bucket)
    if change_set is None:
        return []
    change_sets.discard(connection, change_set)
    return as_changes(found.stack.name, change_set.changes, known)


def bring_about(connection: Connection, found: Foundation, report: Report, template_bucket: str | None = None) -> Made:
    """Make the stack what is wanted, and protect it from deletion. Raises DeploymentError where something fails."""
    deployer = Deployer(connection, found.architecture, found.rendering, {}, report, template_bucket)
    result = deployer.update(found.stack)
    protect(connection, found.stack.name, found.stack.region, protected=True)
    outputs = stacks.collected_outputs(found.architecture, deployer.outputs)
    return Made(found.environment.loaded.name, result, outputs)


def look_at_removal(connection: Connection, loaded: LoadedEnvironment) -> stacks.DeployedStack | None:
    """The stack that a removal would delete; None: there is none.

    Raises EnvironmentalError where it is somebody else's, or roles still have its boundary.
    """
    found = _look_at(connection, _name(loaded), loaded.blueprint.region)
    if not found.exists:
        return None
    boundary = found.outputs.get(pascal(wanted.BOUNDARY_ARN))
    if boundary and pascal(wanted.BOUNDARY_MARK) in found.outputs:
        with explained(f"Looking at the boundary {boundary}"):
            policy = connection.iam(loaded.blueprint.region).get_policy(PolicyArn=boundary)["Policy"]
        used = policy.get("PermissionsBoundaryUsageCount", 0)
        if used:
            raise EnvironmentalError(
                f"{used} role{'s' * (used != 1)} of {loaded.name} still have the boundary {boundary}: destroy the "
                "environment, or deploy it without deploy_role: bootstrap, before its role goes"
            )
    return found


def remove(connection: Connection, going: stacks.DeployedStack, report: Report) -> None:
    """Delete the stack. Raises DeploymentError where something refuses to go."""
    protect(connection, going.name, going.region, protected=False)
    delete_stack(connection, going.name, going.region, report)


def _name(loaded: LoadedEnvironment) -> str:
    """The stack's, which does not depend on what is in it."""
    empty = Architecture(
        project=loaded.blueprint.project,
        title=deployer_name(loaded),
        environment="bootstrap",
        region=loaded.blueprint.region,
        resources=(),
    )
    return stack_name(empty, None, empty.region, 1)


def require_current(connection: Connection, environment: Environment) -> None:
    """Raise EnvironmentalError where the role or the boundary were not made for the environment as it is designed.

    A boundary that lacks something fails nobody's deployment: what the role may not do is found out when it runs. So
    this is looked at before. Of the role itself AWS would say only in the middle of a deployment what it lacks.
    """
    loaded = environment.loaded
    deployed = stacks.look_at(connection, _name(loaded), loaded.blueprint.region)
    command = f"groundplan bootstrap -e {loaded.name} --target {connection.target}"
    if not deployed.exists:
        raise EnvironmentalError(
            f"the role that deploys {loaded.name}, and the boundary of its roles, are not there yet: somebody who may "
            f"make roles runs {command} first"
        )
    architecture = wanted.design_deployer(environment)
    stale = [
        output.description
        for output in architecture.outputs
        if output.name in (wanted.RIGHTS_MARK, wanted.BOUNDARY_MARK)
        and deployed.outputs.get(pascal(output.name)) != output.value
    ]
    if stale:
        raise EnvironmentalError(
            f"the role that deploys {loaded.name} was made for another state of the blueprint, or by another version "
            f"of Groundplan ({'; '.join(stale)} differs): somebody who may make roles runs {command} first"
        )
