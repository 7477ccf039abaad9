"""What CloudFormation has no type for: made, compared and deleted through the services' own APIs.

A kind with ``not_in_cloudformation`` has a file here. Every step reads what is there first, so that doing it again
changes nothing, and what a failed deployment has made is found by the next one.
"""

from groundplan.operations.direct.default_groups import step as default_group
from groundplan.operations.direct.step import Made, Reach, Step
from groundplan.operations.direct.steps import make, perform, plan, remains, staying, unasked

__all__ = ["Made", "Reach", "Step", "default_group", "make", "perform", "plan", "remains", "staying", "unasked"]
