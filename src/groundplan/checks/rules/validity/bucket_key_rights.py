"""GP-VAL-039."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from groundplan.checks.rights import is_known, matches, may_use_key, reach
from groundplan.checks.rule import BY_DESIGN, Fix, References, Rule, Violation
from groundplan.checks.wording import listed, spelled
from groundplan.resources.architecture import Architecture
from groundplan.resources.security import Role
from groundplan.resources.storage import Bucket

NEEDED = {"s3:GetObject": ("kms:Decrypt",), "s3:PutObject": ("kms:GenerateDataKey", "kms:Decrypt")}
"""What S3 asks of a key, by what is asked of S3. Uploads in parts have to decrypt what they wrote before."""


class BucketKeyRights(Rule):
    id = "GP-VAL-039"
    title = "Who may use a bucket may use the key that encrypts it"
    severity = "error"
    why = "S3 answers AccessDenied: it encrypts and decrypts with the rights of whoever asks."
    fix = Fix(
        blueprint=BY_DESIGN,
        terraform="aws_iam_role_policy: kms:Decrypt and kms:GenerateDataKey on the bucket's key",
        cloudformation="AWS::IAM::Role: Policies, kms:Decrypt and kms:GenerateDataKey on the bucket's key",
    )
    source = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
    references = References(pillar="Security")

    def check(self, architecture: Architecture) -> Iterator[Violation]:
        encrypted = {
            spelled(bucket.ref.arn): (bucket, architecture[bucket.kms_key])
            for bucket in architecture.of(Bucket)
            if bucket.kms_key and bucket.sse_algorithm == "aws:kms"
        }
        for role in architecture.of(Role):
            reached = {action: _meant(reach(role, action), encrypted) for action in NEEDED}
            meant = set[str]().union(*reached.values())
            if not meant or not is_known(role):
                continue
            for arn in filter(meant.__contains__, encrypted):
                bucket, key = encrypted[arn]
                used = [action for action, arns in reached.items() if arn in arns]
                needed = dict.fromkeys(action for use in used for action in NEEDED[use])
                lacking = [action for action in needed if not may_use_key(role, key, action)]
                if lacking:
                    yield self.violation(
                        role, f"may use {bucket.address} ({listed(used)}) and lacks {listed(lacking)} on {key.address}"
                    )


def _meant(patterns: Iterable[str], buckets: Collection[str]) -> set[str]:
    """The ARNs of the buckets whose objects are meant. Nearly all patterns begin with the ARN of one."""
    found: set[str] = set()
    for pattern in patterns:
        named = pattern.partition("/")[0]
        near = (named,) if named in buckets else buckets
        found.update(arn for arn in near if matches(pattern, f"{arn}/object"))
    return found
