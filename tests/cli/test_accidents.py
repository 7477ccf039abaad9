"""What goes wrong around a command: interrupts, closed pipes, folders that refuse, mistakes of ours."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.commands import DUSKSPENDR, Command, Write

from groundplan.cli import explore
from groundplan.cli.main import INTERNAL_ERROR, INTERRUPTED
from groundplan.errors import ExitCode

SCRIPT = Path(sys.executable).with_name("groundplan")
HEAVY = ("boto3", "botocore", "moto", "cfnlint", "numpy")


def shell(command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GROUNDPLAN": str(SCRIPT), "BLUEPRINT": str(DUSKSPENDR)}
    return subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, env=environment, timeout=60
    )


def test_the_console_script_works() -> None:
    done = shell('"$GROUNDPLAN" validate -f "$BLUEPRINT"')
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r": production is valid: \d+ resources\n$", done.stdout)


def test_exit_codes_reach_the_shell(write: Write) -> None:
    write("project: shop\nregion: nowhere\n")
    done = shell('"$GROUNDPLAN" validate')
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: groundplan.yaml:2:9: region: ")


@pytest.mark.parametrize("command", ["explain", "schema", "resources --format json"])
def test_a_reader_that_leaves_early_is_no_error(command: str) -> None:
    blueprint = "" if command == "schema" else '-f "$BLUEPRINT"'
    done = shell(f'set -o pipefail; "$GROUNDPLAN" {command} {blueprint} | head -1')
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_a_reader_that_never_came_is_no_error() -> None:
    done = shell('set -o pipefail; "$GROUNDPLAN" validate -f "$BLUEPRINT" | true')
    assert (done.returncode, done.stderr) == (0, "")


def test_a_disk_that_takes_no_more_is_no_mistake_of_ours() -> None:
    done = shell('"$GROUNDPLAN" resources -f "$BLUEPRINT" > /dev/full')
    assert (done.returncode, done.stderr) == (2, "error: the output cannot be written: no space left on device\n")
    done = shell('"$GROUNDPLAN" validate -f nowhere.yaml 2> /dev/full')
    assert (done.returncode, done.stdout) == (2, "")


def test_closed_streams_change_nothing() -> None:
    done = shell('"$GROUNDPLAN" validate -f "$BLUEPRINT" >&- 2>&-; "$GROUNDPLAN" validate -f nowhere.yaml >&- 2>&-')
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
    done = shell('"$GROUNDPLAN" validate -f "$BLUEPRINT" >&-')
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_that_does_not_know_all_characters_gets_them_as_json_writes_them() -> None:
    done = shell('PYTHONIOENCODING=ascii "$GROUNDPLAN" cost -f "$BLUEPRINT" --format json')
    assert (done.returncode, done.stderr) == (0, "")
    assert " × 730 h × " in json.loads(done.stdout)["lines"][0]["formula"]
    assert r" \u00d7 730 h \u00d7 " in done.stdout


def test_an_interrupt_is_told_in_one_line(groundplan: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("groundplan.cli.explore.load_all", interrupted)
    result = groundplan("validate")
    assert (result.code, result.out) == (INTERRUPTED, "")
    assert result.err == "interrupted; the next command says what state it finds and goes on from there\n"


def test_a_mistake_of_ours_is_told_as_such(
    groundplan: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("groundplan.cli.explore.load_all", broken)
    result = groundplan("validate")
    assert (result.code, result.out) == (INTERNAL_ERROR, "")
    first, second = result.err.splitlines()
    assert first == "internal error: ZeroDivisionError: by hand"
    assert second.startswith("This is a mistake in Groundplan, not in your blueprint.")
    (log,) = tmp_path.glob("groundplan-*.log")
    assert str(log) in second
    assert "ZeroDivisionError: by hand" in log.read_text()


def test_standard_output_stays_empty_when_a_command_fails(groundplan: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "write_json", lambda _: 1 / 0)
    result = groundplan("schema")
    assert (result.code, result.out) == (INTERNAL_ERROR, "")


@pytest.mark.parametrize("engine", ["terraform", "cloudformation"])
@pytest.mark.parametrize("out", ["taken", "taken/deeper", "/proc/groundplan"])
def test_a_folder_that_cannot_be_written(groundplan: Command, folder: Path, engine: str, out: str) -> None:
    (folder / "taken").write_text("a file, where a folder should be")
    result = groundplan("render", "--engine", engine, "--out", out, "-f", DUSKSPENDR)
    assert (result.code, result.out) == (ExitCode.BAD_INPUT, "")
    assert result.err.startswith("error: ")
    assert out.split("/")[-1] in result.err or out in result.err
    assert (folder / "taken").read_text() == "a file, where a folder should be"


COMMANDS = (
    ("validate",),
    ("check",),
    ("cost",),
    ("render", "--engine", "terraform", "--out", "terraform"),
    ("render", "--engine", "cloudformation", "--out", "cloudformation"),
    ("resources",),
)


def test_nothing_heavy_is_imported(folder: Path) -> None:
    """All of them in one process: what one imports, the next have, too."""
    program = (
        "import sys\nfrom groundplan.cli.main import run\n"
        f"for command in {COMMANDS!r}:\n"
        f"    code = run([*command, '-f', {str(DUSKSPENDR)!r}])\n"
        f"    print(*command[:3], code, [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines() == [f"{' '.join(command[:3])} 0 []" for command in COMMANDS]


def test_the_table_libraries_are_not_imported_for_json() -> None:
    program = (
        "import sys\nfrom groundplan.cli.main import run\n"
        f"run(['check', '-f', {str(DUSKSPENDR)!r}, '--format', 'json'])\n"
        "print('rich' in sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == "False\n"
