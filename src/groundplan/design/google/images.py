"""Image repositories, and who may push to them without a key."""

from __future__ import annotations

from groundplan.blueprint.validation.tasks import repository_settings
from groundplan.design.draft import identifier
from groundplan.design.google.pilot import AT, REGION, Pilot
from groundplan.resources.google.project import GoogleIdentityPool, GoogleIdentityProvider, GoogleServiceAccount
from groundplan.resources.google.registry import GoogleRepository
from groundplan.resources.values import Ref, text

ACCOUNT = Ref(GoogleServiceAccount, "pipeline")
GITHUB = "https://token.actions.githubusercontent.com"
"""Source: https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines"""
AWS_ROLE = (
    "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + "
    "assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn"
)
"""The role in the ARN of its session.
Source: https://cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds#mappings-and-conditions"""


def repository(name: str) -> Ref[GoogleRepository]:
    """The repository of an image, by its name in the blueprint."""
    return Ref(GoogleRepository, identifier(name))


def add_repositories(pilot: Pilot) -> None:
    """One repository for each image name, as on AWS."""
    draft = pilot.draft
    for name in dict.fromkeys(service.image.repository for service in pilot.services.values()):
        ref = draft.add(
            GoogleRepository(
                name=identifier(name),
                concern="registry",
                repository_id=pilot.called("google_repository", name, AT),
                location=REGION,
                description=f"Images of {name}",
                keep_images=repository_settings(draft.blueprint, name).keep,
                depends_on=(pilot.api("artifactregistry"),),
            )
        )
        draft.output(
            f"google_{identifier(name)}_repository",
            f"Where each release of {name} is pushed as well, so that Google Cloud can take over with it",
            text(ref.attribute("uri"), f"/{name}"),
        )


def add_pipeline(pilot: Pilot) -> None:
    """Workload identity federation: a pipeline shows who it is with a token of its own, and no key exists."""
    pipeline = pilot.spec.pipeline
    if pipeline is None:
        return
    draft = pilot.draft
    account = pilot.add_account("pipeline", f"Pushes images: {pipeline}"[:100], f"{AT}.pipeline")
    pool = draft.add(
        GoogleIdentityPool(
            name="pipeline",
            concern="registry",
            pool_id=pilot.called("google_identity_pool", "pipeline", f"{AT}.pipeline"),
            description=f"{draft.title} {draft.stage}: who pushes images",
            depends_on=(pilot.api("iam"), pilot.api("iamcredentials"), pilot.api("sts")),
        )
    )
    attribute, value, provider = _provider(pilot, pool, pipeline)
    provider_ref = draft.add(provider)
    member = text("principalSet://iam.googleapis.com/", pool.attribute("name"), f"/attribute.{attribute}/{value}")
    pilot.allow("pipeline", account, "roles/iam.workloadIdentityUser", member, concern="registry")
    for name in dict.fromkeys(service.image.repository for service in pilot.services.values()):
        pilot.allow(
            f"{identifier(name)}_images", repository(name), "roles/artifactregistry.writer",
            account.attribute("member"), concern="registry",
        )  # fmt: skip
    draft.output("google_identity_provider", f"Whom {pipeline} shows its token to", provider_ref.attribute("name"))
    draft.output("google_pipeline_account", f"Whom {pipeline} then acts as", account.attribute("email"))


def _provider(pilot: Pilot, pool: Ref[GoogleIdentityPool], pipeline: str) -> tuple[str, str, GoogleIdentityProvider]:
    """Which attribute tells the pipeline from all others, its value, and the provider that checks it."""
    name = pilot.called("google_identity_pool", "pipeline", f"{AT}.pipeline")
    if not pipeline.startswith("arn:"):
        return (
            "repository",
            pipeline,
            GoogleIdentityProvider(
                name="pipeline",
                concern="registry",
                provider_id=name,
                pool=pool,
                attribute_mapping={"google.subject": "assertion.sub", "attribute.repository": "assertion.repository"},
                attribute_condition=f'assertion.repository == "{pipeline}"',
                issuer_uri=GITHUB,
            ),
        )
    _, partition, _, _, account, role = pipeline.split(":", 5)
    session = f"arn:{partition}:sts::{account}:assumed-role/{role.removeprefix('role/')}"
    return (
        "aws_role",
        session,
        GoogleIdentityProvider(
            name="pipeline",
            concern="registry",
            provider_id=name,
            pool=pool,
            attribute_mapping={"google.subject": "assertion.arn", "attribute.aws_role": AWS_ROLE},
            attribute_condition=f'attribute.aws_role == "{session}"',
            aws_account=account,
        ),
    )
