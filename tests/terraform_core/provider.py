"""A stand-in for the Terraform providers hashicorp/aws and hashicorp/google: their schemas, and no cloud behind them.

Terraform starts it as a plugin and talks to it over gRPC, protocol version 6:
https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol. It checks, plans and "creates" resources by
their schema alone; ``harness.py`` installs it and tells it by environment variables which schema to serve.
"""

# msgpack ships no type information.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgpack
from tests.terraform_core import lifecycle, plugin
from tests.terraform_core.behaviour import BEHAVIOUR_VARIABLE, Behaviour
from tests.terraform_core.certificate import CERTIFICATE_VARIABLE, Certificate
from tests.terraform_core.lifecycle import ACCOUNT, UNKNOWN, Fault, Values
from tests.terraform_core.protocol import MESSAGES
from tests.terraform_core.provider_schema import SCHEMA_VARIABLE, Schema
from tests.terraform_core.secret_store import SECRETS_VARIABLE, SecretStore, random_password

_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}


def main(name: str) -> None:
    """Serve Terraform as the provider of that name until it says stop or is gone."""
    if "TF_PLUGIN_MAGIC_COOKIE" not in os.environ:
        sys.exit("This is a plugin of Terraform; terraform starts it.")
    schema = json.loads(Path(os.environ[SCHEMA_VARIABLE]).read_text())[name]
    provider = Provider(schema, SecretStore(Path(os.environ[SECRETS_VARIABLE])))
    plugin.serve(
        {name: (MESSAGES[name].Request, getattr(provider, method)) for name, method in PROCEDURES.items()},
        Certificate.read(Path(os.environ[CERTIFICATE_VARIABLE])),
    )


PROCEDURES = {
    "GetMetadata": "get_metadata",
    "GetProviderSchema": "get_provider_schema",
    "GetFunctions": "get_functions",
    "ValidateProviderConfig": "validate_provider_config",
    "ConfigureProvider": "configure_provider",
    "ValidateResourceConfig": "validate_resource_config",
    "UpgradeResourceState": "upgrade_resource_state",
    "ReadResource": "read_resource",
    "PlanResourceChange": "plan_resource_change",
    "ApplyResourceChange": "apply_resource_change",
    "ImportResourceState": "import_resource_state",
    "ValidateDataResourceConfig": "validate_data_resource_config",
    "ReadDataSource": "read_data_source",
    "ValidateEphemeralResourceConfig": "validate_ephemeral_resource_config",
    "OpenEphemeralResource": "open_ephemeral_resource",
    "RenewEphemeralResource": "renew_ephemeral_resource",
    "CloseEphemeralResource": "close_ephemeral_resource",
    "StopProvider": "stop_provider",
}
"""The protocol's remote procedures and the methods of :class:`Provider` that answer them."""


class Provider:
    """Answers Terraform. One process serves one provider configuration, hence one region."""

    def __init__(self, schema: dict[str, Any], secrets: SecretStore) -> None:
        self._schema = schema
        self._secrets = secrets
        self._behaviour = Behaviour.read(os.environ.get(BEHAVIOUR_VARIABLE))
        self._region = "us-east-1"
        self._default_tags: object = {}
        self._lock = threading.Lock()
        self._created: dict[str, int] = {}

    def get_metadata(self, request: Any) -> Any:
        message = MESSAGES["GetMetadata"]
        return message.Response(
            server_capabilities=_capabilities(),
            resources=[message.ResourceMetadata(type_name=name) for name in self._schema["resource"]],
            data_sources=[message.DataSourceMetadata(type_name=name) for name in self._schema["data"]],
            ephemeral_resources=[message.EphemeralMetadata(type_name=name) for name in self._schema["ephemeral"]],
        )

    def get_provider_schema(self, request: Any) -> Any:
        def schemas(blocks: Mapping[str, Schema]) -> dict[str, Any]:
            return {name: MESSAGES["Schema"](block=_block_message(block)) for name, block in blocks.items()}

        return MESSAGES["GetProviderSchema"].Response(
            provider=MESSAGES["Schema"](block=_block_message(self._schema["provider"])),
            resource_schemas=schemas(self._schema["resource"]),
            data_source_schemas=schemas(self._schema["data"]),
            ephemeral_resource_schemas=schemas(self._schema["ephemeral"]),
            server_capabilities=_capabilities(),
        )

    def get_functions(self, request: Any) -> Any:
        return MESSAGES["GetFunctions"].Response()

    def validate_provider_config(self, request: Any) -> Any:
        return MESSAGES["ValidateProviderConfig"].Response()

    def configure_provider(self, request: Any) -> Any:
        configuration = _decode(request.config) or {}
        if isinstance(configuration.get("region"), str):
            self._region = configuration["region"]
        for block in configuration.get("default_tags") or ():
            self._default_tags = block.get("tags") or {}
        return MESSAGES["ConfigureProvider"].Response()

    def validate_resource_config(self, request: Any) -> Any:
        kind = request.type_name
        found = lifecycle.faults(
            self._schema["resource"][kind], self._schema["rules"].get(kind, {}), _decode(request.config)
        )
        return MESSAGES["ValidateResourceConfig"].Response(diagnostics=_diagnostics(found))

    def upgrade_resource_state(self, request: Any) -> Any:
        state = MESSAGES["DynamicValue"](json=request.raw_state.json)
        return MESSAGES["UpgradeResourceState"].Response(upgraded_state=state)

    def read_resource(self, request: Any) -> Any:
        response, kind = MESSAGES["ReadResource"].Response, request.type_name
        if kind not in self._behaviour.found:
            return response(new_state=request.current_state, private=request.private)
        found = self._behaviour.as_found(kind, _decode(request.current_state))
        return response(new_state=_encode(found), private=request.private)

    def plan_resource_change(self, request: Any) -> Any:
        proposed = _decode(request.proposed_new_state)
        if proposed is None:
            return MESSAGES["PlanResourceChange"].Response(planned_state=request.proposed_new_state)
        block = self._schema["resource"][request.type_name]
        planned = lifecycle.plan(block, _decode(request.prior_state), proposed)
        if "region" in planned and not isinstance(planned["region"], str):
            planned["region"] = self._region
        if "tags_all" in planned:
            planned["tags_all"] = self._all_tags(planned.get("tags"))
        if request.type_name == "aws_acm_certificate":
            lifecycle.plan_certificate(planned)
        return MESSAGES["PlanResourceChange"].Response(planned_state=_encode(planned))

    def _all_tags(self, tags: object) -> object:
        merged: dict[str, object] = {}
        for some in (self._default_tags, tags):
            if isinstance(some, dict):
                merged |= some
            elif some is not None:
                return UNKNOWN
        return merged

    def apply_resource_change(self, request: Any) -> Any:
        response = MESSAGES["ApplyResourceChange"].Response
        planned, kind = _decode(request.planned_state), request.type_name
        if reason := self._behaviour.refusal(kind):
            return response(new_state=request.prior_state, diagnostics=_diagnostics([Fault(reason, "", "id")]))
        if planned is None:
            return response(new_state=request.planned_state)
        identity = self._identity(kind.encode() + request.config.msgpack)
        created = lifecycle.fill(self._schema["resource"][kind], kind, planned, self._region, identity)
        if kind == "aws_secretsmanager_secret":
            # Secrets Manager puts a hyphen and six random characters behind the name.
            place = ":".join(created["arn"].split(":")[:5])
            created["id"] = created["arn"] = f"{place}:secret:{created['name']}-{identity[:6]}"
        if kind == "aws_secretsmanager_secret_version":
            created["arn"] = created["secret_arn"] = created["secret_id"]
            configuration = _decode(request.config)
            secret = configuration.get("secret_string_wo") or configuration.get("secret_string")
            if secret is not None:
                self._secrets.write(created["secret_id"], secret)
        if kind == "google_secret_manager_secret_version":
            self._secrets.write(created["secret"], _decode(request.config)["secret_data_wo"])
        if kind == "aws_ssm_parameter":
            value = _decode(request.config).get("value_wo")
            if value is not None:
                self._secrets.write(created["arn"], value)
        return response(new_state=_encode(created))

    def _identity(self, seed: bytes) -> str:
        """Seventeen hexadecimal digits, as EC2 uses. Equal configurations get different ones."""
        digest = hashlib.sha256(seed).hexdigest()
        with self._lock:
            number = self._created[digest] = self._created.get(digest, 0) + 1
        return hashlib.sha256(f"{digest}{number}".encode()).hexdigest()[:17]

    def import_resource_state(self, request: Any) -> Any:
        message = MESSAGES["ImportResourceState"]
        block = self._schema["resource"][request.type_name]
        state: Values = dict.fromkeys(block.get("attributes", {}))
        for name, nested in block.get("block_types", {}).items():
            state[name] = None if nested["nesting_mode"] == "single" else []
        state["id"] = request.id
        imported = message.ImportedResource(type_name=request.type_name, state=_encode(state))
        return message.Response(imported_resources=[imported])

    def validate_data_resource_config(self, request: Any) -> Any:
        return MESSAGES["ValidateDataResourceConfig"].Response()

    def read_data_source(self, request: Any) -> Any:
        kind, configuration = request.type_name, _decode(request.config)
        known = self._facts(kind)
        given = {name: known.get(name) if value is None else value for name, value in configuration.items()}
        block = self._schema["data"][kind]
        read = lifecycle.fill(block, kind, lifecycle.plan(block, None, given), self._region, "0" * 17)
        return MESSAGES["ReadDataSource"].Response(state=_encode(read))

    def _facts(self, kind: str) -> Values:
        """What configurations rely on in data sources."""
        region = self._region
        facts: dict[str, Values] = {
            "aws_availability_zones": {"names": [region + letter for letter in "abc"], "id": region},
            "aws_caller_identity": {"account_id": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "id": ACCOUNT},
            "aws_iam_policy_document": {"json": '{"Version": "2012-10-17", "Statement": []}'},
            "aws_partition": {"partition": "aws", "dns_suffix": "amazonaws.com", "id": "aws"},
            "aws_region": {"name": region, "id": region, "endpoint": f"ec2.{region}.amazonaws.com"},
        }
        return {"region": region} | facts.get(kind, {})

    def validate_ephemeral_resource_config(self, request: Any) -> Any:
        found = lifecycle.faults(self._schema["ephemeral"][request.type_name], {}, _decode(request.config))
        return MESSAGES["ValidateEphemeralResourceConfig"].Response(diagnostics=_diagnostics(found))

    def open_ephemeral_resource(self, request: Any) -> Any:
        response = MESSAGES["OpenEphemeralResource"].Response
        kind, configuration = request.type_name, _decode(request.config)
        if kind == "aws_secretsmanager_random_password":
            known: Values = {"random_password": random_password(configuration)}
        elif kind == "google_secret_manager_secret_version":
            secret = self._secrets.read(configuration["secret"])
            if secret is None:
                detail = f"Secret [{configuration['secret']}] not found or has no versions"
                return response(diagnostics=_diagnostics([Fault("Error reading secret version", detail, "secret")]))
            known = {"secret_data": secret, "version": "1"}
        elif kind == "aws_ssm_parameter":
            value = self._secrets.read(configuration["arn"])
            if value is None:
                summary = "reading SSM (Systems Manager) Ephemeral Resource Parameter"
                return response(diagnostics=_diagnostics([Fault(summary, "couldn't find resource", "arn")]))
            known = {"value": value, "type": "SecureString", "version": 1, "with_decryption": True}
        else:
            secret = self._secrets.read(configuration["secret_id"])
            if secret is None:
                summary = "reading Secrets Manager Secret Version"
                detail = f"Secrets Manager can't find the specified secret: {configuration['secret_id']}"
                return response(diagnostics=_diagnostics([Fault(summary, detail, "secret_id")]))
            known = {"secret_string": secret, "version_stage": "AWSCURRENT", "arn": configuration["secret_id"]}
        given = {name: known.get(name) if value is None else value for name, value in configuration.items()}
        block = self._schema["ephemeral"][kind]
        result = lifecycle.fill(block, kind, lifecycle.plan(block, None, given), self._region, "0" * 17)
        return response(result=_encode(result))

    def renew_ephemeral_resource(self, request: Any) -> Any:
        return MESSAGES["RenewEphemeralResource"].Response()

    def close_ephemeral_resource(self, request: Any) -> Any:
        return MESSAGES["CloseEphemeralResource"].Response()

    def stop_provider(self, request: Any) -> Any:
        return MESSAGES["StopProvider"].Response()


def _capabilities() -> Any:
    return MESSAGES["ServerCapabilities"](get_provider_schema_optional=True)


def _decode(value: Any) -> Any:
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, strict_map_key=False)
    return json.loads(value.json) if value.json else None


def _encode(values: Values | None) -> Any:
    return MESSAGES["DynamicValue"](msgpack=msgpack.packb(values))


def _diagnostics(found: Iterable[Fault]) -> list[Any]:
    step, path = MESSAGES["AttributePath"].Step, MESSAGES["AttributePath"]
    return [
        MESSAGES["Diagnostic"](
            severity=1,
            summary=fault.summary,
            detail=fault.detail,
            attribute=path(steps=[step(attribute_name=fault.attribute)]),
        )
        for fault in found
    ]


def _block_message(block: Schema) -> Any:
    message = MESSAGES["Schema"]
    flags = ("required", "optional", "computed", "sensitive", "write_only")
    return message.Block(
        attributes=[
            message.Attribute(
                name=name,
                type=json.dumps(attribute["type"]).encode(),
                **{flag: True for flag in flags if attribute.get(flag)},
            )
            for name, attribute in block.get("attributes", {}).items()
        ],
        block_types=[
            message.NestedBlock(
                type_name=name,
                nesting=_NESTING[nested["nesting_mode"]],
                min_items=nested.get("min_items", 0),
                max_items=nested.get("max_items", 0),
                block=_block_message(nested["block"]),
            )
            for name, nested in block.get("block_types", {}).items()
        ],
    )
