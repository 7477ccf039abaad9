"""The actions that deploying a type needs: for every type that is rendered, and as IAM knows them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.engines.samples import sample_architecture

from groundplan.catalog import _data, iam
from groundplan.catalog.deployment_actions import deployment_actions, deployment_types
from groundplan.engines import cloudformation


def test_every_type_that_is_rendered_has_rows() -> None:
    rendering = cloudformation.render(sample_architecture())
    rendered = {place.type for places in rendering.locations.values() for place in places}
    assert len(rendered) > 90
    assert rendered <= {*deployment_types()}


@pytest.mark.parametrize("kind", deployment_types())
def test_every_action_is_one_that_iam_knows(kind: str) -> None:
    found = deployment_actions(kind)
    for item in found:
        known = iam.action(item.action)
        assert known is not None
        assert str(known) == item.action, "spelled as IAM does, and no family"
        assert set(item.handlers) <= set("CRUDL")
        assert item.handlers
    assert len({item.action for item in found}) == len(found)


def test_every_type_can_be_made_and_deleted() -> None:
    once = {"AWS::ECR::ReplicationConfiguration", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"}
    for kind in {*deployment_types()} - once:
        handlers = {letter for item in deployment_actions(kind) for letter in item.handlers}
        assert {"C", "D"} <= handlers, kind


def test_rows_are_in_order_and_say_where_they_are_from() -> None:
    rows = list(_data.rows("deployment_actions"))
    assert all(one < other for one, other in pairwise(rows))
    sources = {
        kind: {row[3] for row in rows if row[0] == kind} for kind in ("AWS::S3::Bucket", "AWS::SNS::TopicPolicy")
    }
    assert sources == {
        "AWS::S3::Bucket": {"schema", "terraform"},
        "AWS::SNS::TopicPolicy": {"schema", "documentation"},
    }
    certificate = {item.source for item in deployment_actions("AWS::ElasticLoadBalancingV2::ListenerCertificate")}
    assert certificate == {"documentation"}, "its schema has no handlers"


def test_type_that_is_not_known_is_no_silent_gap() -> None:
    with pytest.raises(KeyError):
        deployment_actions("AWS::EC2::Vcp")
