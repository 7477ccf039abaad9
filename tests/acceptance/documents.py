"""Reading Markdown: the table of a section."""

from __future__ import annotations


def section(document: str, title: str) -> str:
    """The text under a heading, up to the next one. Raises ValueError where there is no such heading."""
    lines = document.splitlines()
    start = next((number for number, line in enumerate(lines) if line.lstrip("# ") == title and line[:1] == "#"), None)
    if start is None:
        raise ValueError(f"no heading {title!r}")
    end = next((number for number in range(start + 1, len(lines)) if lines[number].startswith("#")), len(lines))
    return "\n".join(lines[start + 1 : end])


def table(document: str, title: str) -> list[dict[str, str]]:
    """The rows of the only table under a heading, by the names of its columns."""
    lines = [line for line in section(document, title).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    header, _, *body = cells
    return [dict(zip(header, row, strict=True)) for row in body]
