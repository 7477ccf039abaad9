"""GP-VAL-112."""

from __future__ import annotations

from collections.abc import Iterator

from groundplan.checks.rule import Fix, References, Rule, Violation
from groundplan.resources.architecture import Architecture
from groundplan.resources.delivery import Distribution


class DistributionAliases(Rule):
    id = "GP-VAL-112"
    title = "An alias belongs to one distribution"
    severity = "error"
    why = "CloudFront gives an alias to one distribution of the world (CNAMEAlreadyExists)."
    fix = Fix(
        blueprint="Give each environment domains of its own: environments.<name>.buckets.<name>.cdn.domains.",
        terraform="aws_cloudfront_distribution: aliases",
        cloudformation="AWS::CloudFront::Distribution: Aliases",
    )
    source = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html"
    references = References(pillar="Reliability")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        owners: dict[str, str] = {}
        for distribution in architecture.of(Distribution):
            for alias in distribution.aliases:
                first = owners.setdefault(alias.lower(), distribution.address)
                if first != distribution.address:
                    yield self.violation(
                        distribution, f"has the alias {alias}, which {first} has; an alias of its own is right"
                    )
