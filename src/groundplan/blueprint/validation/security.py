"""What watches an account, and whom it tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundplan.blueprint.governance import Security
from groundplan.blueprint.models import Blueprint
from groundplan.blueprint.tree import Node, Steps
from groundplan.blueprint.validation.base import Finding


def check_security(blueprint: Blueprint, tree: Node) -> Iterator[Finding]:
    """``security:``, the conformance packs of ``audit:``, and what of ``account:`` tells somebody."""
    if blueprint.security is not None:
        yield from _check_services(blueprint, blueprint.security)
    audit, account = blueprint.audit, blueprint.account
    if audit is not None and audit.conformance_packs:
        at: Steps = ("audit", "conformance_packs")
        if not audit.config:
            yield Finding(at, "packs are checked by AWS Config: write config: true", at_key=True)
        yield from _check_twice(audit.conformance_packs, at)
    if account is not None:
        if account.anomalies is not None and blueprint.alarms is None:
            yield Finding(
                ("account", "anomalies"), "nobody would hear of it: write alarms: with an e-mail address or a webhook"
            )
        yield from _check_twice(account.administrators or (), ("account", "administrators"))


def _check_services(blueprint: Blueprint, security: Security) -> Iterator[Finding]:
    if security.guardduty is None and security.standards is None and not security.access_analyzer:
        yield Finding(
            ("security",), "nothing watches: write security: null, or guardduty:, standards: or access_analyzer: true",
            at_key=True,
        )  # fmt: skip
    if blueprint.alarms is None and "severity" in security.model_fields_set:
        yield Finding(
            ("security", "severity"), "nobody hears of findings: write alarms: with an e-mail address or a webhook"
        )
    yield from _check_twice(security.guardduty or (), ("security", "guardduty"))
    yield from _check_twice(security.standards or (), ("security", "standards"))
    yield from _check_twice(security.regions, ("security", "regions"))
    for number, region in enumerate(security.regions):
        if region == blueprint.region:
            yield Finding(("security", "regions", number), f"{region} is where it is, and watched anyway; leave it out")


def _check_twice(values: Sequence[str], path: Steps) -> Iterator[Finding]:
    for number, value in enumerate(values):
        if value in values[:number]:
            yield Finding((*path, number), f"{value} is there already")
