"""Pipelines of GitHub Actions, written from the blueprint with the roles that they take."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.blueprint.loading import LoadedEnvironment
from groundplan.design.deployer import is_bootstrapped
from groundplan.documents.files import commented
from groundplan.documents.pipelines.application import application
from groundplan.documents.pipelines.infrastructure import infrastructure
from groundplan.documents.pipelines.places import ACCOUNT, Place, places
from groundplan.documents.pipelines.security import security
from groundplan.documents.pipelines.workflow import rendered
from groundplan.errors import InputError, Problem

COMMAND = "pipelines"
FOLDER = ".github/workflows"


def pipeline_files(every: list[LoadedEnvironment]) -> dict[str, str]:
    """The workflows by their paths in the repository. Raises InputError where no environment has pipelines, or they
    are of several repositories."""
    found = _places(every)
    source = found[0].loaded.source_file.name
    workflows = {
        "deploy.yml": application(found),
        "infrastructure.yml": infrastructure(found),
        "security.yml": security(found),
    }
    return {
        f"{FOLDER}/{name}": commented(rendered(workflow), source, COMMAND)
        for name, workflow in workflows.items()
        if workflow is not None
    }


def settings_of_repository(every: list[LoadedEnvironment]) -> Iterator[str]:
    """What GitHub has to be told beside the workflows, in the order in which a person does it."""
    found = _places(every)
    repository = "/".join(part.partition("@")[0] for part in found[0].spec.repository.split("/"))
    approved = [place.name for place in found if place.spec.approval and (place.release_role or place.spec.deploy_role)]
    if approved:
        yield (
            f"GitHub, {repository}, Settings > Environments: make {', '.join(approved)}, each with its reviewers and "
            f"{found[0].spec.branch} as its only deployment branch"
        )
    missing = [place.name for place in found if place.account == ACCOUNT]
    if missing:
        yield (
            f"GitHub, Settings > Secrets and variables > Actions: the variable AWS_ACCOUNT_ID, or account_id in the "
            f"blueprint (of {', '.join(missing)})"
        )
    keys = next((place for place in found if place.spec.credentials == "keys"), None)
    if keys is not None:
        yield (
            f"GitHub, Settings > Secrets and variables > Actions: the secrets AWS_ACCESS_KEY_ID and "
            f"AWS_SECRET_ACCESS_KEY of the IAM user {keys.spec.user}, whose only right is sts:AssumeRole on "
            f"{', '.join(filter(None, (keys.release_role, keys.plan_role, keys.deploy_role)))}"
        )
    made = [place.name for place in found if is_bootstrapped(place.loaded)]
    if made:
        named = " ".join(f"-e {name}" for name in made)
        yield (
            f"AWS: groundplan bootstrap {named} --target aws, by somebody who may make roles: before the first "
            "deployment, and again when a deployment says so"
        )
    if any(place.spec.deploy_role is None for place in found):
        yield "nothing deploys the infrastructure by itself: a person does, or pipelines.deploy_role names who may"


def _places(every: list[LoadedEnvironment]) -> list[Place]:
    found = places(every)
    if not found:
        raise InputError(
            [
                every[0].problem(
                    "pipelines", "nothing says where the pipelines are; write pipelines: {repository: owner/name}"
                )
            ]
        )
    problems: list[Problem] = []
    for key in ("repository", "branch", "name"):
        said = getattr(found[0].spec, key)
        problems += [
            place.loaded.problem(
                f"pipelines.{key}", f"{place.name} has {getattr(place.spec, key)}, {found[0].name} {said}; say one"
            )
            for place in found
            if getattr(place.spec, key) != said
        ]
    if problems:
        raise InputError(problems)
    return found
