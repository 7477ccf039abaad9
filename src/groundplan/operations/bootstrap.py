"""What Terraform's state needs, made and removed: one CloudFormation stack for each bucket of states."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groundplan.design.state import (
    COPY_REGION,
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
from groundplan.operations.changes import Change
from groundplan.operations.deletion_protection import without_protection
from groundplan.operations.deploy import Deployer, StackResult
from groundplan.operations.events import Report, delete_stack
from groundplan.operations.holdings import Holding, delete_kept, holdings
from groundplan.operations.parameters import parameters_of
from groundplan.operations.plan import addresses, as_changes, creations
from groundplan.operations.state_copies import copy_present, delete_copies, elsewhere, protect
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
_NOT_YET = "not-yet-known"
"""What a plan gives for what another stack, not made yet, will give."""
_MOST_NAMED = 5
"""Objects that a message names; the others it counts."""


@dataclass(frozen=True)
class Wishes:
    """What a person asks for at the command line. None: as it is deployed, else as ``StateChoices`` has it."""

    lock_table: bool | None = None
    access_logs: bool | None = None
    trusted: tuple[str, ...] | None = None
    """Empty: whom the account's own IAM policies let."""
    copy_to: str | None = None
    """The region of a copy; empty: none."""


@dataclass(frozen=True)
class Foundation:
    """One bucket's stacks, as they are wanted and as they are."""

    bucket: StateBucket
    architecture: Architecture
    rendering: Rendering
    deployed: stacks.DeployedStack
    """The bucket's own stack; that of a copy is in another region."""

    @property
    def stack(self) -> Stack:
        """The bucket's own."""
        return _at_home(self.rendering, self.bucket)

    @property
    def copied_to(self) -> str:
        """The region that the deployed stack copies to; empty: none."""
        return self.deployed.outputs.get(pascal(COPY_REGION), "")


@dataclass(frozen=True)
class Bootstrapped:
    """What there is for the states of one bucket."""

    bucket: StateBucket
    result: StackResult
    outputs: Mapping[str, str]
    """``state_bucket``, ``state_key`` (an ARN), the roles' ARNs as ``production_role``, and where there are any
    ``state_lock_table``, ``state_log_bucket``, ``state_copy_bucket`` and ``state_copy_region``."""
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
    """What the stacks leave behind when they go: buckets and keys."""
    copies: tuple[stacks.DeployedStack, ...] = ()
    """Stacks of copies in other regions."""


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
    """What bootstrapping would change, by change sets that are never executed."""
    known = addresses(found.rendering)
    planned: list[Change] = []
    outputs: dict[str, Mapping[str, str]] = {}
    for stack in found.rendering.stacks:
        deployed = stacks.look_at(connection, stack.name, stack.region)
        outputs[stack.name] = deployed.outputs
        if not deployed.updatable:
            planned += as_changes(stack.name, creations(stack), known)
            continue
        values, unknown = parameters_of(stack, {}, lambda name, key: outputs.get(name, {}).get(key))
        values |= dict.fromkeys(unknown, _NOT_YET)
        tags = stacks.stack_tags(found.architecture)
        change_set = change_sets.create(connection, stack, values, tags, update=True)
        if change_set is not None:
            change_sets.discard(connection, change_set)
            planned += as_changes(stack.name, change_set.changes, known)
    return planned


def bring_about(connection: Connection, found: Foundation, report: Report) -> Bootstrapped:
    """Make the stacks what is wanted, and protect them from deletion; states that are there already are copied to a
    new copy. Raises DeploymentError where something fails."""
    if _LOCK_TABLE in found.deployed.outputs and not found.architecture.of(Table):
        _unprotect_table(connection, found, report)
    deployer = Deployer(connection, found.architecture, found.rendering, {}, report)
    results = {}
    for stack in found.rendering.stacks:
        results[stack.name] = deployer.update(stack)
        protect(connection, stack.name, stack.region, protected=True)
    outputs = stacks.collected_outputs(found.architecture, deployer.outputs)
    wanted = outputs.get(COPY_REGION, "")
    if wanted and wanted != found.copied_to:
        copy_present(connection, found.bucket, outputs, report)
    if found.copied_to and wanted != found.copied_to:
        old = _rendered(design_state(found.bucket, _choices(Wishes(), found.deployed.outputs)))
        delete_copies(connection, elsewhere(connection, old, found.bucket), report)
    own = results[found.stack.name]
    result = replace(own, changed=sum(one.changed for one in results.values()))
    return Bootstrapped(found.bucket, result, outputs, _settings(connection, outputs))


def _unprotect_table(connection: Connection, found: Foundation, report: Report) -> None:
    """Take the protection off a lock table that is about to go: AWS would leave it behind else."""
    report(f"{found.stack.name}: taking deletion protection off the lock table")
    architecture = without_protection(design_state(found.bucket, _choices(Wishes(), found.deployed.outputs)))
    _update_all(connection, architecture, report)


def _update_all(connection: Connection, architecture: Architecture, report: Report) -> None:
    rendering = _rendered(architecture)
    deployer = Deployer(connection, architecture, rendering, {}, report)
    for stack in rendering.stacks:
        deployer.update(stack)


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
        if not _exists(connection, item.bucket_name, item.region or bucket.region)
    }
    copies = elsewhere(connection, found.rendering, bucket)
    held = holdings(connection, found.architecture, found.rendering, {found.stack.name, *(one.name for one in copies)})
    return Removal(found, tuple(item for item in held if item.fate == "stays" and item.address not in gone), copies)


def remove(connection: Connection, going: Removal, report: Report) -> None:
    """Delete the stacks and what they keep: buckets at once, keys after 30 days.

    Raises EnvironmentalError where a state has come into the bucket meanwhile, DeploymentError where something
    refuses to go; what is left then goes with the next removal.
    """
    found = going.foundation
    _require_spent(connection, found.bucket)
    protect(connection, found.stack.name, found.stack.region, protected=False)
    unprotected = without_protection(found.architecture)
    if unprotected.resources != found.architecture.resources and found.deployed.updatable:
        _update_all(connection, unprotected, report)
    delete_stack(connection, found.stack.name, found.stack.region, report)
    delete_copies(connection, going.copies, report)
    for item in going.kept:
        report(f"{item.address}: {delete_kept(connection, item)}")


def _choices(wishes: Wishes, outputs: Mapping[str, str]) -> StateChoices:
    """What is asked for; of what is not, what the deployed stack's outputs say that there is."""
    trusted = tuple(outputs.get(pascal(TRUSTED), "").split()) if wishes.trusted is None else wishes.trusted
    return StateChoices(
        lock_table=_LOCK_TABLE in outputs if wishes.lock_table is None else wishes.lock_table,
        access_logs=_LOG_BUCKET in outputs if wishes.access_logs is None else wishes.access_logs,
        trusted=trusted,
        copy_to=outputs.get(pascal(COPY_REGION), "") if wishes.copy_to is None else wishes.copy_to,
    )


def _rendered(architecture: Architecture) -> Rendering:
    return cloudformation.render(architecture, cloudformation.Options(stacks="region"))


def _at_home(rendering: Rendering, bucket: StateBucket) -> Stack:
    return next(stack for stack in rendering.stacks if stack.region == bucket.region)


def _foundation(connection: Connection, bucket: StateBucket, wishes: Wishes) -> Foundation:
    """The stack as it is and as it is wanted. Raises EnvironmentalError where it is somebody else's."""
    architecture = design_state(bucket, _choices(wishes, {}))
    rendering = _rendered(architecture)
    deployed = stacks.look_at(connection, _at_home(rendering, bucket).name, bucket.region)
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
        region = bucket.region or found.bucket.region
        if bucket.bucket_name not in there and _exists(connection, bucket.bucket_name, region):
            raise EnvironmentalError(
                f"the bucket {bucket.bucket_name} is there already, and not of the stack {found.stack.name}, so it is "
                "left as it is. To keep your states in it, bootstrap nothing: terraform init takes it. To have a "
                f"bucket made, write another name as state.bucket. To hand it to the stack, write the template with "
                f"groundplan bootstrap --out DIR and import the bucket: {IMPORT_PAGE}"
            )


def _physical_ids(connection: Connection, found: Foundation) -> dict[str, str]:
    there = [found.deployed] if found.deployed.exists else []
    there += elsewhere(connection, found.rendering, found.bucket)
    every = (stacks.physical_ids(connection, stack.name, stack.region) for stack in there)
    return {f"{number} {name}": value for number, ids in enumerate(every) for name, value in ids.items()}


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
