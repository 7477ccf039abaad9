"""The facts about IAM, against what AWS documents and against their source."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from groundplan.catalog import iam


def test_an_action_has_its_level_and_what_it_is_allowed_on() -> None:
    found = iam.action("s3:getobject")
    assert found is not None
    assert str(found) == "s3:GetObject"
    assert found.level == "Read"
    assert "object" in found.types
    handed = iam.action("iam:PassRole")
    assert handed is not None
    assert handed.level == "Permissions management"
    assert handed.demanded == {"role"}
    login = iam.action("ecr:GetAuthorizationToken")
    assert login is not None
    assert login.types == ()


@pytest.mark.parametrize("name", ["s3:GetObjct", "s4:GetObject", "GetObject", "", ":", "s3:"])
def test_what_is_no_action_is_none(name: str) -> None:
    assert iam.action(name) is None
    assert iam.expand(name) == ()
    assert not iam.exists(name)


def test_patterns_mean_actions() -> None:
    names = {str(item) for item in iam.expand("kms:generatedatakey*")}
    assert {"kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"} <= names
    assert iam.exists("kms:*")
    assert iam.exists("*")
    assert not iam.exists("s3:Fetch*")
    assert len(iam.expand("ec2:*")) > 500


def test_the_nearest_is_suggested() -> None:
    assert iam.suggest("s3:GetObjct") == '; did you mean "s3:GetObject"?'
    assert iam.suggest("secretmanager:GetSecretValue") == '; did you mean "secretsmanager:GetSecretValue"?'
    assert iam.suggest("s3:Xyzzyplugh") == ""


def test_every_service_can_be_read() -> None:
    assert len(iam.services()) > 400
    total = 0
    for prefix in iam.services():
        service = iam.service(prefix)
        assert service is not None
        for name in service.names:
            found = service.action(name)
            assert found is not None
            assert found.demanded <= {*found.types}
        total += len(service.names)
        assert all(arn.startswith("arn:") or "*" in arn for arn in service.arns.values()), prefix
    assert total > 20_000
    assert re.fullmatch(r"\d+\.\d+\.\d+", iam.version())


def test_managed_policies_that_roles_have() -> None:
    found = iam.managed_policy("service-role/AmazonRDSEnhancedMonitoringRole")
    assert found is not None
    assert {statement["Effect"] for statement in found.statements} == {"Allow"}
    assert found.updated.year >= 2015
    assert iam.managed_policy("mine") is None


def test_each_path_to_more_rights_is_of_actions_that_aws_has() -> None:
    paths = iam.escalation_paths()
    assert len(paths) > 30
    for path in paths:
        assert all(iam.action(name) for name in path.actions), path
        assert bool(path.service) is ("iam:PassRole" in path.actions), path
        assert path.how


def test_the_first_question_is_answered_fast() -> None:
    """In a process of its own: reading the file and parsing one service, without what Python itself needs to start."""
    code = (
        "import time; from groundplan.catalog import iam; before = time.process_time(); iam.action('s3:GetObject');"
        "print(time.process_time() - before)"
    )
    best = min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))
    assert best < 0.03
