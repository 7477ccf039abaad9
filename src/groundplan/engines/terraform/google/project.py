"""APIs, service accounts and workload identity federation in Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.terraform.context import Context, label
from groundplan.engines.terraform.google.base import row
from groundplan.engines.terraform.hcl import Argument, Block, Expression
from groundplan.engines.terraform.rows import Beside
from groundplan.resources.google.project import (
    GoogleApi,
    GoogleIdentityPool,
    GoogleIdentityProvider,
    GoogleServiceAccount,
    GoogleTransferAgent,
)

FILE = "google_project.tf"
_AGENT = "google_storage_transfer_project_service_account"


def _agent(agent: GoogleTransferAgent, context: Context) -> Iterator[Block]:
    """The service account exists from the first time that somebody asks for it."""
    after = Argument("depends_on", [Expression(context.address(agent.ref))])
    yield Block("data", (_AGENT, label(agent.ref)), (after,))


def _pool(provider: GoogleIdentityProvider, context: Context) -> dict[str, object]:
    return {"workload_identity_pool_id": Expression(f"{context.address(provider.pool)}.workload_identity_pool_id")}


def _issuer(provider: GoogleIdentityProvider, context: Context) -> Iterator[Block]:
    if provider.issuer_uri:
        yield context.block("oidc", {"issuer_uri": provider.issuer_uri})
    if provider.aws_account:
        yield context.block("aws", {"account_id": provider.aws_account})


ROWS = (
    row(GoogleApi, "google_project_service", FILE, fixed={"disable_on_destroy": False}),
    row(
        GoogleTransferAgent,
        "google_project_service",
        FILE,
        attributes={"member": Beside(f"data.{_AGENT}", "member"), "subject_id": Beside(f"data.{_AGENT}", "subject_id")},
        fixed={"disable_on_destroy": False},
        beside=_agent,
    ),
    row(
        GoogleServiceAccount,
        "google_service_account",
        FILE,
        attributes={"email": "email", "member": "member"},
        section=1,
    ),
    row(
        GoogleIdentityPool,
        "google_iam_workload_identity_pool",
        FILE,
        attributes={"name": "name"},
        rename={"pool_id": "workload_identity_pool_id"},
        section=2,
    ),
    row(
        GoogleIdentityProvider,
        "google_iam_workload_identity_pool_provider",
        FILE,
        attributes={"name": "name"},
        rename={"provider_id": "workload_identity_pool_provider_id"},
        arguments=_pool,
        blocks=_issuer,
        written=frozenset({"pool", "issuer_uri", "aws_account"}),
        section=3,
    ),
)
