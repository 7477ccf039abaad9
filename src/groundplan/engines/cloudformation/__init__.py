"""Architecture to AWS CloudFormation: templates by concern and region, values handed on from stack to stack."""

from groundplan.engines.cloudformation.elsewhere import of_aws, told_elsewhere
from groundplan.engines.cloudformation.files import write
from groundplan.engines.cloudformation.model import (
    Location,
    MadeBeside,
    Options,
    Rendering,
    Stack,
    StackOutput,
    Unsupported,
)
from groundplan.engines.cloudformation.render import render

__all__ = [
    "Location",
    "MadeBeside",
    "Options",
    "Rendering",
    "Stack",
    "StackOutput",
    "Unsupported",
    "of_aws",
    "render",
    "told_elsewhere",
    "write",
]
