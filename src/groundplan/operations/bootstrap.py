"""What Terraform's state needs, made and removed: one CloudFormation stack for each bucket of states."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.design.state import (
    MANAGED_BY,
    TRUSTED,
    StateBucket,
    StateChoices,
    design_state,
    role_output,
)
from groundplan.engines import cloudformation
from groundplan.engines.cloudformation.rows import pascal
from groundplan.errors import EnvironmentalError
from groundplan.operations import change_sets, stacks
from groundplan.operations.deploy import Deployer, StackResult
from groundplan.operations.destroy import without_protection
from groundplan.operations.events import Report, delete_stack
from groundplan.operations.holdings import Holding, delete_kept, holdings
from groundplan.operations.plan import Change, addresses, as_changes, creations
from groundplan.resources.architecture import Architecture
from groundplan.resources.databases import Table
from groundplan.resources.state import LOCK_SUFFIX, STATE_SUFFIX
from groundplan.resources.storage import Bucket
from groundplan.targets.connection import Connection, explained

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment
    from groundplan.engines.cloudformation import Rendering, Stack

IMPORT_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import.html"
_NOT_THERE, _NOT_OURS = ("404", "NoSuchBucket"), ("403", "AccessDenied")
_LOCK_TABLE, _LOG_BUCKET = "StateLockTable", "StateLogBucket"
"""Outputs that the stack has where there is such a thing."""
_LOCAL_BACKEND = {
    "use_path_style": "true",
    "skip_credentials_validation": "true",
    "skip_requesting_account_id": "true",
    "skip_region_validation": "true",
}
"""What keeps Terraform from asking AWS itself for a bucket that is in the local one, and from a host name for each
bucket. The endpoint comes from the environment: ``groundplan local env``."""
_MOST_NAMED = 5
"""Objects that a message names; the others it counts."""


@dataclass(frozen=True)
class Wishes:
    """What a person asks for at the command line. None: as it is deployed, else as ``StateChoices`` has it."""

    lock_table: bool | None = None
    access_logs: bool | None = None
    trusted: tuple[str, ...] | None = None
    """Empty: whom the account's own IAM policies let."""


@dataclass(frozen=True)
class Foundation:
    """One bucket's stack, as it is wanted and as it is."""

    bucket: StateBucket
    architecture: Architecture
    rendering: Rendering
    deployed: stacks.DeployedStack

    @property
    def stack(self) -> Stack:
        """The only one that there is."""
        return self.rendering.stacks[0]


@dataclass(frozen=True)
class Bootstrapped:
    """What there is for the states of one bucket."""

    bucket: StateBucket
    result: StackResult
    outputs: Mapping[str, str]
    """``state_bucket``, ``state_key`` (an ARN), the roles' ARNs as ``production_role``, and where there are any
    ``state_lock_table`` and ``state_log_bucket``."""
    settings: Mapping[str, str]
    """See :func:`backend_settings`."""

    def role(self, loaded: LoadedEnvironment) -> str:
        """ARN of the role that may keep the state of an environment."""
        return self.outputs[role_output(loaded)]


@dataclass(frozen=True)
class Removal:
    """What goes when the keeping of states ends."""

    foundation: Foundation
    kept: tuple[Holding, ...]
    """What the stack leaves behind when it goes: buckets and the key."""


def templates(buckets: Sequence[StateBucket], wishes: Wishes) -> Rendering:
    """A stack for each bucket, without a look at what is deployed. Raises InputError; see ``design_state``."""
    rendered = [_rendered(design_state(bucket, _choices(wishes, {}))) for bucket in buckets]
    return cloudformation.Rendering(
        title="The keeping of Terraform's states",
        stacks=tuple(stack for one in rendered for stack in one.stacks),
        locations={},
        unsupported=(),
    )


def look_ahead(connection: Connection, bucket: StateBucket, wishes: Wishes) -> Foundation:
    """What is wanted of a bucket, and what there is.

    Raises InputError for what cannot be wanted, and EnvironmentalError where the bucket or its stack is somebody
    else's, a removal has not come to its end, or the bucket has been deleted behind the stack's back.
    """
    found = _foundation(connection, bucket, wishes)
    if found.deployed.status == "DELETE_FAILED":
        raise EnvironmentalError(
            f"the stack {found.stack.name} is half removed ({found.deployed.reason or 'AWS says no reason'}): run "
            "groundplan bootstrap --remove again first"
        )
    _require_free(connection, found)
    if found.deployed.updatable and not _exists(connection, bucket.name, bucket.region):
        raise EnvironmentalError(
            f"the stack {found.stack.name} says that it has the bucket {bucket.name}, which is gone, with every state "
            "that it held. groundplan bootstrap --remove takes the rest away; then run groundplan bootstrap again"
        )
    return found


def changes(connection: Connection, found: Foundation) -> list[Change]:
    """What bootstrapping would change, by a change set that is never executed."""
    known, stack = addresses(found.rendering), found.stack
    if not found.deployed.updatable:
        return as_changes(stack.name, creations(stack), known)
    change_set = change_sets.create(connection, stack, {}, stacks.stack_tags(found.architecture), update=True)
    if change_set is None:
        return []
    change_sets.discard(connection, change_set)
    return as_changes(stack.name, change_set.changes, known)


def bring_about(connection: Connection, found: Foundation, report: Report) -> Bootstrapped:
    """Make the stack what is wanted, and protect it from deletion. Raises DeploymentError where something fails."""
    if _LOCK_TABLE in found.deployed.outputs and not found.architecture.of(Table):
        _unprotect_table(connection, found, report)
    deployer = Deployer(connection, found.architecture, found.rendering, {}, report)
    result = deployer.update(found.stack)
    _protect(connection, found.stack, protected=True)
    outputs = stacks.collected_outputs(found.architecture, deployer.outputs)
    return Bootstrapped(found.bucket, result, outputs, _settings(connection, outputs))


def _unprotect_table(connection: Connection, found: Foundation, report: Report) -> None:
    """Take the protection off a lock table that is about to go: AWS would leave it behind else."""
    report(f"{found.stack.name}: taking deletion protection off the lock table")
    architecture = without_protection(design_state(found.bucket, _choices(Wishes(), found.deployed.outputs)))
    rendering = _rendered(architecture)
    Deployer(connection, architecture, rendering, {}, report).update(rendering.stacks[0])


def backend_settings(connection: Connection, loaded: LoadedEnvironment) -> dict[str, str]:
    """What ``terraform init`` is told with ``-backend-config`` beside ``backend.tf``: the key, the lock table if there
    is one, and what the local AWS needs. Empty where the environment's bucket was not made by bootstrapping.

    Without the key's ARN, ``encrypt = true`` has Terraform ask S3 for a key of S3's own instead of the bucket's.
    Source: https://developer.hashicorp.com/terraform/language/backend/s3#s3-state-storage
    """
    bucket = StateBucket(loaded.state_bucket, loaded.blueprint.region, (loaded,))
    architecture = design_state(bucket, StateChoices(lock_table=True))
    deployed = stacks.look_at(connection, _rendered(architecture).stacks[0].name, bucket.region)
    return _settings(connection, stacks.collected_outputs(architecture, {deployed.name: deployed.outputs}))


def _settings(connection: Connection, outputs: Mapping[str, str]) -> dict[str, str]:
    named = {"kms_key_id": "state_key", "dynamodb_table": "state_lock_table"}
    found = {setting: outputs[name] for setting, name in named.items() if name in outputs}
    return {**found, **_LOCAL_BACKEND} if found and connection.target == "local" else found


def look_at_removal(connection: Connection, bucket: StateBucket) -> Removal | None:
    """What a removal would take away; None: nothing is there.

    Raises EnvironmentalError where the bucket is not the stack's, or still holds a state with resources, a lock, or
    what is no state at all.
    """
    found = _foundation(connection, bucket, Wishes())
    if not found.deployed.exists:
        if _exists(connection, bucket.name, bucket.region):
            raise EnvironmentalError(
                f"the bucket {bucket.name} is there, but the stack {found.stack.name} is not: whoever made it has to "
                "say when it may go, so it is left as it is"
            )
        return None
    _require_spent(connection, bucket)
    gone = {
        item.address
        for item in found.architecture.of(Bucket)
        if not _exists(connection, item.bucket_name, bucket.region)
    }
    held = holdings(connection, found.architecture, found.rendering, {found.stack.name})
    return Removal(found, tuple(item for item in held if item.fate == "stays" and item.address not in gone))


def remove(connection: Connection, going: Removal, report: Report) -> None:
    """Delete the stack and what it keeps: buckets at once, the key after 30 days.

    Raises EnvironmentalError where a state has come into the bucket meanwhile, DeploymentError where something
    refuses to go; what is left then goes with the next removal.
    """
    found = going.foundation
    _require_spent(connection, found.bucket)
    _protect(connection, found.stack, protected=False)
    unprotected = without_protection(found.architecture)
    if unprotected.resources != found.architecture.resources and found.deployed.updatable:
        rendering = _rendered(unprotected)
        Deployer(connection, unprotected, rendering, {}, report).update(rendering.stacks[0])
    delete_stack(connection, found.stack.name, found.stack.region, report)
    for item in going.kept:
        report(f"{item.address}: {delete_kept(connection, item)}")


def _choices(wishes: Wishes, outputs: Mapping[str, str]) -> StateChoices:
    """What is asked for; of what is not, what the deployed stack's outputs say that there is."""
    trusted = tuple(outputs.get(pascal(TRUSTED), "").split()) if wishes.trusted is None else wishes.trusted
    return StateChoices(
        lock_table=_LOCK_TABLE in outputs if wishes.lock_table is None else wishes.lock_table,
        access_logs=_LOG_BUCKET in outputs if wishes.access_logs is None else wishes.access_logs,
        trusted=trusted,
    )


def _rendered(architecture: Architecture) -> Rendering:
    return cloudformation.render(architecture, cloudformation.Options(stacks="region"))


def _foundation(connection: Connection, bucket: StateBucket, wishes: Wishes) -> Foundation:
    """The stack as it is and as it is wanted. Raises EnvironmentalError where it is somebody else's."""
    architecture = design_state(bucket, _choices(wishes, {}))
    rendering = _rendered(architecture)
    deployed = stacks.look_at(connection, rendering.stacks[0].name, bucket.region)
    if deployed.exists:
        _require_ours(connection, deployed, architecture)
        architecture = design_state(bucket, _choices(wishes, deployed.outputs))
        rendering = _rendered(architecture)
    return Foundation(bucket, architecture, rendering, deployed)


def _require_ours(connection: Connection, deployed: stacks.DeployedStack, architecture: Architecture) -> None:
    """Another project or owner may have chosen the same bucket: updating its stack would take its roles away."""
    with explained(f"Reading the stack {deployed.name}"):
        found = connection.cloudformation(deployed.region).describe_stacks(StackName=deployed.name)["Stacks"][0]
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    if tags.get("ManagedBy") != MANAGED_BY:
        raise EnvironmentalError(
            f"the stack {deployed.name} in {deployed.region} is there already and was not made by groundplan "
            "bootstrap; write another name for the bucket as state.bucket"
        )
    differs = [key for key in ("Project", "Owner") if tags.get(key) != architecture.tags.get(key)]
    if differs:
        told = ", ".join(f"{key} {tags.get(key, 'nobody')}" for key in differs)
        raise EnvironmentalError(
            f"the stack {deployed.name} in {deployed.region} was bootstrapped for another one ({told}), whose roles "
            "would be lost; write another name for the bucket as state.bucket, or leave it out"
        )


def _require_free(connection: Connection, found: Foundation) -> None:
    """Raise EnvironmentalError where a bucket that the stack would make is there without it."""
    there = set(_physical_ids(connection, found).values())
    for bucket in found.architecture.of(Bucket):
        if bucket.bucket_name not in there and _exists(connection, bucket.bucket_name, found.bucket.region):
            raise EnvironmentalError(
                f"the bucket {bucket.bucket_name} is there already, and not of the stack {found.stack.name}, so it is "
                "left as it is. To keep your states in it, bootstrap nothing: terraform init takes it. To have a "
                f"bucket made, write another name as state.bucket. To hand it to the stack, write the template with "
                f"groundplan bootstrap --out DIR and import the bucket: {IMPORT_PAGE}"
            )


def _physical_ids(connection: Connection, found: Foundation) -> dict[str, str]:
    return stacks.physical_ids(connection, found.stack.name, found.stack.region) if found.deployed.exists else {}


def _exists(connection: Connection, bucket: str, region: str) -> bool:
    """Whether there is a bucket of that name. Raises EnvironmentalError where it is another account's."""
    from botocore.exceptions import ClientError

    with explained(f"Looking for the bucket {bucket}"):
        try:
            connection.s3(region).head_bucket(Bucket=bucket)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code in _NOT_THERE:
                return False
            if code in _NOT_OURS:
                raise EnvironmentalError(
                    f"the bucket {bucket} belongs to another AWS account, or these credentials may not see it. Names "
                    "of buckets are unique in the world: write another one as state.bucket"
                ) from error
            raise
    return True


def _protect(connection: Connection, stack: Stack, *, protected: bool) -> None:
    """Termination protection of a stack.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
    """
    with explained(f"Protecting the stack {stack.name} from deletion"):
        connection.cloudformation(stack.region).update_termination_protection(
            StackName=stack.name, EnableTerminationProtection=protected
        )


def _require_spent(connection: Connection, bucket: StateBucket) -> None:
    """Raise EnvironmentalError where there is more in the bucket than states without resources."""
    if not _exists(connection, bucket.name, bucket.region):
        return
    client, found = connection.s3(bucket.region), list[str]()
    with explained(f"Looking into the bucket {bucket.name}"):
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket.name):
            for item in page.get("Contents", []):
                key = item["Key"]
                readable = key.endswith((STATE_SUFFIX, LOCK_SUFFIX))
                content = client.get_object(Bucket=bucket.name, Key=key)["Body"].read() if readable else b""
                told = what_is_left(key, content)
                if told:
                    found.append(f"{key} ({told})")
    if found:
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise EnvironmentalError(
            f"the bucket {bucket.name} is still in use: {', '.join(found[:_MOST_NAMED])}{more}. What a state has "
            "can only be destroyed with it: run terraform destroy first, and take away what is no state"
        )


def what_is_left(key: str, content: bytes) -> str:
    """Why an object of a state bucket may not go, in words; empty for a state whose resources are all destroyed."""
    if not key.endswith((STATE_SUFFIX, LOCK_SUFFIX)):
        return "no state of Terraform"
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    document = document if isinstance(document, dict) else {}
    if key.endswith(LOCK_SUFFIX):
        return f"a lock of {document.get('Who', 'somebody')} since {document.get('Created', 'some time')}"
    resources = document.get("resources")
    if not isinstance(resources, list):
        return "a state that cannot be read"
    made = [item for item in resources if not isinstance(item, dict) or item.get("mode") != "data"]
    return f"a state with {len(made)} resource{'s' * (len(made) != 1)}" if made else ""
