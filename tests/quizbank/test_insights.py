"""Retention by age, calibration, mastery, mistakes: data that the app and the exports draw."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from record_support import NOON, answer

from quizbank.insights import Retention, calendar_weeks, insights, resume
from quizbank.record import Record
from quizbank.scheduling import learner_day, recall_probability
from quizbank.sessions import Candidate

DAY = timedelta(days=1)
ITEMS = [
    Candidate("q:a", "cnn", ("pooling",)),
    Candidate("q:b", "cnn", ("pooling", "im2col")),
    Candidate("q:c", "rag", ("bm25",)),
    Candidate("d:bm25", "rag", ("bm25",)),
]


@pytest.fixture
def record(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Record.open(tmp_path / "record.db") as record:
        yield record


def test_of_nothing(record: Record) -> None:
    found = insights(record, ITEMS, NOON)
    assert (
        found.by_age == found.calibration == found.sure_and_wrong == found.set_aside == found.calendar == []
    )
    assert found.by_track == {"cnn": Retention(0, 0), "rag": Retention(0, 0)}
    assert found.median_attempts is None
    assert [(one.topic, one.seen, one.total, one.known) for one in found.topics] == [
        ("pooling", 0, 2, 0.0),
        ("im2col", 0, 1, 0.0),
        ("bm25", 0, 2, 0.0),
    ]


def test_retention_counts_the_first_answer_of_a_later_day(record: Record) -> None:
    record.append(answer("q:a", 0, 1))
    record.append(answer("q:a", 0.01, 3))  # the same day: no recall
    record.append(answer("q:a", 1, 3))
    record.append(answer("q:a", 4, 1))
    record.append(answer("q:a", 4.01, 3))  # forgotten all the same
    record.append(answer("q:c", 0, 3))
    record.append(answer("q:c", 3, 2))
    record.append(answer("h:bm25/7f3a", 0, 1))
    record.append(answer("h:bm25/7f3a", 3, 1))  # hunts are not scheduled
    found = insights(record, ITEMS, NOON + 5 * DAY)
    assert found.by_age == [(1, 1, Retention(1, 1)), (2, 3, Retention(2, 1))]
    assert found.by_track == {"cnn": Retention(2, 1), "rag": Retention(1, 1)}
    assert found.by_age[1][2].share == 0.5


def test_calibration_and_what_one_was_sure_of(record: Record) -> None:
    for day, (rating, confidence) in enumerate([(3, 3), (1, 3), (3, 1), (1, None), (1, 1)]):
        record.append(answer("q:a", day, rating, confidence=confidence))
    found = insights(record, ITEMS, NOON + 9 * DAY)
    assert [(one.confidence, one.answers, one.right) for one in found.calibration] == [(1, 2, 1), (3, 2, 1)]
    assert found.sure_and_wrong == [], "it was answered rightly since"
    record.append(answer("q:a", 10, 1, confidence=3))
    record.append(answer("q:a", 11, 1, confidence=1))
    assert insights(record, ITEMS, NOON + 11 * DAY).sure_and_wrong == ["q:a"], "until it is right"
    record.append(answer("q:a", 12, 3))
    assert insights(record, ITEMS, NOON + 12 * DAY).sure_and_wrong == []


def test_mastery_counts_the_unseen_as_unknown(record: Record) -> None:
    card = record.append(answer("q:b", 0))
    now = NOON + 6 * DAY
    topics = {one.topic: one for one in insights(record, ITEMS, now).topics}
    chance = recall_probability(card, now)
    assert (topics["pooling"].seen, topics["pooling"].total) == (1, 2)
    assert topics["pooling"].known == pytest.approx(chance / 2)
    assert topics["im2col"].known == pytest.approx(chance)


def test_attempts_and_mistakes(record: Record) -> None:
    wrong = {"verdict": "wrong", "diagnosis": "bm25/no-idf"}
    record.append(answer("d:bm25", 0, 1, detail=wrong))
    record.append(answer("d:bm25", 0.01, 1, detail=wrong))
    record.append(answer("d:bm25", 0.02, 3, detail={"verdict": "pass", "diagnosis": None}))
    record.append(answer("d:bm25", 9, 1, detail={"diagnosis": "bm25/k1"}))
    found = insights(record, ITEMS, NOON + 9 * DAY)
    assert found.attempts_to_solve == {"bm25": 3}
    assert found.median_attempts == 3
    assert list(found.mistakes.items()) == [("bm25/no-idf", 2), ("bm25/k1", 1)]


def test_an_item_set_aside_can_be_taken_up(record: Record) -> None:
    record.append(answer("q:a", 0))
    for day in range(1, 9):
        assert not resume(record, "q:a")
        record.append(answer("q:a", day, 1))
    assert insights(record, ITEMS, NOON).set_aside == ["q:a"]
    assert resume(record, "q:a")
    assert insights(record, ITEMS, NOON).set_aside == []
    assert not resume(record, "q:a")
    assert not resume(record, "q:unknown")


def test_the_calendar(record: Record) -> None:
    record.append(answer("q:a", -400))
    record.append(answer("q:a", -364))
    record.append(answer("q:a", 0))
    found = insights(record, ITEMS, NOON)
    assert [day.day for day in found.calendar] == ["2025-11-24", "2026-11-23"]
    weeks = calendar_weeks(found.calendar, learner_day(NOON), 3)  # a Monday
    assert [len(week) for week in weeks] == [7, 7, 7]
    assert [day and day.answers for day in weeks[-1]] == [1, None, None, None, None, None, None]
    assert weeks[0][0] is not None
    assert weeks[0][0].day == "2026-11-09"
