"""Redo, daily backups, dated settings, and the upgrade of a record of the first version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from record_support import NOON, answer, state

from quizbank.migrations import MIGRATIONS, list_backups
from quizbank.record import Record

DAY = timedelta(days=1)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.db") as record:
        yield record


def test_thirty_steps_back_and_forth(record: Record) -> None:
    states = [state(record)]
    for number in range(31):
        record.append(answer(f"q:{number % 7}", number, 1 + number % 4, confidence=1 + number % 3))
        states.append(state(record))
    assert record.redo(NOON) is None, "nothing was undone"
    for step in range(30):
        assert record.undo(NOON)
        assert state(record) == states[-2 - step]
    for step in range(30):
        assert record.redo(NOON)
        assert state(record) == states[2 + step]
    assert record.redo(NOON) is None
    kept = state(record)
    record.rebuild()
    assert state(record) == kept


def test_an_answer_ends_what_can_be_redone(record: Record) -> None:
    record.append(answer("q:a"))
    record.append(answer("q:b"))
    record.undo(NOON)
    record.undo(NOON)
    assert record.redo(NOON)
    record.append(answer("q:c"))
    assert record.redo(NOON) is None
    assert sorted(record.cards()) == ["q:a", "q:c"]


def test_one_backup_a_day_and_ten_in_all(record: Record) -> None:
    record.append(answer())
    today = date(2026, 11, 24)
    first = record.back_up_daily(today)
    assert first is not None
    assert record.back_up_daily(today) is None
    for day in range(1, 12):
        assert record.back_up_daily(today + day * DAY)
    kept = list_backups(record.path)
    assert len(kept) == 10
    assert first not in kept
    with Record.open(kept[-1]) as copy:
        assert [entry.item for entry in copy.entries()] == ["q:a"]


def test_the_later_setting_holds(record: Record) -> None:
    record.change_setting("goal", {"day": "2026-12-15"}, NOON)
    record.change_setting(
        "goal", {"day": "2026-12-16"}, NOON - DAY
    )  # a clock set back: the learner's word still
    assert record.setting("goal") == {"day": "2026-12-16"}
    older = [("goal", {"day": "2026-01-01"}, 5)]
    record.merge([], older)
    assert record.setting("goal") == {"day": "2026-12-16"}
    record.change_setting("goal", None, NOON)
    assert record.setting("goal") is None


def test_a_record_of_the_first_version_is_upgraded_and_filled_in(tmp_path: Path) -> None:
    """Written with the first version's own statements, as its program did."""
    path = tmp_path / "record.db"
    with Record.open(tmp_path / "new.db") as new:
        for day, (rating, confidence) in enumerate([(3, 3), (1, 3), (3, None)]):
            new.append(answer("q:a", day, rating, confidence=confidence))
        new.append(answer("d:b", 3, 1, detail={"diagnosis": "b/slip"}))
        new.append(answer("d:b", 3.1, 4))
        new.set_retention(0.92)
        expected = state(new)
        rows = new._db.execute("SELECT * FROM log").fetchall()
    import sqlite3
    from contextlib import closing

    from quizbank import migrations

    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrations.migrate(old, path, MIGRATIONS[:1])
        old.executemany(f"INSERT INTO log VALUES ({', '.join('?' * len(rows[0]))})", rows)
        old.execute("INSERT INTO setting VALUES ('retention', '0.92')")
        old.execute("INSERT INTO draft VALUES ('q:a', 'begun')")
    with Record.open(path) as record:
        assert state(record) == expected
        assert record.schedule.retention == 0.92
        assert record.mistakes() == {"b/slip": 1}
        assert record.setting("stale") is None
        record.merge([])
        assert record.draft("q:a") == "begun", "made after the answers that are there"
        (made,) = record.drafts()
        record.append(answer("q:a", 9))
        record.merge([], drafts=[made])
        assert record.draft("q:a") is None, "and before those that follow"
    assert [backup.stem[-2:] for backup in list_backups(path)] == ["v1", "v2"]
