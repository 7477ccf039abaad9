"""After a switch to a restored database: the state speaks of the instance that bears the name, by the real core."""

from __future__ import annotations

import json

from tests.cli.commands import FILE, Command
from tests.operations.terraform.conftest import STATE, WORKS_IN, Blueprint

from groundplan.cli import terraform
from groundplan.cli.options import designed
from groundplan.errors import ExitCode

DATABASE = """
    project: shop
    region: ap-south-1
    profile: poc
    engine: terraform
    state: {backend: local}
    network: {zones: [a, b], nat: none}
    databases: {main: {engine: postgres 16, class: db.t4g.micro, log_exports: [], monitoring: null,
                performance_insights: null}}
    """


def _ids() -> dict[str, tuple[str, str]]:
    state = json.loads(STATE.read_text())
    found = [item["instances"][0]["attributes"] for item in state["resources"] if item["type"] == "aws_db_instance"]
    return {item["identifier"]: (item["id"], item["resource_id"]) for item in found}


def test_the_state_follows_the_name(groundplan: Command, blueprint: Blueprint) -> None:
    blueprint(DATABASE)
    deployed = groundplan("deploy", "--target", "aws", "--yes")
    assert deployed.code == ExitCode.FINE, deployed.err
    before = json.loads(STATE.read_text())
    loaded, architecture = designed(FILE, None)
    new = "db-NEWNEWNEWNEW"
    terraform.retarget(loaded, architecture, None, {"shop-production-main": new, "another": "db-X"})
    assert _ids() == {"shop-production-main": (new, new)}
    after = json.loads(STATE.read_text())
    assert after["lineage"] == before["lineage"]
    assert after["serial"] > before["serial"]
    assert len(after["resources"]) == len(before["resources"])
    terraform.retarget(loaded, architecture, None, {"shop-production-main": new})
    assert json.loads(STATE.read_text())["serial"] == after["serial"], "nothing is written twice"
    assert not list(WORKS_IN.rglob("groundplan-retarget*"))
