"""GP-VAL-141."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.edge import Certificate

MOST, LONGEST = 10, 64


class CertificateNames(Rule):
    id = "GP-VAL-141"
    title = "A certificate has up to ten names, the first of at most 64 characters"
    severity = "error"
    why = "ACM refuses a longer first name, and more names than the quota of a new account."
    fix = Fix(
        blueprint="Have the quota raised and accept this finding, or use fewer domains.",
        terraform="aws_acm_certificate: domain_name, subject_alternative_names",
        cloudformation="AWS::CertificateManager::Certificate: DomainName, SubjectAlternativeNames",
    )
    source = "https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for certificate in architecture.of(Certificate):
            names = {certificate.domain_name, *certificate.subject_alternative_names}
            if len(names) > MOST:
                yield self.violation(certificate, f"has {len(names)} names; {MOST} is the quota of a new account")
            if len(certificate.domain_name) > LONGEST:
                yield self.violation(
                    certificate,
                    f"has a first name of {len(certificate.domain_name)} characters; {LONGEST} are the most",
                )
