"""What every picture has in common: names that are refused, text that stays text, a style of its own."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest

from groundplan.errors import EnvironmentalError, InputError
from groundplan.simulation import pictures


def test_what_could_not_be_written_is_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures.check(tmp_path / "a.SVG")
    with pytest.raises(InputError, match=r"let its name end in \.svg or \.png"):
        pictures.check(tmp_path / "a.pdf")
    with pytest.raises(EnvironmentalError, match="there is no folder"):
        pictures.check(tmp_path / "nowhere" / "a.svg")
    monkeypatch.setattr(pictures, "find_spec", lambda _: None)
    with pytest.raises(EnvironmentalError, match=r"pip install 'groundplan\[pictures\]'"):
        pictures.check(tmp_path / "a.svg")


def test_a_folder_in_the_place_of_the_picture_is_told(tmp_path: Path) -> None:
    figure, _ = pictures.panels("Nothing")
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(EnvironmentalError, match="cannot be written"):
        pictures.save(figure, tmp_path / "a.svg")


def test_what_a_person_set_for_matplotlib_does_not_count(tmp_path: Path) -> None:
    written = []
    for size in (10.0, 30.0):
        with mpl.rc_context({"font.size": size, "svg.hashsalt": str(size)}):
            figure, (first, second) = pictures.panels("Title", "and what it says", rows=2, ratios=[1, 2])
            first.plot([1, 2], [1, 2], color=pictures.BLUE)
            second.bar([1, 2], [1, 2], color=pictures.COLOURS[:2])
            pictures.save(figure, tmp_path / "a.svg")
        written.append((tmp_path / "a.svg").read_text())
    assert written[0] == written[1]
    assert ">and what it says</text>" in written[0]
