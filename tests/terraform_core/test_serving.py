from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.terraform_core.harness import TerraformCore, _environment
from tests.terraform_core.serving import Served


def test_one_process_as_long_as_the_environment_is_the_same(tmp_path: Path) -> None:
    first = Served.within(_environment() | {"TF_VAR_name": "one", "PYTEST_CURRENT_TEST": "this one"})
    for _ in range(2):
        code, told, _ = first.run(tmp_path, "console", "-help", seconds=60)
        assert code == 0
        assert told.startswith("Usage: terraform [global options] console")
    assert Served.within(_environment() | {"TF_VAR_name": "one", "PYTEST_CURRENT_TEST": "that one"}) is first

    second = Served.within(_environment() | {"TF_VAR_name": "two"})
    assert second is not first
    assert second.run(tmp_path, "no-such-command", seconds=60)[0] == 1
    assert first._process.returncode is not None, "it has ended"


def test_threads_do_not_end_each_others(tmp_path: Path) -> None:
    here = Served.within(_environment() | {"TF_VAR_name": "here"})
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(Served.within, _environment() | {"TF_VAR_name": "there"}).result()
    assert there.run(tmp_path, "version", seconds=60)[0] == here.run(tmp_path, "version", seconds=60)[0] == 0
    there.stop()


def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next command gets a process of its own."""
    environment = _environment() | {"TF_VAR_name": "three"}
    served = Served.within(environment)
    assert served.run(tmp_path, "version", seconds=0) == (None, "", "")
    assert Served.within(environment).run(tmp_path, "version", seconds=60)[0] == 0

    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "main.tf").write_text("")
    core = TerraformCore(tmp_path / "core")
    core.init(tmp_path / "root")
    monkeypatch.setattr("tests.terraform_core.harness._TIMEOUT", 0)
    with pytest.raises(AssertionError, match=r"terraform plan .* broke off, or took over 0 s"):
        core.plan(tmp_path / "root")
