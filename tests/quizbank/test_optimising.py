"""Fitting the schedule to a learner's own log."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import fsrs
import pytest
from record_support import NOON, answer

from quizbank.entries import Entry
from quizbank.extras import MissingPackage
from quizbank.optimising import ENOUGH, OptimiseError, fits, optimise, restore, samples_of
from quizbank.record import Record
from quizbank.scheduling import DECAY, GOOD, Schedule, recall_on, review

DAY = timedelta(days=1)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.db") as record:
        yield record


def learner(items: int, seed: int) -> list[Entry]:
    """Answers of somebody whose first memories last a quarter as long as the package assumes."""
    chance = random.Random(seed)
    defaults = fsrs.Scheduler().parameters
    forgetful = Schedule(parameters=(*(value / 4 for value in defaults[:4]), *defaults[4:]))
    found = []
    for number in range(items):
        name, card, day = f"q:{number}", None, chance.randrange(400)
        for _ in range(8):
            now = NOON + day * DAY
            remembered = card is None or chance.random() < recall_on(card, now.date())
            rating = GOOD if remembered else 1
            card = review(card, name, rating, now, forgetful)
            found.append(answer(name, day, rating))
            day += chance.choice((1, 3, 7, 20))  # whatever the schedule says
    return sorted(found, key=lambda entry: entry.at)


def test_the_samples_are_reviews_of_a_later_day() -> None:
    log = [
        answer("q:a", 0, 1),
        answer("q:a", 0.01, 3),  # a question's day counts with its first answer
        answer("d:b", 0, 1),
        answer("d:b", 0.01, 4),  # a drill's with its best
        answer("q:a", 2, 3),
        answer("d:b", 5, 2),
        answer("h:b/7f3a", 0),
        answer("h:b/7f3a", 3),
    ]
    found = samples_of(log)
    assert [sample.reviews for sample in found] == [((1, 0), (3, 2)), ((4, 0), (2, 5))]


def test_too_few_reviews(record: Record) -> None:
    for day in range(9):
        record.append(answer("q:a", day))
    with pytest.raises(OptimiseError, match=rf"{ENOUGH} reviews .* there are 8"):
        optimise(record, NOON)
    assert fits(record) == []
    assert restore(record, NOON) is None


def test_a_forgetful_learner_is_asked_sooner(record: Record) -> None:
    record.merge(learner(300, seed=3))
    before = record.card("q:0")
    fit = optimise(record, NOON)
    assert fit.better
    assert fit.reviews == 300 * 7
    assert fits(record) == [fit]
    assert record.schedule.parameters == tuple(fit.parameters or ())
    first = review(None, "q:x", GOOD, NOON, record.schedule)
    usual = review(None, "q:x", GOOD, NOON)
    assert first.stability < usual.stability / 2
    after = record.card("q:0")
    assert after != before
    assert after is not None
    assert after.decay == record.schedule.decay != DECAY
    again = optimise(record, NOON + DAY)  # nothing more to learn from the same log
    assert fits(record) == ([fit, again] if again.better else [fit])
    while restore(record, NOON + 2 * DAY):
        pass
    assert record.schedule.parameters is None
    assert record.card("q:0") == before


def test_without_the_package(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsrs_rs_python", None)
    with pytest.raises(MissingPackage, match=r"preptrain\[optimise\]"):
        optimise(record, NOON)
