"""What stands once in an AWS account: the password policy of IAM, cost allocation tags."""

from __future__ import annotations

from typing import ClassVar

from groundplan.record import dataclass
from groundplan.resources.base import Resource


@dataclass(frozen=True, kw_only=True)
class AccountPasswordPolicy(Resource):
    """What the passwords of IAM users have to be like. An account has one.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
    """

    title: ClassVar[str] = "IAM account password policy"
    taggable: ClassVar[bool] = False
    not_in_cloudformation: ClassVar[str] = "CloudFormation has no type for the password policy of an account"
    minimum_password_length: int
    """6 to 128."""
    password_reuse_prevention: int | None = None
    """How many old passwords may not come again, 1 to 24. None: all may."""
    max_password_age: int | None = None
    """Days, 1 to 1095. None: passwords do not expire."""
    require_uppercase_characters: bool = True
    require_lowercase_characters: bool = True
    require_numbers: bool = True
    require_symbols: bool = True
    allow_users_to_change_password: bool = True
    hard_expiry: bool = False
    """Whether only an administrator can give a new password once the old one has expired."""


@dataclass(frozen=True, kw_only=True)
class CostAllocationTag(Resource):
    """A tag that bills and budgets can be divided by. Cost Explorer knows it about a day after its first use, and lets
    only an organization's management account activate it.

    Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """

    title: ClassVar[str] = "cost allocation tag"
    taggable: ClassVar[bool] = False
    not_in_cloudformation: ClassVar[str] = "CloudFormation has no type for cost allocation tags"
    tag_key: str
