"""AWS KMS, IAM and AWS Secrets Manager in CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.engines.cloudformation.rows import RETURNED, Kept, Part, Piece, Row, present
from groundplan.resources import Architecture
from groundplan.resources.databases import CacheReplicationGroup, DatabaseInstance
from groundplan.resources.governance import BackupVault
from groundplan.resources.parameters import SecureParameter
from groundplan.resources.security import Key, ManagedPolicy, OidcProvider, Role, Secret, SecretRotation
from groundplan.resources.storage import Bucket
from groundplan.resources.values import JsonDocument


def _alias(key: Key, _: Architecture) -> Iterator[Part]:
    yield Part("Alias", "AWS::KMS::Alias", {"AliasName": f"alias/{key.alias}", "TargetKeyId": key.ref})


def _key_kept(key: Key, architecture: Architecture) -> Kept:
    """A key outlives the stack where data does: without it, kept buckets and snapshots are unreadable for ever."""
    for user in architecture.dependents.get(key.ref, ()):
        if (
            (isinstance(user, Bucket | BackupVault) and user.keep)
            or (isinstance(user, DatabaseInstance) and user.source is None and not user.skip_final_snapshot)
            or (isinstance(user, CacheReplicationGroup) and user.snapshot_retention_limit > 0)
            or (isinstance(user, Secret) and _filled_by_a_person(user))
            or (isinstance(user, SecureParameter) and user.filled_by_a_person)
        ):
            return Kept("RetainExceptOnCreate", "Retain")
    return Kept("Delete", "Retain")


def _role(role: Role, _: Architecture) -> dict[str, object]:
    policies = [
        {"PolicyName": policy.policy_name, "PolicyDocument": policy.document} for policy in role.inline_policies
    ]
    return present(AssumeRolePolicyDocument=role.trust, Policies=policies or None)


def _secret(secret: Secret, _: Architecture) -> dict[str, object]:
    made = secret.generate
    copies = [
        present(Region=copy.region, KmsKeyId=copy.kms_key.arn if copy.kms_key else None) for copy in secret.replicas
    ]
    replicas: dict[str, object] = {"ReplicaRegions": copies} if copies else {}
    if made is None:
        return present(SecretString=secret.value) | replicas
    generate = present(
        PasswordLength=made.length,
        ExcludeCharacters=made.exclude_characters or None,
        ExcludePunctuation=made.exclude_punctuation or None,
    )
    if made.username is not None:
        template = JsonDocument({"username": made.username})
        generate = {"SecretStringTemplate": template, "GenerateStringKey": "password", **generate}
    return {"GenerateSecretString": generate} | replicas


def _rotation(rotation: SecretRotation, _: Architecture) -> dict[str, object]:
    return {"RotationRules": {"AutomaticallyAfterDays": rotation.automatically_after_days}}


def _filled_by_a_person(secret: Secret) -> bool:
    return secret.generate is None and secret.value is None and secret.recovery_window_in_days > 0


def _secret_kept(secret: Secret, _: Architecture) -> Kept:
    """CloudFormation deletes a secret at once, whatever its recovery window; so what a person filled in has to stay.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html,
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1999
    """
    return Kept("RetainExceptOnCreate" if _filled_by_a_person(secret) else "Delete", "Retain")


ROWS = (
    Row(
        Key,
        "AWS::KMS::Key",
        attributes={"id": RETURNED, "arn": "Arn"},
        rename={"policy": "KeyPolicy", "deletion_window_in_days": "PendingWindowInDays"},
        written=frozenset({"alias"}),
        parts=_alias,
        kept=_key_kept,
    ),
    Row(
        Role,
        "AWS::IAM::Role",
        attributes={"id": RETURNED, "arn": "Arn"},
        write=_role,
        written=frozenset({"trust", "inline_policies"}),
    ),
    Row(
        ManagedPolicy,
        "AWS::IAM::ManagedPolicy",
        attributes={"id": RETURNED, "arn": RETURNED},
        rename={"policy_name": "ManagedPolicyName", "document": "PolicyDocument"},
    ),
    Row(OidcProvider, "AWS::IAM::OIDCProvider", attributes={"id": RETURNED, "arn": RETURNED}),
    Row(
        Secret,
        "AWS::SecretsManager::Secret",
        attributes={"id": RETURNED, "arn": RETURNED, "name_in_arn": Piece(":", 6)},
        rename={"secret_name": "Name", "kms_key": "KmsKeyId"},
        arns=frozenset({"kms_key"}),
        write=_secret,
        written=frozenset({"generate", "value", "recovery_window_in_days", "replicas"}),
        kept=_secret_kept,
    ),
    Row(
        SecretRotation,
        "AWS::SecretsManager::RotationSchedule",
        attributes={"id": RETURNED},
        rename={"secret": "SecretId"},
        # The password is new already, and a rotation right now would make it stale in the first tasks.
        fixed={"RotateImmediatelyOnUpdate": False},
        write=_rotation,
        written=frozenset({"automatically_after_days"}),
    ),
)
