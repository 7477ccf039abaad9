"""Keys, roles and secrets: AWS KMS, IAM, Secrets Manager."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import Record, dataclass
from groundplan.resources.base import Resource
from groundplan.resources.policies import InlinePolicy, PolicyDocument
from groundplan.resources.values import Ref, Textual


@dataclass(frozen=True, kw_only=True)
class Key(Resource):
    """A customer managed KMS key with its alias."""

    title: ClassVar[str] = "KMS key"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    holds_data: ClassVar[bool] = True
    description: str
    alias: str
    """Without the ``alias/`` in front."""
    policy: PolicyDocument
    enable_key_rotation: bool = True
    deletion_window_in_days: int = 30


@dataclass(frozen=True, kw_only=True)
class Role(Resource):
    """An IAM role with its inline policies."""

    title: ClassVar[str] = "IAM role"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    role_name: str
    description: str
    trust: PolicyDocument
    inline_policies: tuple[InlinePolicy, ...] = ()
    managed_policy_arns: tuple[Textual, ...] = ()
    max_session_duration: int | None = None
    """Seconds, 3600 to 43200. None: AWS's own, 3600."""
    permissions_boundary: Textual | None = None
    """ARN of a managed policy that has to allow whatever the role's own policies do. None: no boundary.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"""


@dataclass(frozen=True, kw_only=True)
class ManagedPolicy(Resource):
    """A policy of the account that roles name: as one of theirs, or as their boundary.

    Its text has at most 6,144 characters without white space, and a role has at most 10.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    title: ClassVar[str] = "IAM managed policy"
    taggable: ClassVar[bool] = False  # CloudFormation's type has no tags
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    policy_name: str
    description: str
    document: PolicyDocument


@dataclass(frozen=True, kw_only=True)
class OidcProvider(Resource):
    """Somebody outside of AWS whose tokens IAM believes, like GitHub Actions. An account has one of each address.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """

    title: ClassVar[str] = "IAM OIDC identity provider"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn"})
    url: str
    """With ``https://`` in front."""
    client_id_list: tuple[str, ...]
    """The audiences that tokens may be for."""


@dataclass(frozen=True)
class GeneratedPassword(Record):
    """Has Secrets Manager make the password, so that nobody ever sees it."""

    length: int = 32
    exclude_characters: str = "\"'@/\\:?#[]%&+=;,<>^`{|}~$()*! "
    """What would have to be escaped in a URL, or is refused by RDS."""
    exclude_punctuation: bool = False
    """Whether it has letters and digits only."""
    username: Textual | None = None
    """With a user name the secret is JSON: ``{"username": ..., "password": ...}``; else the bare password."""


@dataclass(frozen=True)
class SecretReplica(Record):
    """A copy of a secret in another region, which Secrets Manager keeps equal."""

    region: str
    kms_key: Ref[Key] | None = None
    """A key of that region; None: the one that AWS has there for secrets."""


@dataclass(frozen=True, kw_only=True)
class Secret(Resource):
    """A secret. Its value is generated, made from other secrets, or (both None) filled by a person later."""

    title: ClassVar[str] = "secret"
    attributes: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name_in_arn"})
    """``name_in_arn``: the name with six random characters behind it, which the ARNs of its copies end with too."""
    holds_data: ClassVar[bool] = True
    secret_name: str
    description: str
    kms_key: Ref[Key] | None = None
    generate: GeneratedPassword | None = None
    value: Textual | None = None
    """Text with ``SecretValue`` parts, put together by AWS or inside one Terraform run, never in a file."""
    recovery_window_in_days: int = 30
    replicas: tuple[SecretReplica, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SecretRotation(Resource):
    """How often a secret that AWS manages (an RDS master password) is made anew; AWS needs no function for those.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_managed.html
    """

    title: ClassVar[str] = "secret rotation"
    taggable: ClassVar[bool] = False
    secret: Textual
    """ARN of the secret."""
    automatically_after_days: int
    """1 to 1000."""
