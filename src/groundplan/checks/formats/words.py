"""What several formats say."""

from __future__ import annotations

from pathlib import Path

from groundplan.checks.report import Report
from groundplan.units import counted


def repository_path(file: Path) -> str:
    """A file as its repository calls it: with slashes, from the nearest folder above it that has ``.git``. Where there
    is none, from the working folder; where it lies outside of that, in full."""
    real = file.resolve()
    root = next((folder for folder in real.parents if (folder / ".git").exists()), Path.cwd())
    return (real.relative_to(root) if real.is_relative_to(root) else real).as_posix()


def summed_up(report: Report) -> str:
    """``2 errors, 1 warning, 0 infos, 3 accepted``, and of what."""
    counts = report.summary
    told = (
        f"{counted(counts.error, 'error')}, {counted(counts.warning, 'warning')}, {counted(counts.info, 'info')}, "
        f"{counts.accepted} accepted"
    )
    if report.since is None:
        return told
    return f"new since {report.since.revision}: {told}; gone: {report.since.gone}"
