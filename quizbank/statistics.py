"""What the learner has done and knows, as plain data for the progress screen and `preptrain stats`.

Computed from the record's day and card tables, whose size does not grow with the number of answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from quizbank.glances import Glance, glance, glance_at
from quizbank.record import Day, Record
from quizbank.scheduling import ONE_DAY, Card, is_due, learner_day, recall_probability
from quizbank.sessions import Candidate

__all__ = ["Count", "Glance", "HardItem", "Summary", "TrackProgress", "glance", "summary"]

HISTORY_DAYS = 30
FORECAST_DAYS = 7
HARDEST = 5


@dataclass(frozen=True, slots=True)
class TrackProgress:
    """One track. `correct_share` is of all answers, `recall` the mean chance of a right answer now over the
    items seen; both are None before the first answer."""

    seen: int
    total: int
    due: int
    correct_share: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class HardItem:
    """An item that costs effort: forgotten often, or rarely right."""

    item: str
    lapses: int
    reps: int
    correct: int
    difficulty: float


@dataclass(frozen=True, slots=True)
class Count:
    """A number for one learner day."""

    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The progress screen's data; the items are those of the bank and the drills, as they are now."""

    glance: Glance
    due_now: int
    answers: int
    correct_share: float | None
    minutes: float
    longest_streak: int
    tracks: dict[str, TrackProgress]
    drills_solved: int
    drills_attempted: int
    drills_total: int
    history: list[Count]
    """Answers on each of the last 30 days, oldest first, today last."""
    forecast: list[Count]
    """Items coming due on each of 7 days from today, where all that is overdue counts."""
    hardest: list[HardItem]


def summary(record: Record, items: Iterable[Candidate], now: datetime) -> Summary:
    """All numbers at `now` (aware, in the learner's zone); `items` as `sessions.candidates` makes them."""
    today = learner_day(now)
    with record.snapshot():
        cards = record.cards()
        days = record.days()
        tracks: dict[str, list[tuple[Candidate, Card | None]]] = {}
        for candidate in items:
            tracks.setdefault(candidate.track, []).append((candidate, cards.get(candidate.item)))
        pairs = [pair for track in tracks.values() for pair in track]
        due = sum(_due(pair, today) for pair in pairs)
        at_a_glance = glance_at(record, days, today, due)
    answers = sum(day.answers for day in days)
    drills = [(item, card) for item, card in pairs if item.item.startswith("d:")]
    return Summary(
        glance=at_a_glance,
        due_now=due,
        answers=answers,
        correct_share=sum(day.correct for day in days) / answers if answers else None,
        minutes=sum(day.milliseconds for day in days) / 60_000,
        longest_streak=_longest_streak([date.fromisoformat(day.day) for day in days]),
        tracks={track: _track(pairs, now, today) for track, pairs in tracks.items()},
        drills_solved=sum(card is not None and card.best >= 1 for _, card in drills),
        drills_attempted=sum(card is not None for _, card in drills),
        drills_total=len(drills),
        history=_history(days, today),
        forecast=_forecast(pairs, today),
        hardest=_hardest([card for _, card in pairs if card]),
    )


def _due(pair: tuple[Candidate, Card | None], today: date) -> bool:
    candidate, card = pair
    return card is not None and (is_due(card, today) or card.rev < candidate.rev)


def _track(pairs: list[tuple[Candidate, Card | None]], now: datetime, today: date) -> TrackProgress:
    seen = [card for _, card in pairs if card is not None]
    reps = sum(card.reps for card in seen)
    return TrackProgress(
        seen=len(seen),
        total=len(pairs),
        due=sum(_due(pair, today) for pair in pairs),
        correct_share=sum(card.correct for card in seen) / reps if reps else None,
        recall=sum(recall_probability(card, now) for card in seen) / len(seen) if seen else None,
    )


def _longest_streak(days: list[date]) -> int:
    longest = length = 0
    last: date | None = None
    for day in days:
        length = length + 1 if last is not None and day - last == ONE_DAY else 1
        longest = max(longest, length)
        last = day
    return longest


def _history(days: list[Day], today: date) -> list[Count]:
    answers = {day.day: day.answers for day in days}
    span = [today - back * ONE_DAY for back in reversed(range(HISTORY_DAYS))]
    return [Count(day, answers.get(day.isoformat(), 0)) for day in span]


def _forecast(pairs: list[tuple[Candidate, Card | None]], today: date) -> list[Count]:
    counts = [0] * FORECAST_DAYS
    for pair in pairs:
        card = pair[1]
        if card is None:
            continue
        ahead = 0 if _due(pair, today) else (card.due.date() - today).days
        if ahead < FORECAST_DAYS:
            counts[ahead] += 1
    return [Count(today + ahead * ONE_DAY, count) for ahead, count in enumerate(counts)]


def _hardest(cards: list[Card]) -> list[HardItem]:
    """The items missed most: by lapses, then by wrong answers, then by FSRS's difficulty."""
    missed = [card for card in cards if card.correct < card.reps]
    missed.sort(key=lambda card: (-card.lapses, card.correct - card.reps, -card.difficulty, card.item))
    return [
        HardItem(card.item, card.lapses, card.reps, card.correct, card.difficulty)
        for card in missed[:HARDEST]
    ]
