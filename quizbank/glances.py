"""What the first screen shows of the record: a few small queries, and few imports, since it is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from quizbank.record import Day, Record
from quizbank.scheduling import ONE_DAY, learner_day


@dataclass(frozen=True, slots=True)
class Glance:
    """What the first screen shows; it needs no bank."""

    answers_today: int
    minutes_today: float
    streak: int
    due: int
    new_today: int


def glance(record: Record, now: datetime) -> Glance:
    """The first screen's numbers, by a few small queries; `now` is aware, in the learner's zone."""
    today = learner_day(now)
    return glance_at(record, record.days(), today, record.due_count(today))


def glance_at(record: Record, days: list[Day], today: date, due: int) -> Glance:
    """The same from days and a count that were read already."""
    now = next((day for day in reversed(days) if day.day == today.isoformat()), Day(today.isoformat()))
    return Glance(
        answers_today=now.answers,
        minutes_today=now.milliseconds / 60_000,
        streak=_streak({day.day for day in days}, today),
        due=due,
        new_today=record.new_count(today),
    )


def _streak(days: set[str], today: date) -> int:
    """Days in a row with an answer, up to today; a day that has only begun does not break it."""
    day = today if today.isoformat() in days else today - ONE_DAY
    length = 0
    while day.isoformat() in days:
        length += 1
        day -= ONE_DAY
    return length
