"""What the progress screen is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_support import NOON, answer

from quizbank import glances, statistics
from quizbank.record import Record
from quizbank.scheduling import recall_probability
from quizbank.sessions import Candidate
from quizbank.statistics import Count, HardItem, Summary, glance, summary

ITEMS = [
    Candidate("q:pool", "cnn", ("pooling-role",)),
    Candidate("q:stride", "cnn", ("pooling-vs-stride",)),
    Candidate("q:lora", "finetuning", ("lora",)),
    Candidate("d:lora", "finetuning", ("lora",)),
    Candidate("d:pool", "cnn", ("pooling-role",)),
]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.db") as record:
        yield record


def test_of_nothing(record: Record) -> None:
    found = summary(record, ITEMS, NOON)
    assert found.glance == glance(record, NOON) == statistics.Glance(0, 0.0, 0, 0, 0)
    assert (found.answers, found.correct_share, found.minutes, found.longest_streak) == (0, None, 0.0, 0)
    cnn = found.tracks["cnn"]
    assert (cnn.seen, cnn.total, cnn.due, cnn.correct_share, cnn.recall) == (0, 3, 0, None, None)
    assert (found.drills_solved, found.drills_attempted, found.drills_total) == (0, 0, 2)
    assert [day.count for day in found.history] == [0] * 30
    assert [day.count for day in found.forecast] == [0] * 7
    assert found.hardest == []
    assert summary(record, [], NOON).tracks == {}


@pytest.fixture
def weeks(record: Record) -> Record:
    """Answers over 40 days, the last ones today."""
    for day, item, rating in [
        (-40, "q:pool", 3),
        (-39, "q:gone", 1),  # no longer in the bank
        (-2, "q:lora", 3),
        (-1, "q:lora", 1),
        (-1, "d:lora", 1),
        (0, "d:lora", 3),
        (0, "q:stride", 4),
    ]:
        record.append(answer(item, day, rating, seconds=90))
    return record


def test_today(weeks: Record) -> None:
    now = glance(weeks, NOON + timedelta(hours=3))
    assert (now.answers_today, now.minutes_today, now.streak, now.new_today) == (2, 3.0, 3, 1)
    assert now.due == 3  # pool, gone and lora: the record alone does not know that one is gone
    found = summary(weeks, ITEMS, NOON)
    assert found.due_now == found.glance.due == 2
    assert (found.answers, found.minutes) == (7, 10.5)
    assert found.correct_share == pytest.approx(4 / 7)
    assert found.longest_streak == 3


def test_by_track(weeks: Record) -> None:
    tracks = summary(weeks, ITEMS, NOON).tracks
    assert list(tracks) == ["cnn", "finetuning"]
    cnn, finetuning = tracks["cnn"], tracks["finetuning"]
    assert (cnn.seen, cnn.total, cnn.due, cnn.correct_share) == (2, 3, 1, 1.0)
    assert (finetuning.seen, finetuning.total, finetuning.due) == (2, 2, 1)
    assert finetuning.correct_share == 0.5
    cards = weeks.cards()
    expected = [recall_probability(cards[item], NOON) for item in ("q:pool", "q:stride")]
    assert cnn.recall == pytest.approx(sum(expected) / 2)
    assert expected[0] < 0.8 < expected[1]


def test_drills(weeks: Record) -> None:
    found = summary(weeks, ITEMS, NOON)
    assert (found.drills_solved, found.drills_attempted, found.drills_total) == (1, 1, 2)
    weeks.append(answer("d:pool", rating=1))
    weeks.append(answer("d:lora", day=1, rating=1))  # once solved stays solved
    found = summary(weeks, ITEMS, NOON)
    assert (found.drills_solved, found.drills_attempted) == (1, 2)


def test_history_and_forecast(weeks: Record) -> None:
    found = summary(weeks, ITEMS, NOON)
    assert found.history[-3:] == [
        Count(date(2026, 11, 21), 1),
        Count(date(2026, 11, 22), 2),
        Count(date(2026, 11, 23), 2),
    ]
    assert sum(day.count for day in found.history) == 5
    assert found.history[0].day == date(2026, 10, 25)
    assert found.forecast[0] == Count(date(2026, 11, 23), 2), "overdue ones count today"
    assert found.forecast[-1].day == date(2026, 11, 29)
    cards = weeks.cards()
    for ahead, day in enumerate(found.forecast[1:], 1):
        due = [item for item in ITEMS if (one := cards.get(item.item)) and one.due.date() == day.day]
        assert day.count == len(due), ahead


def test_the_hardest(record: Record) -> None:
    for day in range(6):
        record.append(answer("q:pool", day, 3 if day % 2 == 0 else 1))  # three lapses
        record.append(answer("q:lora", day, 3 if day else 1))  # one wrong answer
        record.append(answer("q:stride", day, 4))
    hardest = summary(record, ITEMS, NOON).hardest
    assert [item.item for item in hardest] == ["q:pool", "q:lora"]
    assert hardest[0] == HardItem("q:pool", 3, 6, 3, hardest[0].difficulty)


def test_a_raised_revision_is_due(record: Record) -> None:
    record.append(answer("q:pool", rating=4))
    raised = [Candidate("q:pool", "cnn", ("pooling-role",), rev=2)]
    found = summary(record, raised, NOON)
    assert (found.due_now, found.forecast[0].count, found.tracks["cnn"].due) == (1, 1, 1)


@given(st.sets(st.integers(0, 40)))
def test_streaks(back: set[int]) -> None:
    today = date(2026, 11, 23)
    days = sorted(today - timedelta(days=n) for n in back)
    streak = glances._streak({day.isoformat() for day in days}, today)
    start = 0 if 0 in back else 1
    assert all(n in back for n in range(start, start + streak))
    assert start + streak not in back
    longest = statistics._longest_streak(days)
    assert longest >= streak
    assert longest == max((sum(1 for _ in run(back, n)) for n in back), default=0)


def run(back: set[int], first: int) -> Iterator[int]:
    while first in back:
        yield first
        first += 1


def test_a_summary_does_not_walk_the_log(weeks: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(_: Record) -> None:
        raise AssertionError("the log is long")

    monkeypatch.setattr(Record, "entries", walk)
    seen: list[str] = []
    weeks._db.set_trace_callback(seen.append)
    assert isinstance(summary(weeks, ITEMS, NOON), Summary)
    weeks._db.set_trace_callback(None)
    assert seen
    assert not [statement for statement in seen if " log" in statement]
