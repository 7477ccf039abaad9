"""What is of another cloud, and what on AWS is there only for it: in no template, while the rest is whole."""

from __future__ import annotations

from dataclasses import replace

from groundplan.engines.cloudformation.model import Unsupported
from groundplan.resources import Architecture, Resource
from groundplan.resources.values import Attribute, Ref, dynamic_values

CLOUDS = {"google": "Google Cloud"}


def of_aws(architecture: Architecture) -> tuple[Architecture, tuple[Unsupported, ...]]:
    """The architecture as far as it is on AWS, and the rest with the reason why CloudFormation does not make it."""
    if all(resource.cloud == "aws" for resource in architecture):
        return architecture, ()
    gone: dict[Ref[Resource], Unsupported] = {}
    for resource in architecture:
        reason = _reason(resource, gone)
        if reason:
            gone[resource.ref] = Unsupported(resource.address, reason)
    outputs = {
        output.name: f"it speaks of {value.ref}"
        for output in architecture.outputs
        for value in dynamic_values(output.value)
        if isinstance(value, Attribute) and value.ref in gone
    }
    left = replace(
        architecture,
        resources=tuple(resource for resource in architecture if resource.ref not in gone),
        outputs=tuple(output for output in architecture.outputs if output.name not in outputs),
    )
    told = (Unsupported(f"output.{name}", reason) for name, reason in outputs.items())
    return left, (*gone.values(), *told)


def _reason(resource: Resource, gone: dict[Ref[Resource], Unsupported]) -> str:
    if resource.cloud != "aws":
        return f"AWS CloudFormation makes nothing on {CLOUDS[resource.cloud]}; Terraform does"
    found = next((ref for ref in resource.references() if ref in gone), None)
    return f"it is there for {found}" if found else ""


def told_elsewhere(elsewhere: tuple[Unsupported, ...]) -> str:
    """All of it as one sentence for a person."""
    return (
        f"CloudFormation makes nothing on another cloud: {len(elsewhere)} resources and outputs of secondary: are left "
        f"out ({elsewhere[0].address}, …); engine: terraform makes them"
    )
