"""What may grow is a list from the first on, so that every environment says it alike."""

from __future__ import annotations

from tests.design.blueprints import designed

from groundplan.resources.policies import Statement
from groundplan.resources.security import Role

BLUEPRINT = """
project: shop
region: eu-west-1
platform: eks
network: {zones: [a, b]}
kubernetes: {nodes: {general: {instances: [t3.large], desired: 2, min: 2, max: 4}}}
services: {web: {image: {repository: web, tag: "1"}, port: 8080, public: {tls: false}}}
"""


def test_node_groups_and_target_groups_are_lists_though_there_is_one() -> None:
    roles = designed(BLUEPRINT).of(Role)
    statements: list[Statement] = [
        one for role in roles for policy in role.inline_policies for one in policy.document.statements
    ]
    several = {one.sid: one for one in statements if one.several}
    assert len(several["LookAtNodeGroups"].resources) == 1
    assert several["Act"].actions[0].startswith("elasticloadbalancing:")
    assert len(several) == 2
