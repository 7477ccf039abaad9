"""What the tests of groundplan.cdk use of aws_cdk.aws_sns."""

from aws_cdk import CfnResource
from constructs import Construct

class CfnTopic(CfnResource):
    def __init__(self, scope: Construct, id: str, *, display_name: str) -> None: ...
