"""What the tests of groundplan.cdk use of aws_cdk.aws_s3."""

from aws_cdk import CfnResource

class CfnBucket(CfnResource):
    @property
    def attr_arn(self) -> str: ...
