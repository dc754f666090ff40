"""What the record tells about the learner beyond the totals, as plain data: the app and the exports draw it.

Everything comes from tables whose size follows the items and the days, not the number of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from quizbank.record import Day, Record, Tally
from quizbank.scheduling import ONE_DAY, Card, learner_day, recall_probability
from quizbank.sessions import Candidate, is_leech

AGES = ((1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 90), (91, 36_500))
"""Days since an item was last seen, in the groups that retention is told for (both ends included)."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How much was remembered of what was asked again: `recalled` of `asked`."""

    asked: int
    recalled: int

    @property
    def share(self) -> float | None:
        return self.recalled / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of the answers given with one confidence (1 a guess, 2 fairly, 3 sure): how many were right."""

    confidence: int
    answers: int
    right: int


@dataclass(frozen=True, slots=True)
class Mastery:
    """One topic: items seen of all, and the share that would be answered rightly now (unseen counts as not)."""

    topic: str
    seen: int
    total: int
    known: float


@dataclass(frozen=True, slots=True)
class Insights:
    """What `insights` finds out."""

    by_age: list[tuple[int, int, Retention]]
    """(from, to, …) for the groups of AGES that have answers."""
    by_track: dict[str, Retention]
    calibration: list[Calibration]
    topics: list[Mastery]
    attempts_to_solve: dict[str, int]
    """Attempts up to the first pass, of each drill solved."""
    mistakes: dict[str, int]
    """How often each mistake was diagnosed in drills, the most frequent first."""
    sure_and_wrong: list[str]
    set_aside: list[str]
    calendar: list[Day]
    """Every day with an answer in the last year, oldest first."""

    @property
    def median_attempts(self) -> float | None:
        return median(self.attempts_to_solve.values()) if self.attempts_to_solve else None


def insights(record: Record, items: Iterable[Candidate], now: datetime) -> Insights:
    """All of it at `now` (aware, in the learner's zone); `items` as `sessions.candidates` makes them."""
    everything = list(items)
    with record.snapshot():
        cards = record.cards()
        ages = record.tallies("age")
        sure = record.tallies("sure")
        mistakes = record.mistakes()
        days = record.days()
        taken_up = resumed(record)
    known = {item.item for item in everything}
    year_ago = (learner_day(now) - 364 * ONE_DAY).isoformat()
    return Insights(
        by_age=_by_age(ages),
        by_track=_by_track(everything, cards),
        calibration=[Calibration(tally.key, tally.answers, tally.right) for tally in sure],
        topics=topics(everything, cards, now),
        attempts_to_solve={
            name.removeprefix("d:"): card.solved_after
            for name, card in cards.items()
            if name.startswith("d:") and card.solved_after is not None
        },
        mistakes=mistakes,
        sure_and_wrong=[name for name, card in cards.items() if card.sure_wrong and name in known],
        set_aside=[name for name, card in cards.items() if is_leech(card, taken_up) and name in known],
        calendar=[day for day in days if day.day >= year_ago],
    )


def resumed(record: Record) -> dict[str, int]:
    """The lapses that items had when the learner took them up again, after they had been set aside."""
    return {
        name.removeprefix("resumed "): value
        for name, value, _ in record.settings()
        if name.startswith("resumed ") and isinstance(value, int)
    }


def resume(record: Record, item: str, now: datetime | None = None) -> bool:
    """Take an item up again that was set aside; False where it was not."""
    card = record.card(item)
    if card is None or not is_leech(card, resumed(record)):
        return False
    record.change_setting(f"resumed {item}", card.lapses, now)
    return True


def topics(items: Iterable[Candidate], cards: Mapping[str, Card], now: datetime) -> list[Mastery]:
    """Each topic's mastery, in the order in which the topics first appear."""
    found: dict[str, list[float | None]] = {}
    for item in items:
        card = cards.get(item.item)
        for topic in item.topics:
            found.setdefault(topic, []).append(recall_probability(card, now) if card else None)
    return [
        Mastery(
            topic,
            seen=sum(chance is not None for chance in chances),
            total=len(chances),
            known=sum(chance or 0.0 for chance in chances) / len(chances),
        )
        for topic, chances in found.items()
    ]


def calendar_weeks(days: Iterable[Day], today: date, weeks: int) -> list[list[Day | None]]:
    """The last weeks as columns of seven days from Monday; None for days still to come."""
    by_day = {day.day: day for day in days}
    monday = today - today.weekday() * ONE_DAY - (weeks - 1) * 7 * ONE_DAY
    columns: list[list[Day | None]] = []
    for week in range(weeks):
        column: list[Day | None] = []
        for weekday in range(7):
            day = monday + (7 * week + weekday) * ONE_DAY
            column.append(by_day.get(day.isoformat(), Day(day.isoformat())) if day <= today else None)
        columns.append(column)
    return columns


def _by_age(tallies: list[Tally]) -> list[tuple[int, int, Retention]]:
    found = []
    for first, last in AGES:
        group = [tally for tally in tallies if first <= tally.key <= last]
        if group:
            counted = Retention(sum(one.answers for one in group), sum(one.right for one in group))
            found.append((first, last, counted))
    return found


def _by_track(items: Iterable[Candidate], cards: Mapping[str, Card]) -> dict[str, Retention]:
    found: dict[str, Retention] = {}
    for item in items:
        before = found.get(item.track, Retention(0, 0))
        card = cards.get(item.item)
        if card is not None:
            before = Retention(before.asked + card.recalls, before.recalled + card.recalled)
        found[item.track] = before
    return found
