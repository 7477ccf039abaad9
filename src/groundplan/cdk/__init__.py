"""A blueprint as an AWS CDK stack (extra ``cdk``), for ``cdk synth``, ``cdk diff`` and ``cdk deploy``.

::

    app = aws_cdk.App()
    BlueprintStack(app, "Production", blueprint="groundplan.yaml", environment="production")
    app.synth()
"""

from importlib.util import find_spec

if find_spec("aws_cdk") is None:
    raise ModuleNotFoundError("groundplan.cdk needs aws-cdk-lib: install groundplan[cdk]", name="aws_cdk")

from groundplan.cdk.stack import BlueprintStack, StackOptions

__all__ = ["BlueprintStack", "StackOptions"]
