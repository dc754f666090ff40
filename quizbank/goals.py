"""Aiming at a day: what must be seen again before the interview, and what can wait until after it.

Left alone, an item is known on the day with the chance that its forgetting curve gives. Where that is below
what the schedule aims at, the item falls due before the day anyhow. The last week raises the bar: items
below 0.95 come once more, the weakest first and spread evenly, so that the last evening is not the heaviest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from math import ceil
from typing import Any, Protocol, Self

from quizbank.scheduling import GOOD, ONE_DAY, Card, Schedule, aligned, recall_on, review

LAST_DAYS = 7
READY = 0.95  # the chance on the day that the last week brings every item to


@dataclass(frozen=True, slots=True)
class Goal:
    """The day of the interview, and the role it is for (None: any)."""

    day: date
    role: str | None = None

    @classmethod
    def from_json(cls, data: Any) -> Self | None:
        """As kept in the record's settings; None for no goal, and for what cannot be read."""
        try:
            role = data.get("role")
            return cls(date.fromisoformat(data["day"]), role if isinstance(role, str) else None)
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    def to_json(self) -> dict[str, str | None]:
        return {"day": self.day.isoformat(), "role": self.role}

    def days_left(self, today: date) -> int:
        return (self.day - today).days


class Aimed(Protocol):
    """What is needed of `quizbank.sessions.Candidate`."""

    @property
    def item(self) -> str: ...
    @property
    def track(self) -> str: ...
    @property
    def roles(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a goal means for some items. Shares are of all of them; what was never seen counts as not known."""

    before: int
    """Items to see (again) before the day."""
    after: int
    """Items seen that can wait until after it."""
    new: int
    """Items never seen."""
    if_stopped: float
    """The share expected to be known on the day with no further review."""
    if_kept: float
    """The same when every review is done on its day, and the new items are met at `pace` a day."""
    pace: int
    """New items a day that leave the last week for repetition."""


def matters(roles: Collection[str], goal: Goal | None) -> bool:
    """Whether an item for these roles is asked under the goal."""
    return goal is None or goal.role is None or not roles or goal.role in roles


def comes_due(cards: Collection[Card], goal: Goal | None, today: date) -> frozenset[str]:
    """The items that the last week before the goal brings forward to `today`."""
    if goal is None or not 0 < goal.days_left(today) <= LAST_DAYS:
        return frozenset()
    left = goal.days_left(today)
    weak = [(recall_on(card, goal.day), card.item) for card in cards if card.last_review.date() != today]
    weak = sorted(entry for entry in weak if entry[0] < READY)
    return frozenset(item for _, item in weak[: ceil(len(weak) / left)])


def outlook(
    items: Iterable[str], cards: Mapping[str, Card], goal: Goal, today: date, schedule: Schedule
) -> Outlook:
    """What the goal means for `items`; runs the schedule ahead with every due item remembered, and passed."""
    names = list(items)
    seen = [cards[name] for name in names if name in cards]
    new = len(names) - len(seen)
    left = max(goal.days_left(today), 0)
    pace = ceil(new / max(left - LAST_DAYS, 1)) if left else 0
    alone = [recall_on(card, goal.day) for card in seen]
    kept = [recall_on(_kept_up(card, goal.day, today, schedule), goal.day) for card in seen]
    met = [0.0] * new
    for place in range(min(new, pace * left)):
        day = today + (place // max(pace, 1)) * ONE_DAY
        first = review(None, "q:new", GOOD, _noon(day), schedule)
        met[place] = recall_on(_kept_up(first, goal.day, day, schedule), goal.day)
    total = len(names) or 1
    before = sum(chance < schedule.retention for chance in alone)
    return Outlook(
        before=before,
        after=len(seen) - before,
        new=new,
        if_stopped=sum(alone) / total,
        if_kept=(sum(kept) + sum(met)) / total,
        pace=pace,
    )


def by_track(
    items: Iterable[Aimed], cards: Mapping[str, Card], goal: Goal, today: date, schedule: Schedule
) -> dict[str, Outlook]:
    """The outlook of each track, over the items that matter for the goal's role."""
    tracks: dict[str, list[str]] = {}
    for item in items:
        if matters(item.roles, goal):
            tracks.setdefault(item.track, []).append(item.item)
    return {track: outlook(names, cards, goal, today, schedule) for track, names in tracks.items()}


def _kept_up(card: Card, until: date, today: date, schedule: Schedule) -> Card:
    """The card when it is reviewed on each due day before `until`, always with success."""
    while (day := max(card.due.date(), today)) < until:
        card = review(card, card.item, GOOD, _noon(day), schedule)
        if card.due <= aligned(day):  # cannot be; a loop that ends beats one that should
            return replace(card, due=aligned(until))
    return card


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), aligned(day).tzinfo)
