"""The password policy of IAM users: one in an account, and left as it is when an environment goes.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundplan.operations.direct.step import Reach, Step
from groundplan.resources.account import AccountPasswordPolicy
from groundplan.targets.connection import explained

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import UpdateAccountPasswordPolicyRequestTypeDef

TYPE = "IAM password policy"
STAYS = "stays as it is: it is the account's"


def step(reach: Reach, policy: AccountPasswordPolicy) -> Step | None:
    """What is to be done. None: nothing."""
    wanted = _request(policy)
    present = _present(reach, policy)

    def put() -> str:
        with explained(f"Setting {policy.address}"):
            _client(reach, policy).update_account_password_policy(**wanted)
        return "created" if present is None else "updated"

    if present is None:
        return Step("create", policy.address, TYPE, "the account has none", put)
    other = sorted(name for name in {*present, *wanted} if present.get(name) != wanted.get(name))
    return Step("update", policy.address, TYPE, f"{', '.join(other)} changed", put) if other else None


def _client(reach: Reach, policy: AccountPasswordPolicy) -> IAMClient:
    return reach.connection.iam(reach.region(policy.region))


def _request(policy: AccountPasswordPolicy) -> UpdateAccountPasswordPolicyRequestTypeDef:
    """IAM sets what a request leaves out to its own default: no expiry, no memory of old passwords."""
    request: UpdateAccountPasswordPolicyRequestTypeDef = {
        "MinimumPasswordLength": policy.minimum_password_length,
        "RequireUppercaseCharacters": policy.require_uppercase_characters,
        "RequireLowercaseCharacters": policy.require_lowercase_characters,
        "RequireNumbers": policy.require_numbers,
        "RequireSymbols": policy.require_symbols,
        "AllowUsersToChangePassword": policy.allow_users_to_change_password,
        "HardExpiry": policy.hard_expiry,
    }
    if policy.password_reuse_prevention is not None:
        request["PasswordReusePrevention"] = policy.password_reuse_prevention
    if policy.max_password_age is not None:
        request["MaxPasswordAge"] = policy.max_password_age
    return request


def _present(reach: Reach, policy: AccountPasswordPolicy) -> dict[str, object] | None:
    """The policy as a request would set it. None: there is none."""
    from botocore.exceptions import ClientError

    with explained("Reading the password policy of the account"):
        try:
            found = dict(_client(reach, policy).get_account_password_policy()["PasswordPolicy"])
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "NoSuchEntity":
                return None
            raise
    found.pop("ExpirePasswords", None)  # follows from MaxPasswordAge
    # IAM says 0, or nothing, where there is none.
    return {"HardExpiry": False} | {name: value for name, value in found.items() if value is False or value}
