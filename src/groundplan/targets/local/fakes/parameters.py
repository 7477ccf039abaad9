"""Parameter Store with keys that have to be there: moto writes down any word as the key of a SecureString."""

from __future__ import annotations

from typing import Any

from groundplan.targets.local.fakes.service import NOT_MINE, RefusedError, Request, faked

parameters = faked("ssm")
AWS_KEY = "alias/aws/ssm"
"""The key that AWS makes for an account with its first SecureString."""


@parameters.operation("PutParameter")
def put_parameter(request: Request) -> Any:
    key = request.parameters.get("KeyId")
    if key and request.parameters.get("Type") == "SecureString":
        state = _state(request, key)
        if state != "Enabled":
            raise RefusedError("InvalidKeyId", f"Invalid KeyId {key}" if state is None else f"{key} is {state}")
    return NOT_MINE


@parameters.operation("GetParameter")
def get_parameter(request: Request) -> Any:
    """A value is as lost as its key."""
    from moto.ssm.models import ssm_backends

    found = ssm_backends[request.account][request.region].get_parameter(request.parameters["Name"])
    if found is not None and request.parameters.get("WithDecryption") and found.parameter_type == "SecureString":
        state = _state(request, found.keyid or AWS_KEY)
        if state != "Enabled":
            raise RefusedError("InvalidKeyId", f"{found.keyid} is {state or 'not there'}")
    return NOT_MINE


def _state(request: Request, key: str) -> str | None:
    """The state of a key by its id, ARN or alias. None: there is no such key."""
    from moto.kms.models import kms_backends

    if key.endswith(AWS_KEY):
        return "Enabled"
    backend = kms_backends[request.account][request.region]
    name = backend.any_id_to_key_id(key) if not key.startswith("alias/") else backend.get_key_id_from_alias(key)
    found = backend.keys.get(name) if name else None
    return None if found is None else str(found.key_state)
