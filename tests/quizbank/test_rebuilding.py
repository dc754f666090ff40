"""Rebuilding without the lock: what another process writes meanwhile is taken in, and it never waits long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from record_support import NOON, answer, state

import quizbank.record
from quizbank.derived import Derived
from quizbank.entries import Entry
from quizbank.reading import START
from quizbank.record import Record


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.db") as record:
        for day in range(20):
            record.append(answer(f"q:{day % 4}", day, 1 + day % 4))
        yield record


@pytest.fixture
def other(record: Record) -> Iterator[Record]:
    """The same file, as another process has it open."""
    with Record.open(record.path) as other:
        yield other


def during(record: Record, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> list[int]:
    """Do `work` once, after the first pass over the log; returns the passes made."""
    passes: list[int] = []
    derived = record._derived

    def watched(*told: Any) -> object:
        found = derived(*told)
        passes.append(found.rows)
        if len(passes) == 1:
            work()
        return found

    monkeypatch.setattr(record, "_derived", watched)
    return passes


def as_rebuilt(record: Record) -> bool:
    """Whether the state is that of a fresh pass."""
    before = state(record)
    record.rebuild()
    return state(record) == before


def test_answers_given_meanwhile_count(
    record: Record, other: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = during(
        record, monkeypatch, lambda: [other.append(answer("q:0", 30)), other.append(answer("q:9", 31))]
    )
    record.rebuild()
    assert passes == [20], "one pass was enough"
    monkeypatch.undo()
    assert record.cards()["q:9"].reps == 1
    assert as_rebuilt(record)


def test_an_undo_or_a_merge_meanwhile_takes_another_pass(
    record: Record, other: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    passes = during(record, monkeypatch, lambda: other.undo(NOON))
    record.rebuild()
    assert passes == [20, 21]
    monkeypatch.undo()
    assert as_rebuilt(record)
    with Record.open(tmp_path / "laptop.db") as laptop:
        laptop.append(answer("q:0", -3))
        passes = during(record, monkeypatch, lambda: other.merge(laptop.entries()))
        record.rebuild()
    assert passes == [21, 22]
    monkeypatch.undo()
    assert as_rebuilt(record)


def test_another_schedule_meanwhile_takes_another_pass(
    record: Record, other: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = during(record, monkeypatch, lambda: other.set_retention(0.8, NOON))
    record.rebuild()
    assert len(passes) == 2
    monkeypatch.undo()
    assert as_rebuilt(record)


def test_a_writer_does_not_wait_for_the_pass(
    record: Record, other: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that takes a second; the answer given during it is committed at once."""
    take = Derived.take

    def slow(self: Derived, entry: Entry) -> None:
        time.sleep(0.05)
        take(self, entry)

    written: list[float] = []

    def write() -> None:
        other._db.execute("PRAGMA busy_timeout = 0")  # waiting would be an error
        other.append(answer("q:1", 30))
        written.append(time.monotonic())

    entries = record.entries

    def reading(after: tuple[int, str] = START) -> Iterator[Entry]:
        for number, entry in enumerate(entries(after)):
            if number == 10 and not written:
                write()
            yield entry

    monkeypatch.setattr(record, "entries", reading)
    monkeypatch.setattr(Derived, "take", slow)
    record.rebuild()
    monkeypatch.undo()
    assert written
    assert as_rebuilt(record)
    assert record.cards()["q:1"].reps == 6


def test_a_merge_that_is_killed_between_its_parts_is_made_good(
    record: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(quizbank.record, "ROWS", 3)
    with Record.open(tmp_path / "laptop.db") as laptop:
        for day in range(10):
            laptop.append(answer("q:new", day + 0.5))
        log = list(laptop.entries())
    put, count = record._put, 0

    def dying(row: tuple[object, ...]) -> None:
        nonlocal count
        count += 1
        if count > 5:
            raise KeyboardInterrupt
        put(row)

    monkeypatch.setattr(record, "_put", dying)
    with pytest.raises(KeyboardInterrupt):
        record.merge(log)
    monkeypatch.undo()
    with Record.open(record.path) as again:
        assert again.cards()["q:new"].reps == 3, "the first part is in, and the cards follow from it"
        assert as_rebuilt(again)
        assert again.merge(log) == 7
        assert again.cards()["q:new"].reps == 10
        assert as_rebuilt(again)


def test_a_setting_whose_rebuild_is_killed_is_made_good(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(record, "rebuild", dying)
    with pytest.raises(KeyboardInterrupt):
        record.set_retention(0.75, NOON)
    monkeypatch.undo()
    with Record.open(record.path) as again:
        assert as_rebuilt(again)
        assert again.schedule.retention == 0.75
