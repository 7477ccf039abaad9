"""The rules explained: ``docs/rules.md``, and what ``groundplan rules`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundplan.checks.discovery import catalogue
from groundplan.checks.rule import SEVERITIES, Described

FAMILIES = {
    "validity": "What AWS refuses, though templates and local tools let it pass.",
    "security": "Encryption, TLS, public access, secrets, logging, keys and rights.",
    "reliability": "Zones, standby, backups, health checks, and what breaks with one thing.",
    "operations": "Alarms, logs, tags, versions, and what is needed to run it.",
    "cost": "What is paid for and does nothing, or could do the same for less.",
}
"""Each family of rules, called like its folder, and what it is about."""
_OF_CODE = {"VAL": "validity", "SEC": "security", "REL": "reliability", "OPS": "operations", "COST": "cost"}

_INTRODUCTION = """\
# The rules

What `groundplan check` looks for: {count} rules, {by_severity}. Written from the rules themselves by
`groundplan.checks.reference`: change their class attributes. `groundplan rules GP-REL-001` prints one of them, and
`groundplan rules --family security --severity error --format json` lists them for programs.

`error`: AWS refuses it, or it must not go to production. `warning`: a risk that someone should decide on. `info`: worth
knowing. A finding that is right and taken as it is stands in the blueprint's `accept:`, with its reason.

References: *Security Hub* are the controls of AWS Foundational Security Best Practices, *CIS* the recommendations of
the CIS AWS Foundations Benchmark 3.0.0, *Checkov* its policies (3.x). Where none is named, none asks for the same.
"""


def family_of(described: type[Described]) -> str:
    """The family of a rule, by its id; ``custom`` where the rule is a user's own."""
    parts = described.id.split("-")
    return _OF_CODE.get(parts[1], "custom") if parts[0] == "GP" and len(parts) == 3 else "custom"


def to_json(described: type[Described]) -> dict[str, object]:
    """One rule as JSON data: what ``groundplan rules --format json`` prints. Scripts depend on its shape."""
    fix, references = described.fix, described.references
    return {
        "id": described.id,
        "family": family_of(described),
        "severity": described.severity,
        "title": described.title,
        "why": described.why,
        "fix": {"blueprint": fix.blueprint, "terraform": fix.terraform, "cloudformation": fix.cloudformation},
        "source": described.source,
        "references": {
            "pillar": references.pillar,
            "security_hub": list(references.security_hub),
            "cis": list(references.cis),
            "checkov": list(references.checkov),
        },
    }


def corresponds(described: type[Described]) -> str:
    """What a rule corresponds to, in one line: ``Security; Security Hub RDS.3; CIS 2.3.1; Checkov CKV_AWS_16``."""
    references = described.references
    named = (
        ("Security Hub", references.security_hub),
        ("CIS", references.cis),
        ("Checkov", references.checkov),
    )
    parts = [references.pillar, *(f"{title} {', '.join(items)}" for title, items in named if items)]
    return "; ".join(parts)


def explanation(described: type[Described]) -> str:
    """One rule, for a terminal."""
    fix = described.fix
    return "\n".join(
        (
            f"{described.id} ({described.severity}, {family_of(described)}): {described.title}",
            "",
            described.why,
            "",
            f"  blueprint       {fix.blueprint}",
            f"  Terraform       {fix.terraform}",
            f"  CloudFormation  {fix.cloudformation}",
            "",
            f"  source          {described.source}",
            f"  corresponds to  {corresponds(described)}",
        )
    )


def markdown() -> str:
    """``docs/rules.md``. Deterministic: it changes only with the rules."""
    rules = catalogue()
    return "\n".join((*_head(rules), *(line for family in FAMILIES for line in _section(family, rules))))


def _head(rules: Sequence[type[Described]]) -> Iterator[str]:
    counts = [(severity, sum(rule.severity == severity for rule in rules)) for severity in SEVERITIES]
    by_severity = ", ".join(f"{count} of severity `{severity}`" for severity, count in counts)
    yield _INTRODUCTION.format(count=len(rules), by_severity=by_severity)
    yield "| family | rules | about |\n| --- | --- | --- |"
    for family, about in FAMILIES.items():
        count = sum(family_of(rule) == family for rule in rules)
        yield f"| [{family}](#{family}) | {count} | {about} |"
    yield ""


def _section(family: str, rules: Sequence[type[Described]]) -> Iterator[str]:
    yield f"## {family.capitalize()}\n\n{FAMILIES[family]}\n"
    for rule in rules:
        if family_of(rule) == family:
            yield from _entry(rule)


def _entry(rule: type[Described]) -> Iterator[str]:
    yield f"### {rule.id}: {_text(rule.title)}\n"
    yield f"`{rule.severity}`. {_text(rule.why)}\n"
    yield f"- Blueprint: {_text(rule.fix.blueprint)}"
    yield f"- Terraform: {_text(rule.fix.terraform)}"
    yield f"- CloudFormation: {_text(rule.fix.cloudformation)}"
    yield f"- Source: <{rule.source}>"
    yield f"- Corresponds to: {corresponds(rule)}\n"


def _text(written: str) -> str:
    """Text in Markdown: ``<name>`` would be HTML, and ``*`` emphasis."""
    return written.replace("<", "\\<").replace("*", "\\*")
