"""AWS KMS, IAM and Secrets Manager in Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from groundplan.engines.terraform.context import Context, Piece, has_version, label, parsed_secret
from groundplan.engines.terraform.hcl import Argument, Block, Call, Expression, Value
from groundplan.engines.terraform.rows import Row
from groundplan.resources import Resource
from groundplan.resources.security import (
    GeneratedPassword,
    Key,
    ManagedPolicy,
    OidcProvider,
    Role,
    Secret,
    SecretRotation,
)
from groundplan.resources.values import Ref, SecretValue, Textual, dynamic_values

SECRET, SECRET_VERSION = "aws_secretsmanager_secret", "aws_secretsmanager_secret_version"
VERSIONS = "var.secret_versions"
GENERATOR = "aws_secretsmanager_random_password"
ROLE_POLICY, POLICY_ATTACHMENT = "aws_iam_role_policy", "aws_iam_role_policy_attachment"


def _alias(key: Key, context: Context) -> Iterator[Block]:
    arguments = {"name": f"alias/{key.alias}", "target_key_id": Expression(f"{context.address(key.ref)}.key_id")}
    yield context.resource("aws_kms_alias", label(key.ref), *context.arguments(arguments))


def role_policies(role: Role) -> Iterator[tuple[str, str]]:
    """Type and label of each policy of a role. A role's first policy is called like the role."""
    own = label(role.ref)
    for number, policy in enumerate(role.inline_policies):
        yield ROLE_POLICY, f"{own}_{_word(policy.policy_name)}" if number else own
    for number, arn in enumerate(role.managed_policy_arns):
        yield POLICY_ATTACHMENT, f"{own}_{_word(_last_part(arn)) or number}" if number else own


def _last_part(arn: Textual) -> str:
    """``AmazonECSTaskExecutionRolePolicy`` of an ARN, "" where it ends with something dynamic."""
    end = arn if isinstance(arn, str) else getattr(arn, "parts", ("",))[-1]
    return end.rpartition("/")[2] if isinstance(end, str) else ""


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _role_policies(role: Role, context: Context) -> Iterator[Block]:
    bodies: list[dict[str, object]] = [
        {"name": policy.policy_name, "role": Expression(f"{context.address(role.ref)}.id"), "policy": policy.document}
        for policy in role.inline_policies
    ]
    bodies += [
        {"role": Expression(f"{context.address(role.ref)}.name"), "policy_arn": arn} for arn in role.managed_policy_arns
    ]
    for (type_, name), body in zip(role_policies(role), bodies, strict=True):
        yield context.resource(type_, name, *context.arguments(body))


def _secret_replicas(secret: Secret, context: Context) -> Iterator[Block]:
    for copy in secret.replicas:
        key = copy.kms_key.arn if copy.kms_key else None
        yield context.block("replica", {"region": copy.region, "kms_key_id": key})


def _secret_value(secret: Secret, context: Context) -> Iterator[Block]:
    """The value is made or put together in each run, but sent only when its version changes, and kept in no state.

    Source: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
    """
    if not has_version(secret):
        return
    name = label(secret.ref)
    value: Value
    version: Value
    if secret.generate:
        password = {
            "password_length": secret.generate.length,
            "exclude_characters": secret.generate.exclude_characters,
            "exclude_punctuation": secret.generate.exclude_punctuation or None,
        }
        yield context.ephemeral(GENERATOR, name, *context.arguments(password))
        # Raising the number has a new password made, and sent on to whatever uses it.
        value, version = _generated(secret.generate, name, context), Call("lookup", Expression(VERSIONS), name, 1)
    else:
        version = context.write_only_version(secrets_in(secret.value))
        value = context.write_only(secret.value)
    yield context.resource(
        SECRET_VERSION,
        name,
        Argument("secret_id", Expression(f"{context.address(secret.ref)}.id")),
        Argument("secret_string_wo", value),
        Argument("secret_string_wo_version", version),
    )


def _rotation_rules(rotation: SecretRotation, context: Context) -> Iterator[Block]:
    yield context.block("rotation_rules", {"automatically_after_days": rotation.automatically_after_days})


def _generated(password: GeneratedPassword, name: str, context: Context) -> Value:
    made = Expression(f"ephemeral.{GENERATOR}.{name}.random_password")
    if password.username is None:
        return made
    return Call("jsonencode", {"username": context.value(password.username), "password": made})


def secrets_in(value: object) -> Iterable[Ref[Secret]]:
    """The secrets whose values a value is made from."""
    return [found.secret for found in dynamic_values(value) if isinstance(found, SecretValue)]


def secret_readers(secret: Secret, context: Context) -> Iterator[Block]:
    """What reads a stored secret for write-only arguments. The ARN comes from the version, so that it waits until the
    value is written, and what is used is what is stored."""
    name = label(secret.ref)
    source = f"{SECRET_VERSION}.{name}.secret_arn" if has_version(secret) else f"{SECRET}.{name}.arn"
    yield context.ephemeral(SECRET_VERSION, name, Argument("secret_id", Expression(source)))
    if secret.ref in context.secrets_parsed:
        value = Expression(f"ephemeral.{SECRET_VERSION}.{name}.secret_string")
        yield Block("locals", (), (Argument(parsed_secret(secret.ref), Call("jsondecode", value)),))


def after_policies(roles: Iterable[Ref[Role]], context: Context) -> list[str]:
    """Addresses of the policies without which the roles allow nothing yet."""
    return [f"{type_}.{name}" for ref in roles for type_, name in role_policies(context.architecture[ref])]


def after_values(refs: Iterable[Ref[Resource]], context: Context) -> list[str]:
    """Addresses of the values that Terraform writes into secrets."""
    found = []
    for ref in refs:
        resource = context.architecture[ref]
        if isinstance(resource, Secret) and has_version(resource):
            found.append(f"{SECRET_VERSION}.{label(ref)}")
    return found


ROWS = (
    Row(
        Key,
        "aws_kms_key",
        "kms.tf",
        attributes={"id": "key_id", "arn": "arn"},
        # An ARN where others write an id: AWS answers with the ARN, and anything else would read as a change.
        referred=("id", "arn"),
        first=("description", "enable_key_rotation", "deletion_window_in_days"),
        beside=_alias,
        written=frozenset({"alias"}),
    ),
    Row(
        Role,
        "aws_iam_role",
        "iam.tf",
        attributes={"id": "name", "arn": "arn"},
        referred=("arn", "arn"),
        rename={"role_name": "name", "trust": "assume_role_policy"},
        beside=_role_policies,
        written=frozenset({"inline_policies", "managed_policy_arns"}),
        ready=frozenset({ROLE_POLICY, POLICY_ATTACHMENT}),
    ),
    Row(
        ManagedPolicy,
        "aws_iam_policy",
        "iam.tf",
        attributes={"id": "id", "arn": "arn"},
        referred=("arn", "arn"),
        rename={"policy_name": "name", "document": "policy"},
    ),
    Row(OidcProvider, "aws_iam_openid_connect_provider", "iam.tf", attributes={"id": "arn", "arn": "arn"}),
    Row(
        Secret,
        SECRET,
        "secrets.tf",
        attributes={"id": "id", "arn": "arn", "name_in_arn": Piece("arn", ":", 6)},
        referred=("arn", "arn"),
        rename={"secret_name": "name"},
        blocks=_secret_replicas,
        beside=_secret_value,
        written=frozenset({"generate", "value", "replicas"}),
        ready=frozenset({SECRET_VERSION}),
    ),
    Row(
        SecretRotation,
        "aws_secretsmanager_secret_rotation",
        "secrets.tf",
        attributes={"id": "id"},
        rename={"secret": "secret_id"},
        # The password is new already, and a rotation right now would make it stale in the first tasks.
        fixed={"rotate_immediately": False},
        blocks=_rotation_rules,
        written=frozenset({"automatically_after_days"}),
        section=1,
    ),
)
