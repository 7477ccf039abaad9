"""What bootstrapping makes for whoever deploys an environment: a role, its policies, and the boundary of all others.

It is an architecture of its own, in a stack of its own: it has to stand before the environment, and nothing that it
allows reaches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design import design
from groundplan.design.causes import with_cause
from groundplan.design.deployer import boundary_arn, deployer_name, is_bootstrapped
from groundplan.design.draft import Draft
from groundplan.design.pipelines import PROVIDER, github, subject, trust
from groundplan.design.state import MANAGED_BY
from groundplan.errors import InputError
from groundplan.operations.deployer.boundary import boundary
from groundplan.operations.deployer.rights import Environment, rights
from groundplan.operations.deployer.sizes import MOST_POLICIES, compact, divided
from groundplan.resources.architecture import Architecture, Output
from groundplan.resources.base import Resource
from groundplan.resources.policies import PolicyDocument
from groundplan.resources.security import ManagedPolicy, Role
from groundplan.resources.values import Ref

ROLE = Ref(Role, "deploy")
BOUNDARY = Ref(ManagedPolicy, "boundary")
ROLE_ARN, BOUNDARY_ARN, IDENTITY_PROVIDER = "deploy_role", "permissions_boundary", "identity_provider"
RIGHTS_MARK, BOUNDARY_MARK = "rights_mark", "boundary_mark"
"""Outputs with a mark of what the policies say, which another state of the blueprint does not have."""


def environments(every: Iterable[LoadedEnvironment]) -> list[Environment]:
    """Those of a file whose role bootstrapping makes, with what stands beside them. Raises InputError; see
    ``design.design``."""
    from groundplan.engines import cloudformation

    every = list(every)
    if not any(map(is_bootstrapped, every)):
        return []
    designs = {loaded.name: cloudformation.of_aws(design(loaded))[0] for loaded in every}
    return [
        Environment(
            loaded,
            designs[loaded.name],
            cloudformation.render(designs[loaded.name]),
            tuple(other for name, other in designs.items() if name != loaded.name),
        )
        for loaded in every
        if is_bootstrapped(loaded)
    ]


def design_deployer(environment: Environment) -> Architecture:
    """The role and what goes with it.

    Raises InputError where the environment's roles have rights that no boundary can hold, or deploying it needs more
    than fits into the policies of one role.
    """
    loaded = environment.loaded
    spec = loaded.blueprint.pipelines
    assert spec is not None
    draft = Draft(loaded.in_aws)
    documents = divided(rights(environment))
    if len(documents) > MOST_POLICIES:
        message = f"deploying this environment needs {len(documents)} policies, and a role has {MOST_POLICIES} at most"
        raise InputError([loaded.problem("pipelines.deploy_role", f"{message}; name a role of your own")])
    limit = boundary(environment) if loaded.blueprint.permissions_boundary is None else None
    made = spec.provider == "create"
    resources = [*_resources(draft, documents, limit)]
    if made:
        resources.append(github(draft))
    trusting = trust(spec, subject(spec, loaded.name), made_here=made)
    resources.append(
        Role(
            name=ROLE.name,
            concern="services",
            role_name=deployer_name(loaded),
            description=f"Lets {spec.repository} deploy {draft.title} {draft.environment}, and nothing else",
            trust=trusting,
            managed_policy_arns=tuple(item.ref.arn for item in resources if item.name.startswith("rights")),
            tags={"Name": deployer_name(loaded)},
        )
    )
    draft.check()
    return Architecture(
        project=draft.blueprint.project,
        title=deployer_name(loaded),
        environment="bootstrap",
        region=draft.blueprint.region,
        resources=tuple(with_cause(resource, draft.cause("pipelines.deploy_role")) for resource in resources),
        tags={**draft.tags, "ManagedBy": MANAGED_BY},
        outputs=tuple(_outputs(loaded, documents, limit, made=made)),
    )


def _resources(draft: Draft, documents: Iterable[PolicyDocument], limit: PolicyDocument | None) -> Iterator[Resource]:
    # A managed policy cannot be given another description, so that none tells what changes.
    for number, document in enumerate(documents, 1):
        yield ManagedPolicy(
            name=f"rights_{number}",
            concern="services",
            policy_name=deployer_name(draft.loaded, f"deploy-{number}", "iam_policy"),
            description=f"What deploys {draft.title} {draft.environment}, part {number}",
            document=document,
        )
    if limit is not None:
        yield ManagedPolicy(
            name=BOUNDARY.name,
            concern="services",
            policy_name=deployer_name(draft.loaded, "boundary", "iam_policy"),
            description=f"What no role of {draft.title} {draft.environment} may exceed",
            document=limit,
        )


def _outputs(
    loaded: LoadedEnvironment, documents: tuple[PolicyDocument, ...], limit: PolicyDocument | None, *, made: bool
) -> Iterator[Output]:
    yield Output(name=ROLE_ARN, description="ARN of the role that deploys the environment", value=ROLE.arn)
    arn = boundary_arn(loaded)
    assert arn is not None
    value = arn if limit is None else BOUNDARY.arn
    yield Output(name=BOUNDARY_ARN, description="ARN of the boundary of the environment's roles", value=value)
    yield Output(name=RIGHTS_MARK, description="Mark of what the role may do", value=mark(*documents))
    if limit is not None:
        yield Output(name=BOUNDARY_MARK, description="Mark of what the boundary allows", value=mark(limit))
    if made:
        yield Output(name=IDENTITY_PROVIDER, description="ARN of GitHub's identity provider", value=PROVIDER.arn)


def mark(*documents: PolicyDocument) -> str:
    """Twelve characters that other policies do not have."""
    return sha256("\n".join(map(compact, documents)).encode()).hexdigest()[:12]
