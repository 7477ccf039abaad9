"""Where drills may be run, which there are, and what is said before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.commands import Command, Write

from groundplan.blueprint.loading import load_environment
from groundplan.design import design
from groundplan.errors import ExitCode, InputError
from groundplan.operations.drills import choose, prepare, require_allowed
from groundplan.operations.drills.disruptions import action_minutes
from groundplan.resources.experiments import ExperimentTemplate
from groundplan.resources.security import Role
from groundplan.resources.values import Ref

TWO = """\
project: shop
region: ap-south-1
profile: development
{drills}
alarms: {{latency: 2s}}
services:
  api: {{image: {{repository: api}}, port: 80, public: {{tls: false}}, size: {{cpu: 256, memory: 512}}}}
  worker: {{image: {{repository: worker}}, size: {{cpu: 256, memory: 512}}}}
databases: {{main: {{engine: postgres 16, class: db.t4g.micro}}}}
environments: {{staging: {{}}}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "groundplan.yaml"
    file.write_text(TWO.format(drills="drills: allowed"))
    return file


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "nothing in its blueprint allows them. Write drills: allowed in groundplan.yaml, under"),
        ("drills: forbidden", "groundplan.yaml:4:9 says drills: forbidden. Write drills: allowed there"),
    ],
)
def test_a_drill_that_is_not_allowed(groundplan: Command, write: Write, written: str, told: str) -> None:
    write(TWO.format(drills=written))
    result = groundplan("drill", "task", "--of", "api", "--yes")
    assert result.code == ExitCode.BAD_INPUT
    assert told in result.err
    assert not Path("drills").exists()


def test_allowing_drills_takes_alarms(groundplan: Command, write: Write) -> None:
    write(TWO.format(drills="drills: allowed").replace("{latency: 2s}", "null"))
    result = groundplan("validate")
    assert result.code == ExitCode.BAD_INPUT
    assert "groundplan.yaml:4:9: drills: experiments are stopped by alarms" in result.err


@pytest.mark.parametrize(
    ("name", "of", "told"),
    [
        ("tsk", None, 'there is no drill "tsk"; did you mean "task"?'),
        ("zone-z", None, "has no zone z; it has a, b"),
        ("task", None, "has several: add --of with one of api, worker"),
        ("task", "apy", 'has no service "apy"; did you mean "api"?'),
        ("node", None, "its tasks run on Fargate"),
        ("region", None, "has no standby"),
    ],
)
def test_a_drill_that_there_is_not(file: Path, name: str, of: str | None, told: str) -> None:
    architecture = design(load_environment(file))
    with pytest.raises(InputError) as caught:
        choose(architecture, name, of)
    assert told in str(caught.value)


def test_what_is_said_ahead(groundplan: Command, file: Path) -> None:
    result = groundplan("drill", "zone-a", "-f", file, "--target", "aws", "--dry-run")
    assert result.code == ExitCode.FINE
    for text in (
        "Nothing goes in or out of the subnets in ap-south-1a.",
        "It stops by itself while one of these alarms is on: shop-staging-alb-errors-high",
        "what will happen by the model:",
        "AWS charges 1.00 USD",
    ):
        assert text in result.out
    assert not Path("drills").exists()


def test_a_database_without_a_standby_restarts_where_it_is(file: Path) -> None:
    loaded = load_environment(file)
    require_allowed(loaded)
    architecture = design(loaded)
    ready = prepare(loaded, architecture, choose(architecture, "database"))
    assert "it has no standby, and restarts where it is" in ready.what[0]
    template = architecture[Ref(ExperimentTemplate, "zone_a")]
    assert [action.action_id for action in template.actions] == ["aws:network:disrupt-connectivity"]
    assert action_minutes(template) == 10


def test_the_role_reaches_this_environment_only(file: Path) -> None:
    """Whatever changes something names the environment's tags, or what FIS has made itself."""
    role = design(load_environment(file))[Ref(Role, "drills")]
    for statement in role.inline_policies[0].document.statements:
        changing = [action for action in statement.actions if ":Describe" not in action and ":Get" not in action]
        if not changing or statement.sid == "UseAcl":
            continue
        keys = {condition.key for condition in statement.conditions}
        tied = {"aws:ResourceTag/Project", "aws:ResourceTag/Environment"} <= keys
        own = bool(keys & {"aws:RequestTag/managedByFIS", "ec2:ResourceTag/managedByFIS"})
        assert tied or own or statement.resources != ("*",), statement.sid
        assert tied or own, statement.sid


def test_none_by_default(tmp_path: Path) -> None:
    file = tmp_path / "groundplan.yaml"
    file.write_text(TWO.format(drills=""))
    architecture = design(load_environment(file))
    assert not list(architecture.of(ExperimentTemplate))
    assert Ref(Role, "drills") not in {item.ref for item in architecture}


def test_what_is_not_deployed_cannot_be_drilled(groundplan: Command, file: Path) -> None:
    result = groundplan("drill", "database", "-f", file, "--yes")
    assert result.code == ExitCode.BAD_INPUT
    assert "staging is not whole: api, worker, main not deployed" in result.err
    assert not Path("drills").exists()
