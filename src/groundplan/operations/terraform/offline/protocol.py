"""The messages of Terraform's plugin protocol, version 6, as far as Terraform 1.15 uses them on a provider.

The package ``tf`` 1.2.0 carries an older protocol, which knows neither ephemeral resources nor write-only arguments.
What is missing is added to its descriptor here, with the field numbers that Terraform 1.15.5 itself embeds. HashiCorp
publishes the protocol as ``tfplugin6.proto`` (MPL-2.0):
https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol.
"""

# protobuf and tf ship no type information.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from tf.gen import tfplugin_pb2

_Field = descriptor_pb2.FieldDescriptorProto
_DIAGNOSTICS = ("diagnostics", 1, "Diagnostic", True)

# message: ((field, number, type, repeated), …)
_NEW_MESSAGES: dict[str, tuple[tuple[str, int, str, bool], ...]] = {
    "ValidateEphemeralResourceConfig.Request": (
        ("type_name", 1, "string", False),
        ("config", 2, "DynamicValue", False),
    ),
    "ValidateEphemeralResourceConfig.Response": (_DIAGNOSTICS,),
    "OpenEphemeralResource.Request": (("type_name", 1, "string", False), ("config", 2, "DynamicValue", False)),
    "OpenEphemeralResource.Response": (
        _DIAGNOSTICS,
        ("result", 3, "DynamicValue", False),
        ("private", 4, "bytes", False),
    ),
    "RenewEphemeralResource.Request": (("type_name", 1, "string", False), ("private", 2, "bytes", False)),
    "RenewEphemeralResource.Response": (_DIAGNOSTICS, ("private", 3, "bytes", False)),
    "CloseEphemeralResource.Request": (("type_name", 1, "string", False), ("private", 2, "bytes", False)),
    "CloseEphemeralResource.Response": (_DIAGNOSTICS,),
    "GetMetadata.EphemeralMetadata": (("type_name", 1, "string", False),),
}
_NEW_FIELDS = (
    ("Schema.Attribute", ("write_only", 11, "bool", False)),
    ("GetMetadata.Response", ("ephemeral_resources", 6, "GetMetadata.EphemeralMetadata", True)),
)
_SCALARS = {"string": _Field.TYPE_STRING, "bytes": _Field.TYPE_BYTES, "bool": _Field.TYPE_BOOL}


def _messages() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto()
    tfplugin_pb2.DESCRIPTOR.CopyToProto(file)
    for path, fields in _NEW_MESSAGES.items():
        message = _message(file, path)
        for field in fields:
            _add(message, *field)
    for path, field in _NEW_FIELDS:
        _add(_message(file, path), *field)
    # map<string, Schema> ephemeral_resource_schemas = 8; a map is a repeated message of this form.
    entry = _message(file, "GetProviderSchema.Response.EphemeralResourceSchemasEntry")
    entry.options.map_entry = True
    _add(entry, "key", 1, "string", False)
    _add(entry, "value", 2, "Schema", False)
    response = _message(file, "GetProviderSchema.Response")
    _add(response, "ephemeral_resource_schemas", 8, "GetProviderSchema.Response.EphemeralResourceSchemasEntry", True)
    # A pool of its own: the default one holds the older file under the same names.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        message.name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tfplugin6.{message.name}"))
        for message in file.message_type
    }


def _message(file: Any, path: str) -> Any:
    """The message at a dotted path, made where it is missing."""
    first, *rest = path.split(".")
    siblings, parent = file.message_type, None
    for name in (first, *rest):
        parent = next((message for message in siblings if message.name == name), None) or siblings.add(name=name)
        siblings = parent.nested_type
    return parent


def _add(message: Any, name: str, number: int, kind: str, repeated: bool) -> None:
    message.field.add(
        name=name,
        number=number,
        label=_Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL,
        type=_SCALARS.get(kind, _Field.TYPE_MESSAGE),
        type_name=None if kind in _SCALARS else f".tfplugin6.{kind}",
    )


MESSAGES = _messages()
"""Message classes by name: ``MESSAGES["OpenEphemeralResource"].Request``."""
