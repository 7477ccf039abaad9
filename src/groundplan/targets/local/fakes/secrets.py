"""Rotation of secrets: nothing runs here, so that moto's way, by a function in a container, has no place.

A secret that a service manages (RDS) gets a new password as its rotation would give it. A secret with a function of its
own keeps its value; the schedule is kept and shown.
"""

from __future__ import annotations

import json
import secrets
import string
import time
import uuid
from typing import Any

from groundplan.targets.local.fakes.service import RefusedError, Request, faked

rotation = faked("secretsmanager")

DAYS_OF_A_DATABASE = 7
"""How often RDS rotates the password that it manages, unless the schedule says otherwise.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""
_PASSWORD_LENGTH = 32


def new_password() -> str:
    """A password that every database engine takes."""
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(_PASSWORD_LENGTH))


def renew(secret: Any) -> None:
    """Gives one of moto's secrets a new password; the version before becomes AWSPREVIOUS."""
    value = {**json.loads(secret.versions[secret.default_version_id]["secret_string"]), "password": new_password()}
    version, now = str(uuid.uuid4()), int(time.time())
    made = {"secret_string": json.dumps(value), "createdate": now, "version_id": version,
            "version_stages": ["AWSCURRENT"]}  # fmt: skip
    secret.reset_default_version(made, version)
    secret.secret_string = made["secret_string"]
    secret.last_rotation_date = secret.last_changed_date = now


def schedule(secret: Any, rules: dict[str, Any]) -> None:
    """Switches rotation on by these rules."""
    days = rules.get("AutomaticallyAfterDays")
    secret.rotation_requested = secret.rotation_enabled = True
    secret.auto_rotate_after_days = days or 0
    secret.written_rules = rules
    secret.next_rotation_date = int(time.time()) + days * 86400 if days else None


def _secret(request: Request) -> Any:
    from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

    backend = secretsmanager_backends[request.account][request.region]
    secret = backend.describe_secret(request.parameters["SecretId"])  # refuses unknown ones
    if not isinstance(secret, FakeSecret):
        raise RefusedError("InvalidRequestException", "Operation not permitted on a replica secret.")
    if secret.is_deleted():
        raise RefusedError(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
    return secret


@rotation.operation("RotateSecret")
def rotate(request: Request) -> dict[str, Any]:
    secret, given = _secret(request), request.parameters
    rules = given.get("RotationRules") or {}
    days, expression = rules.get("AutomaticallyAfterDays"), rules.get("ScheduleExpression")
    if days is not None and not 1 <= days <= 1000:
        raise RefusedError("InvalidParameterException", "RotationRules.AutomaticallyAfterDays must be within 1-1000.")
    if days is not None and expression:
        raise RefusedError(
            "InvalidParameterException",
            "You can't specify both AutomaticallyAfterDays and ScheduleExpression in RotationRules.",
        )
    function = given.get("RotationLambdaARN")
    if secret.owning_service:
        if function:
            raise RefusedError(
                "InvalidRequestException",
                f"The secret is managed by {secret.owning_service}, which rotates it without a Lambda function.",
            )
    elif not function and not secret.rotation_lambda_arn:
        raise RefusedError("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.")
    if function:
        _check_function(request, function)
        secret.rotation_lambda_arn = function
    schedule(secret, rules or getattr(secret, "written_rules", None) or {})
    if secret.owning_service and given.get("RotateImmediately", True):
        renew(secret)
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": secret.default_version_id}


def _check_function(request: Request, arn: str) -> None:
    from moto.awslambda.models import lambda_backends

    name = arn.split(":function:")[-1].split(":")[0]
    try:
        lambda_backends[request.account][request.region].get_function(name)
    except Exception as error:
        raise RefusedError("ResourceNotFoundException", f"Resource not found for ARN '{arn}'.") from error


@rotation.operation("CancelRotateSecret")
def cancel(request: Request) -> dict[str, Any]:
    secret = _secret(request)
    if secret.owning_service:
        raise RefusedError(
            "InvalidRequestException",
            f"You can't cancel the rotation of a secret that {secret.owning_service} manages.",
        )
    if not secret.rotation_lambda_arn:
        raise RefusedError(
            "InvalidRequestException",
            "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured "
            "and you didn't include such an ARN as a parameter in this call.",
        )
    secret.rotation_enabled = False
    return {"ARN": secret.arn, "Name": secret.name, "VersionId": secret.default_version_id}
