"""What follows from the log: each item's card, the sums of each day, and tallies over all days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from quizbank.entries import REPORT, Entry
from quizbank.scheduling import AGAIN, DECAY, Card, Memory, Schedule, aligned, learner_day, review

SURE = 3  # the confidence of a learner who is certain

CARD_COLUMNS = (
    "item, due, stability, difficulty, state, reps, lapses, last_review, first_review, rating,"
    " earlier_stability, earlier_difficulty, earlier_review, rev, correct, best,"
    " recalls, recalled, solved_after, sure_wrong"
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


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answers of a kind there were, and how many of them were right.

    Kind "age": an item's first answer on a day at least one day after the last; `key` is the days between,
    right what was not forgotten (rated above 1). Kind "sure": `key` is the confidence given beforehand.
    """

    kind: str
    key: int
    answers: int = 0
    right: int = 0

    def plus(self, other: Tally, sign: int = 1) -> Tally:
        return Tally(
            self.kind, self.key, self.answers + sign * other.answers, self.right + sign * other.right
        )


def age_of(card: Card | None, entry: Entry) -> int:
    """Days since the item was last asked; 0 on its first day, and for a further answer on one day."""
    if card is None or entry.item.startswith("h:"):
        return 0
    return max((aligned(learner_day(entry.local)) - card.last_review).days, 0)


def tallies_of(card: Card | None, entry: Entry) -> list[Tally]:
    """What one answer adds to the tallies, given the card before it."""
    found = []
    if age := age_of(card, entry):
        found.append(Tally("age", age, 1, int(entry.rating > AGAIN)))
    if entry.confidence is not None:
        found.append(Tally("sure", entry.confidence, 1, int(entry.correct)))
    return found


def advance(card: Card | None, entry: Entry, schedule: Schedule) -> Card:
    """The card after one more answer."""
    aged = bool(age_of(card, entry))
    reps, correct, best, recalls, recalled, solved_after, sure_wrong = (
        (0, 0, 0.0, 0, 0, None, False)
        if card is None
        else (
            card.reps,
            card.correct,
            card.best,
            card.recalls,
            card.recalled,
            card.solved_after,
            card.sure_wrong,
        )
    )
    return review(
        card,
        entry.item,
        entry.rating,
        entry.local,
        schedule,
        rev=entry.rev,
        correct=correct + int(entry.correct),
        best=max(best, entry.score),
        recalls=recalls + int(aged),
        recalled=recalled + int(aged and entry.rating > AGAIN),
        solved_after=reps + 1 if solved_after is None and entry.score >= 1 else solved_after,
        sure_wrong=not entry.correct and (entry.confidence == SURE or sure_wrong),
    )


@dataclass
class Derived:
    """All that follows from some answers: the cards of their items, and what they add to the sums."""

    schedule: Schedule
    cards: dict[str, Card] = field(default_factory=dict)
    days: dict[str, Day] = field(default_factory=dict)
    tallies: dict[tuple[str, int], Tally] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """One more answer that stands, in the log's order; a report is passed over."""
        if entry.item.startswith(REPORT):
            return
        card = self.cards.get(entry.item)
        for tally in tallies_of(card, entry):
            name = tally.kind, tally.key
            known = self.tallies.get(name)
            self.tallies[name] = known.plus(tally) if known else tally
        day = day_of(entry)
        earlier = self.days.get(day.day)
        self.days[day.day] = earlier.plus(day) if earlier else day
        self.cards[entry.item] = advance(card, entry, self.schedule)


def derive(answers: Iterable[Entry], schedule: Schedule, before: Card | None = None) -> Derived:
    """What follows from the standing answers, in the log's order; `before` is the card of their one item."""
    derived = Derived(schedule, {before.item: before} if before else {})
    for entry in answers:
        derived.take(entry)
    return derived


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
        card.recalls,
        card.recalled,
        card.solved_after,
        int(card.sure_wrong),
    )


def card_of(row: tuple[Any, ...], decay: float = DECAY) -> Card:
    """The card of a row; raises ValueError or TypeError for what is none."""
    item, due, stability, difficulty, state, reps, lapses, last, first, rating, *rest = row
    earlier_stability, earlier_difficulty, earlier_review, rev, correct, best, *counts = rest
    recalls, recalled, solved_after, sure_wrong = counts
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
        recalls=recalls,
        recalled=recalled,
        solved_after=solved_after,
        sure_wrong=bool(sure_wrong),
        decay=decay,
    )


@lru_cache(maxsize=10_000)  # there are more cards than days
def _midnight(day: str) -> datetime:
    return aligned(date.fromisoformat(day))
