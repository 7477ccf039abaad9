#!/usr/bin/env python3
"""SoleMate for the AWS CDK: ``cdk synth``, ``cdk diff SolemateStaging``, ``cdk deploy SolemateProduction``."""

import os
import sys
from pathlib import Path

import aws_cdk

from groundplan.cdk import BlueprintStack

sys.path.insert(0, str(Path(__file__).parents[1]))

from solemate import blueprint

app = aws_cdk.App()

# The account is the CDK CLI's; the region is the blueprint's, and CDK_DEFAULT_REGION has to be the same where it is set.
env = aws_cdk.Environment(
    account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
    region=os.environ.get("CDK_DEFAULT_REGION"),
)
for environment in blueprint.environments:
    BlueprintStack(app, f"Solemate{environment.capitalize()}", blueprint=blueprint, environment=environment, env=env)

app.synth()
