"""The record as CSV (RFC 4180, UTF-8), one row an entry, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from typing import Any

from quizbank.entries import Entry, dumps
from quizbank.exporting.json_export import utc
from quizbank.exporting.writing import Options, Out
from quizbank.record import Record

COLUMNS = (
    "id", "at", "local_time", "item", "kind", "track", "topic", "rev", "score", "correct", "rating",
    "confidence", "seconds", "seed", "answer", "verdict", "voided", "voids", "detail",
)  # fmt: skip

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def write(record: Record, out: Out, options: Options) -> None:
    """Undone entries stay in, marked in `voided`; `detail` is the whole detail as JSON."""
    if options.excel:
        out.write("\ufeff")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    void = record.void()
    places = {item.item: (item.track, ", ".join(item.topics)) for item in options.items()}
    for entry in record.entries():
        rows.writerow(safe(cell) for cell in _row(entry, entry.id in void, places))


def _row(entry: Entry, voided: bool, places: Mapping[str, tuple[str, str]]) -> tuple[Any, ...]:
    track, topic = places.get(entry.item, (None, None))
    answered = entry.kind == "answer"
    answer = entry.detail.get("answer")
    return (
        entry.id,
        utc(entry.at),
        entry.local.isoformat(timespec="milliseconds"),
        entry.item,
        entry.kind,
        track,
        topic,
        entry.rev,
        entry.score if answered else None,
        int(entry.correct) if answered else None,
        entry.rating if answered else None,
        entry.confidence,
        entry.seconds if answered else None,
        entry.seed,
        answer if answer is None or isinstance(answer, str) else dumps(answer),
        entry.detail.get("verdict"),
        int(voided),
        entry.voids,
        dumps(entry.detail) if entry.detail else None,
    )


def safe(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it; a number is left."""
    if not isinstance(cell, str):
        return cell
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", cell)
    if text.lstrip()[:1] in tuple("=+-@＝＋－＠") and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
