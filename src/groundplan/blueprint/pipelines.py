"""The pipelines that deliver an environment: which repository they are in, and how they sign in to AWS."""

from typing import Literal

from pydantic import Field

from groundplan.blueprint.base import Part

REPOSITORY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}(@[0-9]+)?/[A-Za-z0-9._-]{1,100}(@[0-9]+)?$"
BRANCH_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9._/-]*$"
TITLE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$"
USER_PATTERN = r"^[A-Za-z0-9+=,.@_-]{1,64}$"
ROLE_PATTERN = r"^(arn:aws[a-z-]*:iam::\d{12}:role/)?[A-Za-z0-9+=,.@_-]+(/[A-Za-z0-9+=,.@_-]+)*$"
BOOTSTRAP = "bootstrap"
"""The ``deploy_role`` that ``groundplan bootstrap`` makes."""
POLICY_PATTERN = r"^(arn:aws[a-z-]*:iam::(aws|\d{12}):policy/)?[A-Za-z0-9+=,.@_-]+(/[A-Za-z0-9+=,.@_-]+)*$"
"""The name of a managed policy of the account, or the ARN of any."""


class Pipelines(Part):
    """GitHub Actions: workflows that ``groundplan pipelines`` writes, and the roles that they take in this account.

    Source: https://docs.github.com/en/actions/concepts/security/openid-connect
    """

    repository: str = Field(pattern=REPOSITORY_PATTERN, max_length=180)
    """The repository, ``owner/name``. Where its tokens carry immutable ids, as those of repositories made since July
    2026 do: with them, ``owner@123456/name@456789``, as Settings > Actions > OIDC shows."""
    branch: str = Field(default="main", pattern=BRANCH_PATTERN, max_length=200)
    """The branch that is released and deployed. Nothing else may."""
    name: str = Field(default="Deploy", pattern=TITLE_PATTERN, max_length=60)
    """What the workflow is called that tests, builds and releases."""
    approval: bool = True
    """Whether somebody has to approve each release and deployment: the job then waits for the reviewers of the GitHub
    environment of the same name, which also says that only ``branch`` may use it."""
    credentials: Literal["oidc", "keys"] = "oidc"
    """``oidc``: GitHub vouches for each job, and AWS gives it credentials for an hour; no secret is kept anywhere.
    ``keys``: an access key of the IAM user ``user`` in GitHub's secrets, with which the job takes the same role. A key
    stays valid for whoever finds it, so that GP-SEC-087 wants it accepted with a reason."""
    user: str | None = Field(default=None, pattern=USER_PATTERN)
    """The IAM user that the keys are of (``credentials: keys``). It needs no rights but to take the role."""
    provider: Literal["create", "exists"] = "exists"
    """Whether this environment makes GitHub's identity provider in IAM, which is free. An account has one: one
    environment of it makes it, or ``shared:``; for the others it exists."""
    deploy_role: str | None = Field(default=None, pattern=ROLE_PATTERN)
    """The role that deploys the infrastructure. ``bootstrap``: the one that ``groundplan bootstrap`` makes, with no
    more rights than this environment needs; every role of the environment then has its ``permissions_boundary``. Else
    the ARN of one that the account's owners have made, or its name in this account. ``null``: the workflow checks,
    prices and plans, and a person deploys."""
    scans: bool | None = None
    """Whether packages, images and the infrastructure are searched for known weaknesses, with each change and every
    week. Default: where any image has ``scan: true``."""
