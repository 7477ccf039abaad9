"""Managed rules of AWS Config."""

from __future__ import annotations

import re

from groundplan.catalog import config_rules


def test_every_rule_has_its_page() -> None:
    assert len(config_rules.all_rules()) > 250
    for identifier, rule in config_rules.all_rules().items():
        assert re.fullmatch(r"[A-Z0-9_]{3,100}", identifier)
        assert rule.identifier == identifier
        assert re.fullmatch(r"https://docs\.aws\.amazon\.com/config/latest/developerguide/[a-z0-9-]+\.html", rule.page)


def test_parameters() -> None:
    rotated, tagged = config_rules.find("ACCESS_KEYS_ROTATED"), config_rules.find("REQUIRED_TAGS")
    assert rotated is not None
    assert tagged is not None
    assert (rotated.parameters, rotated.missing) == ({"maxAccessKeyAge": "90"}, ())
    assert (tagged.parameters, tagged.missing) == ({}, ("tag1Key",))
    plain = config_rules.find("RDS_STORAGE_ENCRYPTED")
    assert plain is not None
    assert (plain.parameters, plain.missing) == ({}, ())


def test_what_only_firewall_manager_creates_is_not_there() -> None:
    assert not [identifier for identifier in config_rules.all_rules() if identifier.startswith("FMS_")]


def test_unknown_rules() -> None:
    assert config_rules.find("RDS_STORAGE_ENCRYPT") is None
    assert config_rules.suggest("RDS_STORAGE_ENCRYPT") == '; did you mean "RDS_STORAGE_ENCRYPTED"?'
    assert config_rules.suggest("VOLCANO").startswith("; AWS lists them: https://docs.aws.amazon.com/")
