"""What to do about AWS's refusals: of credentials, of rights, of too many requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

NEW_CREDENTIALS = (
    "Get new ones: `aws sso login`, or whatever made AWS_SESSION_TOKEN or the profile, and run this again: it goes on "
    "from what it finds"
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_UNKNOWN = frozenset(
    {
        "AuthFailure", "IncompleteSignature", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)  # fmt: skip
_CLOCK = frozenset({"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"})
_REGION = frozenset({"OptInRequired", "RegionDisabledException", "AuthorizationHeaderMalformed"})
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException",
        "Throttling", "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
    }
)  # fmt: skip
"""Codes after which botocore waits and tries again.
Source: https://docs.aws.amazon.com/boto3/latest/guide/retries.html#standard-retry-mode"""
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "Forbidden", "403", "UnauthorizedOperation"}
)
"""Sources of all these: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
_NOT_AUTHORIZED = re.compile(
    r"User: (?P<principal>\S+) is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>\S+))?"
)
_POLICIES: Mapping[str, str] = {
    "service control policy": "a service control policy of the organization",
    "resource control policy": "a resource control policy of the organization",
    "permissions boundary": "its permissions boundary",
    "session policy": "the policy of its session",
    "VPC endpoint policy": "the policy of the VPC endpoint",
    "resource-based policy": "the policy of the resource",
}
"""What the message says the refusal is in, to what a person looks for."""


def refusal(error: BaseException | None) -> Mapping[str, str]:
    """AWS's own ``Code`` and ``Message`` of what botocore raised; empty where no answer came."""
    response: Mapping[str, Mapping[str, str]] = getattr(error, "response", None) or {}
    return response.get("Error", {})


def advice(error: ClientError) -> str:
    """What to do about a refusal, in a sentence; empty where AWS's own words say all that is known."""
    details = error.response.get("Error", {})
    code, message = details.get("Code", ""), details.get("Message", "")
    if code in _EXPIRED or (code in _UNKNOWN and "expired" in message.lower() and "Signature" not in message):
        return f"The credentials have expired. {NEW_CREDENTIALS}"
    if code in _CLOCK or (code in _UNKNOWN and "Signature expired" in message):
        return "Is the clock of this machine right?"
    if code in _UNKNOWN:
        return (
            "AWS does not know these credentials here: are they whole, of this partition, and is the region enabled in "
            "their account? `aws sts get-caller-identity` says whose they are"
        )
    if code in _REGION:
        return "Enable the region in the account, or write another into the blueprint"
    if code in _DENIED:
        return _denied(error, message)
    if code in THROTTLED:
        tries = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        if not tries:
            return ""
        return (
            f"AWS was asked {tries + 1} times, with longer and longer pauses. Somebody else may be at work in the "
            "account: run this again in a minute; it goes on from what it finds"
        )
    return ""


def _denied(error: ClientError, message: str) -> str:
    """Who may not do what, and where somebody has to allow it."""
    found = _NOT_AUTHORIZED.search(message)
    if found is None:
        return (
            f"The credentials lack the right to {error.operation_name}; `aws sts get-caller-identity` says whose they "
            "are"
        )
    resource = f" on {found['resource'].rstrip('.,')}" if found["resource"] else ""
    where = next((told for words, told in _POLICIES.items() if words in message), "its IAM policies")
    forbids = "explicit deny" in message
    change = f"Take the Deny out of {where}" if forbids else f"Allow it in {where}"
    return f"Missing is {found['action']}{resource} for {found['principal']}. {change}"


def without_answer(error: BotoCoreError) -> str:
    """What to do where there was not even a refusal: about credentials that cannot be had. Empty: nothing known."""
    match type(error).__name__:
        case "UnauthorizedSSOTokenError" | "SSOTokenLoadError" | "TokenRetrievalError" | "SSOError":
            return f"The session of AWS IAM Identity Center has ended. {NEW_CREDENTIALS}"
        case "ProfileNotFound":
            return "`aws configure list-profiles` lists those that there are; AWS_PROFILE names the one to use"
        case "PartialCredentialsError" | "CredentialRetrievalError" | "ConfigParseError":
            return "Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE and ~/.aws"
        case _:
            return ""
