"""docs/commands.md says what the command line says, and every page of the documentation leads somewhere."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import typer

from groundplan.cli.main import app
from groundplan.cli.reference import CHANGES, FINDINGS, described, markdown

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "commands.md"
PATHS = [path for path, _, _ in described(app())]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "examples").glob("*/README.md"))


def test_the_document_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        DOCUMENT.write_text(markdown(app()), encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(app())


def test_every_command_and_option_says_what_it_is() -> None:
    silent = [
        (path, written)
        for path, help, rows in described(app())
        for _, written, meaning in rows
        if not (help and meaning)
    ]
    assert len(PATHS) > 40
    assert silent == []


def test_exit_codes_are_those_of_commands_that_there_are() -> None:
    assert set(FINDINGS) | set(CHANGES) <= set(PATHS)
    # Whoever returns FINDINGS is in the list: by the module that the command stands in.
    root = typer.main.get_command(app())
    by_module: dict[str, set[str]] = {}
    for path in PATHS:
        command = root
        for word in path.split():
            command = getattr(command, "commands", {})[word]
        callback = inspect.unwrap(command.callback)  # type: ignore[arg-type]  # every command of ours has one
        by_module.setdefault(inspect.getsourcefile(callback) or "", set()).add(path)
    returning = {
        file: paths for file, paths in by_module.items() if "ExitCode.FINDINGS" in Path(file).read_text("utf-8")
    }
    assert [paths for paths in returning.values() if not paths & set(FINDINGS)] == []


def test_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = "".join(f"{line.split(' | ')[0]}\n" for line in readme.splitlines() if line.startswith("| `groundplan"))
    assert [path for path in PATHS if not re.search(rf"`(groundplan )?{path.split()[0]}\b", table)] == []


def test_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"](docs/{page.name}" not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)|src(?:set)?=\"([^\"]+)\"", text):
        link = target[0] or target[1]
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in _anchors(file)):
            broken.append(link)
    assert broken == []


def _anchors(file: Path) -> set[str]:
    """What a page's headings are called in links, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+?)\s*$", text, flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w -]", "", plain.lower()).replace(" ", "-"))
    return found
