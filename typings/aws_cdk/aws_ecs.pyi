"""What the tests of groundplan.cdk use of aws_cdk.aws_ecs."""

from aws_cdk import CfnResource

class CfnService(CfnResource): ...
