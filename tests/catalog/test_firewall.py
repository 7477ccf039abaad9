"""Managed rule groups of AWS WAF: what blueprints may name is known, with its capacity."""

from __future__ import annotations

from typing import get_args

import pytest

from groundplan.blueprint.delivery import FirewallRules
from groundplan.catalog import firewall
from groundplan.errors import InputError


def test_what_blueprints_may_name_is_what_is_known() -> None:
    assert set(get_args(FirewallRules)) == set(firewall.all_rule_groups())


def test_each_has_a_name_a_capacity_and_a_source() -> None:
    for key, group in firewall.all_rule_groups().items():
        assert group.key == key
        assert group.name.startswith("AWSManagedRules")
        assert 0 < group.capacity <= 700
        assert group.source.page.startswith("https://docs.aws.amazon.com/waf/")
    names = [group.name for group in firewall.all_rule_groups().values()]
    assert len(set(names)) == len(names)


def test_capacity_is_summed() -> None:
    common, bad = firewall.rule_group("common").name, firewall.rule_group("known-bad-inputs").name
    assert firewall.needed((common, bad), rate_limit=True) == 902
    assert firewall.needed((common, "somebody-elses"), rate_limit=False) == 700
    assert firewall.capacity().included < firewall.capacity().most


def test_an_unknown_one_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match='did you mean "common"'):
        firewall.rule_group("comon")
