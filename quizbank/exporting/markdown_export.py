"""A progress report in Markdown, both languages side by side: for a mentor, a blog, or oneself."""

from __future__ import annotations

from collections.abc import Iterator

from quizbank.exporting.progress_report import Cell, Report, Section, progress_report
from quizbank.exporting.writing import Options, Out
from quizbank.models import Text
from quizbank.record import Record


def write(record: Record, out: Out, options: Options) -> None:
    for line in lines(progress_report(record, options)):
        out.write(line + "\n")


def lines(report: Report) -> Iterator[str]:
    """The report, a line at a time."""
    found = report.summary
    yield "# preptrain: progress · 学习进度"
    yield ""
    yield (
        f"{report.day} · {found.answers} answers · 次作答, {_cell(found.correct_share)} right · 正确, "
        f"{found.minutes:.0f} min · 分钟"
    )
    for section in report.sections:
        yield from _table(section)


def _table(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {_cell(section.title)}"
    yield ""
    yield "| " + " | ".join(_cell(heading) for heading in section.headings) + " |"
    yield "|" + "---|" * len(section.headings)
    for row in section.rows:
        yield "| " + " | ".join(_cell(cell).replace("|", "\\|") for cell in row) + " |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Text):
        return cell.en if cell.en == cell.zh else f"{cell.en} · {cell.zh}"
    if isinstance(cell, str):
        return cell
    return "–" if cell is None else f"{cell:.0%}"
