"""What an AWS account has once and by API alone: the password policy of IAM users, cost allocation tags."""

from __future__ import annotations

from groundplan.design.draft import Draft, identifier
from groundplan.resources.account import AccountPasswordPolicy, CostAllocationTag


def add_account_settings(draft: Draft) -> None:
    """What ``account.passwords`` and ``account.cost_tags`` ask for. Nothing where ``account`` is null."""
    account = draft.blueprint.account
    if account is None:
        return
    passwords = account.passwords
    if passwords is not None:
        draft.add(
            AccountPasswordPolicy(
                name="main",
                concern="audit",
                minimum_password_length=passwords.length,
                password_reuse_prevention=passwords.reuse,
                max_password_age=passwords.expire.days if passwords.expire else None,
            )
        )
    if account.cost_tags:
        for key in draft.tags:
            draft.add(CostAllocationTag(name=identifier(key).lower(), concern="monitoring", tag_key=key))
