"""FSRS over learner days: the package's own numbers, and the traps around clocks and zones."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import fsrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from record_support import NOON, utc

from quizbank import scheduling
from quizbank.scheduling import (
    AGAIN,
    EASY,
    GOOD,
    HARD,
    Card,
    Schedule,
    aligned,
    interval,
    is_due,
    learner_day,
    rate_answer,
    rate_drill,
    recall_probability,
    review,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
ratings = st.integers(1, 4)


def reviewed(*steps: tuple[float, int], item: str = "q:a", retention: float = 0.9) -> Card:
    """The card after reviews at (days from noon of 23 November, rating)."""
    card: Card | None = None
    for day, rating in steps:
        card = review(card, item, rating, NOON + day * DAY, Schedule(retention))
    assert card is not None
    return card


def days_ahead(card: Card) -> int:
    return (card.due - card.last_review).days


@pytest.mark.parametrize(("rating", "days"), [(AGAIN, 1), (HARD, 1), (GOOD, 2), (EASY, 8)])
def test_first_intervals(rating: int, days: int) -> None:
    card = reviewed((0, rating))
    assert days_ahead(card) == days
    assert card.last_review == card.first_review == utc(2026, 11, 23)
    assert (card.reps, card.lapses, card.state, card.earlier) == (1, 0, 2, None)


def test_intervals_of_a_well_known_item() -> None:
    card, intervals = reviewed((0, GOOD)), []
    for _ in range(6):
        card = review(card, "q:a", GOOD, card.due + timedelta(hours=12))
        intervals.append(days_ahead(card))
    assert intervals == [11, 46, 163, 497, 1346, 3292]


@given(steps=st.lists(st.tuples(st.integers(1, 400), ratings), min_size=1, max_size=12))
def test_the_memory_is_that_of_the_package(steps: list[tuple[int, int]]) -> None:
    """With a day or more between reviews nothing is our own but that a failed item returns the next day."""
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    theirs, ours, day = fsrs.Card(card_id=0), None, 0
    for gap, rating in steps:
        day += gap
        theirs, _ = scheduler.review_card(theirs, fsrs.Rating(rating), utc(2026, 11, 23) + day * DAY)
        ours = review(ours, "q:a", rating, NOON + day * DAY)
        assert (ours.stability, ours.difficulty, ours.last_review) == (
            theirs.stability,
            theirs.difficulty,
            theirs.last_review,
        )
        assert ours.due == (theirs.due if rating > AGAIN else ours.last_review + DAY)
        later = utc(2026, 11, 23) + (day + 17) * DAY
        assert recall_probability(ours, NOON + (day + 17) * DAY) == pytest.approx(
            scheduler.get_card_retrievability(theirs, later), abs=1e-12
        )


@given(stability=st.floats(0.001, 1e6), retention=st.floats(0.7, 0.97))
@example(stability=0.001, retention=0.97)
@example(stability=1e6, retention=0.7)
def test_the_interval_is_that_of_the_package(stability: float, retention: float) -> None:
    theirs = fsrs.Scheduler(desired_retention=retention)._next_interval(stability=stability)
    assert abs(interval(stability, retention) - theirs) <= 1e-9 * theirs + (theirs % 1 == 0.5)


def test_our_copy_of_the_curve_is_the_package_s() -> None:
    assert fsrs.Scheduler().parameters[20] == scheduling.DECAY


def test_a_higher_retention_comes_back_sooner() -> None:
    usual, strict = reviewed((0, GOOD), (3, GOOD)), reviewed((0, GOOD), (3, GOOD), retention=0.97)
    assert strict.due < usual.due
    assert strict.stability == usual.stability


def test_no_day_is_lost_to_flooring() -> None:
    # 21:00, then 20:30 next evening: 23 h 30 min, which the package would floor to no day.
    evening = NOON.replace(hour=21)
    card = review(None, "q:a", GOOD, evening)
    next_evening = review(card, "q:a", GOOD, evening + timedelta(hours=23, minutes=30))
    assert next_evening.stability == reviewed((0, GOOD), (1, GOOD)).stability
    # 03:50 belongs to the evening before, 04:10 to a new day.
    night = NOON.replace(hour=3, minute=50) + DAY
    assert review(card, "q:a", GOOD, night).last_review == card.last_review
    assert review(card, "q:a", GOOD, night + timedelta(minutes=20)).last_review == card.last_review + DAY


def test_a_failed_item_returns_the_next_day_however_well_it_was_known() -> None:
    card = reviewed((0, EASY), (8, EASY), (80, EASY))
    assert days_ahead(card) > 100
    failed = review(card, "q:a", AGAIN, NOON + 200 * DAY)
    assert days_ahead(failed) == 1
    assert failed.lapses == 1
    # Right when asked again in the same session: still tomorrow, with no worse a memory.
    again = review(failed, "q:a", GOOD, NOON + 200 * DAY)
    assert days_ahead(again) == 1
    assert again.stability >= failed.stability
    assert (again.lapses, again.reps, again.rating) == (1, 5, AGAIN)


def test_an_item_lapses_once_a_day() -> None:
    once = reviewed((0, GOOD), (3, AGAIN))
    often = reviewed((0, GOOD), (3, AGAIN), (3, AGAIN), (3.1, AGAIN))
    assert (often.stability, often.difficulty, often.lapses) == (once.stability, once.difficulty, 1)
    assert often.reps == 4
    assert reviewed((0, GOOD), (3, AGAIN), (4, AGAIN)).lapses == 2
    assert reviewed((0, AGAIN), (0, AGAIN)).lapses == 0, "what was never known cannot lapse"


@given(st.lists(ratings, min_size=1, max_size=6))
def test_the_attempts_at_a_drill_on_one_day_count_as_the_best_of_them(attempts: list[int]) -> None:
    before = [(0.0, GOOD), (5.0, GOOD)]
    best = reviewed(*before, (20, max(attempts)), item="d:a")
    card = reviewed(*before, *((20 + n / 100, rating) for n, rating in enumerate(attempts)), item="d:a")
    assert card.memory == best.memory
    assert (card.due, card.lapses) == (best.due, best.lapses)
    assert card.reps == 2 + len(attempts)
    assert reviewed(*((0, rating) for rating in attempts), item="d:a").due == reviewed((0, max(attempts))).due


@given(
    st.lists(st.tuples(st.floats(-30_000, 30_000), ratings), min_size=1, max_size=10), st.sampled_from("qd")
)
def test_no_clock_upsets_the_schedule(steps: list[tuple[float, int]], kind: str) -> None:
    card: Card | None = None
    for day, rating in steps:
        now = NOON + day * DAY
        after = review(card, f"{kind}:a", rating, now)
        assert after.last_review == aligned(learner_day(now))
        assert 1 <= days_ahead(after) <= 36_500
        assert after.stability >= 0.001
        assert 1 <= after.difficulty <= 10
        assert after.lapses >= 0
        assert 0 < recall_probability(after, NOON) <= 1
        assert after.first_review <= after.last_review
        card = after


def test_a_clock_set_back_counts_as_no_time() -> None:
    card = reviewed((0, GOOD), (10, GOOD))
    back = review(card, "q:a", GOOD, NOON + 5 * DAY)
    same = review(card, "q:a", GOOD, NOON + 10 * DAY)
    assert (back.stability, back.difficulty) == (same.stability, same.difficulty)
    assert back.due < same.due, "the wrong future is left behind"
    assert recall_probability(card, NOON) == 1.0


def test_an_item_seen_in_the_future_is_asked() -> None:
    card = reviewed((30_000, GOOD))
    today = learner_day(NOON)
    assert is_due(card, today)
    assert not is_due(review(card, "q:a", GOOD, NOON), today)
    flown_west = reviewed((1, GOOD))
    assert not is_due(flown_west, today)


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2026-11-23T03:59:59", date(2026, 11, 22)),
        ("2026-11-23T04:00:00", date(2026, 11, 23)),
        ("2026-11-24T00:00:00", date(2026, 11, 23)),
        # Clocks go forward on 29 March 2026 (02:00 → 03:00): 03:59 is two hours after 01:59, still yesterday.
        ("2026-03-29T01:59:00", date(2026, 3, 28)),
        ("2026-03-29T03:59:00", date(2026, 3, 28)),
        ("2026-03-29T04:00:00", date(2026, 3, 29)),
        # They go back on 25 October (03:00 → 02:00).
        ("2026-10-25T02:30:00", date(2026, 10, 24)),
        ("2026-10-25T03:59:00", date(2026, 10, 24)),
        ("2026-10-25T04:00:00", date(2026, 10, 25)),
    ],
)
def test_the_day_turns_at_four_by_the_wall(local: str, day: date) -> None:
    for fold in (0, 1):
        assert learner_day(datetime.fromisoformat(local).replace(tzinfo=BERLIN, fold=fold)) == day


@pytest.mark.parametrize("turn", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_day_of_23_or_25_hours_is_a_day(turn: date) -> None:
    evening = datetime(turn.year, turn.month, turn.day, 21, tzinfo=BERLIN) - DAY
    card = review(None, "q:a", GOOD, evening)
    after = review(card, "q:a", GOOD, evening + DAY)
    assert (after.last_review - card.last_review).days == 1
    assert after.stability == reviewed((0, GOOD), (1, GOOD)).stability


def test_flights() -> None:
    shanghai, california = timezone(timedelta(hours=8)), timezone(timedelta(hours=-8))
    boarding = datetime(2026, 11, 23, 13, tzinfo=shanghai)
    card = review(None, "q:a", GOOD, boarding)
    # Landing twelve hours later on the "same" morning: the same day, seen twice.
    landing = (boarding + timedelta(hours=12)).astimezone(california)
    assert learner_day(landing) == learner_day(boarding)
    assert review(card, "q:a", GOOD, landing).last_review == card.last_review
    # Answered after midnight in Shanghai, then in California, where it is still the day before.
    late = datetime(2026, 11, 24, 9, tzinfo=shanghai)
    card = review(None, "q:a", GOOD, late)
    west = (late + timedelta(hours=3)).astimezone(california)
    assert learner_day(west) == learner_day(late) - DAY
    assert review(card, "q:a", GOOD, west).stability == review(card, "q:a", GOOD, late).stability
    # And eastwards over the date line: one night, two dates.
    home = datetime(2026, 11, 26, 5, tzinfo=shanghai)
    assert (learner_day(home) - learner_day(home.astimezone(california))).days == 1


@pytest.mark.parametrize("rating", [0, 5, -1])
def test_no_other_ratings(rating: int) -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        review(None, "q:a", rating, NOON)


def test_review_changes_nothing_and_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_: float) -> None:
        raise AssertionError("the package sleeps where a card has no id")

    monkeypatch.setattr("time.sleep", sleep)
    card = reviewed((0, GOOD))
    twin = reviewed((0, GOOD))
    assert review(card, "q:a", GOOD, NOON + DAY) == review(card, "q:a", GOOD, NOON + DAY)
    assert card == twin


@pytest.mark.parametrize(
    ("score", "seconds", "confidence", "rating"),
    [
        (0.0, 10, 3, AGAIN),
        (0.59, 10, 3, AGAIN),
        (0.6, 10, 3, HARD),
        (0.84, 10, 3, HARD),
        (1.0, 60, 1, HARD),
        (1.0, 121, 1, HARD),
        (1.0, 60, None, GOOD),
        (1.0, 60, 2, GOOD),
        (1.0, 120, 2, GOOD),
        (1.0, 121, 2, HARD),
        (1.0, 121, None, HARD),
        (0.85, 60, 3, EASY),
        (1.0, 61, 3, GOOD),
        (1.0, 10_000, 3, GOOD),
    ],
)
def test_rating_an_answer(score: float, seconds: float, confidence: int | None, rating: int) -> None:
    assert rate_answer(score, seconds, 60, confidence) == rating


def test_what_is_nearly_right_is_not_right() -> None:
    assert rate_answer(0.97, 10, 60, 3, correct=False) == HARD
    assert rate_answer(1.0, 10, 60, 3, correct=True) == EASY
    assert rate_answer(0.7, 10, 60, 3, correct=True) == HARD


@pytest.mark.parametrize(
    ("passed", "hints", "attempts", "rating"),
    [
        (False, 0, 1, AGAIN),
        (True, 0, 1, EASY),
        (True, 0, 2, GOOD),
        (True, 1, 1, GOOD),
        (True, 1, 4, GOOD),
        (True, 0, 5, HARD),
        (True, 2, 1, HARD),
        (True, 3, 9, HARD),
    ],
)
def test_rating_a_drill(passed: bool, hints: int, attempts: int, rating: int) -> None:
    assert rate_drill(passed, hints, attempts) == rating
