"""A stand-in for the Terraform providers hashicorp/aws and hashicorp/google: their schemas, and no cloud behind them.

Terraform starts it as a plugin and talks to it over gRPC, protocol version 6:
https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol. It checks and plans resources by their
schema alone, and can apply nothing. ``installation`` puts it where Terraform finds it and tells it by environment
variables which schema to serve.
"""

# msgpack ships no type information.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgpack

from groundplan.catalog.terraform_providers import Schema
from groundplan.operations.terraform.offline import lifecycle, plugin
from groundplan.operations.terraform.offline.certificate import CERTIFICATE_VARIABLE, Certificate
from groundplan.operations.terraform.offline.installation import SCHEMA_VARIABLE
from groundplan.operations.terraform.offline.lifecycle import ACCOUNT, UNKNOWN, Fault, Values
from groundplan.operations.terraform.offline.protocol import MESSAGES

_PASSWORD_LENGTH = 32
"""https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html"""
_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}
_FLAGS = ("required", "optional", "computed", "sensitive", "write_only")


def main(name: str) -> None:
    """Serve Terraform as the provider of that name until it says stop or is gone."""
    serve(Provider(served_schema(name)), PROCEDURES)


def served_schema(name: str) -> dict[str, Any]:
    """What the provider of that name is to serve. Ends where it was not Terraform that asked."""
    if "TF_PLUGIN_MAGIC_COOKIE" not in os.environ:
        sys.exit("This is a plugin of Terraform; terraform starts it.")
    content: dict[str, Any] = json.loads(Path(os.environ[SCHEMA_VARIABLE]).read_text(encoding="utf-8"))[name]
    return content


def serve(provider: Provider, procedures: Mapping[str, str]) -> None:
    """Serve Terraform with the provider's methods, by the protocol's names."""
    answers = {name: (MESSAGES[name].Request, getattr(provider, method)) for name, method in procedures.items()}
    plugin.serve(answers, Certificate.read(Path(os.environ[CERTIFICATE_VARIABLE])))


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

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.region = "us-east-1"
        self._default_tags: object = {}

    def get_metadata(self, request: Any) -> Any:
        message = MESSAGES["GetMetadata"]
        return message.Response(
            server_capabilities=_capabilities(),
            resources=[message.ResourceMetadata(type_name=name) for name in self.schema["resource"]],
            data_sources=[message.DataSourceMetadata(type_name=name) for name in self.schema["data"]],
            ephemeral_resources=[message.EphemeralMetadata(type_name=name) for name in self.schema["ephemeral"]],
        )

    def get_provider_schema(self, request: Any) -> Any:
        def schemas(blocks: Mapping[str, Schema]) -> dict[str, Any]:
            return {name: MESSAGES["Schema"](block=_block_message(block)) for name, block in blocks.items()}

        return MESSAGES["GetProviderSchema"].Response(
            provider=MESSAGES["Schema"](block=_block_message(self.schema["provider"])),
            resource_schemas=schemas(self.schema["resource"]),
            data_source_schemas=schemas(self.schema["data"]),
            ephemeral_resource_schemas=schemas(self.schema["ephemeral"]),
            server_capabilities=_capabilities(),
        )

    def get_functions(self, request: Any) -> Any:
        return MESSAGES["GetFunctions"].Response()

    def validate_provider_config(self, request: Any) -> Any:
        return MESSAGES["ValidateProviderConfig"].Response()

    def configure_provider(self, request: Any) -> Any:
        configuration = decode(request.config) or {}
        if isinstance(configuration.get("region"), str):
            self.region = configuration["region"]
        for block in configuration.get("default_tags") or ():
            self._default_tags = block.get("tags") or {}
        return MESSAGES["ConfigureProvider"].Response()

    def validate_resource_config(self, request: Any) -> Any:
        kind = request.type_name
        found = lifecycle.faults(
            self.schema["resource"][kind], self.schema["rules"].get(kind, {}), decode(request.config)
        )
        return MESSAGES["ValidateResourceConfig"].Response(diagnostics=diagnostics(found))

    def upgrade_resource_state(self, request: Any) -> Any:
        state = MESSAGES["DynamicValue"](json=request.raw_state.json)
        return MESSAGES["UpgradeResourceState"].Response(upgraded_state=state)

    def read_resource(self, request: Any) -> Any:
        return MESSAGES["ReadResource"].Response(new_state=request.current_state, private=request.private)

    def plan_resource_change(self, request: Any) -> Any:
        proposed = decode(request.proposed_new_state)
        if proposed is None:
            return MESSAGES["PlanResourceChange"].Response(planned_state=request.proposed_new_state)
        block = self.schema["resource"][request.type_name]
        planned = lifecycle.plan(block, decode(request.prior_state), proposed)
        if "region" in planned and not isinstance(planned["region"], str):
            planned["region"] = self.region
        if "tags_all" in planned:
            planned["tags_all"] = self._all_tags(planned.get("tags"))
        if request.type_name == "aws_acm_certificate":
            lifecycle.plan_certificate(planned)
        return MESSAGES["PlanResourceChange"].Response(planned_state=encode(planned))

    def _all_tags(self, tags: object) -> object:
        merged: dict[str, object] = {}
        for some in (self._default_tags, tags):
            if isinstance(some, dict):
                merged |= some
            elif some is not None:
                return UNKNOWN
        return merged

    def import_resource_state(self, request: Any) -> Any:
        message = MESSAGES["ImportResourceState"]
        block = self.schema["resource"][request.type_name]
        state: Values = dict.fromkeys(block.get("attributes", {}))
        for name, nested in block.get("block_types", {}).items():
            state[name] = None if nested["nesting_mode"] == "single" else []
        # What the provider reads of it: what is computed has a value, as every reference to it relies on.
        id_, _, elsewhere = request.id.partition("@")
        identity = hashlib.sha256(request.id.encode()).hexdigest()[:17]
        kind, region = request.type_name, elsewhere or self.region
        state = lifecycle.fill(block, kind, lifecycle.plan(block, None, state), region, identity) | {"id": id_}
        imported = message.ImportedResource(type_name=request.type_name, state=encode(state))
        return message.Response(imported_resources=[imported])

    def validate_data_resource_config(self, request: Any) -> Any:
        return MESSAGES["ValidateDataResourceConfig"].Response()

    def read_data_source(self, request: Any) -> Any:
        kind, configuration = request.type_name, decode(request.config)
        known = self._facts(kind)
        given = {name: known.get(name) if value is None else value for name, value in configuration.items()}
        block = self.schema["data"][kind]
        read = lifecycle.fill(block, kind, lifecycle.plan(block, None, given), self.region, "0" * 17)
        return MESSAGES["ReadDataSource"].Response(state=encode(read))

    def _facts(self, kind: str) -> Values:
        """What configurations rely on in data sources."""
        region = self.region
        facts: dict[str, Values] = {
            "aws_availability_zones": {"names": [region + letter for letter in "abc"], "id": region},
            "aws_caller_identity": {"account_id": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "id": ACCOUNT},
            "aws_iam_policy_document": {"json": '{"Version": "2012-10-17", "Statement": []}'},
            "aws_partition": {"partition": "aws", "dns_suffix": "amazonaws.com", "id": "aws"},
            "aws_region": {"name": region, "id": region, "endpoint": f"ec2.{region}.amazonaws.com"},
        }
        return {"region": region} | facts.get(kind, {})

    def validate_ephemeral_resource_config(self, request: Any) -> Any:
        found = lifecycle.faults(self.schema["ephemeral"][request.type_name], {}, decode(request.config))
        return MESSAGES["ValidateEphemeralResourceConfig"].Response(diagnostics=diagnostics(found))

    def open_ephemeral_resource(self, request: Any) -> Any:
        response = MESSAGES["OpenEphemeralResource"].Response
        kind, configuration = request.type_name, decode(request.config)
        known = self.ephemeral_facts(kind, configuration)
        if isinstance(known, Fault):
            return response(diagnostics=diagnostics([known]))
        given = {name: known.get(name) if value is None else value for name, value in configuration.items()}
        block = self.schema["ephemeral"][kind]
        result = lifecycle.fill(block, kind, lifecycle.plan(block, None, given), self.region, "0" * 17)
        return response(result=encode(result))

    def ephemeral_facts(self, kind: str, configuration: Values) -> Values | Fault:
        """What an ephemeral resource yields. A password is needed for as long as Terraform plans; secrets that exist
        are AWS's to tell."""
        if kind == "aws_secretsmanager_random_password":
            return {"random_password": "x" * (configuration.get("password_length") or _PASSWORD_LENGTH)}
        detail = "What AWS or Google keeps secret is not known without asking it."
        return Fault(f"{kind} cannot be read offline", detail, next(iter(configuration)))

    def renew_ephemeral_resource(self, request: Any) -> Any:
        return MESSAGES["RenewEphemeralResource"].Response()

    def close_ephemeral_resource(self, request: Any) -> Any:
        return MESSAGES["CloseEphemeralResource"].Response()

    def stop_provider(self, request: Any) -> Any:
        return MESSAGES["StopProvider"].Response()


def _capabilities() -> Any:
    return MESSAGES["ServerCapabilities"](get_provider_schema_optional=True)


def decode(value: Any) -> Any:
    """The values in a message."""
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, strict_map_key=False)
    return json.loads(value.json) if value.json else None


def encode(values: Values | None) -> Any:
    """Values for a message."""
    return MESSAGES["DynamicValue"](msgpack=msgpack.packb(values))


def diagnostics(found: Iterable[Fault]) -> list[Any]:
    """Refusals for a message."""
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
    return message.Block(
        attributes=[_attribute_message(name, item) for name, item in block.get("attributes", {}).items()],
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


def _attribute_message(name: str, attribute: Schema) -> Any:
    message = MESSAGES["Schema"]
    flags: dict[str, Any] = {flag: True for flag in _FLAGS if attribute.get(flag)}
    if "nested_type" not in attribute:
        return message.Attribute(name=name, type=json.dumps(attribute["type"]).encode(), **flags)
    nested = attribute["nested_type"]
    inner = [_attribute_message(*item) for item in nested["attributes"].items()]
    type_ = message.Object(attributes=inner, nesting=_NESTING[nested["nesting_mode"]])
    return message.Attribute(name=name, nested_type=type_, **flags)
