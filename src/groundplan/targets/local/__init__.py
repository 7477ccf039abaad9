"""The local AWS: CloudFormation and the plain AWS APIs in one process on this machine, on 127.0.0.1 only.

``start`` it, set the variables of ``environment``, and use boto3, the AWS command line or Terraform as with AWS. It
needs the extra ``local``; importing this module does not.
"""

from groundplan.targets.local.control import environment, reset, start, status, stop
from groundplan.targets.local.state import Running

__all__ = ["Running", "environment", "reset", "start", "status", "stop"]
