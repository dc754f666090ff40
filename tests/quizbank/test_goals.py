"""Aiming at the day of an interview."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_support import NOON

from quizbank.goals import READY, Goal, by_track, comes_due, matters, outlook
from quizbank.scheduling import EASY, GOOD, Card, Schedule, learner_day, recall_on, review
from quizbank.sessions import Candidate

DAY = timedelta(days=1)
TODAY = learner_day(NOON)


def card(name: str, days_ago: int, rating: int = GOOD) -> Card:
    return review(None, name, rating, NOON - days_ago * DAY)


def test_it_comes_back_as_it_was_kept() -> None:
    goal = Goal(TODAY, "infra")
    assert Goal.from_json(goal.to_json()) == goal
    assert goal.days_left(TODAY - 3 * DAY) == 3


@pytest.mark.parametrize("kept", [None, 3, {}, {"day": None}, {"day": "soon"}, []])
def test_what_is_no_goal(kept: object) -> None:
    assert Goal.from_json(kept) is None


def test_roles() -> None:
    assert matters((), Goal(TODAY, "infra"))
    assert matters(("infra", "applied"), Goal(TODAY, "infra"))
    assert not matters(("applied",), Goal(TODAY, "infra"))
    assert matters(("applied",), Goal(TODAY))
    assert matters(("applied",), None)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 4)), max_size=20), st.integers(1, 7))
def test_the_last_week_reaches_every_weak_item(states: list[tuple[int, int]], left: int) -> None:
    """Whoever does each day's share has lifted every item over the bar, or seen it that day."""
    goal = Goal(TODAY + left * DAY)
    cards = {f"q:{n}": card(f"q:{n}", ago, rating) for n, (ago, rating) in enumerate(states)}
    shares = []
    for day in range(left):
        now = NOON + day * DAY
        today = comes_due(list(cards.values()), goal, learner_day(now))
        shares.append(len(today))
        for name in today:
            cards[name] = review(cards[name], name, EASY, now)
    assert all(recall_on(one, goal.day) >= READY or one.last_review.date() >= TODAY for one in cards.values())
    assert sum(shares) >= len(states) - sum(recall_on(one, goal.day) >= READY for one in cards.values())


def test_the_outlook_adds_up() -> None:
    cards = {"q:old": card("q:old", 60), "q:firm": card("q:firm", 1, EASY)}
    goal = Goal(TODAY + 5 * DAY)
    found = outlook(["q:old", "q:firm", "q:new1", "q:new2"], cards, goal, TODAY, Schedule())
    assert (found.before, found.after, found.new, found.pace) == (1, 1, 2, 2)
    alone = recall_on(cards["q:old"], goal.day) + recall_on(cards["q:firm"], goal.day)
    assert found.if_stopped == pytest.approx(alone / 4)
    assert found.if_stopped < found.if_kept <= 1
    again = review(cards["q:old"], "q:old", GOOD, NOON)
    while again.due.date() < goal.day:
        again = review(again, "q:old", GOOD, again.due + timedelta(hours=12))
    met = review(None, "q:new1", GOOD, NOON)
    while met.due.date() < goal.day:
        met = review(met, "q:new1", GOOD, met.due + timedelta(hours=12))
    kept = recall_on(again, goal.day) + recall_on(cards["q:firm"], goal.day) + 2 * recall_on(met, goal.day)
    assert found.if_kept == pytest.approx(kept / 4)


def test_nothing_is_new_on_the_day_itself() -> None:
    found = outlook(["q:new"], {}, Goal(TODAY), TODAY, Schedule())
    assert (found.pace, found.if_stopped, found.if_kept) == (0, 0.0, 0.0)
    assert outlook([], {}, Goal(TODAY), TODAY, Schedule()).if_kept == 0


def test_tracks_hold_what_the_role_needs() -> None:
    items = [
        Candidate("q:a", "cnn", ("x",)),
        Candidate("q:b", "cnn", ("x",), roles=("infra",)),
        Candidate("d:c", "rag", ("y",)),
    ]
    found = by_track(items, {}, Goal(TODAY + 30 * DAY, "applied"), TODAY, Schedule())
    assert {track: row.new for track, row in found.items()} == {"cnn": 1, "rag": 1}
