"""Graded attempts as CSV, one row an attempt and check: which properties a learner's code had, try by try."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from quizbank.entries import Entry
from quizbank.exporting.csv_export import safe
from quizbank.exporting.json_export import utc
from quizbank.exporting.writing import Options, Out
from quizbank.record import Record

COLUMNS = (
    "attempt_id", "at", "local_time", "item", "attempt", "hints", "verdict", "diagnosis", "check", "state",
    "voided",
)  # fmt: skip


def write(record: Record, out: Out, options: Options) -> None:
    """Drills and bug hunts; an attempt that ran no check (forbidden code, a solution asked for) has one row without."""
    if options.excel:
        out.write("\ufeff")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    void = record.void()
    for entry in record.entries():
        if entry.kind == "answer" and entry.item.startswith(("d:", "h:")):
            for row in _rows(entry, entry.id in void):
                rows.writerow(safe(cell) for cell in row)


def _rows(entry: Entry, voided: bool) -> Iterator[tuple[Any, ...]]:
    detail = entry.detail
    checks = detail.get("checks")
    states = checks if isinstance(checks, dict) and checks else {None: None}
    for check, state in states.items():
        yield (
            entry.id,
            utc(entry.at),
            entry.local.isoformat(timespec="milliseconds"),
            entry.item,
            detail.get("attempt"),
            detail.get("hints"),
            detail.get("verdict"),
            detail.get("diagnosis"),
            check,
            state,
            int(voided),
        )
