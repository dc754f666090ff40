"""The coming reviews as iCalendar: an all-day event for each day on which items fall due, up to the interview.

Without an interview date the next 30 days. Each event has an id of its own day, so that a second import updates it.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from quizbank.exporting.writing import Options, Out
from quizbank.extras import load
from quizbank.goals import Goal
from quizbank.record import Record
from quizbank.scheduling import learner_day

DAYS = 30


def write(record: Record, out: Out, options: Options) -> None:
    icalendar = load("icalendar", "export", ("ical", "ical "))
    today = learner_day(options.now.astimezone())
    goal = Goal.from_json(record.setting("goal"))
    last = goal.day if goal is not None and goal.day >= today else today + timedelta(days=DAYS)
    due = Counter(
        max(card.due.date(), today) for card in record.cards().values() if not card.item.startswith("h:")
    )
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//preptrain//reviews//EN")
    calendar.add("version", "2.0")
    for day in sorted(day for day in due if day <= last):
        event = icalendar.Event()
        event.add("uid", f"reviews-{day}@preptrain")
        event.add("dtstamp", options.now)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", f"preptrain: {due[day]} due · {due[day]} 题待复习")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    if goal is not None and goal.day >= today:
        event = icalendar.Event()
        event.add("uid", f"interview-{goal.day}@preptrain")
        event.add("dtstamp", options.now)
        event.add("dtstart", goal.day)
        event.add("dtend", goal.day + timedelta(days=1))
        event.add("summary", "Interview · 面试")
        calendar.add_component(event)
    out.write_bytes(calendar.to_ical())
