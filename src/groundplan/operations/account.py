"""Whether the credentials are of the account that an environment belongs into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.catalog import regions
from groundplan.errors import InputError
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment


def require_account(connection: Connection, loaded: LoadedEnvironment) -> None:
    """Raises InputError where the blueprint's ``account_id`` is another account than that of the credentials, or these
    are of another partition than the region; EnvironmentalError where AWS does not say whose they are.

    Nothing is asked where no account is written, and of the local AWS.
    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    blueprint = loaded.blueprint
    if blueprint.account_id is None or connection.target == "local":
        return
    with explained(f"Asking AWS whose credentials these are, for account_id {blueprint.account_id}"):
        caller = connection.sts(blueprint.region).get_caller_identity()
    region, partition = regions.find(blueprint.region), caller["Arn"].split(":")[1]
    if region and region.partition.name != partition:
        raise InputError(
            [
                loaded.problem(
                    "region",
                    f"{blueprint.region} is in the partition {region.partition.name}, and the credentials are of "
                    f"{partition} ({caller['Arn']}). Nothing was done",
                )
            ]
        )
    if caller["Account"] != blueprint.account_id:
        raise InputError(
            [
                loaded.problem(
                    "account_id",
                    f"{loaded.name} belongs into the account {blueprint.account_id}, and the credentials are of "
                    f"{caller['Account']} ({caller['Arn']}). Nothing was done; take others, with AWS_PROFILE or "
                    "`aws sso login`",
                )
            ]
        )
