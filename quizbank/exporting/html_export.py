"""A progress report as one HTML file: both languages, charts as SVG, ready for a browser or for paper."""

from __future__ import annotations

from dataclasses import dataclass

from quizbank.exporting import pages
from quizbank.exporting.progress_report import Report, progress_report
from quizbank.exporting.writing import Options, Out
from quizbank.insights import calendar_weeks
from quizbank.record import Record

WEEKS = 53
SHADES = (0, 1, 10, 25, 50)
"""Answers a day from which a day of the calendar gets the next shade."""


@dataclass(frozen=True, slots=True)
class Square:
    """A day of the calendar: its column and row from the left and the top, and a shade from 0 (none) to 4."""

    column: int
    row: int
    shade: int
    title: str


def write(record: Record, out: Out, options: Options) -> None:
    out.write(page(progress_report(record, options)))


def page(report: Report) -> str:
    return pages.render(
        pages.SHARED / "progress.html",
        report=report,
        weeks=WEEKS,
        squares=squares(report),
        busiest=max((count.count for count in report.summary.forecast), default=0),
    )


def squares(report: Report) -> list[Square]:
    """The year's days, without those still to come."""
    columns = calendar_weeks(report.insights.calendar, report.day, WEEKS)
    return [
        Square(column, row, sum(day.answers >= least for least in SHADES[1:]), f"{day.day}: {day.answers}")
        for column, days in enumerate(columns)
        for row, day in enumerate(days)
        if day is not None
    ]
