"""Small architectures with one thing in them."""

from __future__ import annotations

from groundplan.resources import Architecture, Input, Output, Resource


def architecture(
    *resources: Resource, inputs: tuple[Input, ...] = (), outputs: tuple[Output, ...] = (), environment: str = "staging"
) -> Architecture:
    """A few resources in ap-south-1."""
    return Architecture(
        project="small",
        title="Small",
        environment=environment,
        region="ap-south-1",
        resources=resources,
        tags={"Environment": environment},
        inputs=inputs,
        outputs=outputs,
    )
