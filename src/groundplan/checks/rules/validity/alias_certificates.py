"""GP-VAL-111."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.hosts import names_covered
from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.checks.wording import listed
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution
from groundplan.resources.values import Ref


class AliasCertificates(Rule):
    id = "GP-VAL-111"
    title = "A distribution's certificate is for each of its aliases"
    severity = "error"
    why = "CloudFront refuses an alias that its certificate does not name (InvalidViewerCertificate)."
    fix = Fix(
        blueprint="Leave buckets.<name>.cdn.certificate out: one for all domains is made.",
        terraform="aws_acm_certificate: domain_name, subject_alternative_names; aws_cloudfront_distribution: aliases",
        cloudformation=(
            "AWS::CertificateManager::Certificate: SubjectAlternativeNames; AWS::CloudFront::Distribution: Aliases"
        ),
    )
    source = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
        "CNAMEs.html#alternate-domain-names-requirements"
    )
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        for distribution in architecture.of(Distribution):
            certificate = distribution.certificate
            if isinstance(certificate, Ref):
                found = architecture[certificate]
                missing = [alias for alias in distribution.aliases if not names_covered((found,), alias)]
                if missing:
                    yield self.violation(
                        distribution, f"has {listed(missing)}, for which {found.address} is not; it has to be"
                    )
