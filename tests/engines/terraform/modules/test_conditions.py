"""A condition that several statements have is called after what it says."""

from __future__ import annotations

import pytest

from groundplan.engines.terraform.hcl import Expression, Template, Value
from groundplan.engines.terraform.modules.conditions import only_where

ACCOUNT = Expression("data.aws_caller_identity.current.account_id")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, "only_this_account"),
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, "only_source_account"),
        ({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}, "only_not_this_account"),
        ({"Bool": {"aws:SecureTransport": "false"}}, "without_tls"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "only_secure_transport"),
        ({"Null": {"aws:ViaAWSService": "true"}}, "without_via_awsservice"),
        ({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, "only_via_s3"),
        ({"StringEquals": {"kms:ViaService": Template("sqs.${var.region}.amazonaws.com")}}, "only_via_sqs"),
        (
            {"StringEquals": {"aws:ResourceTag/Project": "shop", "aws:ResourceTag/Environment": "dev"}},
            "only_tagged_project_and_environment",
        ),
        (
            {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": "arn:*"}},
            "only_this_account_and_source_arn",
        ),
    ],
)
def test_a_condition_says_what_it_is(condition: dict[str, Value], expected: str) -> None:
    assert only_where(condition) == expected
