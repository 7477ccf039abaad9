"""What a module says of groups: what they exist for, what switches them, and what they take of other modules."""

from __future__ import annotations

import re

import pytest
from tests.engines.terraform.modules.systems import SYSTEMS, text_of, tree


def _each(system: str) -> dict[str, str]:
    """What each resource of the network exists for, by its address."""
    text = text_of(tree(system), "modules/networking")
    found = re.findall(r'^resource "(\w+)" "(\w+)" \{\n  for_each += (.*)$', text, re.MULTILINE)
    return {f"{type_}.{name}": each for type_, name, each in found}


def test_what_belongs_to_a_subnet_exists_for_the_same_map() -> None:
    """By its name, or since it refers to the subnet of its zone; never for another's map of the same keys."""
    each = _each("duskspendr")
    assert each["aws_subnet.database"] == "var.settings.database_subnets"
    assert each["aws_route_table.private"] == "var.settings.private_subnets"
    assert each["aws_route_table_association.private"] == "var.settings.private_subnets"
    assert each["aws_route_table_association.public"] == "var.settings.public_subnets"
    assert each["aws_nat_gateway.main"] == "var.settings.public_subnets"


def test_what_is_meant_for_zones_alone_has_a_list_of_them() -> None:
    each = _each("duskspendr")
    assert each["aws_eip.nat"] == each["aws_route.private_internet"] == "toset(var.settings.zones)"


def test_fewer_zones_have_a_list_of_their_own() -> None:
    """Production has a NAT gateway in every zone, the others in one; both gateway and address go by the same list."""
    each = _each("personal-timeline")
    assert each["aws_eip.nat"] == each["aws_nat_gateway.main"] == "toset(var.settings.nat_zones)"
    text = text_of(tree("personal-timeline"), "modules/networking")
    assert "aws_nat_gateway.main[each.value.nat_gateway_zone].id" in text


def test_a_local_value_that_refers_to_nothing_needs_no_switch() -> None:
    text = text_of(tree("personal-timeline"), "modules/security")
    assert "trusted_by_s3 = jsonencode({" in text
    assert not re.search(r"features\.trusted_by", text)


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_value_has_to_be_text_to_be_chosen(system: str) -> None:
    for folder, files in tree(system).files.items():
        for name, text in files.items():
            assert not re.search(r"jsondecode\(\S+ \? jsonencode", text), f"{folder}/{name}"


def test_what_only_some_have_is_added_to_a_list_by_its_switch() -> None:
    text = text_of(tree("personal-timeline"), "modules/security")
    looked_at = text.partition('"LookAtNodeGroups"')[2].partition("}")[0]
    assert 'concat([var.node_group_arns["general"]], var.features.memory ? [' in " ".join(looked_at.split())
    assert "Resource = values(var.load_balancing.target_group_arns)" in text
