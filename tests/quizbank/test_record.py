"""The record: what is appended stays, what is derived follows, what is undone comes back."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_support import NOON, answer, run_child, state

from quizbank.entries import uuid7
from quizbank.reading import PAGE
from quizbank.record import Day, Entry, Record, RecordError, new_entry
from quizbank.scheduling import Card, aligned, learner_day, review

TODAY = learner_day(NOON)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def record(path: Path) -> Iterator[Record]:
    with Record.open(path) as record:
        yield record


def test_an_answer_comes_back_as_it_was(path: Path) -> None:
    entry = answer(
        "q:池化",
        rev=3,
        score=0.75,
        rating=2,
        seconds=12.5,
        confidence=1,
        seed=-(2**63),
        detail={"answer": ["最大值", "\ud800", "a\0b"], "n": 1.5},
    )
    with Record.open(path) as record:
        card = record.append(entry)
    with Record.open(path) as record:
        assert list(record.entries()) == [entry]
        assert record.card("q:池化") == card == record.cards()["q:池化"]
        assert record.card("q:other") is None
    assert entry.local == NOON
    assert (card.rev, card.correct, card.best, card.reps) == (3, 0, 0.75, 1)


def test_other_connections_see_an_answer_at_once(record: Record, path: Path) -> None:
    with Record.open(path) as other:
        record.append(answer())
        assert len(list(other.entries())) == 1


def test_it_is_as_durable_as_designed(record: Record) -> None:
    pragma = {
        name: record._db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "busy_timeout")
    }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000}


def test_an_answer_writes_the_pages_it_changes(record: Record, path: Path) -> None:
    """Of the log and its three indexes, the card and where it is due, the day and a tally: a frame of the log beside it each."""
    for day in (0, 1):
        record.append(answer(day=day))
    log = path.with_name(path.name + "-wal")
    before = log.stat().st_size
    record.append(answer(day=5))
    assert (log.stat().st_size - before) / (24 + 4096) == 8


@pytest.mark.parametrize("statement", ["UPDATE log SET score = 1", "DELETE FROM log"])
def test_the_log_only_grows(record: Record, statement: str) -> None:
    record.append(answer(score=0.5))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        record._db.execute(statement)


def test_the_card_follows_the_schedule(record: Record) -> None:
    expected: Card | None = None
    for day, rating in enumerate([3, 1, 3, 4, 2]):
        entry = answer(day=day * 3, rating=rating)
        expected = review(expected, "q:a", rating, entry.local)
        card = record.append(entry)
        assert (card.due, card.stability, card.lapses) == (
            expected.due,
            expected.stability,
            expected.lapses,
        )
    assert (card.reps, card.lapses, card.correct) == (5, 1, 4)


def test_what_the_learner_was_told_counts_as_correct(record: Record) -> None:
    assert [answer(score=score).correct for score in (0.84, 0.85, 1.0)] == [False, True, True]
    record.append(answer(score=0.97, correct=False))  # an order, two neighbours swapped
    card = record.append(answer(score=0.7, correct=True, rating=2))  # a recall, its main points said
    assert (card.reps, card.correct, card.best) == (2, 1, 0.97)
    assert record.days() == [Day("2026-11-23", 2, 1, 0, 60_000)]


def test_days_add_up_and_turn_at_four(record: Record) -> None:
    for hour in (15.9, 16.1):  # 03:54 and 04:06 next morning
        record.append(answer(day=hour / 24, seconds=1.5))
    record.append(answer("d:lora", rating=1, seconds=60))
    assert record.days() == [Day("2026-11-23", 2, 1, 1, 61_500), Day("2026-11-24", 1, 1, 0, 1_500)]


def test_counts_for_the_first_screen(record: Record) -> None:
    for item in "abc":
        record.append(answer(f"q:{item}", rating=1))
    record.append(answer("q:d", day=1))
    assert record.new_count(TODAY) == 3
    assert record.due_count(TODAY) == 0
    assert record.due_count(TODAY + timedelta(days=1)) == 3
    # Under a clock of 1970 all four were seen in the future: they are asked, not lost.
    assert record.due_count(date(1970, 1, 1)) == 4


def test_undo_takes_back_the_last_answer_that_stands(record: Record) -> None:
    empty = state(record)
    assert record.undo(NOON) is None
    record.append(answer("q:a", seconds=0.1))
    one = state(record)
    second = answer("q:a", day=1, rating=1, seconds=0.2)
    record.append(second)
    undo = record.undo(NOON)
    assert undo is not None
    assert (undo.voids, undo.item, undo.kind) == (second.id, "q:a", "undo")
    assert state(record) == one
    record.undo(NOON)
    assert state(record) == empty
    assert record.undo(NOON) is None
    assert len(list(record.entries())) == 4


def test_undoing_an_undo_is_redo(record: Record) -> None:
    first, second = answer(), answer(day=2, rating=1)
    record.append(first)
    record.append(second)
    both = state(record)
    undo = record.undo(NOON, first.id)
    assert undo is not None
    assert state(record) != both
    record.undo(NOON, undo.id)
    assert state(record) == both
    assert record.void() == {undo.id}


def test_undo_of_what_cannot_be_undone(record: Record) -> None:
    entry = answer()
    record.append(entry)
    record.undo(NOON)
    before = state(record)
    with pytest.raises(RecordError, match="already undone"):
        record.undo(NOON, entry.id)
    with pytest.raises(RecordError, match="no entry nonsense"):
        record.undo(NOON, "nonsense")
    assert len(list(record.entries())) == 2
    assert state(record) == before


def test_an_entry_is_recorded_once(record: Record) -> None:
    entry = answer()
    record.append(entry)
    before = state(record)
    with pytest.raises(RecordError):
        record.append(entry)
    assert state(record) == before
    assert len(list(record.entries())) == 1


def test_an_undo_is_not_an_answer(record: Record) -> None:
    record.append(answer())
    undo = record.undo(NOON)
    assert undo is not None
    with pytest.raises(ValueError, match="undo"):
        record.append(undo)


actions = st.lists(
    st.one_of(
        st.tuples(
            st.just("answer"),
            st.sampled_from(["q:a", "q:b", "d:a"]),
            st.floats(-3, 30),  # days from noon: the clock also runs backwards
            st.integers(1, 4),
            st.floats(0, 100),
        ),
        st.tuples(st.just("undo"), st.integers(0, 30)),
        st.tuples(st.just("undo last")),
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(actions=actions)
def test_whatever_happens_the_state_is_that_of_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[Any, ...]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "record.db"
    log: list[Entry] = []
    void: set[str] = set()
    with Record.open(path) as record:
        for action in actions:
            match action:
                case ("answer", item, day, rating, seconds):
                    log.append(answer(item, day, rating, seconds=seconds))
                    record.append(log[-1])
                case ("undo", number):
                    if log and (target := log[number % len(log)]).id not in void:
                        undo = record.undo(NOON, target.id)
                        assert undo is not None
                        log.append(undo)
                case ("undo last",):
                    if undo := record.undo(NOON):
                        log.append(undo)
            void = record.void()
        kept = state(record)
        assert list(record.entries()) == log
        record.rebuild()
        assert state(record) == kept

        standing = [entry for entry in log if entry.kind == "answer" and entry.id not in void]
        assert sum(day.answers for day in record.days()) == len(standing)
        assert {item: card.reps for item, card in record.cards().items()} == {
            item: sum(entry.item == item for entry in standing) for item in {e.item for e in standing}
        }
        assert all(card.due > card.last_review for card in record.cards().values())


def test_a_rebuild_repairs_what_was_derived(record: Record) -> None:
    for day in range(5):
        record.append(answer(day=day, rating=1 + day % 4))
    good = state(record)
    record._db.execute("UPDATE card SET stability = 1, reps = 77")
    record._db.execute("DELETE FROM daily")
    record.rebuild()
    assert state(record) == good


def test_a_clock_that_runs_backwards_keeps_the_order_of_the_log(record: Record) -> None:
    entries = [answer(day=day) for day in (0, 10_000, -20_000, 1)]
    for entry in entries:
        card = record.append(entry)
    assert list(record.entries()) == entries
    assert card.last_review == aligned(TODAY + timedelta(days=1))
    good = state(record)
    record.rebuild()
    assert state(record) == good


def test_entries_come_in_pages_while_others_are_appended(record: Record) -> None:
    count = PAGE + 3
    with record._writing():
        for number in range(count):
            record._insert(answer(f"q:{number}"))
    reading = record.entries()
    first = next(reading)
    record.append(answer("q:late"))
    items = [entry.item for entry in (first, *reading)]
    assert items == [*(f"q:{number}" for number in range(count)), "q:late"]


def test_a_snapshot_does_not_move(record: Record, path: Path) -> None:
    record.append(answer())
    with Record.open(path) as other, record.snapshot():
        assert len(record.cards()) == 1
        other.append(answer("q:b"))
        assert len(record.cards()) == 1
    assert len(record.cards()) == 2


def test_drafts(record: Record, path: Path) -> None:
    assert record.draft("q:a") is None
    record.save_draft("q:a", "注意力")
    record.save_draft("q:a", "注意力是……\0\n")
    record.save_draft("d:lora", "def f(): ...")
    with Record.open(path) as other:
        assert other.draft("q:a") == "注意力是……\0\n"
    record.append(answer("q:a"))
    record.append(answer("d:lora"))
    assert record.draft("q:a") is None, "answered"
    assert record.draft("d:lora") == "def f(): ...", "a drill goes on"
    record.save_draft("d:lora", "")
    assert record.draft("d:lora") is None
    record.save_draft("d:lora", "", NOON)
    record.save_draft("d:never", "")
    assert [item for item, text, _ in record.drafts() if not text] == ["d:lora"], (
        "a merge must not bring it back"
    )
    record.save_draft("q:b", "broken \udc80 input")
    assert record.draft("q:b") == "broken ? input"


def test_retention_moves_every_due_day(record: Record) -> None:
    for day in (0, 3, 12):
        record.append(answer(day=day))
    usual = record.card("q:a")
    record.set_retention(0.97)
    strict = record.card("q:a")
    assert usual is not None
    assert strict is not None
    assert strict.due < usual.due
    assert strict.stability == usual.stability
    kept = state(record)
    record.rebuild()
    assert state(record) == kept
    assert record.schedule.retention == 0.97
    with pytest.raises(ValueError, match=r"0\.7"):
        record.set_retention(1.0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("item", "a"),
        ("item", "q:"),
        ("score", 1.01),
        ("score", float("nan")),
        ("rating", 0),
        ("rating", 5),
        ("confidence", 4),
        ("seconds", float("inf")),
        ("seed", 2**63),
        ("now", datetime(2026, 11, 23)),
    ],
)
def test_an_entry_of_nonsense_is_refused(field: str, value: object) -> None:
    good: dict[str, Any] = {"item": "q:a", "rev": 1, "score": 1, "rating": 3, "seconds": 1, "now": NOON}
    bad = good | {field: value}
    new_entry(good.pop("item"), **good)
    with pytest.raises(ValueError, match=r".+"):
        new_entry(bad.pop("item"), **bad)


def test_what_json_cannot_hold_leaves_no_trace(record: Record) -> None:
    for nonsense in (float("nan"), object()):
        with pytest.raises((ValueError, TypeError)):
            record.append(answer(detail={"x": nonsense}))
    assert list(record.entries()) == []
    assert record.cards() == {}


def test_time_on_a_clock_set_back_counts_as_none() -> None:
    assert answer(seconds=-5.0).seconds == 0.0


def test_ids_are_uuids_of_version_7_that_ascend() -> None:
    ids = [uuid7(NOON) for _ in range(2000)]
    assert ids == sorted(set(ids))
    for id_ in ids[:3]:
        parsed = uuid.UUID(id_)
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
        assert parsed.int >> 80 == int(NOON.timestamp() * 1000)
    assert uuid7(NOON - timedelta(days=1)) < ids[0]
    assert uuid.UUID(uuid7(datetime.fromisoformat("1969-01-01T00:00:00Z"))).int >> 80 == 0


def test_reading_the_record_needs_no_scheduler_and_no_models() -> None:
    child = run_child(
        "import sys, quizbank.locations, quizbank.record, quizbank.sessions, quizbank.statistics\n"
        "print(sorted({'fsrs', 'pydantic', 'yaml', 'platformdirs', 'textual', 'torch'} & sys.modules.keys()))"
    )
    assert (child.stdout, child.stderr) == ("[]\n", "")
