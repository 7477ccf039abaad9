"""The stand-in that plans offline, made able to apply: it "creates" resources by their schema, keeps secrets in a file
and behaves as a test asks it to. ``harness.py`` installs it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

from tests.terraform_core.behaviour import BEHAVIOUR_VARIABLE, Behaviour
from tests.terraform_core.secret_store import SECRETS_VARIABLE, SecretStore, random_password

from groundplan.operations.terraform.offline import lifecycle
from groundplan.operations.terraform.offline.lifecycle import Fault, Values
from groundplan.operations.terraform.offline.protocol import MESSAGES
from groundplan.operations.terraform.offline.provider import (
    PROCEDURES,
    Provider,
    decode,
    diagnostics,
    encode,
    serve,
    served_schema,
)


def main(name: str) -> None:
    """Serve Terraform as the provider of that name until it says stop or is gone."""
    schema = served_schema(name)
    store = SecretStore(Path(os.environ[SECRETS_VARIABLE]))
    behaviour = Behaviour.read(os.environ.get(BEHAVIOUR_VARIABLE))
    procedures = PROCEDURES | {"ApplyResourceChange": "apply_resource_change"}
    serve(ApplyingProvider(schema, store, behaviour), procedures)


class ApplyingProvider(Provider):
    """Answers Terraform, with something that acts as a cloud behind it."""

    def __init__(self, schema: dict[str, Any], secrets: SecretStore, behaviour: Behaviour) -> None:
        super().__init__(schema)
        self._secrets = secrets
        self._behaviour = behaviour
        self._lock = threading.Lock()
        self._created: dict[str, int] = {}

    def read_resource(self, request: Any) -> Any:
        response, kind = MESSAGES["ReadResource"].Response, request.type_name
        if kind not in self._behaviour.found:
            return response(new_state=request.current_state, private=request.private)
        found = self._behaviour.as_found(kind, decode(request.current_state))
        return response(new_state=encode(found), private=request.private)

    def apply_resource_change(self, request: Any) -> Any:
        response = MESSAGES["ApplyResourceChange"].Response
        planned, kind = decode(request.planned_state), request.type_name
        if reason := self._behaviour.refusal(kind):
            return response(new_state=request.prior_state, diagnostics=diagnostics([Fault(reason, "", "id")]))
        if planned is None:
            return response(new_state=request.planned_state)
        identity = self._identity(kind.encode() + request.config.msgpack)
        created = lifecycle.fill(self.schema["resource"][kind], kind, planned, self.region, identity)
        if kind == "aws_secretsmanager_secret":
            # Secrets Manager puts a hyphen and six random characters behind the name.
            place = ":".join(created["arn"].split(":")[:5])
            created["id"] = created["arn"] = f"{place}:secret:{created['name']}-{identity[:6]}"
        if kind == "aws_secretsmanager_secret_version":
            created["arn"] = created["secret_arn"] = created["secret_id"]
            configuration = decode(request.config)
            secret = configuration.get("secret_string_wo") or configuration.get("secret_string")
            if secret is not None:
                self._secrets.write(created["secret_id"], secret)
        if kind == "google_secret_manager_secret_version":
            self._secrets.write(created["secret"], decode(request.config)["secret_data_wo"])
        if kind == "aws_ssm_parameter":
            value = decode(request.config).get("value_wo")
            if value is not None:
                self._secrets.write(created["arn"], value)
        return response(new_state=encode(created))

    def _identity(self, seed: bytes) -> str:
        """Seventeen hexadecimal digits, as EC2 uses. Equal configurations get different ones."""
        digest = hashlib.sha256(seed).hexdigest()
        with self._lock:
            number = self._created[digest] = self._created.get(digest, 0) + 1
        return hashlib.sha256(f"{digest}{number}".encode()).hexdigest()[:17]

    def ephemeral_facts(self, kind: str, configuration: Values) -> Values | Fault:
        if kind == "aws_secretsmanager_random_password":
            return {"random_password": random_password(configuration)}
        if kind == "google_secret_manager_secret_version":
            secret = self._secrets.read(configuration["secret"])
            if secret is None:
                detail = f"Secret [{configuration['secret']}] not found or has no versions"
                return Fault("Error reading secret version", detail, "secret")
            return {"secret_data": secret, "version": "1"}
        if kind == "aws_ssm_parameter":
            value = self._secrets.read(configuration["arn"])
            if value is None:
                summary = "reading SSM (Systems Manager) Ephemeral Resource Parameter"
                return Fault(summary, "couldn't find resource", "arn")
            return {"value": value, "type": "SecureString", "version": 1, "with_decryption": True}
        secret = self._secrets.read(configuration["secret_id"])
        if secret is None:
            detail = f"Secrets Manager can't find the specified secret: {configuration['secret_id']}"
            return Fault("reading Secrets Manager Secret Version", detail, "secret_id")
        return {"secret_string": secret, "version_stage": "AWSCURRENT", "arn": configuration["secret_id"]}
