"""An EKS cluster in CloudFormation: what cfn-lint says of it, and what a stack does with it later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.design.blueprints import designed
from tests.engines.cloudformation.linting import found_by_lint

from groundplan.engines.cloudformation import Rendering, render

BLUEPRINT = """
    project: shop
    region: eu-west-1
    platform: eks
    kubernetes:
      admins: ["arn:aws:iam::123456789012:role/ops"]
      nodes:
        general: {instances: [t3.large], desired: 6, min: 3, max: 12}
        batch: {instances: [c7g.large], spot: true, desired: 0, min: 0, taints: ["spot=yes:NoSchedule"]}
    alarms: {}
    services:
      api:
        image: {repository: api, tag: '1'}
        port: 8080
        public: {tls: false}
        needs: [main, {media: read}]
        volumes: {uploads: {path: /uploads, size: 5 GB, shared: true}}
    databases: {main: {engine: postgres 16, class: db.t4g.micro}}
    buckets: {media: {}}
    """


@cache
def rendered() -> Rendering:
    return render(designed(BLUEPRINT))


def resources(kind: str) -> dict[str, Mapping[str, Any]]:
    """The resources of a type by logical id, over all stacks."""
    found: dict[str, Mapping[str, Any]] = {}
    for stack in rendered().stacks:
        inside = stack.template["Resources"]
        assert isinstance(inside, Mapping)
        found |= {name: item for name, item in inside.items() if item["Type"] == kind}
    return found


def test_cfn_lint_finds_nothing() -> None:
    assert rendered().unsupported == ()
    assert [(stack.name, rule, message) for stack, rule, message in found_by_lint(rendered().stacks)] == []


def test_stacks_follow_each_other_and_rights_of_alerts_stand_with_what_watches() -> None:
    order = [stack.concern for stack in rendered().stacks]
    assert order.index("edge") < order.index("services") < order.index("monitoring")
    watching = next(stack for stack in rendered().stacks if stack.concern == "monitoring")
    assert "AlertmanagerPodIdentityAssociation" in watching.body


def test_the_number_of_nodes_is_given_at_creation_only() -> None:
    group = resources("AWS::EKS::Nodegroup")["GeneralNodeGroup"]["Properties"]
    scaling = group["ScalingConfig"]
    assert (scaling["MinSize"], scaling["MaxSize"]) == (3, 12)
    assert scaling["DesiredSize"] != 6
    assert "Initial" in str(scaling["DesiredSize"])


def test_nodes_come_after_their_network_and_before_what_runs_on_them() -> None:
    group = resources("AWS::EKS::Nodegroup")["GeneralNodeGroup"]
    assert {"VpcCniClusterAddon", "KubeProxyClusterAddon", "EksPodIdentityAgentClusterAddon"} <= set(group["DependsOn"])
    assert "GeneralNodeGroup" in str(resources("AWS::EKS::Addon")["CorednsClusterAddon"]["DependsOn"])


def test_files_stay_where_they_hold_data() -> None:
    (system,) = resources("AWS::EFS::FileSystem").values()
    assert system["DeletionPolicy"] == "RetainExceptOnCreate"
    assert system["UpdateReplacePolicy"] == "Retain"
