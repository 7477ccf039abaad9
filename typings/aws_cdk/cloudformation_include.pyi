"""What groundplan.cdk uses of aws_cdk.cloudformation_include."""

from collections.abc import Mapping

from aws_cdk import CfnElement, CfnOutput, CfnParameter, CfnResource
from constructs import Construct

class CfnInclude(CfnElement):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        template_file: str,
        parameters: Mapping[str, object] | None = None,
    ) -> None: ...
    def get_output(self, logical_id: str) -> CfnOutput: ...
    def get_parameter(self, parameter_name: str) -> CfnParameter: ...
    def get_resource(self, logical_id: str) -> CfnResource: ...
