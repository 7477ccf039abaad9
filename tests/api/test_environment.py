"""An environment of a blueprint gives what the commands give."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

import pytest
from tests.cli.commands import DUSKSPENDR, Command, call

from groundplan import Blueprint, Environment, InputError
from groundplan.resources.databases import DatabaseInstance


@cache
def production() -> Environment:
    return Blueprint.read(DUSKSPENDR).environment("production")


@pytest.fixture
def groundplan(capfd: pytest.CaptureFixture[str]) -> Command:
    return partial(call, capfd)


def test_the_values_and_the_resources(groundplan: Command) -> None:
    assert production().name == "production"
    assert production().settings.services["api"].tasks.desired == 3
    (primary, replica) = production().architecture.of(DatabaseInstance)
    assert (primary.multi_az, replica.name) == (True, "main_replica")
    assert len(production().architecture) == len(groundplan("resources", "-f", DUSKSPENDR, "--format", "json").json)


def test_explain(groundplan: Command) -> None:
    told = groundplan("explain", "-f", DUSKSPENDR, "--format", "json").json["values"]
    assert [(row.path, row.value) for row in production().explain()] == [(row["path"], row["value"]) for row in told]


def test_check(groundplan: Command) -> None:
    told = groundplan("check", "-f", DUSKSPENDR, "--format", "json").json["findings"]
    assert [(found.rule, found.resource) for found in production().check().findings] == [
        (found["rule"], found["resource"]) for found in told
    ]


def test_cost(groundplan: Command) -> None:
    estimate = production().cost()
    told = groundplan("cost", "-f", DUSKSPENDR, "--format", "json").json
    assert float(estimate.monthly) == pytest.approx(told["monthly"], abs=0.01)
    assert estimate.budget is not None
    assert estimate.budget.usd == Decimal(373)


@pytest.mark.parametrize("engine", ["terraform", "cloudformation"])
def test_rendering(groundplan: Command, tmp_path: Path, engine: str) -> None:
    assert groundplan("render", "-f", DUSKSPENDR, "--engine", engine, "--out", tmp_path / "cli").code == 0
    if engine == "terraform":
        files = production().write(tmp_path / "api", engine="terraform")
        assert {file.name for file in files} == {Path(name).name for name in production().terraform().files}
    else:
        files = production().write(str(tmp_path / "api"), engine="cloudformation")
        assert {stack.name for stack in production().cloudformation().stacks} < {file.stem for file in files}
    by_command = {path.relative_to(tmp_path / "cli"): path.read_bytes() for path in files_of(tmp_path / "cli")}
    assert {path.relative_to(tmp_path / "api"): path.read_bytes() for path in files_of(tmp_path / "api")} == by_command


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_engine_of_the_blueprint_is_the_default(tmp_path: Path) -> None:
    assert any(file.suffix == ".tf" for file in production().write(tmp_path))


def test_one_stack_for_each_region() -> None:
    (stack,) = production().cloudformation(stacks="region").stacks
    assert stack.name == "DuskSpendr-production"
    several = production().cloudformation().stacks
    assert len(several) > 5
    assert json.loads(json.dumps(stack.template))["Resources"].keys() == {
        name for one in several for name in json.loads(json.dumps(one.template))["Resources"]
    }


def test_validate_tells_the_mistakes_of_all_environments_once() -> None:
    blueprint = Blueprint(
        project="shop",
        region="eu-central-1",
        services={"web": {"image": {"repository": "web"}, "size": {"cpu": 500}}},
        environments={"live": {}, "test": {"network": {"zones": ["a", "x"]}}},
    )
    with pytest.raises(InputError) as caught:
        blueprint.validate()
    assert sorted(problem.path for problem in caught.value.problems) == ["network.zones", "services.web.size.cpu"]


def test_validate_gives_the_environments() -> None:
    blueprint = Blueprint(project="shop", region="eu-central-1", environments={"live": {}, "test": {}})
    assert [environment.name for environment in blueprint.validate()] == ["live", "test"]
