"""What stands once in an account: the role of its administrators, and who hears of unusual costs."""

from __future__ import annotations

from decimal import Decimal

from groundplan.blueprint.governance import Account
from groundplan.design.alarms import TOPIC
from groundplan.design.draft import Draft
from groundplan.design.encryption import root_of_account
from groundplan.resources.anomalies import COST_REGION, AnomalyMonitor, AnomalySubscription
from groundplan.resources.policies import Condition, PolicyDocument, Principal, Statement
from groundplan.resources.security import Role
from groundplan.resources.values import Pseudo, text

SESSION = 3600
"""Seconds that an administrator's session lasts: as long as IAM's default, and the shortest that can be set."""


def add_account_services(draft: Draft, account: Account) -> None:
    """What ``account:`` asks for, but for what only an API can do."""
    if account.administrators is not None:
        _add_administrators(draft, account.administrators)
    if account.anomalies is not None:
        _add_anomalies(draft, account.anomalies.usd)


def _add_administrators(draft: Draft, members: list[str]) -> None:
    """Who has proved a second factor may take it. Whoever is named may; else whom their own policies let.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    role = draft.add(
        Role(
            name="administrators",
            concern="security",
            role_name=draft.called("iam_role", "administrators", "account.administrators"),
            description="Administers the account, with multi-factor authentication only",
            trust=PolicyDocument(
                (
                    Statement(
                        sid="OnlyWithMfa",
                        actions=("sts:AssumeRole",),
                        principals=(Principal("AWS", tuple(members) or (root_of_account(),)),),
                        conditions=(Condition(operator="Bool", key="aws:MultiFactorAuthPresent", values=("true",)),),
                    ),
                )
            ),
            managed_policy_arns=(text("arn:", Pseudo.PARTITION, ":iam::aws:policy/AdministratorAccess"),),
            max_session_duration=SESSION,
            tags=draft.name_tag("administrators"),
        ),
        because="account.administrators",
    )
    draft.output("administrators_role", "Role that administrators take, with multi-factor authentication", role.arn)


def _add_anomalies(draft: Draft, threshold: Decimal) -> None:
    """Costs that carry the project's tag, whichever environment they are of.

    Source: https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
    """
    region = draft.elsewhere(COST_REGION)
    called = draft.called("cost_anomaly", "anomalies", "account.anomalies")
    monitor = draft.add(
        AnomalyMonitor(
            name="main",
            concern="security",
            region=region,
            monitor_name=called,
            tag={"Project": draft.title},
            tags=draft.name_tag("anomalies"),
        )
    )
    draft.add(
        AnomalySubscription(
            name="main",
            concern="security",
            region=region,
            subscription_name=called,
            monitor=monitor,
            topic=TOPIC,
            threshold_usd=threshold,
            tags=draft.name_tag("anomalies"),
        )
    )
