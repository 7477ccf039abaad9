"""What the role that deploys an environment is called, which ``groundplan bootstrap`` makes, and its boundary.

Whoever may make roles could give one every right. A permissions boundary is the limit: the role that deploys may make
and change roles only with the one of its environment, so that none of them can do more than that allows.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from groundplan.blueprint.pipelines import BOOTSTRAP
from groundplan.catalog import names
from groundplan.record import replace
from groundplan.resources.base import Resource
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, Textual, text

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

R = TypeVar("R", bound=Resource)


def is_bootstrapped(loaded: LoadedEnvironment) -> bool:
    """Whether bootstrapping makes the role that deploys this environment. What somebody deploys beside others with an
    ``owner_id`` has no pipeline, and no role for one."""
    spec = loaded.blueprint.pipelines
    return spec is not None and spec.deploy_role == BOOTSTRAP and loaded.blueprint.owner_id is None


def deployer_name(loaded: LoadedEnvironment, part: str = "deploy", kind: str = "iam_role") -> str:
    """What a part of it is called. The names begin otherwise than everything of the environment, which the role may
    change: it may not change itself."""
    from groundplan.design.draft import shortened

    known = loaded.in_aws
    stage = known.blueprint.short_name or known.name
    rule = names.rule(kind)
    name = rule.fit(f"groundplan-{part}-{known.blueprint.project}-{stage}")
    return shortened(name, rule.maximum) if len(name) > rule.maximum else name


def is_bounded(role: Role) -> bool:
    """Whether a role has the boundary that bootstrapping makes. One that AWS's own policies alone give rights needs
    none: the role that deploys may attach these to it, and nothing else ever."""
    return bool(role.inline_policies) or not role.managed_policy_arns


def with_boundary(resource: R, loaded: LoadedEnvironment) -> R:
    """What an environment has, a role with its boundary where it has one."""
    if not isinstance(resource, Role):
        return resource
    boundary = boundary_arn(loaded)
    if boundary is None or (loaded.blueprint.permissions_boundary is None and not is_bounded(resource)):
        return resource
    return replace(resource, permissions_boundary=boundary)


def boundary_arn(loaded: LoadedEnvironment) -> Textual | None:
    """ARN of the permissions boundary of an environment's roles; None: they have none."""
    written = loaded.blueprint.permissions_boundary
    if written is None:
        if not is_bootstrapped(loaded):
            return None
        written = deployer_name(loaded, "boundary", "iam_policy")
    if written.startswith("arn:"):
        return written
    return text("arn:", Pseudo.PARTITION, ":iam::", Pseudo.ACCOUNT_ID, f":policy/{written}")
