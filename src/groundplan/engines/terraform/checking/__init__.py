"""Rendered Terraform checked without Terraform: against the schemas of the providers, and for what leads nowhere.

``check`` reads files as text, so that modules and a person's own changes are checked like what is rendered. It finds
blocks, arguments and types that a provider does not have; what is required and missing; values that do not fit;
references to what is not declared or has no such attribute; cycles; secrets that would be kept; constraints of versions
that are none; variables and local values that nobody uses; variables and outputs that say nothing about themselves.
"""

from groundplan.engines.terraform.checking.checks import check, check_folder
from groundplan.engines.terraform.checking.model import Mistake

__all__ = ["Mistake", "check", "check_folder"]
