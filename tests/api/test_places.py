"""Messages name the line and column in the Python file where the value stands."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from groundplan import InputError
from groundplan.api.files import read_source

WRONG = """
from groundplan import Blueprint, Database, Service
import groundplan as gp

CLASS = "db.nano"
worker = Service(image={"repository": "worker"}, port=99999)
sizes = {"cpu": "much"}
defaults = {"port": 0}
changing = {"min": -1}
changing = {"min": -2}


def made(port):
    return Service(image={"repository": "made"}, port=port)


blueprint = Blueprint(
    project="shop",
    region="eu-central-1",
    services={
        "web": Service(image={"repository": "web", "kept": 3}, needs=["main", 5]),
        "worker": worker,
        "läden": dict(image={"repository": "x"}),
        "sized": gp.Service(image={"repository": "sized"}, size=sizes),
        "spread": {**defaults, "image": {"repository": "spread"}},
        "joined": defaults | {"image": {"repository": "joined"}},
        "made": made(port=99999),
        "changed": {"image": {"repository": "changed"}, "tasks": changing},
    },
    databases={"main": Database(engine="postgres", instance_class=CLASS)},
    environments={"live": {"network": {"zones": ["a", "1"]}}},
)
"""
PLACES = {
    "services.web.image.kept": (20, 52),
    "services.web.needs[1]": (20, 79),
    "services.worker.port": (5, 55),
    "services.läden": (22, 9),
    "services.sized.size.cpu": (6, 17),
    "services.spread.port": (7, 21),
    "services.joined.port": (7, 21),
    "services.made.port": (26, 17),
    "services.changed.tasks.min": (27, 66),
    "databases.main.engine": (29, 40),
    "network.zones[1]": (30, 55),
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("infrastructure.py")


def places(file: Path, text: str) -> dict[str, tuple[int, int] | None]:
    file.write_text(dedent(text).removeprefix("\n"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_source(file).all()
    assert {problem.position.file for problem in caught.value.problems if problem.position} == {file}
    return {
        problem.path: (problem.position.line, problem.position.column) if problem.position else None
        for problem in caught.value.problems
    }


def test_every_value_has_its_place(file: Path) -> None:
    assert places(file, WRONG) == PLACES


def test_a_missing_key_is_missed_where_its_entry_is_introduced(file: Path) -> None:
    text = """
        import groundplan
        b = groundplan.Blueprint(project="shop",
                                 services={"web": {"port": 80}})
        """
    assert places(file, text) == {"": (2, 5), "services.web": (3, 36)}


def test_a_call_inside_of_a_function(file: Path) -> None:
    text = """
        import groundplan
        def shop(region):
            return groundplan.Blueprint(project="shop", region=region, names=7 * 1.5)
        blueprint = shop(5j)
        """
    assert places(file, text) == {"names": (3, 70), "region": (3, 56)}


def test_code_without_a_file(file: Path) -> None:
    text = """
        exec("from groundplan import Blueprint; b = Blueprint(project=1.5)")
        """
    file.write_text(dedent(text).removeprefix("\n"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_source(file)
    (problem,) = caught.value.problems
    assert str(problem.position) == "<string>:1:1"
