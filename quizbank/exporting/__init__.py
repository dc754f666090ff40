"""Taking the record away: the formats by name, and `export`, which writes one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from quizbank.exporting import (
    checks_csv,
    csv_export,
    html_export,
    ical_export,
    json_export,
    jsonl_export,
    markdown_export,
    parquet_export,
)
from quizbank.exporting.question_formats import QUESTION_FORMATS
from quizbank.exporting.writing import ExportError, Options, Out, to_file, to_stdout
from quizbank.models import Text
from quizbank.record import Record
from quizbank.sessions import AnyBank, AnyDrill

__all__ = ["FORMATS", "ExportError", "Format", "Options", "Out", "export"]


class Format(NamedTuple):
    """One line about the format, and what writes it."""

    description: Text
    write: Callable[[Record, Out, Options], None]


FORMATS: dict[str, Format] = {
    "json": Format(
        Text(en="Everything, for programs and for moving house", zh="全部数据，供程序读取或迁移"),
        json_export.write,
    ),
    "csv": Format(
        Text(en="One row an answer, for a spreadsheet", zh="每次作答一行，供电子表格使用"),
        csv_export.write,
    ),
    "checks-csv": Format(
        Text(en="One row an attempt and check", zh="每次尝试的每个检查项一行"),
        checks_csv.write,
    ),
    "parquet": Format(
        Text(en="One row an answer, in typed columns", zh="每次作答一行，列有类型"),
        parquet_export.write,
    ),
    "jsonl": Format(
        Text(en="The log, one entry a line", zh="日志，每行一条"),
        jsonl_export.write,
    ),
    "markdown": Format(
        Text(en="A report to read, in both languages", zh="双语进度报告"),
        markdown_export.write,
    ),
    "html": Format(
        Text(en="The report as a page with charts, for a browser or paper", zh="带图表的报告页面，可打印"),
        html_export.write,
    ),
    "ical": Format(
        Text(en="The coming reviews, for a calendar", zh="接下来的复习，供日历导入"),
        ical_export.write,
    ),
    **{name: Format(*form) for name, form in QUESTION_FORMATS.items()},
}


def export(
    format: str,
    record: Record,
    bank: AnyBank | None,
    out: Path | None,
    force: bool = False,
    *,
    now: datetime | None = None,
    excel: bool = False,
    drills: Iterable[AnyDrill] = (),
) -> None:
    """Write the record as `format` to the file `out`, or to standard output where that is None.

    `bank` (a `quizbank.loader.Bank`, or None) tells each question's track and topic, `drills` those of
    the drills. `excel` begins the CSV
    with the mark by which Excel knows UTF-8. Raises ExportError, and leaves what was there, where the file
    exists (without `force`) or cannot be written; RecordError where the record cannot be read.
    """
    if format not in FORMATS:
        known = ", ".join(FORMATS)
        raise ExportError(
            f"no export format {format!r}; there are: {known}", f"没有导出格式 {format!r}；可用的有：{known}"
        )
    if excel and not format.endswith("csv"):
        raise ExportError(
            f"excel goes with csv, not with {format}", f"excel 选项只适用于 csv，不适用于 {format}"
        )
    options = Options(bank, now or datetime.now(UTC), excel, tuple(drills))

    def write(sink: Out) -> None:
        with record.snapshot():
            FORMATS[format].write(record, sink, options)

    if out is None:
        to_stdout(write)
    else:
        to_file(out, write, force)
