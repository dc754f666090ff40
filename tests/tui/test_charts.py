"""Charts in text cells, and the texts made from statistics and reports."""

from __future__ import annotations

import pytest
from app_support import a_report
from rich.cells import cell_len

from drills.catalog import Drill
from quizbank.statistics import TrackProgress
from tui.markup import layout
from tui.messages import Language
from tui.progress_text import mastery, percent
from tui.report_text import result
from tui.screens.drills import drill_line
from tui.sparks import bar, columns, spark_line


def test_a_spark_line_has_a_cell_a_value() -> None:
    assert spark_line([0, 1, 4, 8]) == "·▁▄█"
    assert spark_line([]) == ""
    assert spark_line([0, 0]) == "··"


def test_columns_stand_on_the_ground() -> None:
    assert columns([0, 1, 2], 2) == ["  █", " ██"]
    assert columns([0, 0], 2) == ["  ", "  "]
    assert columns([1, 1000], 1) == ["▁█"]  # a day with an answer is never drawn as none


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.03, 0.5, 0.999, 1.0, 2.0])
def test_a_bar_has_its_width(share: float) -> None:
    full, empty = bar(share, 10)
    assert cell_len(full + empty) == 10


def test_mastery_counts_what_was_not_seen() -> None:
    assert mastery(TrackProgress(seen=5, total=10, due=0, correct_share=1.0, recall=0.8)) == 0.4
    assert mastery(TrackProgress(seen=0, total=0, due=0, correct_share=None, recall=None)) == 0.0
    assert percent(None) == "–"
    assert percent(0.666) == "67%"


@pytest.mark.parametrize("width", [20, 40, 74, 100])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_drill_fits_its_line(width: int, language: Language, sample_drills: dict[str, Drill]) -> None:
    for drill in sample_drills.values():
        assert drill_line(drill, "solved", language, width).cell_length <= width


def test_much_output_is_cut() -> None:
    report = a_report("max-pool", passed=False).model_copy(update={"output": "line\n" * 5000})
    lines = layout(result(report, "en"), 60)
    assert len(lines) < 300
    assert any(line.plain.strip() == "…" for line in lines)
