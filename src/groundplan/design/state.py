"""What keeps Terraform's state: a bucket with its key and locks, and a role that may do no more than keep it.

It is an architecture of its own, since it has to stand before the environments whose state it keeps, and stays when
they go. Several environments may keep their states in one bucket, each under a key of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan.catalog import names, regions
from groundplan.design.buckets import EXPIRE_LOGS, tls_only
from groundplan.design.causes import with_cause
from groundplan.design.draft import Draft, check_region, identifier
from groundplan.design.encryption import account_statement, root_of_account, same_account
from groundplan.design.state_copy import COPY, check_copy_region, copied_to, replication
from groundplan.errors import InputError, Problem
from groundplan.resources.architecture import Architecture, Output
from groundplan.resources.base import Resource
from groundplan.resources.databases import Table
from groundplan.resources.policies import Condition, InlinePolicy, PolicyDocument, Principal, Statement
from groundplan.resources.security import Key, Role
from groundplan.resources.state import DIGEST_SUFFIX, LOCK_ID, LOCK_SUFFIX, state_key
from groundplan.resources.storage import Bucket, BucketLifecycleRule, BucketPolicy
from groundplan.resources.values import Ref, Textual, text

if TYPE_CHECKING:
    from groundplan.blueprint.loading import LoadedEnvironment

BUCKET = Ref(Bucket, "state")
LOG_BUCKET = Ref(Bucket, "state_logs")
KEY = Ref(Key, "state")
TABLE = Ref(Table, "state_lock")
MANAGED_BY = "Groundplan bootstrap"
"""The tag ``ManagedBy``: another one than the environments have, which delete stacks of theirs that nobody asks for."""
COPY_REGION = "state_copy_region"
"""The output with the region of the copy, where there is one."""
TRUSTED = "trusted"
"""The output with who may take the roles, with a space between them, where that is not whom the account lets."""
WORKSPACES = "env:/"
"""Where Terraform keeps the states of workspaces. It asks for them at every ``terraform init``.
Source: https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix"""
KEPT_DAYS = 90
"""How long a state can be brought back after the next one was written."""
_DYNAMODB_USES = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
"""What DynamoDB does with a table's key in the name of who uses the table."""
_PRINCIPAL = re.compile(
    r"arn:aws[a-z-]*:(iam::\d{12}:(root|(user|role)/[\w+=,.@/-]+)|sts::\d{12}:assumed-role/[\w+=,.@-]+/[\w+=,.@-]+)"
)


@dataclass(frozen=True)
class StateChoices:
    """What a person decides about the keeping of states."""

    lock_table: bool = False
    """Whether there is a DynamoDB table for locks, which Terraform before 1.10 needs. Later ones lock by a file."""
    access_logs: bool = False
    """Whether S3 logs each request to the bucket, into a second one."""
    trusted: tuple[str, ...] = ()
    """ARNs of who may take the roles. Empty: whom the account's own IAM policies let."""
    copy_to: str = ""
    """The region that S3 copies every state to. Empty: none."""


@dataclass(frozen=True)
class StateBucket:
    """A bucket and the environments of a file that keep their states in it."""

    name: str
    region: str
    environments: tuple[LoadedEnvironment, ...]

    @property
    def lock_table(self) -> str:
        """Name of the table for locks, where there is one."""
        return f"{self.name}-lock"

    @property
    def log_bucket(self) -> str:
        """Name of the bucket for access logs, where there is one."""
        return f"{self.name}-logs"


def stage_of(loaded: LoadedEnvironment) -> str:
    """The environment, with its owner behind it where it has one."""
    owner, name = loaded.blueprint.owner_id, loaded.in_aws.name
    return f"{name}-{owner}" if owner else name


def key_of(loaded: LoadedEnvironment) -> str:
    """The key of an environment's state in its bucket."""
    return state_key(loaded.in_aws.blueprint.project, stage_of(loaded))


def role_output(loaded: LoadedEnvironment) -> str:
    """The output that has the ARN of an environment's role."""
    return f"{identifier(stage_of(loaded))}_role"


def state_buckets(environments: Iterable[LoadedEnvironment]) -> tuple[StateBucket, ...]:
    """The buckets of the environments whose state is kept in one, each once.

    Raises InputError where a name is not legal, or a bucket would have to be in two regions.
    """
    by_name: dict[str, list[LoadedEnvironment]] = {}
    for loaded in environments:
        if loaded.blueprint.state.backend == "s3":
            by_name.setdefault(loaded.state_bucket, []).append(loaded)
    problems: list[Problem] = []
    for name, users in by_name.items():
        wrong = names.rule("s3_bucket").problem(name)
        if wrong:
            problems.append(users[0].problem("state.bucket", wrong))
        places = {loaded.blueprint.region: loaded.name for loaded in reversed(users)}
        if len(places) > 1:
            told = ", ".join(f"{region} (environment {user})" for region, user in sorted(places.items()))
            problems.append(
                users[0].problem("state.bucket", f"{name} would be in {told}; a bucket is in one: give each its own")
            )
    if problems:
        raise InputError(problems)
    return tuple(StateBucket(name, users[0].blueprint.region, tuple(users)) for name, users in by_name.items())


def check_trusted(trusted: Iterable[str]) -> None:
    """Raise InputError for what is no ARN of somebody who can take a role."""
    problems = [
        Problem(
            f'--trust {arn}: that is no principal of AWS; write an ARN like "arn:aws:iam::123456789012:role/deployer"'
        )
        for arn in trusted
        if not _PRINCIPAL.fullmatch(arn)
    ]
    if problems:
        raise InputError(problems)


def design_state(bucket: StateBucket, choices: StateChoices) -> Architecture:
    """Everything that keeps the states of one bucket.

    Raises InputError where a region does not exist, a name does not fit, or ``choices.trusted`` has what is no ARN.
    """
    check_trusted(choices.trusted)
    if choices.copy_to:
        check_copy_region(bucket.region, choices.copy_to)
    drafts = [Draft(loaded.in_aws) for loaded in bucket.environments]
    check_region(drafts[0])
    resources: list[Resource] = [*_store(drafts[0], bucket, choices)]
    if choices.lock_table:
        table = drafts[0].legal("dynamodb_table", bucket.lock_table, "state.bucket")
        resources.append(
            Table(
                name=TABLE.name,
                concern="storage",
                table_name=table,
                hash_key=LOCK_ID,
                kms_key=KEY,
                tags={"Name": table},
            )
        )
    if choices.copy_to:
        resources += copied_to(drafts[0], bucket.name, KEY, bucket.region, choices.copy_to, KEPT_DAYS)
    resources += [_role(draft, bucket, choices) for draft in drafts]
    resources = [with_cause(resource, drafts[0].cause("state")) for resource in resources]
    for draft in drafts:
        draft.check()
    return Architecture(
        project=drafts[0].blueprint.project,
        title=bucket.name,
        environment="bootstrap",
        region=bucket.region,
        resources=tuple(resources),
        tags=_tags(drafts),
        outputs=tuple(_outputs(bucket, choices, drafts)),
    )


def _tags(drafts: Sequence[Draft]) -> dict[str, str]:
    """What the tags of all environments have in common."""
    common = set.intersection(*(set(draft.tags.items()) for draft in drafts))
    return {key: value for key, value in drafts[0].tags.items() if (key, value) in common} | {"ManagedBy": MANAGED_BY}


def _store(draft: Draft, bucket: StateBucket, choices: StateChoices) -> Iterable[Resource]:
    """The key, the bucket, and where it is logged who asks for it.

    Source: https://developer.hashicorp.com/terraform/language/backend/s3
    """
    yield Key(
        name=KEY.name,
        concern="encryption",
        description=f"{draft.title} states of Terraform in {bucket.name}",
        alias=bucket.name.replace(".", "-"),
        policy=PolicyDocument((account_statement(),)),
        tags={"Name": bucket.name},
    )
    if choices.access_logs:
        yield from _log_bucket(draft, bucket)
    yield Bucket(
        name=BUCKET.name,
        concern="storage",
        bucket_name=bucket.name,
        kms_key=KEY,
        lifecycle_rules=(
            BucketLifecycleRule(
                id="expire-old-states",
                noncurrent_expiration_days=KEPT_DAYS,
                abort_incomplete_multipart_upload_days=7,
            ),
        ),
        access_log_bucket=LOG_BUCKET if choices.access_logs else None,
        access_log_prefix="s3/state/" if choices.access_logs else "",
        replication=replication() if choices.copy_to else None,
        # S3 refuses a bucket for access logs that its log delivery may not write to yet.
        depends_on=(Ref(BucketPolicy, LOG_BUCKET.name),) if choices.access_logs else (),
        tags={"Name": bucket.name},
    )
    policy = PolicyDocument((tls_only(BUCKET),))
    yield BucketPolicy(name=BUCKET.name, concern="storage", bucket=BUCKET, policy=policy)


def _log_bucket(draft: Draft, bucket: StateBucket) -> Iterable[Resource]:
    yield Bucket(
        name=LOG_BUCKET.name,
        concern="storage",
        bucket_name=draft.legal("s3_bucket", bucket.log_bucket, "state.bucket"),
        sse_algorithm="AES256",  # the delivery of access logs supports no key of KMS
        lifecycle_rules=(EXPIRE_LOGS,),
        tags={"Name": bucket.log_bucket},
    )
    delivery = Statement(
        sid="BucketLogs",
        actions=("s3:PutObject",),
        resources=(text(LOG_BUCKET.arn, "/s3/*"),),
        principals=(Principal("Service", ("logging.s3.amazonaws.com",)),),
        conditions=(same_account(),),
    )
    yield BucketPolicy(
        name=LOG_BUCKET.name,
        concern="storage",
        bucket=LOG_BUCKET,
        policy=PolicyDocument((tls_only(LOG_BUCKET), delivery)),
    )


def _role(draft: Draft, bucket: StateBucket, choices: StateChoices) -> Role:
    """Who may read, write and lock the state of one environment, and nothing else."""
    principals: tuple[Textual, ...] = choices.trusted or (root_of_account(),)
    trust = Statement(actions=("sts:AssumeRole",), principals=(Principal("AWS", principals),))
    return Role(
        name=identifier(stage_of(draft.loaded)),
        concern="storage",
        role_name=draft.called("iam_role", "terraform-state", "project", lengthened=True),
        description=f"Reads, writes and locks the state that Terraform has of {draft.title} {stage_of(draft.loaded)}",
        trust=PolicyDocument((trust,)),
        inline_policies=(InlinePolicy("state", PolicyDocument(_rights(draft.loaded, bucket, choices))),),
        tags=draft.name_tag("terraform-state"),
    )


def _rights(loaded: LoadedEnvironment, bucket: StateBucket, choices: StateChoices) -> tuple[Statement, ...]:
    """What Terraform asks of AWS for a state of its own.

    Source: https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
    """
    key = key_of(loaded)
    lock = f"{key}{LOCK_SUFFIX}"
    rights = [
        Statement(
            sid="ListState",
            actions=("s3:ListBucket",),
            resources=(BUCKET.arn,),
            conditions=(Condition(operator="StringEquals", key="s3:prefix", values=(WORKSPACES, key, lock)),),
        ),
        Statement(
            sid="StateAndItsLock",
            actions=("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
            resources=(text(BUCKET.arn, f"/{key}"), text(BUCKET.arn, f"/{lock}")),
        ),
        _use_of_key("KeyOfStates", ("kms:Decrypt", "kms:GenerateDataKey"), "s3", bucket.region),
    ]
    if choices.lock_table:
        item = f"{bucket.name}/{key}"
        only = Condition(
            operator="ForAllValues:StringEquals", key="dynamodb:LeadingKeys", values=(item, f"{item}{DIGEST_SUFFIX}")
        )
        rights += [
            Statement(sid="LockTable", actions=("dynamodb:DescribeTable",), resources=(TABLE.arn,)),
            Statement(
                sid="LockOfState",
                actions=("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
                resources=(TABLE.arn,),
                conditions=(only,),
            ),
            _use_of_key("KeyOfLocks", _DYNAMODB_USES, "dynamodb", bucket.region),
        ]
    return tuple(rights)


def _use_of_key(sid: str, actions: tuple[str, ...], service: str, region: str) -> Statement:
    """The use of the key through one service only.

    Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """
    known = regions.find(region)
    domain = known.partition.dns_suffix if known else "amazonaws.com"
    through = Condition(operator="StringEquals", key="kms:ViaService", values=(f"{service}.{region}.{domain}",))
    return Statement(sid=sid, actions=actions, resources=(KEY.arn,), conditions=(through,))


def _outputs(bucket: StateBucket, choices: StateChoices, drafts: Sequence[Draft]) -> Iterable[Output]:
    yield Output(name="state_bucket", description="Where the states are", value=BUCKET.attribute("id"))
    yield Output(name="state_key", description="ARN of the key that encrypts the states", value=KEY.arn)
    if choices.access_logs:
        yield Output(name="state_log_bucket", description="Where requests are logged", value=LOG_BUCKET.attribute("id"))
    if choices.lock_table:
        yield Output(name="state_lock_table", description="Where states are locked", value=TABLE.attribute("id"))
    if choices.copy_to:
        yield Output(name="state_copy_bucket", description="Where the copies are", value=COPY.attribute("id"))
        yield Output(name=COPY_REGION, description="The region of the copies", value=choices.copy_to)
    if choices.trusted:
        yield Output(name=TRUSTED, description="Who may take the roles", value=" ".join(choices.trusted))
    for draft in drafts:
        ref = Ref(Role, identifier(stage_of(draft.loaded)))
        described = f"ARN of the role that keeps the state of {stage_of(draft.loaded)}"
        yield Output(name=role_output(draft.loaded), description=described, value=ref.arn)
