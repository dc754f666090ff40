"""What follows from the log: each item's card with its row, and the sums of each day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from quizbank.entries import Entry
from quizbank.scheduling import Card, Memory, aligned, learner_day, review

CARD_COLUMNS = (
    "item, due, stability, difficulty, state, reps, lapses, last_review, first_review, rating,"
    " earlier_stability, earlier_difficulty, earlier_review, rev, correct, best"
)


@dataclass(frozen=True, slots=True)
class Day:
    """The sums of one learner day. Integers, so that taking an answer back leaves no rounding behind."""

    day: str
    answers: int = 0
    correct: int = 0
    drills: int = 0
    milliseconds: int = 0

    def plus(self, other: Day, sign: int = 1) -> Day:
        return Day(
            self.day,
            self.answers + sign * other.answers,
            self.correct + sign * other.correct,
            self.drills + sign * other.drills,
            self.milliseconds + sign * other.milliseconds,
        )


def day_of(entry: Entry) -> Day:
    """What one answer adds to its day."""
    return Day(
        day=learner_day(entry.local).isoformat(),
        answers=1,
        correct=int(entry.correct),
        drills=int(not entry.item.startswith("q:")),
        milliseconds=round(entry.seconds * 1000),
    )


def advance(card: Card | None, entry: Entry, retention: float) -> Card:
    """The card after one more answer."""
    after = review(card, entry.item, entry.rating, entry.local, retention)
    return replace(
        after,
        rev=entry.rev,
        correct=after.correct + int(entry.correct),
        best=max(after.best, entry.score),
    )


def replay(answers: Iterable[Entry], retention: float) -> Card | None:
    """One item's card from its standing answers, in the log's order."""
    card = None
    for entry in answers:
        card = advance(card, entry, retention)
    return card


def void_ids(undos: Mapping[str, str]) -> set[str]:
    """Which entries are void, given {id of the undo: id it voids} in the log's order.

    An undo can itself be undone (that is redo), always by a later one: the latest are settled first.
    """
    void: set[str] = set()
    for undo, target in reversed(list(undos.items())):
        if undo not in void:
            void.add(target)
    return void


def card_row(card: Card) -> tuple[Any, ...]:
    """The card as CARD_COLUMNS name it; days are written YYYY-MM-DD."""
    earlier = card.earlier
    return (
        card.item,
        card.due.date().isoformat(),
        card.stability,
        card.difficulty,
        card.state,
        card.reps,
        card.lapses,
        card.last_review.date().isoformat(),
        card.first_review.date().isoformat(),
        card.rating,
        earlier and earlier.stability,
        earlier and earlier.difficulty,
        earlier and earlier.last_review.date().isoformat(),
        card.rev,
        card.correct,
        card.best,
    )


def card_of(row: tuple[Any, ...]) -> Card:
    """The card of a row; raises ValueError or TypeError for what is none."""
    item, due, stability, difficulty, state, reps, lapses, last, first, rating, *rest = row
    earlier_stability, earlier_difficulty, earlier_review, rev, correct, best = rest
    earlier = None
    if earlier_review is not None:
        earlier = Memory(earlier_stability, earlier_difficulty, _midnight(earlier_review))
    return Card(
        item=item,
        due=_midnight(due),
        stability=stability,
        difficulty=difficulty,
        state=state,
        reps=reps,
        lapses=lapses,
        last_review=_midnight(last),
        first_review=_midnight(first),
        rating=rating,
        earlier=earlier,
        rev=rev,
        correct=correct,
        best=best,
    )


def _midnight(day: str) -> datetime:
    return aligned(date.fromisoformat(day))
