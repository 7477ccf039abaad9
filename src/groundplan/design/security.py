"""What watches the account: GuardDuty, Security Hub and IAM Access Analyzer, in each region, and who hears of it.

In further regions EventBridge hands the findings on to the home region, so that there is one topic with one key, and
an address confirms it once.
"""

from __future__ import annotations

from groundplan.blueprint.governance import ProtectionPlan, Security
from groundplan.catalog.security_standards import all_standards
from groundplan.design.alarms import TOPIC
from groundplan.design.draft import Draft, identifier
from groundplan.design.encryption import same_account
from groundplan.design.regions import check_other_region
from groundplan.resources.detection import AccessAnalyzer, Detector, DetectorFeature, SecurityHub, SecurityStandard
from groundplan.resources.events import EventRule, EventTarget
from groundplan.resources.policies import InlinePolicy, PolicyDocument, Statement, service_trust
from groundplan.resources.security import Role
from groundplan.resources.values import Json, JsonDocument, Pseudo, Ref, Textual, text

_FEATURES: dict[ProtectionPlan, DetectorFeature] = {
    "s3": "S3_DATA_EVENTS",
    "eks-audit": "EKS_AUDIT_LOGS",
    "ebs-malware": "EBS_MALWARE_PROTECTION",
    "rds-login": "RDS_LOGIN_EVENTS",
    "lambda": "LAMBDA_NETWORK_LOGS",
    "runtime": "RUNTIME_MONITORING",
}
_SEVERITIES = ("low", "medium", "high", "critical")
_LEAST: dict[str, int] = {"low": 1, "medium": 4, "high": 7, "critical": 9}
"""GuardDuty's number from which a severity begins.
Source: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html"""


def add_security_services(draft: Draft, security: Security) -> None:
    """Everything that ``security:`` asks for, in the home region and in each of its ``regions``."""
    for number, region in enumerate(security.regions):
        check_other_region(draft, f"security.regions[{number}]", region)
    _add_region(draft, security, None)
    for region in security.regions:
        _add_region(draft, security, region)
    if draft.blueprint.alarms is not None:
        _add_rules(draft, security)


def _add_region(draft: Draft, security: Security, region: str | None) -> None:
    name = _name(region)
    if security.guardduty is not None:
        draft.add(
            Detector(
                name=name,
                concern="security",
                region=region,
                features=tuple(_FEATURES[plan] for plan in security.guardduty),
                tags=draft.name_tag("guardduty"),
            )
        )
    if security.standards is not None:
        hub = draft.add(SecurityHub(name=name, concern="security", region=region))
        for standard in security.standards:
            draft.add(
                SecurityStandard(
                    name=f"{_identifier(standard)}{'' if region is None else f'_{name}'}",
                    concern="security",
                    region=region,
                    hub=hub,
                    standards_arn=_standard_arn(standard),
                    depends_on=(hub,),
                )
            )
    if security.access_analyzer:
        draft.add(
            AccessAnalyzer(
                name=name,
                concern="security",
                region=region,
                analyzer_name=draft.called("access_analyzer", "analyzer", "security.access_analyzer"),
                tags=draft.name_tag("analyzer"),
            )
        )


def _name(region: str | None) -> str:
    return "main" if region is None else identifier(region)


def _identifier(name: str) -> str:
    """``cis_3_0`` for ``cis-3.0``."""
    return identifier(name).replace(".", "_")


def _standard_arn(standard: str) -> Textual:
    before, here, after = all_standards()[standard].partition("{region}")
    region = (Pseudo.REGION,) if here else ()
    return text("arn:", Pseudo.PARTITION, ":securityhub:", before, *region, after)


def _patterns(security: Security) -> list[tuple[str, str, dict[str, Json]]]:
    """What of the findings is told: name, description, and EventBridge's pattern.

    Sources: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html,
    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
    """
    found: list[tuple[str, str, dict[str, Json]]] = []
    if security.guardduty is not None:
        least = _LEAST[security.severity]
        pattern: dict[str, Json] = {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", least]}]},
        }
        found.append(("guardduty-findings", f"GuardDuty: findings of severity {security.severity} and above", pattern))
    if security.standards is not None:
        labels: list[Json] = [label.upper() for label in _SEVERITIES[_SEVERITIES.index(security.severity) :]]
        wanted: dict[str, Json] = {
            "Severity": {"Label": labels},
            "Workflow": {"Status": ["NEW"]},
            "RecordState": ["ACTIVE"],
        }
        if security.guardduty is not None:
            wanted["ProductName"] = [{"anything-but": ["GuardDuty"]}]  # told already
        pattern = {
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {"findings": wanted},
        }
        found.append(
            ("security-hub-findings", f"Security Hub: new findings of severity {security.severity} and above", pattern)
        )
    return found


def _add_rules(draft: Draft, security: Security) -> None:
    patterns = _patterns(security)
    if not patterns:
        return
    for name, description, pattern in patterns:
        _add_rule(draft, name, description, pattern, EventTarget(target_id="alarms", arn=TOPIC.arn))
    if not security.regions:
        return
    # Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    bus = text(
        "arn:", Pseudo.PARTITION, f":events:{draft.blueprint.region}:", Pseudo.ACCOUNT_ID, ":event-bus/default"
    )  # fmt: skip
    role = _add_role(draft, bus)
    target = EventTarget(target_id="home", arn=bus, role=role)
    for region in security.regions:
        for name, description, pattern in patterns:
            _add_rule(draft, name, description, pattern, target, region)


def _add_rule(
    draft: Draft,
    name: str,
    description: str,
    pattern: dict[str, Json],
    target: EventTarget,
    region: str | None = None,
) -> None:
    draft.add(
        EventRule(
            name=identifier(name) if region is None else f"{identifier(name)}_{identifier(region)}",
            concern="security",
            region=region,
            rule_name=draft.called("event_rule", name, "security"),
            description=description,
            event_pattern=JsonDocument(pattern),
            targets=(target,),
            tags=draft.name_tag(name),
        )
    )


def _add_role(draft: Draft, bus: Textual) -> Ref[Role]:
    hand_on = Statement(sid="HandOn", actions=("events:PutEvents",), resources=(bus,))
    return draft.add(
        Role(
            name="findings",
            concern="security",
            role_name=draft.called("iam_role", "findings-role", "security.regions"),
            description="Lets EventBridge hand findings of other regions on to the home region",
            trust=service_trust("events.amazonaws.com", conditions=(same_account(),)),
            inline_policies=(
                InlinePolicy(draft.called("iam_policy", "findings-policy", "security"), PolicyDocument((hand_on,))),
            ),
            tags=draft.name_tag("findings-role"),
        ),
        because="security.regions",
    )
