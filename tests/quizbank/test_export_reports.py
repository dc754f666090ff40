"""JSON Lines, the Markdown report and the calendar, read back by programs that are not ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from record_support import NOON, answer

from quizbank.exporting import export
from quizbank.loader import load_bank
from quizbank.merging import merge
from quizbank.record import Record
from quizbank.scheduling import learner_day

BANK = load_bank()
FIRST, SECOND, *_ = BANK.questions


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.db") as record:
        for day, (item, rating) in enumerate([(FIRST, 3), (SECOND, 1), (FIRST, 1), (FIRST, 3), (SECOND, 4)]):
            record.append(
                answer(f"q:{item}", day - 6, rating, confidence=1 + day % 3, detail={"answer": "模型\n=1"})
            )
        record.append(answer("d:bm25", -1, 1, detail={"verdict": "wrong", "diagnosis": "bm25/no-idf"}))
        record.undo(NOON)
        record.append(answer("d:bm25", -1, 1, detail={"verdict": "wrong", "diagnosis": "bm25/no-idf"}))
        yield record


def test_json_lines_are_read_by_pandas_and_merged(record: Record, tmp_path: Path) -> None:
    target = tmp_path / "log.jsonl"
    export("jsonl", record, BANK, target, now=NOON)
    log = list(record.entries())
    frame = pd.read_json(target, lines=True)
    assert list(frame["id"]) == [entry.id for entry in log]
    assert list(frame["kind"]).count("undo") == 1
    first = json.loads(target.read_text("utf-8").split("\n")[0])
    assert first["detail"] == {"answer": "模型\n=1"}
    with Record.open(tmp_path / "other.db") as other:
        assert merge(other, target) == len(log)
        assert list(other.entries()) == log
        assert other.cards() == record.cards()


def test_the_report_is_markdown_in_both_languages(record: Record, tmp_path: Path) -> None:
    record.change_setting("goal", {"day": "2026-12-15", "role": None}, NOON)
    target = tmp_path / "report.md"
    export("markdown", record, BANK, target, now=NOON)
    text = target.read_text("utf-8")
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert html.count("<table>") == html.count("<h2>") == 6
    assert "Tracks · 各方向" in html
    assert "2026-12-15" in html
    assert "bm25/no-idf" in html
    rows = [
        token for token in MarkdownIt("commonmark").enable("table").parse(text) if token.type == "tr_open"
    ]
    assert len(rows) > len(set(BANK.track_of.values()))


def test_an_empty_record_has_a_report(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as record:
        export("markdown", record, BANK, tmp_path / "report.md", now=NOON)
        export("jsonl", record, BANK, tmp_path / "log.jsonl", now=NOON)
    assert "0 answers" in (tmp_path / "report.md").read_text("utf-8")
    assert (tmp_path / "log.jsonl").read_bytes() == b""


def test_the_calendar_holds_each_due_day_up_to_the_interview(record: Record, tmp_path: Path) -> None:
    today = learner_day(NOON)
    interview = today + timedelta(days=12)
    record.change_setting("goal", {"day": interview.isoformat(), "role": None}, NOON)
    target = tmp_path / "reviews.ics"
    export("ical", record, BANK, target, now=NOON)
    calendar = icalendar.Calendar.from_ical(target.read_bytes())
    events = {event["uid"]: event for event in calendar.walk("VEVENT")}
    days = {max(card.due.date(), today) for card in record.cards().values()}
    wanted = {f"reviews-{day}@preptrain" for day in days if day <= interview} | {
        f"interview-{interview}@preptrain"
    }
    assert set(events) == wanted
    for event in events.values():
        start: date = event.decoded("dtstart")
        assert event.decoded("dtend") == start + timedelta(days=1)
    first = target.read_bytes()
    export("ical", record, BANK, target, True, now=NOON)
    assert target.read_bytes() == first, "the same ids: a second import updates"
